"""Changes to the assumptions of an idea: reword, leave out, restore or add one.

Each change tests the idea again and shows the new verdict next to the former one. Judgements and importance are kept.
"""

from __future__ import annotations

import streamlit as st

from assistant.pressure import assumptions
from assistant.pressure.assumptions import OF_WORDS, OWN, PROPOSED
from assistant.types import Verdict
from ui.parts.pressure import testing
from ui.parts.pressure.testing import IdeaDesk
from ui.reports.verdict_report import Report
from ui.views.present import label, too_long

LONGEST = 300  # characters of an assumption: a sentence or two
WORDS = 90  # characters of one that is named on a button: meant for one line
OF_THE_IDEA = (*OF_WORDS, OWN, PROPOSED)  # all else are questions that are asked of any idea


def change(number: int, report: Report, desk: IdeaDesk) -> None:
    """Show buttons to reword the assumption with this number (counted from 1) or to leave it out. Each button tests the
    idea again. Nothing is shown for the first assumption, which is the idea itself. ``desk`` holds what a new test
    needs, such as the assistant."""
    if number == 1:
        return
    one, key = report.verdict.assumptions[number - 1], f"{report.id}-{number}"
    with st.container(horizontal=True, gap="small", key=f"change-{key}"):
        with st.popover("Reword", icon=":material/edit:", type="tertiary"):
            text = st.text_area("The assumption, in your words", one.text, key=f"reword-{key}")
            if st.button("Test it so", key=f"reworded-{key}") and _says(text, report.verdict):
                _test(report, desk, assumptions.reworded(report.verdict, number, text))
        name = "Leave it out" if one.lens in OF_THE_IDEA else "Does not apply"
        if st.button(
            name, key=f"drop-{key}", type="tertiary", icon=":material/block:", help="Tests the idea without it"
        ):
            _test(report, desk, assumptions.dropped(report.verdict, number))


def more(report: Report, desk: IdeaDesk) -> None:
    """Show a field to add an assumption to the idea, and a button for each assumption that was left out, which restores
    the assumption. Each change tests the idea again. ``desk`` holds what a new test needs, such as the assistant."""
    with st.popover("Add an assumption", icon=":material/add:", type="tertiary"):
        text = st.text_area("What else must be so?", key=f"add-{report.id}")
        if st.button("Test with it", key=f"added-{report.id}") and _says(text, report.verdict):
            _test(report, desk, assumptions.added(report.verdict, text))
    for number, left in enumerate(report.verdict.left_out, start=1):
        name = f"Left out: {label(left, WORDS)} Take it up again"
        if st.button(name, key=f"take-up-{report.id}-{number}", type="tertiary", icon=":material/undo:"):
            _test(report, desk, assumptions.taken_up(report.verdict, left))


def _says(text: str, verdict: Verdict) -> bool:
    """Whether the text is a new assumption. If it is empty, known or too long, a message is shown."""
    plain = " ".join(text.split())
    known = any(one.text == plain for one in verdict.assumptions)
    wrong = "It rests on that already." if known else too_long(plain, LONGEST) if plain else "Say what must be so."
    if wrong:
        st.html(f'<p class="notice" role="alert">{wrong}</p>')
    return not wrong


def _test(report: Report, desk: IdeaDesk, like: Verdict) -> None:
    testing.begin(desk, report.verdict.idea, report.id, like)
    st.rerun()
