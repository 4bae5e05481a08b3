"""The vector index: Chroma, its exact replacement for small libraries, and how damage is noticed."""
