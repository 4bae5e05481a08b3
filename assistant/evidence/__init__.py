"""Which sentence answers, whether any does, and on which side of a claim it stands."""
