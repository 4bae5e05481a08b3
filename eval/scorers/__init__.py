"""Computes scores from a case and a reply; each module answers one question about an answer. Pure.

A score is given only if it applies. If it applies but has no value, it is None with a reason. An answerable question
that is refused gets 0, so that refusing cannot improve a mean.
"""
