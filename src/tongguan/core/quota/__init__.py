"""Quotas: which windows a crossing counts in."""
