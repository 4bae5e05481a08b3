"""Pressure tests of ideas: what an idea assumes, what the documents say for it and against it, and the verdict."""
