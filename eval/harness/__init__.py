"""From a suite to its verdict: what `pushback eval` does, with everything that it writes."""
