"""Measures how good the assistant is: suites of cases are put to a fresh library, and each reply is scored with a
reason."""
