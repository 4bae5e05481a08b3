"""The chat page before the first question: an overview of the library and suggested questions, or a form to add
documents."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from assistant.errors import LibraryMissing
from assistant.library.library import Holdings, Library
from assistant.settings import Settings
from ui.parts.chat import suggesting
from ui.parts.documents import adding
from ui.parts.page import nearby, visiting
from ui.parts.settings import keys
from ui.views import present_chat, present_error
from ui.views.present import escape, label
from ui.views.present_settings import answers
from ui.web.roles import VisitorRole

SETTINGS = "settings"  # the path of its page
LONGEST = 160  # characters of the line that says what answers: meant for two lines

_HASHED: dict[str | type[Any], Any] = {Settings: lambda settings: str(settings.folder)}


def show(library: Library, settings: Settings, box: Callable[[], None]) -> None:
    """Show the chat page before the first question: a greeting, suggested questions, and a form to add documents.
    ``box`` is called to show the input field for questions."""
    with st.container(key="welcome"):
        st.html(
            '<div class="welcome"><h1>Ask your documents</h1>'
            f"<p>{escape(present_chat.holds(_holdings(settings, library.generation(), library)))}</p>"
            '<p class="small">Every statement ends with the number of its source: click it to read the words where '
            "they stand. When the documents do not say, neither does Pushback.</p>"
            "</div>"
        )
        box()
        _what_answers(settings)
        suggesting.show(library, settings)
        if visiting.may(VisitorRole.EDITOR, settings):
            st.html('<p class="small rule">Or ask about documents of your own:</p>')
        adding.show(settings, "chat")


def first_documents(settings: Settings, box: Callable[[], None], missing: LibraryMissing | None = None) -> None:
    """Show the chat page of a library without documents, with a form to add the first documents. ``box`` is called to
    show the input field for questions. If the library does not exist yet, ``missing`` is the error that says so, and
    its message is shown, too; otherwise ``missing`` is None."""
    edits = visiting.may(VisitorRole.EDITOR, settings)
    first = "Drop some of yours here, then ask" if edits else "Whoever runs this page names who may add them"
    with st.container(key="welcome"):
        st.html(
            f'<div class="welcome"><h1>No documents yet</h1><p>{first}: every statement of an '
            "answer is one click from its source.</p></div>"
        )
        adding.show(settings, "chat")
        box()
        _what_answers(settings)
        if missing:
            st.html(f'<p class="small">{escape(" ".join(present_error.for_users(missing)))}</p>')


def _what_answers(settings: Settings) -> None:
    """Show the model that answers now, with a link to the settings if a model is set or the visitor is at this
    machine."""
    now = answers(settings, lacks_key=keys.lacking(settings))
    if not settings.writer and not nearby.only(settings):
        st.html(f'<p class="small">{escape(now)}.</p>')
        return
    page = st.Page(lambda: None, title="Settings", url_path=SETTINGS)  # a page is known by its path
    line = now if settings.writer else f"{now}; add a model for written answers"
    with st.container(key="what-answers"):
        st.page_link(page, label=label(line, LONGEST), icon=":material/tune:")


@st.cache_data(show_spinner=False, max_entries=32, hash_funcs=_HASHED)
def _holdings(settings: Settings, generation: int, _library: Library) -> Holdings:
    """An overview of the library's documents, cached for each ``generation`` (state) of the library."""
    del settings, generation
    return _library.holdings()
