"""The documents of the library: added, listed, opened and checked."""
