"""Answers that are being made, each in a background thread, so that a click on the page does not end them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, wait

import streamlit as st

from assistant.build import Assistant
from assistant.errors import ReplyCut
from assistant.types import Answer, Filters, Statement, Turn
from ui.parts.chat import exchange
from ui.parts.settings import running

EVERY = 0.1  # seconds between two looks: statements seem to come as they are made
_COMING = "answers-coming"  # of the session: for each conversation, the answer that is being made
WRITES, ENDS = "The model is writing; what holds is shown.", "Stopping…"


class ComingAnswer:
    """An answer that is being made. ``question`` is its question; ``at`` is the number of the turn that it replaces,
    counted from 1, or None if it is a new turn. If a chat model writes it (``by_model``), ``statements`` has the
    statements that have been checked so far."""

    future: Future[Answer]  # set when the answer is begun

    def __init__(self, question: str, at: int | None, *, by_model: bool) -> None:
        self.question, self.at, self.by_model = question, at, by_model
        self.statements: list[Statement] = []
        self._stopped, self._dropped = threading.Event(), threading.Event()

    def stop(self) -> None:
        """Stop making the answer. If a chat model writes it, what it has written so far becomes the answer and is
        stored; otherwise nothing is stored."""
        self._stopped.set()
        if not self.by_model:
            self.drop()

    def drop(self) -> None:
        """Stop, and store no answer."""
        self._stopped.set()
        self._dropped.set()
        self.future.cancel()

    @property
    def going(self) -> bool:
        """Whether the answer is still being made and has not been dropped, so that a page has to wait for it."""
        return not (self.future.done() or self._dropped.is_set())

    def look(self) -> None:
        """Check whether somebody has stopped the answer.

        Raises:
            ReplyCut: it was stopped.
        """
        if self._stopped.is_set():
            raise ReplyCut("The reply was stopped.")

    def make(self, assistant: Assistant, history: Sequence[Turn], within: Filters) -> Answer:
        """Make the answer. ``history`` has the earlier turns of the conversation; the filters ``within`` limit the
        documents that are searched.

        Raises:
            ReplyCut: the answer was dropped meanwhile.
        """
        if self.by_model:
            for part in assistant.stream(self.question, history, within, self.look):
                if isinstance(part, Statement):
                    self.statements.append(part)
                else:
                    answer = part
        else:
            answer = assistant.ask(self.question, history, within)
        if self._dropped.is_set():
            raise ReplyCut("The reply was stopped.")
        return answer

    def wait(self) -> Answer:
        """Show the statements that a chat model has made so far and a button that stops the answer, until the answer is
        there. Any other click runs the page again, which then waits for the same answer."""
        place, drawn = st.empty(), 0
        button = st.bottom.empty()
        with button.container(key="stop"):
            st.button("Stop", key="stop-writing", icon=":material/stop_circle:", on_click=self.stop)
        while not wait([self.future], EVERY).done:
            for one in self.statements[drawn:]:
                exchange.statement(one)
            drawn = len(self.statements)
            doing = ENDS if self._stopped.is_set() else WRITES if self.by_model else ""
            place.html(f'<p class="small">{doing}</p>')  # ends this run of the page after a click
        button.empty()
        place.empty()
        return self.future.result()


def begin(coming: ComingAnswer, conversation: str | None, make: Callable[[], Answer]) -> None:
    """Make the answer ``coming`` in a background thread. ``make`` is the function that makes and stores it.
    ``conversation`` is the id of the conversation to which the answer belongs; with it, ``of`` finds the answer while
    it is being made. With None, ``of`` does not find it. If another answer is being made in this conversation, it is
    dropped."""
    every = _every()
    if former := every.pop(conversation, None):
        former.drop()
    coming.future = running.begun(make, by_model=coming.by_model)
    if conversation:
        every[conversation] = coming


def of(conversation: str | None) -> ComingAnswer | None:
    """The answer that is being made in this conversation; None if there is none."""
    coming = _every().get(conversation)
    return coming if coming and coming.going else None


def _every() -> dict[str | None, ComingAnswer]:
    """The answers of this session that are being made, by the ids of their conversations."""
    every: dict[str | None, ComingAnswer] = st.session_state.setdefault(_COMING, {})
    for ended in [key for key, one in every.items() if not one.going]:
        del every[ended]
    return every
