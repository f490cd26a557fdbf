"""Registrations for health codes, and claims of a number that another entered."""
