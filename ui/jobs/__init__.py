"""Background jobs: the functions that do their work, and the queue, which is either in this process or in
PostgreSQL."""
