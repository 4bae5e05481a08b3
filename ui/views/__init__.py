"""Pure functions that turn values into what a page shows; all foreign text is escaped."""
