"""The words of a scheme file: every key, the kind of its value, and how each is read."""
