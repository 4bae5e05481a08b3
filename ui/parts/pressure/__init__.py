"""The parts of the pressure-test page: the idea, its test, the verdict and its discussion."""
