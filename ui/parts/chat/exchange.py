"""One turn of a conversation on the page: the question, and the answer with its citations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from typing import NamedTuple
from urllib.parse import quote

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from assistant.errors import PushbackError
from assistant.library.library import Library
from assistant.types import Answer, Citation, Conflict, Grounding, Statement
from ui.parts.page import state
from ui.reports import conversation_export
from ui.views import citation_state, present
from ui.views.present import Standing, escape
from ui.views.shown import CLOSEST, NEAREST, NOT_SAID, PERHAPS, REFUSED, disagreeing, shown, who_disagrees, why
from ui.web import scripts


class CitationNumbers(NamedTuple):
    """What the page shows for the citations of one answer: ``of`` maps each citation to its number, and ``tips`` maps
    each citation to its tooltip. ``turn`` is the number of the answer in its conversation, counted from 1."""

    turn: int
    of: Mapping[Citation, int]
    tips: Mapping[Citation, str]


def question(text: str, turn: int) -> None:
    """Show a question with an edit button; if the visitor has clicked this button, show an editor for the question
    instead. ``turn`` is the number of the question in the conversation, counted from 1."""
    if turn == state.edited():
        with _visitor():
            _editing(text, turn)
    else:
        editable(asked(text, turn), turn)


def asked(text: str, turn: int) -> DeltaGenerator:
    """Show a question without an edit button, and return the row in which it is shown. Once the question has an answer,
    ``editable`` adds an edit button to this row. ``turn`` is the number of the question in the conversation, counted
    from 1."""
    with _visitor():
        row = st.container(key=f"asked-{turn}", horizontal=True, wrap=False, vertical_alignment="center")
    row.html(f'<p class="question">{escape(text)}</p>')
    return row


def unanswered(text: str, at: int | None, turn: int) -> None:
    """Show a question that has no answer, with a button that asks it again. ``turn`` is the number of the question,
    counted from 1. ``at`` is the number of the earlier answer that the new answer will replace; None: the new answer is
    added at the end of the conversation."""
    asked(text, turn)
    with reply():
        st.html('<p class="notice" role="status">This question has no answer yet.</p>')
        st.button("Ask again", key="ask-again", icon=":material/refresh:", on_click=state.ask, args=(text, at))


def unkept(why: PushbackError) -> None:
    """Show a notice that the answer on the page could not be stored, and the reason ``why``."""
    told = f"This answer cannot be kept and goes with the next click. {why}"
    st.html(f'<p class="notice" role="status">{escape(told)}</p>')


def editable(row: DeltaGenerator, turn: int) -> None:
    """Add an edit button to the row in which a question is shown. ``turn`` is the number of the question, counted from
    1."""
    row.button("Edit", key=f"edit-{turn}", icon=":material/edit:", type="tertiary", on_click=state.edit, args=(turn,))


def _visitor() -> AbstractContextManager[object]:
    return st.chat_message("user", avatar=":material/person:")


def _editing(text: str, turn: int) -> None:
    key = f"edited-{turn}"
    with st.form(f"edit-form-{turn}", border=False):
        st.text_area("Your question", text, key=key, height="content")
        st.caption(
            "It is asked again in the place of this one, and of all that came after. The conversation as it was is "
            "kept beside this one."
        )
        with st.container(horizontal=True):
            st.form_submit_button("Ask again", type="primary", on_click=_ask_again, args=(key, turn))
            st.form_submit_button("Cancel", on_click=state.edit, args=(None,))


def _ask_again(key: str, turn: int) -> None:
    if text := st.session_state[key].strip():
        state.ask(text, turn)


def reply() -> AbstractContextManager[object]:
    """The chat bubble in which an answer is shown; use it in a ``with`` statement."""
    return st.chat_message("assistant", avatar=":material/format_quote:")


def statement(one: Statement) -> None:
    """Show a statement of an answer that is still being written. It has no buttons for its citations; these appear with
    the complete answer."""
    st.html(f'<p class="arriving">{escape(one.text)}</p>')


def answer(one: Answer, turn: int, library: Library) -> None:
    """Show a complete answer with its citations. ``turn`` is the number of the answer in the conversation, counted from
    1."""
    if one.grounding is Grounding.ASIDE:
        st.html(f'<p class="notice">{escape(one.reason)}</p>')
        return
    around = {citation: citation_state.around(citation, library) for citation in one.cited}
    tips = {citation: present.tip(citation, seen.before, seen.after) for citation, seen in around.items()}
    numbers = CitationNumbers(turn, {citation: number for number, citation in enumerate(one.cited, 1)}, tips)
    if one.grounding is Grounding.REFUSED:
        _refusal(one, numbers)
    if one.grounding is Grounding.NEAR:
        st.html(_notice(CLOSEST, PERHAPS, why(one)))
    for place, each in enumerate(shown(one)):
        _cited(f"said-{turn}-{place}", present.statement(each), numbers, each.citations)
    for place, conflict in enumerate(one.conflicts):
        _conflict(f"{turn}-conflict-{place}", conflict, numbers)
    if one.missing and not one.refused:
        st.html(f'<p class="notice">{NOT_SAID} {escape(one.missing)}</p>')
    for told in present.of_model(one):
        st.html(f'<p class="small notice">{told}</p>')
    if one.grounding is not Grounding.REFUSED:
        _sources(one, numbers)
    for citation, number in numbers.of.items():
        if (standing := around[citation].standing) is not Standing.HOLDS:
            st.html(f'<p class="small notice">{number}: {standing.value}</p>')


def copy(one: Answer) -> None:
    """Show a button that copies the answer as plain text with its citations. The button needs the script that
    ``copies`` adds to the page."""
    text = quote(conversation_export.plain(one))
    st.html(
        f'<button type="button" class="copies" aria-live="polite" data-text="{text}">Copy</button>', width="content"
    )


def copies() -> None:
    """Add to the page the script that makes the buttons of ``copy`` work."""
    st.html(scripts.html(scripts.COPY), unsafe_allow_javascript=True)


def again(one: Answer, turn: int) -> None:
    """Show a button that asks the question of the answer ``one`` again, with the current library, model and filters.
    The new answer replaces ``one``. If the two differ, ``one`` is kept in a copy of the conversation. ``turn`` is the
    number of ``one`` in the conversation, counted from 1."""
    st.button(
        "Answer again", key=f"again-{turn}", icon=":material/refresh:", type="tertiary",
        on_click=state.ask, args=(one.question, turn),
    )  # fmt: skip


def _notice(what: str, more: str, below: str) -> str:
    """A notice as HTML: ``what`` in bold, then ``more``, and ``below`` in a paragraph of its own. ``more`` and
    ``below`` may be empty."""
    below = f"<p>{escape(below)}</p>" if below else ""
    return f'<div class="notice"><p><strong>{what}</strong> {escape(more)}</p>{below}</div>'


def _refusal(one: Answer, numbers: CitationNumbers) -> None:
    st.html(_notice(REFUSED, why(one), present.searched(one)))
    if numbers.of:
        st.html(f'<p class="small">{NEAREST}</p>')
    for citation, number in numbers.of.items():
        quoted = f'<span class="nearest">“{escape(citation.key_quote)}”</span>'
        with st.container(key=f"near-{numbers.turn}-{number}", gap="xxsmall"):
            _cited(f"near-{numbers.turn}-{number}", quoted, numbers, [citation])
            st.html(f"<p>{present.source_line(citation)}</p>")


def _conflict(key: str, conflict: Conflict, numbers: CitationNumbers) -> None:
    with st.container(border=True, key=f"sides-{key}", gap="xsmall"):
        st.html(f'<p class="small"><strong>{who_disagrees(conflict)}</strong></p>')
        for place, (column, side) in enumerate(zip(st.columns(len(conflict.sides)), conflict.sides, strict=True)):
            with column:
                st.html(f'<p class="small">{present.source_line(side.citations[0])}</p>')
                said = f'<span class="said">{escape(disagreeing(side))}</span>'
                _cited(f"said-{key}-{place}", said, numbers, side.citations)


def _sources(one: Answer, numbers: CitationNumbers) -> None:
    with st.container(key=f"sources-{numbers.turn}", gap="xxsmall"):
        st.html('<p class="small rule">Sources</p>')
        for place, source in enumerate(present.sources(one)):
            cited = [one.cited[number - 1] for number in source.numbers]
            key = f"source-{numbers.turn}-{place}"
            _cited(key, present.source_line(source.citation), numbers, cited, first=True)
        st.html(f'<p class="small">{present.searched(one)}</p>')


def _cited(key: str, html: str, numbers: CitationNumbers, cited: Iterable[Citation], *, first: bool = False) -> None:
    """Show the ``html`` of a text with a button for each citation in ``cited``. A button shows the citation's number,
    has its quote as tooltip, and opens its document. With ``first``, the buttons come before the text."""
    with st.container(key=f"cited-{key}"):
        if not first:
            st.html(html)
        for citation in dict.fromkeys(cited):
            number = numbers.of[citation]
            st.button(
                str(number),
                key=f"open-{key}-{number}",
                type="tertiary",  # the opened one, too: a button of another type is another one, and loses the focus
                help=numbers.tips[citation],
                on_click=state.open_citation,
                args=(numbers.turn, number),
            )
        if first:
            st.html(html)
