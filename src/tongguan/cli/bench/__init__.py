"""Benchmarks: how fast the ledger of places is, beside what the same machine could do at best."""
