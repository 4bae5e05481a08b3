"""Values to what a page shows of them: pure functions, with all text of others escaped."""
