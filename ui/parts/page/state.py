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
_RESUMED = "resumed"  # the conversation that this tab showed last


def library() -> str | None:
    """The name of the library in the page's address; None if the address has no such name."""
    return st.query_params.get(LIBRARY) or None


def open_library(name: str | None) -> None:
    """Put the name of a library into the page's address. None removes the name, and the page then shows the library
    that the settings name."""
    st.query_params.from_dict({LIBRARY: name} if name else {})


def conversation() -> str | None:
    """The id of the conversation in the page's address; None if the address has no id, because the conversation is
    new."""
    return st.query_params.get(CONVERSATION) or None


def open_conversation(id: str | None, within: Filters = EVERYWHERE) -> None:
    """Open the conversation with this id. The filters ``within`` limit the documents from which its questions are
    answered. If ``id`` is None, open a new conversation, which gets an id when its first question is asked."""
    named = {LIBRARY: library(), CONVERSATION: id, **asking_within(within)}
    st.query_params.from_dict({name: value for name, value in named.items() if value})
    st.session_state.pop(_EDITED, None)
    st.session_state.pop(_DELETED, None)


def cited() -> tuple[int, int] | None:
    """The citation whose document is open, as a pair: the number of the answer and the number of the citation in it,
    both counted from 1. On the pressure-test page, the pair is the number of an assumption and the number of a finding
    (a quote that concerns the assumption) in it. None if no cited document is open."""
    named = re.fullmatch(r"(\d{1,6})\.(\d{1,6})", st.query_params.get(CITED, ""))
    return (int(named[1]), int(named[2])) if named else None


def open_citation(turn: int, number: int) -> None:
    """Open the document of a citation. ``turn`` is the number of the answer and ``number`` that of the citation in it.
    On the pressure-test page, ``turn`` is the number of an assumption and ``number`` that of a finding (a quote that
    concerns the assumption) in it. All numbers are counted from 1."""
    st.query_params[CITED] = f"{turn}.{number}"


def close_citation() -> None:
    """Close the cited document that is open."""
    st.query_params.pop(CITED, None)


def within() -> Filters:
    """The filters in the page's address. They limit the documents from which questions are answered."""
    named = st.query_params
    since, until = named.get(SINCE) or None, named.get(UNTIL) or None
    return Filters(tuple(named.get_all(WITHIN)), tuple(named.get_all(AUTHOR)), since, until)


def ask_within(filters: Filters) -> None:
    """Replace the filters in the page's address. They limit the documents from which questions are answered."""
    for name in (WITHIN, AUTHOR, SINCE, UNTIL):
        st.query_params.pop(name, None)
    st.query_params.update(asking_within(filters))


def resume(filters: Filters) -> None:
    """Put ``filters``, those of the last answer, into the page's address if the conversation has just been opened by an
    address without filters. Another call for the same conversation changes nothing, so that visitors can remove the
    filters."""
    opened = conversation()
    if st.session_state.get(_RESUMED) != opened and within() == EVERYWHERE:
        ask_within(filters)
    st.session_state[_RESUMED] = opened


def asking_within(filters: Filters) -> dict[str, str | list[str]]:
    """The query parameters that put these filters into the address of a page."""
    named: dict[str, str | list[str]] = {WITHIN: list(filters.documents), AUTHOR: list(filters.authors)}
    named |= {SINCE: filters.since or "", UNTIL: filters.until or ""}
    return {name: value for name, value in named.items() if value}


def ask(question: str, at: int | None = None) -> None:
    """Ask a question at the next run of the page. ``at`` is the number of an earlier question, counted from 1; the new
    question replaces the earlier one and everything after it. If ``at`` is None, the question is added at the end of
    the conversation."""
    st.session_state[_ASKED] = question, at
    st.session_state.pop(_EDITED, None)


def asked() -> tuple[str, int | None] | None:
    """The question that is to be asked now, with the number of the earlier question that it replaces, counted from 1
    (None if it is added at the end of the conversation). Returns None if there is nothing to ask. The next call returns
    None, so that a question is asked only once."""
    told: tuple[str, int | None] | None = st.session_state.pop(_ASKED, None)
    return told


def edit(turn: int | None) -> None:
    """Open an editor for the question with this number, counted from 1. None closes the editor."""
    st.session_state[_EDITED] = (conversation(), turn)


def edited() -> int | None:
    """The number of the question that is being edited, counted from 1; None if no question is being edited."""
    where, turn = st.session_state.get(_EDITED, (None, None))
    return turn if where == conversation() else None


def deleted(id: str, title: str) -> None:
    """Close the conversation with this id, which was just deleted, and remember its id and title, so that the page can
    offer to restore it."""
    open_conversation(None)
    st.session_state[_DELETED] = id, title


def last_deleted() -> tuple[str, str] | None:
    """The id and the title of the conversation that was just deleted, for a button that restores it. None if no
    conversation was deleted, or if another conversation has been opened since."""
    told: tuple[str, str] | None = st.session_state.get(_DELETED)
    return told


def document() -> str | None:
    """The id of the document in the page's address; None if the address has no such id."""
    return st.query_params.get(DOCUMENT) or None


def open_document(id: str | None) -> None:
    """Open the document with this id on the library page. None opens the list of all documents."""
    st.query_params.from_dict({DOCUMENT: id} if id else {})
