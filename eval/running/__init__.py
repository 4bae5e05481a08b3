"""Cases put to a system: ours, sentinels, recorded replies and other systems."""
