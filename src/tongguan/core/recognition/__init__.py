"""Which keys of another authority count: lists of keys, and references that two signed."""
