"""Finds evidence: which sentences answer a question, whether any does, and whether a text supports or challenges a
claim."""
