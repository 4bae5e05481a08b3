"""Where a page is: the address says it all, so that a reload or another tab shows the same."""

from __future__ import annotations

import re

import streamlit as st

CONVERSATION = "conversation"
CITED = "cited"
DOCUMENT = "document"


def conversation() -> str | None:
    """The id of the conversation that the address names."""
    return st.query_params.get(CONVERSATION) or None


def open_conversation(id: str | None) -> None:
    """Go to a conversation; None to a new one, which gets its id with the first question."""
    st.query_params.from_dict({CONVERSATION: id} if id else {})


def cited() -> tuple[int, int] | None:
    """The turn and the number of the citation whose document is open, both from 1."""
    named = re.fullmatch(r"(\d{1,6})\.(\d{1,6})", st.query_params.get(CITED, ""))
    return (int(named[1]), int(named[2])) if named else None


def open_citation(turn: int, number: int) -> None:
    """Open a citation's document."""
    st.query_params[CITED] = f"{turn}.{number}"


def close_citation() -> None:
    """Close the document that is open."""
    st.query_params.pop(CITED, None)


def document() -> str | None:
    """The id of the document that the address names."""
    return st.query_params.get(DOCUMENT) or None


def open_document(id: str | None) -> None:
    """Go to a document on the library's page; None to the list of all."""
    st.query_params.from_dict({DOCUMENT: id} if id else {})
