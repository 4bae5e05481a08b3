"""The doors: the `pushback` command and the web pages. They may import every room. Only a benchmark imports them."""
