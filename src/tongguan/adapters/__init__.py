"""What talks to the world outside: PostgreSQL, keys, files and the one clock."""
