"""One file to a document and its passages, in a worker process with limits."""
