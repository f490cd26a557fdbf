"""What becomes of those who hold places when another text or another last day begins to hold."""
