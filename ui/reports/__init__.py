"""Answers and verdicts as reports: text for a terminal, Markdown, HTML, Word, and pictures."""
