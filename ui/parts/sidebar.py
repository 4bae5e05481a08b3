"""The side of the chat page: a new conversation, the kept ones, and who is signed in."""

from __future__ import annotations

from itertools import count

import streamlit as st

from assistant.library.library import Conversation
from ui import scripts, state
from ui.parts.conversation import UNNAMED
from ui.present import escape, label

MOST = 50  # conversations listed; the older ones are found by searching, and keep their addresses
MANY = 8  # from which they can be searched
_CHOSEN = "chosen-in-sidebar"  # that something was, until the page has run
_turns = count()  # a script runs again only in an element that is another


def show(conversations: list[Conversation]) -> None:
    """Ways to other conversations; on a phone the sidebar, which lies over the page, closes after a choice."""
    if st.session_state.pop(_CHOSEN, False):
        close = scripts.html(scripts.CLOSE_SIDEBAR)
        st.html(f'<span hidden data-turn="{next(_turns)}"></span>{close}', unsafe_allow_javascript=True)
    with st.sidebar:
        st.button(
            "New conversation",
            key="new",
            icon=":material/add:",
            width="stretch",
            on_click=_open,
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
                    on_click=_open,
                    args=(one.id,),
                )
        if sought and not found:
            st.html(f'<p class="small">No conversation has “{escape(sought)}” in its title.</p>')


def _open(id: str | None) -> None:
    st.session_state[_CHOSEN] = True
    state.open_conversation(id)


def _sought() -> str:
    sought = st.text_input(
        "Search conversations",
        key="sought",
        placeholder="Search conversations",
        label_visibility="collapsed",
        icon=":material/search:",
    )
    return " ".join((sought or "").split()).casefold()
