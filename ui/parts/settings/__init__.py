"""Which model answers, from which library."""
