"""Turns the bytes of a file into a draft; there is a module for each format."""
