"""Long work off the page's thread, and files that it reads and writes."""
