"""Use cases: one function each, one transaction each; facts come through ports, rules from core."""
