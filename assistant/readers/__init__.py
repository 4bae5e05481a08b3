"""Readers turn passages into claims: any LLM, or offline the plain reader; ``seam`` is their interface."""
