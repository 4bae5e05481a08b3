"""Shows an error on a page."""

from __future__ import annotations

import logging

import streamlit as st

from assistant.errors import PushbackError
from ui.views import present_error
from ui.views.present import escape

_log = logging.getLogger(__name__)


def show(error: PushbackError) -> None:
    """Show the message and the hint of an error, in words for visitors, who cannot use the command line. If these words
    differ from the error's own words, the log gets the error's own words."""
    told = present_error.for_users(error)
    if (told.what, told.todo) != (str(error), error.hint):
        _log.warning("shown on a page: %s %s", error, error.hint)
    advice = f"<p>{escape(told.todo)}</p>" if told.todo else ""
    st.html(f'<div class="notice failure" role="alert"><p><strong>{escape(told.what)}</strong></p>{advice}</div>')
