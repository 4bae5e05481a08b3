"""What all pages share: style, state, visitor, and how errors are shown."""
