"""Readers turn passages into claims that answer a question: a chat model does, or the plain reader, offline. ``seam``
is their interface."""
