"""The form for an idea, with a preview of the assumptions that will be tested."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from assistant.pressure.lens import Lens
from assistant.pressure.pressure import LONGEST_IDEA
from ui.parts.documents import pasted
from ui.parts.pressure import testing
from ui.parts.pressure.testing import IdeaDesk
from ui.reports import present_verdict
from ui.reports.verdict_report import opened
from ui.views.present import escape

FIELD = "idea"
EXAMPLE = "Stop going to trade fairs and rely on word of mouth, because buyers ask each other first."
EMPTY = '<p class="notice" role="alert">Put an idea in the field first: a sentence or two is enough.</p>'


def put(desk: IdeaDesk, lenses: Sequence[Lens], before: str = "") -> None:
    """Show a field for an idea, a button that tests the idea, and a preview of the assumptions that will be tested.
    ``lenses`` are the questions that are asked of every idea; the preview lists them. ``before`` is the text that the
    field has at first. ``desk`` holds what a test needs, such as the assistant."""
    if FIELD not in st.session_state:
        st.session_state[FIELD] = before
    idea = st.text_area("Your idea", key=FIELD, height=110, placeholder="What do you want to do, and why?")
    with st.container(horizontal=True, gap="small"):
        asked = st.button("Put it to the test", type="primary", icon=":material/balance:")
        st.button("Try an example", type="tertiary", on_click=_try)
    if asked and idea.strip() and not pasted.too_long(idea, LONGEST_IDEA):
        testing.begin(desk, idea)
        st.rerun()
    elif asked and not idea.strip():
        st.html(EMPTY)
    _looked_at(idea, lenses)


def revise(desk: IdeaDesk, id: str, former: str) -> None:
    """Show a field to reword an idea that has been tested, and a button that tests the new wording; the page then
    compares the new verdict with the earlier one. ``former`` is the earlier wording, and ``id`` is the id of the
    earlier verdict. ``desk`` holds what a test needs, such as the assistant."""
    with st.expander("Revise the idea", icon=":material/edit:"):
        idea = st.text_area("The idea, revised", former, key=f"revised-{id}", height=110)
        asked = st.button("Test it beside the former one", type="primary", key="revise")
        if asked and idea.strip() and not pasted.too_long(idea, LONGEST_IDEA):
            testing.begin(desk, idea, revises=id)
            st.rerun()
        elif asked and not idea.strip():
            st.html(EMPTY)


def _try() -> None:
    st.session_state[FIELD] = EXAMPLE


def _looked_at(idea: str, lenses: Sequence[Lens]) -> None:
    looked = present_verdict.looked_at(idea)
    with st.container(key="looked-at", gap="xsmall"):
        st.html("<h2>What it will look at</h2>")
        if looked.is_shortened:
            notice = f"Sentences that only ask for agreement are left out. This is tested: “{escape(looked.tested)}”"
            st.html(f'<p class="small notice">{notice}</p>')
        parts = "".join(
            f"<li><strong>{escape(opened(one.name))}</strong> {escape(one.part)}</li>" for one in looked.parts
        )
        st.html(f"<ol>{parts}</ol>" if parts else "<p>The idea as it stands, then each of its clauses.</p>")
        st.html("<p>And each of these questions on which the idea takes a side, five at most:</p>")
        with st.expander(f"{len(lenses)} questions that a strategist asks"):
            st.html(present_verdict.listed([lens.question for lens in lenses]))
