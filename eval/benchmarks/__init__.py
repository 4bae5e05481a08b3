"""What Pushback costs, as ratios against the bare libraries it stands on, measured in the same run; `make bench`.

A ratio holds on any machine; a time holds on one. Both sides of a ratio take turns, so that what else the machine
does falls on both, and medians are compared.
"""
