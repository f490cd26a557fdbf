"""The stores of the use cases over PostgreSQL: one file a noun, plain SQL, no rule."""
