"""Suites of test cases: read strictly, and with the exact offsets of the quotes that should be cited (gold)."""
