"""Finds a document's title, author and date, and who speaks in it."""
