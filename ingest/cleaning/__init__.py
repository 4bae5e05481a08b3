"""What of a file is boilerplate: dropped, and kept apart with the reason."""
