"""What every page has: its style, its state, who visits it, and how a failure is shown."""
