"""The pilot played by made-up people: who they are, what they do, and what came of it."""
