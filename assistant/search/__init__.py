"""Finds what a question asks for, and the passages that may answer it."""
