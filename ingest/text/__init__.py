"""Finds sentences, languages, dates and names of speakers in a text."""
