"""Lets visitors review the draft cases of their own suite, one at a time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from assistant.errors import CaseError
from eval.drafting import reviewing
from ui.views.present import escape
from ui.views.present_work import count

LATER, TOLD = "draft-later", "draft-told"


def show(suite: Path) -> None:
    """Show the next test case that was drafted for a suite and that nobody has reviewed. The visitor can edit, accept
    or discard it, or leave it for later. Nothing is shown if the suite has no drafts. ``suite`` is the suite's file."""
    try:
        left = reviewing.drafts(suite)
    except CaseError:  # it has no file for drafts, or cannot be read, which running it tells
        return
    if not left:
        return
    case = left[st.session_state.get(LATER, 0) % len(left)]
    st.html(
        f'<p class="small">{count(len(left), "draft")} that nobody has reviewed: they decide nothing until they are '
        "accepted.</p>"
    )
    key = f"draft-{case.id}"
    st.text_area("Draft", reviewing.shown(case), key=key, height="content")
    if told := st.session_state.pop(TOLD, ""):
        st.html(f'<p class="notice small" role="alert">{escape(told)}</p>')
    with st.container(horizontal=True):
        st.button("Accept", key="draft-accept", on_click=_settle, args=(lambda: _accept(suite, case.id, key),))
        throw = (lambda: reviewing.throw_away(suite, case.id),)
        st.button("Throw away", key="draft-throw", type="tertiary", on_click=_settle, args=throw)
        st.button("Later", key="draft-later-one", type="tertiary", on_click=_later)


def _accept(suite: Path, case: str, key: str) -> None:
    reviewing.accept(suite, case, st.session_state[key])


def _settle(done: Callable[[], object]) -> None:
    try:
        done()
    except CaseError as error:
        st.session_state[TOLD] = str(error)


def _later() -> None:
    st.session_state[LATER] = st.session_state.get(LATER, 0) + 1
