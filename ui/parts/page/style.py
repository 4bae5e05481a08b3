"""The style sheet of the pages."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

SHEET = Path(__file__).with_name("page.css")


def show() -> None:
    """Add the style sheet to the page."""
    st.html(SHEET)
