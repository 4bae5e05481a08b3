"""The parts that all pages share: style, state, the visitor, and messages for errors."""
