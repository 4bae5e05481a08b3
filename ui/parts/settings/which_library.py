"""The name of the library at the top of a page, with a menu of the other libraries."""

from __future__ import annotations

import streamlit as st

from assistant.settings import Settings
from ui.parts.page import nearby, state
from ui.parts.settings import chosen
from ui.views.present import escape, label


def show(settings: Settings) -> None:
    """Show the name of the open library. If the visitor may choose another one, show a menu of the others."""
    others = [name for name in chosen.libraries(settings) if name != settings.library] if nearby.only(settings) else []
    with st.container(key="which-library"):
        if not others:
            st.html(f'<p class="small">Library: <strong>{escape(settings.library)}</strong></p>')
            return
        menu = st.popover(f"Library: **{label(settings.library)}**", icon=":material/folder_open:", type="tertiary")
        with menu, st.container(gap=None):
            for name in others:
                st.button(
                    label(name),
                    key=f"library-{name}",
                    type="tertiary",
                    width="stretch",
                    on_click=_go,
                    args=(settings, name),
                )


def _go(settings: Settings, name: str) -> None:
    chosen.take(settings, "library", name)
    state.open_library(name)
