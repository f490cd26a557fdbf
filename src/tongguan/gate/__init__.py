"""The program of a gate device: what it carries, and how it decides when cut off."""
