"""Analyses text without a model: words, amounts, dates, negations, and the sentence that introduces a list."""
