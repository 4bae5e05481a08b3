"""The parts of the chat page: questions, answers, and the documents that they cite."""
