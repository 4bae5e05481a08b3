"""Answers questions, makes example questions for a library, and summarises documents."""
