"""The scoreboard: measures over time, and suites run from the page."""
