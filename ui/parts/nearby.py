"""Whether the app is served to this machine alone: only there may a page name files and folders of it."""

from __future__ import annotations

import streamlit as st

from assistant.settings import Settings
from ui.serving import LOCAL


def only(settings: Settings) -> bool:
    """Whether nobody else can reach the app, as far as its addresses tell."""
    return {settings.host, st.get_option("server.address") or settings.host} <= set(LOCAL)
