"""Sentences, languages, dates and names of speakers, as they stand in a text."""
