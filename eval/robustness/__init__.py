"""Tests what happens to answers when documents change, contradict each other, or contain instructions."""
