"""Turns scores into measures, and computes how certain a measure is."""
