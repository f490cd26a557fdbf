"""Runs a quota-managed, health-gated, quarantine-free border crossing end to end."""

__all__: list[str] = []
