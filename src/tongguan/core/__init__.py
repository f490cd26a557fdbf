"""The rules of a crossing: values in, decisions out; no clock, file, network or framework."""
