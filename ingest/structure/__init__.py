"""What a document is called, who wrote it, when, and who speaks in it."""
