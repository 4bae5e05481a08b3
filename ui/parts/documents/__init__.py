"""The parts of the library page: adding, listing, opening and checking documents."""
