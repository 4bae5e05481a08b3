"""A library: one folder with a catalog, which is the truth, and a vector index made from it."""
