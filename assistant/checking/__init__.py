"""Turns claims into statements: finds each quote in the documents, and checks each claim against its quotes."""
