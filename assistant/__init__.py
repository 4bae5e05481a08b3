"""The hub: what is known, how it is found, and how an answer is made. It imports no other room."""
