"""Migrations of the web's own table; the domain's are the adapters'."""
