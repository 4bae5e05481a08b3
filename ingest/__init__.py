"""Turns files into documents: reads, cleans and structures them, splits them into passages, and keeps a library in step
with folders."""
