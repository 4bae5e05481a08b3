"""Web pages by their address: fetched within limits, and kept as files."""
