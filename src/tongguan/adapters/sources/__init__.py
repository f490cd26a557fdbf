"""Reads published sources as they come: news posts in Markdown and whole HTML pages."""
