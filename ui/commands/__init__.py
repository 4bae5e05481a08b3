"""The commands of `pushback`, their options and their help."""
