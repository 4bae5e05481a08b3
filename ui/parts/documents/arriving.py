"""Summaries of documents that have just been read, so that a visitor sees what has come."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from assistant.answer.summary import summary
from assistant.errors import DocumentMissing
from assistant.library.library import Library
from assistant.types import Document
from ui.views import present_document
from ui.views.present import label

SHOWN = 3  # documents of a drop that are told in short; each is read and weighed for it whenever the page runs


def show(ids: Sequence[str], library: Library, key: str) -> None:
    """Show a summary of each of the first ``SHOWN`` documents with these ids: some of its headings and key sentences.
    If ``ids`` has only one id, its summary is open; otherwise each summary is folded below the document's title.
    Documents that are short, or that have been removed since, are left out. ``key`` makes the names of the folded boxes
    unique on the page."""
    told = [(document, text) for document in _documents(ids[:SHOWN], library) if (text := _in_short(document, library))]
    for document, text in told:
        if len(ids) == 1:
            st.html(text)
            continue
        with st.expander(f"In short: {label(document.about.title)}", type="compact", key=f"{key}-{document.id}"):
            st.html(text)


def _documents(ids: Sequence[str], library: Library) -> list[Document]:
    found = []
    for id in ids:
        try:
            found.append(library.document(id))
        except DocumentMissing:  # it was removed since
            continue
    return found


def _in_short(document: Document, library: Library) -> str:
    return present_document.in_short(document, summary(document, library.stored_of(document.id)))
