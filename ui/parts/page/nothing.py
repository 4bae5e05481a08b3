"""The note for a library without documents, with a link to the page that adds them."""

from __future__ import annotations

import streamlit as st

LIBRARY = "library"  # the path of its page


def show(purpose: str) -> None:
    """Show a note that the library has no documents, with a link to the page that adds them. ``purpose`` is a sentence
    that says what the current page needs documents for. It is put into the HTML unescaped, and must not come from
    users."""
    st.html(
        f'<div class="welcome"><h1>No documents yet</h1><p>{purpose} Bring in a folder or a few files first.</p></div>'
    )
    page = st.Page(lambda: None, title="Library", url_path=LIBRARY)  # a page is known by its path
    st.page_link(page, label="Go to the library", icon=":material/folder_open:")
