"""Health codes, what people are told and shown of them, corrections and conversion."""
