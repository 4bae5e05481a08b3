"""Files to documents: read, cleaned, structured, split into passages, and kept in step with the library."""
