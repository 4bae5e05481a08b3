"""Rewrites follow-up questions so that they stand alone, and replies to messages that ask nothing of the documents."""
