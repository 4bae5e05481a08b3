"""The tables of the catalog. Each module has the SQL of one table or of a few that belong together."""
