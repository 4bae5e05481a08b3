"""The files of a folder: which are read, which are ignored, and what a team wants kept."""
