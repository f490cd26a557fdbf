"""The command line: every command, and the demonstration they can play."""
