"""Finds the boilerplate of a file. It is dropped from the text and kept apart, with the reason."""
