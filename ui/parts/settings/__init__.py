"""The parts of the settings page: the choice of the model, its key, and the library."""
