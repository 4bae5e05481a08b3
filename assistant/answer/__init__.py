"""Answers to questions, greetings of a library, and summaries of documents."""
