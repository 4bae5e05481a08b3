"""Suites of cases, asked of a fresh library and scored: how good the assistant is, as numbers with their reasons."""
