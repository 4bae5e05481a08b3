"""The routes of the HTTP API: asking, searching, listing and testing."""
