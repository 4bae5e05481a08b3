"""An answer to a question, and what a library and a document are about."""
