"""The HTTP API beside the pages: `pushback serve`. Its requests and responses are the JSON of the commands."""
