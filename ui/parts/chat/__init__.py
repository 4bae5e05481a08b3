"""The chat: questions, answers, and the documents that they cite."""
