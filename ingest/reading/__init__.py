"""Bytes to a draft, a module for each format."""
