"""Turns one file into a document and its passages, in a worker process with limits."""
