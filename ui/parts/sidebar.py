"""The side of the page: a new conversation, the kept ones, and what the library holds."""

from __future__ import annotations

import streamlit as st

from assistant.library.library import Library
from assistant.settings import Settings
from ui import state
from ui.parts import model_choice
from ui.present import label

MOST = 50  # conversations listed; the older ones keep their addresses


def show(library: Library, settings: Settings) -> None:
    """Ways to other conversations."""
    with st.sidebar:
        st.html('<p class="brand">Pushback</p>')
        st.button(
            "New conversation",
            key="new",
            icon=":material/add:",
            width="stretch",
            on_click=state.open_conversation,
            args=(None,),
        )
        with st.container(key="conversations", gap=None):
            for kept in library.conversations()[:MOST]:
                st.button(
                    label(kept.title) or "No question yet",
                    key=f"conversation-{kept.id}",
                    type="secondary" if kept.id == state.conversation() else "tertiary",
                    width="stretch",
                    on_click=state.open_conversation,
                    args=(kept.id,),
                )
        documents, passages = library.searched()
        st.caption(f"{documents:,} documents · {passages:,} passages")
        if st.button("Settings", key="settings", icon=":material/tune:", type="tertiary"):
            model_choice.show(settings)
