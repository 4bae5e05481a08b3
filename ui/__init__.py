"""The entry points: the `pushback` command and the web pages. They may import every room; only a benchmark imports
them."""
