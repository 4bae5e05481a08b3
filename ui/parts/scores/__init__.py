"""The parts of the scoreboard page: measures over time, and a form that runs test suites."""
