"""What becomes of answers when documents change, contradict each other, or give orders."""
