"""The library page: the list of documents, a form to add more, and a view of each document."""

from __future__ import annotations

import streamlit as st

from assistant.errors import LibraryMissing
from assistant.library.library import Library
from assistant.settings import Settings
from ui.parts.documents import adding, document_view, documents_table, health
from ui.parts.page import state, visiting
from ui.parts.settings import running
from ui.views.present_work import count
from ui.web.roles import VisitorRole

EMPTY = "Nothing in it yet."
BEGIN = f" Drop a file or two to begin: {adding.READ} are read, and stay on the machine that serves this page."


def show(settings: Settings) -> None:
    """Show the library page: the list of documents, or the one document that the page's address names. If the library
    does not exist, show the form that adds the first documents."""
    try:
        library: Library | None = running.opened(settings).library
    except LibraryMissing:
        library = None
    if library and (id := state.document()):
        document_view.show(id, library, settings)
        return
    documents, passages = library.searched() if library else (0, 0)
    held = f"{count(documents, 'document')}, {count(passages, 'passage')}" if documents else EMPTY
    held += BEGIN if not documents and visiting.may(VisitorRole.EDITOR, settings) else ""
    st.html(f'<header class="page"><h1>Library</h1><p class="small">{held}</p></header>')
    adding.show(settings, "library", opens=True)
    if library and documents:
        documents_table.show(library, settings)
    if library:
        health.show(library, settings)
