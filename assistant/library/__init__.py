"""A library is one folder with a catalog (a database that holds everything) and a vector index made from the
catalog."""
