"""The vector index: Chroma, an exact search that replaces it for small libraries, and the detection of damaged
files."""
