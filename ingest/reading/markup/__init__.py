"""Markdown, its dialects, and other markup languages."""
