"""Health certificates that the rest of the world issues: read, verified, and never believed before."""
