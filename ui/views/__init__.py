"""Pure functions that turn values into what a page shows. Text of documents, models and users is escaped."""
