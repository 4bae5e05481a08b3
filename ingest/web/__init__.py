"""Fetches web pages by their address, within limits, and stores them as files."""
