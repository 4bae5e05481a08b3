"""The doors: the `pushback` command and the web pages. They may import every room; none imports them."""
