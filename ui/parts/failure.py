"""What went wrong, and what to do about it."""

from __future__ import annotations

import streamlit as st

from assistant.errors import PushbackError
from ui.present import escape, hint


def show(error: PushbackError) -> None:
    """The error's message and hint."""
    advice = f"<p>{hint(error.hint)}</p>" if error.hint else ""
    st.html(f'<div class="notice failure" role="alert"><p><strong>{escape(str(error))}</strong></p>{advice}</div>')
