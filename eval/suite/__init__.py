"""Suites of cases: read strictly, with their gold at exact offsets."""
