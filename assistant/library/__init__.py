"""What is known, kept in one folder: a catalog, which is the truth, and a vector index made from it."""
