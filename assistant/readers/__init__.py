"""Passages in, a reading out: any LLM reads, or offline the plain reader; both stand behind ``seam``."""
