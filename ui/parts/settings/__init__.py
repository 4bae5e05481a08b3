"""The choice of the model that answers, and of the library."""
