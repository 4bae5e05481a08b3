"""The header of an open conversation: its title, and a menu to rename, export or delete it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from assistant.errors import PushbackError, SettingsError
from assistant.library.library import Conversation, Library
from assistant.library.tables.conversations import TITLE
from assistant.types import Answer, Citation
from ui.parts.page import failure, state
from ui.reports import conversation_export
from ui.views import citation_state, inert
from ui.views.present import Standing, escape, label, too_long

UNNAMED = "No question yet"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_FAILED = "conversation-failed"


def head(one: Conversation, answers: Sequence[Answer], library: Library) -> None:
    """Show the title of the conversation ``one``, and a menu to rename, export or delete it. ``answers`` are all the
    answers of this conversation; the export needs them."""
    with st.container(
        key="head", horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", wrap=False
    ):
        st.html(f'<h1 class="title">{escape(one.title or UNNAMED)}</h1>')
        menu = st.popover(
            "More", icon=":material/more_horiz:", type="tertiary", key=f"menu-{one.id}", on_change="rerun"
        )
    if menu.open:
        with menu:
            _menu(one, answers, library)
    tell()


def undo(library: Library) -> None:
    """If the visitor has just deleted a conversation, show a button that restores it."""
    if told := state.last_deleted():
        id, title = told
        with st.container(key="undo", horizontal=True, vertical_alignment="center"):
            st.html(f'<p class="small" role="status">Deleted “{escape(title or UNNAMED)}”.</p>', width="content")
            st.button("Undo", key="undo-delete", icon=":material/undo:", on_click=_restore, args=(id, library))
    tell()


def tell() -> None:
    """If renaming, deleting or restoring a conversation has just failed, show the error once."""
    if error := st.session_state.pop(_FAILED, None):
        failure.show(error)


def _menu(one: Conversation, answers: Sequence[Answer], library: Library) -> None:
    key = f"title-{one.id}"
    st.text_input("Title", one.title, key=key, on_change=_rename, args=(one.id, key, library))
    name = inert.file_name(one.title, "conversation")
    st.download_button(
        "Markdown",
        lambda: conversation_export.markdown(one.title or UNNAMED, answers, _standing(answers, library)).encode(),
        f"{name}.md",
        "text/markdown",
        key=f"markdown-{one.id}",
        icon=":material/download:",
        on_click="ignore",
        width="stretch",
    )
    st.download_button(
        "Word",
        lambda: conversation_export.docx(one.title or UNNAMED, answers, _standing(answers, library)),
        f"{name}.docx",
        WORD,
        key=f"word-{one.id}",
        icon=":material/download:",
        on_click="ignore",
        width="stretch",
    )
    st.button(
        "Delete",
        key=f"delete-{one.id}",
        icon=":material/delete:",
        width="stretch",
        help=f"Deletes {label(one.title or UNNAMED)}; it can be undone.",
        on_click=_delete,
        args=(one, library),
    )


def _standing(answers: Sequence[Answer], library: Library) -> dict[Citation, Standing]:
    return {citation: citation_state.standing(citation, library) for answer in answers for citation in answer.cited}


def _rename(id: str, key: str, library: Library) -> None:
    title = " ".join(st.session_state[key].split())
    if wrong := too_long(title, TITLE):
        st.session_state[_FAILED] = SettingsError("The title is too long.", hint=wrong)
    elif title:
        _try(library.conversations.rename, id, title)


def _delete(one: Conversation, library: Library) -> None:
    if _try(library.conversations.delete, one.id):
        state.deleted(one.id, one.title)


def _restore(id: str, library: Library) -> None:
    if _try(library.conversations.restore, id):
        state.open_conversation(id)


def _try(change: Callable[..., None], *values: str) -> bool:
    try:
        change(*values)
    except PushbackError as error:
        st.session_state[_FAILED] = error
        return False
    return True
