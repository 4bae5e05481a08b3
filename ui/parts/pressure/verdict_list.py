"""The list of stored verdicts: they can be opened, removed and restored."""

from __future__ import annotations

import streamlit as st

from assistant.library.library import Library
from assistant.library.records import UNFINISHED, KeptVerdict
from ui.parts.pressure import testing, verdict_address
from ui.parts.pressure.testing import IdeaDesk
from ui.reports import present_verdict, stored_verdicts
from ui.views import present
from ui.views.present import escape, label

MOST = 50  # listed; the older ones keep their addresses
MANY = 8  # from which they can be searched: fewer are seen at once
IDEA = 110  # characters of one: meant for two lines of the list
REMOVED = "verdict-removed"  # the last one with its JSON, until the visitor goes on


def show(desk: IdeaDesk) -> None:
    """Show the visitor's tests of ideas: those that are running, those that were interrupted, and the stored verdicts,
    the latest first. ``desk`` names the visitor and the library that stores the verdicts."""
    library = desk.library
    for job in testing.running(desk):
        with st.container(horizontal=True, vertical_alignment="center", key=f"running-{job.id}"):
            st.html('<p class="small">Being tested:</p>', width="content")
            st.button(
                label(job.about, IDEA),
                key=f"watch-{job.id}",
                type="tertiary",
                on_click=verdict_address.watch,
                args=(job.id,),
            )
    for one in testing.unfinished(desk):
        _unfinished(one, desk)
    finished = (one for one in library.verdicts.listed(desk.owner) if one.ruling != UNFINISHED)
    kept = sorted(finished, key=lambda one: one.created, reverse=True)  # one brought back where it was
    _undo(library)
    if not kept:
        return
    st.html("<h2>Tested before</h2>")
    if len(kept) > MANY:
        words = st.text_input("Search", key="search-verdicts", placeholder="Search", label_visibility="collapsed")
        kept = [one for one in kept if words.casefold().strip() in one.idea.casefold()]
    with st.container(key="kept-verdicts", gap=None):
        for one in kept[:MOST]:
            _row(one, library)
    if not kept:
        st.html('<p class="small">None has these words.</p>')
    if len(kept) > MOST:
        st.caption(f"And {len(kept) - MOST:,} older ones.")


def remove(id: str, library: Library) -> None:
    """Remove the verdict with this id from the library, and rerun the page, which then offers to restore it.

    Raises:
        DocumentMissing: the verdict has been removed already.
    """
    st.session_state[REMOVED] = library.verdicts.read(id)
    library.verdicts.remove(id)
    verdict_address.open_verdict(None)
    st.rerun()


def _unfinished(one: KeptVerdict, desk: IdeaDesk) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key=f"unfinished-{one.id}", gap="small"):
        st.html('<p class="small">Not finished:</p>', width="content")
        st.markdown(label(one.idea, IDEA), width="stretch")
        if st.button("Test again", key=f"again-{one.id}", type="tertiary", icon=":material/replay:"):
            is_there = one.revises in {each.id for each in desk.library.verdicts.listed(desk.owner)}
            testing.begin(desk, one.idea, one.revises if is_there else None)
            st.rerun()
        if st.button("Forget it", key=f"forget-{one.id}", type="tertiary", icon=":material/delete:"):
            stored_verdicts.give_up(desk.library, one.id)
            st.rerun()


def _row(one: KeptVerdict, library: Library) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key=f"kept-{one.id}", gap="small"):
        st.markdown(present_verdict.badge(one.ruling), width="content")
        st.button(
            label(one.idea, IDEA),
            key=f"verdict-{one.id}",
            type="tertiary",
            width="stretch",
            on_click=verdict_address.open_verdict,
            args=(one.id,),
        )
        revised = " · revised" if one.revises else ""
        st.html(f'<p class="small">{escape(present.date(one.created[:10]))}{revised}</p>', width="content")
        if st.button(
            "Remove",
            key=f"remove-{one.id}",
            type="tertiary",
            icon=":material/delete:",
            help="Remove it; it can be brought back",
        ):
            remove(one.id, library)


def _undo(library: Library) -> None:
    if REMOVED not in st.session_state:
        return
    removed, told = st.session_state[REMOVED]
    with st.container(horizontal=True, vertical_alignment="center", key="undo"):
        st.html(f'<p role="status">Removed “{escape(removed.idea)}”</p>', width="content")
        if st.button("Undo", icon=":material/undo:"):
            library.verdicts.put(removed, told)
            del st.session_state[REMOVED]
            st.rerun()
