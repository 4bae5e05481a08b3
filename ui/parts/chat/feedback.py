"""Feedback on an answer: a thumb up or down, a note on what was wrong, and wrong citations. It is stored at once.

The page shows the feedback stored in the library, so it stays the same after a reload and in another tab.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import streamlit as st

from assistant.errors import PushbackError
from assistant.library.library import Feedback, Library, Opinion
from ui.parts.page import failure
from ui.views import present

THUMBS = (Opinion.BAD, Opinion.GOOD)  # as Streamlit numbers them: down, up
LONGEST_NOTE = 500  # characters: a remark, which is read in a list


class FeedbackPlace(NamedTuple):
    """What a visitor's feedback is about: an answer, or one citation of an answer. ``conversation`` is the id of the
    conversation, ``turn`` is the number of the answer in this conversation, and ``citation`` is the number of the
    citation in this answer; None if the feedback is about the answer as a whole. Both numbers are counted from 1."""

    conversation: str
    turn: int
    citation: int | None = None


def thumbs(place: FeedbackPlace, library: Library) -> None:
    """Show two buttons, thumb up and thumb down, that rate the answer that ``place`` names. A click is stored at
    once."""
    said = _said(place, library)
    key = _shows("thumb", place, THUMBS.index(said.verdict) if said and said.verdict in THUMBS else None)
    st.feedback("thumbs", key=key, on_change=_rate, args=(place, key, library))


def note(place: FeedbackPlace, library: Library) -> None:
    """If the visitor has rated the answer that ``place`` names with a thumb down, show a field for what was wrong with
    it. If the rating could not be stored, show the error."""
    said = _said(place, library)
    if said and said.verdict is Opinion.BAD:
        _note(place, said, library)
    _tell(_key("thumb", place))


def wrong_evidence(place: FeedbackPlace, library: Library) -> None:
    """Show a switch by which the visitor marks the citation that ``place`` names as wrong evidence for its
    statement."""
    key = _shows("wrong", place, _said(place, library) is not None)
    st.toggle("Wrong evidence", key=key, on_change=_call_wrong, args=(place, key, library))
    _tell(key)


def _note(place: FeedbackPlace, said: Feedback, library: Library) -> None:
    key = _key("note", place)
    if not present.too_long(st.session_state.get(key) or "", LONGEST_NOTE):  # else it is there to be shortened
        _shows("note", place, said.note)
    st.text_input(
        "What was wrong?",
        key=key,
        placeholder="What was wrong?",
        label_visibility="collapsed",
        on_change=_explain,
        args=(place, key, library),
    )
    if wrong := present.too_long(st.session_state[key], LONGEST_NOTE):
        st.html(f'<p class="small notice" role="alert">{wrong}</p>')
    _tell(key)


def _said(place: FeedbackPlace, library: Library) -> Feedback | None:
    return next((one for one in library.conversations.feedback(place.conversation) if one[:3] == place), None)


def _shows(kind: str, place: FeedbackPlace, value: object) -> str:
    """The key of the widget of this ``kind`` for ``place``. The widget is set to ``value``, the stored feedback."""
    key = _key(kind, place)
    if key not in st.session_state or st.session_state[key] != value:
        st.session_state[key] = value
    return key


def _key(kind: str, place: FeedbackPlace) -> str:
    return "-".join([kind, *(str(part) for part in place if part is not None)])


def _rate(place: FeedbackPlace, key: str, library: Library) -> None:
    thumb = st.session_state[key]
    with _told(key):
        if thumb is None:
            library.conversations.withdraw_feedback(place.conversation, place.turn)
        else:
            library.conversations.give_feedback(place.conversation, place.turn, THUMBS[thumb])


def _explain(place: FeedbackPlace, key: str, library: Library) -> None:
    if present.too_long(st.session_state[key], LONGEST_NOTE):  # which the page says
        return
    with _told(key):
        said = _said(place, library)
        if said and said.verdict is Opinion.BAD:  # the thumb may have been turned in the same moment
            library.conversations.give_feedback(
                place.conversation, place.turn, Opinion.BAD, note=st.session_state[key].strip()
            )


def _call_wrong(place: FeedbackPlace, key: str, library: Library) -> None:
    with _told(key):
        if st.session_state[key]:
            wrong = Opinion.WRONG_EVIDENCE
            library.conversations.give_feedback(place.conversation, place.turn, wrong, citation=place.citation)
        else:
            library.conversations.withdraw_feedback(place.conversation, place.turn, citation=place.citation)


@contextmanager
def _told(key: str) -> Iterator[None]:
    """A context manager for callbacks, which run before the page: it stores a ``PushbackError`` in the session, so that
    the page can show it. ``key`` is the key of the widget."""
    try:
        yield
    except PushbackError as error:
        st.session_state[f"{key}-failed"] = error


def _tell(key: str) -> None:
    if error := st.session_state.pop(f"{key}-failed", None):
        failure.show(error)
