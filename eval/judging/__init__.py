"""An optional chat model that comments on a run, beside its scores."""
