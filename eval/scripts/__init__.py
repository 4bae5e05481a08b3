"""Scripts for developers, which are not installed."""
