"""Finds the boilerplate of a file. Boilerplate is removed from the text and stored separately, with the reason."""
