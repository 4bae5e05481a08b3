"""Scores to numbers, and how sure a number is."""
