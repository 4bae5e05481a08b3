"""Scripts that train the models that are shipped. They are run by hand, and can be repeated from public data."""
