"""The page of pressure tests: the idea, its test, the verdict and its discussion."""
