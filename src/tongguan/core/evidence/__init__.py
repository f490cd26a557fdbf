"""Evidence: what is said of a person's health, by whom, and what has become of it."""
