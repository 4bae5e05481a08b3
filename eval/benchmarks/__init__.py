"""Benchmarks of what Pushback costs, as ratios to the bare libraries that it uses, measured in the same run (`make
bench`).

A ratio holds on any machine; a time holds only on one. Both sides of a ratio take turns, so that other load on the
machine affects both, and the medians are compared.
"""
