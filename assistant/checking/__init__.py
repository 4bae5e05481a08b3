"""Claims to statements: each quote is found in the documents, and each claim is checked against its quotes."""
