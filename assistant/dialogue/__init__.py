"""Follow-up questions: how they become standalone, and messages that ask the documents nothing."""
