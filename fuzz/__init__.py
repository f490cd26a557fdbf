"""Every reader of what strangers send, run on inputs that nobody wrote.

``python -m fuzz TARGET`` runs one target: under atheris where that is installed, which follows the
branches an input takes, and otherwise over a stream of mutations. ``tests/fuzz`` runs all of them
for a moment with every test run.
"""
