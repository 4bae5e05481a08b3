"""The doors: the `pushback` command and the web pages. They may import every room. No room imports them, but one benchmark."""
