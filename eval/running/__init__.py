"""Runs cases on a system: ours, the sentinels, recorded replies, or other systems."""
