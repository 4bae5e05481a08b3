"""The health of the library: known problems, a full check, and buttons for repairs."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from assistant.library.library import Library
from assistant.settings import Settings
from ui.parts.documents import listing, starting_jobs, work
from ui.parts.page import visiting
from ui.views import present_library
from ui.views.present import escape
from ui.views.present_library import GONE
from ui.views.present_work import count
from ui.web.roles import VisitorRole
from ui.work import uploads


def show(library: Library, settings: Settings) -> None:
    """Show problems of the library and buttons for its upkeep. Visitors with the role of editor or a higher one see
    uploaded files that were never read, and documents whose files are gone. Visitors with the highest role, owner, also
    see buttons that check the library and rebuild its index."""
    if visiting.may(VisitorRole.EDITOR, settings):
        rows = listing.listed(library, settings).rows
        _unread(library, settings)
        _gone(list(rows.loc[rows["state"] == GONE, "document"]), settings)
    if visiting.may(VisitorRole.OWNER, settings):
        _checks(settings)


def _checks(settings: Settings) -> None:
    with st.container(horizontal=True, key="health"):
        st.button(
            "Check the library",
            icon=":material/health_and_safety:",
            help="Looks at every passage, its words and its vector, and repairs what can be repaired safely.",
            on_click=starting_jobs.check,
            args=(settings,),
        )
        st.button(
            "Re-index",
            icon=":material/model_training:",
            help="Embeds every passage again, with the model in force. Until it is done the library is as it was.",
            on_click=starting_jobs.reindex,
            args=(settings,),
        )


def _unread(library: Library, settings: Settings) -> None:
    told = work.told_of(settings)
    unread = uploads.unread(settings, library.known([str(uploads.folder(settings))]))
    left = [path for path in unread if path.name not in told]
    if not left or work.busy_with(settings):
        return
    names = ", ".join(present_library.line(path.name, 40) for path in left[:3]) + ("…" if len(left) > 3 else "")
    with st.container(border=True, key="unread", gap="small"):
        are = "is" if len(left) == 1 else "are"
        st.html(f"<p>{count(len(left), 'file')} that you dropped {are} not in the library: "
                f"{escape(names)}</p>")  # fmt: skip
        with st.container(horizontal=True):
            about = f"Reading {count(len(left), 'file')}"
            st.button(
                "Read again",
                key="unread-read",
                icon=":material/refresh:",
                on_click=starting_jobs.read,
                args=(settings, left, about, uploads.folder(settings)),
            )
            st.button("Put aside", key="unread-away", type="tertiary", on_click=_put_by, args=(left,))


def _put_by(left: list[Path]) -> None:
    for path in left:
        uploads.put_by(path)


def _gone(ids: list[str], settings: Settings) -> None:
    if not ids:
        return
    with st.container(border=True, key="gone", gap="small"):
        st.html(
            f"<p>The files of {count(len(ids), 'document')} are no longer there. What they held is still answered "
            "from; put them back, or take the documents out.</p>"
        )
        st.button(
            "Take them out",
            key="gone-out",
            icon=":material/delete:",
            on_click=starting_jobs.remove,
            args=(ids, settings),
        )
