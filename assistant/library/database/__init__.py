"""The databases behind the catalog: SQLite in a file, or PostgreSQL on a server."""
