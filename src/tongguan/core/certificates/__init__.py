"""Health certificates that others issue: read, verified, and never believed before."""
