"""Jobs: what each kind does, and the queue for them, either in this process or in PostgreSQL."""
