"""The side of the chat page: a new conversation, the kept ones, and who is signed in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from itertools import count, groupby
from zoneinfo import ZoneInfo

import streamlit as st

from assistant.library.library import Conversation
from ui import present_chat, scripts, state
from ui.parts.conversation import UNNAMED
from ui.present import escape, label

MOST = 50  # conversations listed; the older ones are found by searching, and keep their addresses
MANY = 8  # from which they can be searched
_CHOSEN = "chosen-in-sidebar"  # that something was, until the page has run
_turns = count()  # a script runs again only in an element that is another


def show(conversations: list[Conversation], having: Callable[[str], set[str]] = lambda _: set()) -> None:
    """Ways to other conversations; on a phone the sidebar, which lies over the page, closes after a choice.

    ``having`` tells the ids of those in which words are said.
    """
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
        within = having(sought) if sought else set()
        found = [one for one in conversations if sought in one.title.casefold() or one.id in within]
        with st.container(key="conversations", gap=None):
            for day, some in groupby(found[:MOST], _day()):
                st.html(f'<h2 class="day">{day}</h2>')
                for one in some:
                    _conversation(one)
        if sought and not found:
            st.html(f'<p class="small">No conversation has “{escape(sought)}” in it.</p>')


def _conversation(one: Conversation) -> None:
    st.button(
        label(one.title) or UNNAMED,
        key=f"conversation-{one.id}",
        type="secondary" if one.id == state.conversation() else "tertiary",
        width="stretch",
        on_click=_open,
        args=(one.id,),
    )


def _day() -> Callable[[Conversation], str]:
    """Tells the day on which a conversation began, where the visitor is."""
    try:
        zone: tzinfo = ZoneInfo(st.context.timezone or "UTC")
    except (ValueError, OSError):
        zone = UTC
    today = datetime.now(zone).date()
    return lambda one: present_chat.day(datetime.fromisoformat(one.created).astimezone(zone).date(), today)


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
