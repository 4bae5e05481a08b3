"""The routes of the HTTP API: asking, searching, listing, testing ideas, and the OpenAI-compatible ones."""
