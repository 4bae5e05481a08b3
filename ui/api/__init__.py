"""The HTTP API beside the pages: `pushback serve`. What it takes and gives is the JSON of the commands."""
