"""Pressure tests: what an idea rests on, what the documents say for it and against it, and the verdict."""
