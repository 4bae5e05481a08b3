"""The sidebar of every page: a button for a new conversation, and the earlier conversations."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, tzinfo
from itertools import count, groupby
from typing import Literal
from zoneinfo import ZoneInfo

import streamlit as st

from assistant.errors import PushbackError
from assistant.library.library import Conversation, Library
from assistant.settings import Settings
from assistant.types import Filters
from ui.parts.chat.conversation import UNNAMED
from ui.parts.documents import scope
from ui.parts.page import state, visiting
from ui.parts.settings import running
from ui.views import present_chat
from ui.views.present import escape, label
from ui.web import scripts

Look = Literal["primary", "secondary", "tertiary"]  # of a button

MOST = 50  # conversations listed; the older ones are found by searching, and keep their addresses
MANY = 8  # from which they can be searched: fewer are seen at once
_CHOSEN = "chosen-in-sidebar"  # that something was, until the page has run
_turns = count()  # a script runs again only in an element that is another


def show(settings: Settings, *, asks: bool) -> None:
    """Show a button for a new conversation and the list of earlier conversations. On a phone, where the sidebar covers
    the page, the sidebar closes when the visitor has chosen a conversation.

    ``asks`` is true if the current page is the chat. On any other page, a click on a conversation opens the chat. If
    the library cannot be opened, no conversations are listed; the page itself shows the error.
    """
    library: Library | None = None
    conversations: list[Conversation] = []
    with suppress(PushbackError):
        library = running.opened(settings).library
        conversations = library.conversations.listed(visiting.owner())
    if st.session_state.pop(_CHOSEN, False):
        close = scripts.html(scripts.CLOSE_SIDEBAR)
        st.html(f'<span hidden data-turn="{next(_turns)}"></span>{close}', unsafe_allow_javascript=True)
    with st.sidebar:
        _way("New conversation", "new", None, library, asks=asks, icon=":material/add:")
        sought = _sought() if len(conversations) >= MANY else ""
        found = library.conversations.search(sought, visiting.owner()) if library and sought else conversations
        with st.container(key="conversations", gap=None):
            for day, some in groupby(found[:MOST], _day()):
                st.html(f'<h2 class="day">{day}</h2>')
                for one in some:
                    named = label(one.title) or UNNAMED
                    looks: Look = "secondary" if asks and one.id == state.conversation() else "tertiary"
                    _way(named, f"conversation-{one.id}", one.id, library, asks=asks, looks=looks)
        if sought and not found:
            st.html(f'<p class="small">No conversation has “{escape(sought)}” in it.</p>')


def _way(
    name: str,
    key: str,
    id: str | None,
    library: Library | None,
    *,
    asks: bool,
    icon: str | None = None,
    looks: Look = "secondary",
) -> None:
    """Show a button that opens the conversation ``id`` of ``library`` (None for a new one), with the filters of its
    last answer. ``asks`` says that the current page is the chat."""
    leads = _open if asks else None
    if (
        st.button(name, key=key, icon=icon, type=looks, width="stretch", on_click=leads, args=(id, library))
        and not asks
    ):
        st.session_state[_CHOSEN] = True
        page = st.Page(lambda: None, title="Ask", url_path="", default=True)  # a page is known by its path
        named = {state.LIBRARY: state.library(), state.CONVERSATION: id, **state.asking_within(_within(id, library))}
        st.switch_page(page, query_params={name: value for name, value in named.items() if value})


def _day() -> Callable[[Conversation], str]:
    """A function that takes a conversation and returns the day on which it was last used, as text in the visitor's time
    zone."""
    try:
        zone: tzinfo = ZoneInfo(st.context.timezone or "UTC")
    except (ValueError, OSError):
        zone = UTC
    today = datetime.now(zone).date()
    return lambda one: present_chat.day(datetime.fromisoformat(one.used).astimezone(zone).date(), today)


def _open(id: str | None, library: Library | None) -> None:
    st.session_state[_CHOSEN] = True
    state.open_conversation(id, _within(id, library))


def _within(id: str | None, library: Library | None) -> Filters:
    return scope.of_last(id, library) if id and library else state.EVERYWHERE


def _sought() -> str:
    sought = st.text_input(
        "Search conversations",
        key="sought",
        placeholder="Search conversations",
        label_visibility="collapsed",
        icon=":material/search:",
    )
    return " ".join((sought or "").split())
