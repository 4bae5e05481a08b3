"""Answers and verdicts as reports: terminal, Markdown, HTML, Word and pictures."""
