"""Jobs: what each kind does, and the queue that it waits in, either in this process or in PostgreSQL."""
