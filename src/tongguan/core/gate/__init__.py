"""The gate: one pure function from everything known at a crossing to admit, deny or refer."""
