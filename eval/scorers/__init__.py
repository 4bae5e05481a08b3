"""One case and what came back, to scores; a module for each question that is asked of an answer. Pure.

A score is given only where it applies. Where it applies and has no value it is None and says why; what an answerable
question gets when it is refused is 0, not nothing: refusing is no way to a better mean.
"""
