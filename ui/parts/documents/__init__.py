"""The documents of the library: adding, listing, opening and checking them."""
