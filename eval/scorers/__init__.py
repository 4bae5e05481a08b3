"""From a case and a reply to scores; a module for each question about an answer. Pure.

A score is given only if it applies. If it applies but has no value, it is None with a reason. An answerable question
that is refused gets 0, so that refusing cannot improve a mean.
"""
