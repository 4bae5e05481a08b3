"""Scripts that train what is shipped; run by hand, each repeatable from public data."""
