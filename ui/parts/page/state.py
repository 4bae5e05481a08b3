"""The state of a page. The conversation, citation, library and filters are in the page's address.

The question being asked, the editor and the last deletion belong to the browser tab, and a reload forgets them.
"""

from __future__ import annotations

import re

import streamlit as st

from assistant.types import Filters

CONVERSATION = "conversation"
CITED = "cited"
LIBRARY = "library"
DOCUMENT = "document"
WITHIN, AUTHOR, SINCE, UNTIL = "within", "author", "since", "until"

EVERYWHERE = Filters()

_ASKED, _EDITED, _DELETED = "asked", "edited", "deleted"  # what is under way in this tab, and is gone with a reload


def library() -> str | None:
    """The name of the library in the page's address; None if the address names none."""
    return st.query_params.get(LIBRARY) or None


def open_library(name: str | None) -> None:
    """Put the library's name into the page's address. None means the library in the settings."""
    st.query_params.from_dict({LIBRARY: name} if name else {})


def conversation() -> str | None:
    """The id of the conversation in the page's address; None for a new conversation."""
    return st.query_params.get(CONVERSATION) or None


def open_conversation(id: str | None, within: Filters = EVERYWHERE) -> None:
    """Open the conversation ``id``, with its questions limited by the filters ``within``. None opens a new one, which
    gets an id with its first question."""
    named = {LIBRARY: library(), CONVERSATION: id, **asking_within(within)}
    st.query_params.from_dict({name: value for name, value in named.items() if value})
    st.session_state.pop(_EDITED, None)
    st.session_state.pop(_DELETED, None)


def cited() -> tuple[int, int] | None:
    """The turn and the number, both from 1, of the citation whose document is open; None if none is."""
    named = re.fullmatch(r"(\d{1,6})\.(\d{1,6})", st.query_params.get(CITED, ""))
    return (int(named[1]), int(named[2])) if named else None


def open_citation(turn: int, number: int) -> None:
    """Open the document of a citation. ``turn`` is the number of the answer and ``number`` that of the citation, both
    from 1."""
    st.query_params[CITED] = f"{turn}.{number}"


def close_citation() -> None:
    """Close the document of the citation."""
    st.query_params.pop(CITED, None)


def within() -> Filters:
    """The filters of the questions, from the page's address."""
    named = st.query_params
    since, until = named.get(SINCE) or None, named.get(UNTIL) or None
    return Filters(tuple(named.get_all(WITHIN)), tuple(named.get_all(AUTHOR)), since, until)


def ask_within(filters: Filters) -> None:
    """Set the filters of the following questions."""
    for name in (WITHIN, AUTHOR, SINCE, UNTIL):
        st.query_params.pop(name, None)
    st.query_params.update(asking_within(filters))


def asking_within(filters: Filters) -> dict[str, str | list[str]]:
    """The query parameters of an address that set these filters."""
    named: dict[str, str | list[str]] = {WITHIN: list(filters.documents), AUTHOR: list(filters.authors)}
    named |= {SINCE: filters.since or "", UNTIL: filters.until or ""}
    return {name: value for name, value in named.items() if value}


def ask(question: str, at: int | None = None) -> None:
    """Ask a question at the next run of the page. With ``at``, its answer replaces the turn ``at`` and all later turns;
    without, the answer is added at the end."""
    st.session_state[_ASKED] = question, at
    st.session_state.pop(_EDITED, None)


def asked() -> tuple[str, int | None] | None:
    """The question and the turn that were given to ``ask``; None if there are none. They are returned once only."""
    told: tuple[str, int | None] | None = st.session_state.pop(_ASKED, None)
    return told


def edit(turn: int | None) -> None:
    """Open an editor for the question of a turn. None closes the editor."""
    st.session_state[_EDITED] = (conversation(), turn)


def edited() -> int | None:
    """The turn whose question is being edited; None if none is."""
    where, turn = st.session_state.get(_EDITED, (None, None))
    return turn if where == conversation() else None


def deleted(id: str, title: str) -> None:
    """Leave the conversation ``id``, which was deleted; the page then offers to restore it."""
    open_conversation(None)
    st.session_state[_DELETED] = id, title


def last_deleted() -> tuple[str, str] | None:
    """The id and the title of the conversation that was deleted last, while the page offers to restore it; else
    None."""
    told: tuple[str, str] | None = st.session_state.get(_DELETED)
    return told


def document() -> str | None:
    """The id of the document in the page's address; None if there is none."""
    return st.query_params.get(DOCUMENT) or None


def open_document(id: str | None) -> None:
    """Open a document on the library page. None opens the list of all documents."""
    st.query_params.from_dict({DOCUMENT: id} if id else {})
