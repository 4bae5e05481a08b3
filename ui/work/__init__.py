"""Long work that runs outside the page's thread, and the files that it reads and writes."""
