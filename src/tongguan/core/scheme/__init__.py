"""The scheme language: the text two authorities sign, and what can be read from it."""
