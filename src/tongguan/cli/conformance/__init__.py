"""Suites that others published, each run in its published format."""
