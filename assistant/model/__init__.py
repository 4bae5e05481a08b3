"""Models: the chat model and its providers, the embedding model, and the prompts."""
