"""Jobs by name: what each does, and the line that it waits in, in this process or in a queue in PostgreSQL."""
