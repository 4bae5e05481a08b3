"""Whether a run may pass: its measures, the baseline, and the verdict."""
