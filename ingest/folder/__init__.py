"""The files of a folder: which are read, which are ignored, and which boilerplate a team wants to keep."""
