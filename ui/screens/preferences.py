"""Being built."""

from __future__ import annotations

import streamlit as st

from assistant.settings import Settings


def show(settings: Settings) -> None:
    """Being built."""
    del settings
    st.write("Being built.")
