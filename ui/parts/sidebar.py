"""The side of the chat page: a new conversation, the kept ones, and who is signed in."""

from __future__ import annotations

import streamlit as st

from assistant.library.library import Conversation
from ui import state
from ui.parts.conversation import UNNAMED
from ui.present import escape, label

MOST = 50  # conversations listed; the older ones are found by searching, and keep their addresses
MANY = 8  # from which they can be searched


def show(conversations: list[Conversation]) -> None:
    """Ways to other conversations."""
    with st.sidebar:
        st.button(
            "New conversation",
            key="new",
            icon=":material/add:",
            width="stretch",
            on_click=state.open_conversation,
            args=(None,),
        )
        sought = _sought() if len(conversations) >= MANY else ""
        found = [one for one in conversations if sought in one.title.casefold()]
        with st.container(key="conversations", gap=None):
            for one in found[:MOST]:
                st.button(
                    label(one.title) or UNNAMED,
                    key=f"conversation-{one.id}",
                    type="secondary" if one.id == state.conversation() else "tertiary",
                    width="stretch",
                    on_click=state.open_conversation,
                    args=(one.id,),
                )
        if sought and not found:
            st.html(f'<p class="small">No conversation has “{escape(sought)}” in its title.</p>')


def _sought() -> str:
    sought = st.text_input(
        "Search conversations",
        key="sought",
        placeholder="Search conversations",
        label_visibility="collapsed",
        icon=":material/search:",
    )
    return " ".join((sought or "").split()).casefold()
