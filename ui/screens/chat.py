"""The chat page: visitors ask questions, see the answer arrive, and open the cited documents."""

from __future__ import annotations

import json
from functools import partial
from typing import Literal

import streamlit as st

from assistant import wire
from assistant.answer.answering import LONGEST_QUESTION
from assistant.dialogue.conversation import spoken
from assistant.errors import DocumentMissing, LibraryError, LibraryMissing, PushbackError
from assistant.library.library import Conversation, Library
from assistant.settings import Settings
from assistant.types import Answer
from ui.parts.chat import attached, conversation, exchange, feedback, reader, retrieved, suggesting, welcome, writing
from ui.parts.chat.feedback import FeedbackPlace
from ui.parts.chat.writing import ComingAnswer
from ui.parts.documents import pasted, scope
from ui.parts.page import state, visiting
from ui.parts.settings import running
from ui.web.roles import VisitorRole

BOX = "question"


def show(settings: Settings) -> None:
    """Show the chat page, with the conversation that the page's address names, or with a new one."""
    try:
        library = running.opened(settings).library
    except LibraryMissing as missing:
        welcome.first_documents(settings, lambda: _box(settings, disabled=True), missing)
        return
    typed = _typed(settings, library)
    if not typed:  # else what waits for a file comes next
        attached.settle(settings, library)
    owner = visiting.owner()
    coming = None if typed else writing.of(state.conversation())
    every = library.conversations.listed(owner) if state.conversation() else []
    answers = _stored_answers(library, owner)
    state.resume(answers[-1].within if answers else state.EVERYWHERE)
    asked, at = (typed, None) if typed else state.asked() or (None, coming.at if coming else None)
    if asked and pasted.too_long(asked, LONGEST_QUESTION):
        asked = None
    waiting = None if asked or coming else library.conversations.unanswered(state.conversation() or "")
    begun = bool(answers or asked or coming or waiting or library.conversations.awaiting(state.conversation() or ""))
    conversation.undo(library)
    if begun:
        with st.bottom:
            scope.show(library, settings)
        _box(settings)
    elif library.searched().documents:
        pasted.offer(settings)
        attached.show(settings, library, follows=False)
        welcome.show(library, settings, lambda: _scoped_box(library, settings))
    else:
        welcome.first_documents(settings, lambda: _box(settings, disabled=True))
    _head(every, answers, library)
    shown = answers[: at - 1] if at else answers
    for turn, answer in enumerate(shown, 1):
        _turn(answer, turn, library, settings, last=turn == len(shown) and not asked and not coming)
    if asked:
        answers = [*shown, _ask(asked, shown, settings, at, _keep_question(asked, library, at))]
    elif coming:
        _go_on(coming, len(shown) + 1)
    _below(waiting, answers, len(shown) + 1, library, settings)
    if begun:
        pasted.offer(settings)
        attached.show(settings, library)
    if answers:
        exchange.copies()
    _open_document(answers, library)


def _typed(settings: Settings, library: Library) -> str | None:
    """The question that was just sent from the input field; None if there is none. If files came with it, they are read
    first and the question is asked later."""
    sent = st.session_state.get(BOX)
    if sent is None or isinstance(sent, str):
        return sent
    if not sent.files:
        return str(sent.text)
    question = "" if pasted.too_long(sent.text, LONGEST_QUESTION) else " ".join(sent.text.split())
    attached.take(settings, library, sent.files, question)
    return None


def _box(settings: Settings, *, disabled: bool = False) -> None:
    """Show the input field for questions, at the bottom of the page or in the current container.

    It is disabled while a question is being answered, since a new question would end the answer. It has no length
    limit, since Streamlit would silently refuse longer text. Editors can attach files.
    """
    files: Literal["multiple", False] = "multiple" if visiting.may(VisitorRole.EDITOR, settings) else False
    st.chat_input("Ask your documents", key=BOX, disabled=disabled, submit_mode="disable", accept_file=files)


def _scoped_box(library: Library, settings: Settings) -> None:
    scope.show(library, settings)
    _box(settings)


def _stored_answers(library: Library, owner: str | None) -> list[Answer]:
    named = state.conversation()
    if not named:
        return []
    library.conversations.check_owner(named, owner)
    return [wire.stored_answer(turn) for turn in library.conversations.turns(named)]


def _head(every: list[Conversation], answers: list[Answer], library: Library) -> None:
    for one in every:
        if one.id == state.conversation():
            conversation.head(one, answers, library)


def _below(
    waiting: tuple[str, int | None] | None, answers: list[Answer], turn: int, library: Library, settings: Settings
) -> None:
    """Show what stands below the last answer: the question ``waiting`` that has no answer, as turn ``turn``, or else
    questions to go on with."""
    if waiting:
        exchange.unanswered(*waiting, turn)
    elif answers:
        suggesting.further(answers, library, settings)


def _turn(answer: Answer, turn: int, library: Library, settings: Settings, *, last: bool) -> None:
    exchange.question(answer.question, turn)
    with exchange.reply():
        exchange.answer(answer, turn, library)
        _tools(answer, turn, library, settings, last=last)


def _tools(answer: Answer, turn: int, library: Library, settings: Settings, *, last: bool) -> None:
    place = FeedbackPlace(state.conversation() or "", turn)
    with st.container(key=f"tools-{turn}", horizontal=True, vertical_alignment="center", gap="small"):
        feedback.thumbs(place, library)
        retrieved.show(answer, turn, settings)
        exchange.copy(answer)
        if last:
            exchange.again(answer, turn)
    feedback.note(place, library)


def _ask(
    question: str, before: list[Answer], settings: Settings, at: int | None, unkept: PushbackError | None
) -> Answer:
    """Answer the question, show the answer and store it. ``before`` are the earlier answers; ``at`` is the turn that
    the answer replaces, None for a new one. If a model wrote the answer, or it is the first one, the page reruns.

    ``unkept`` is the error if the question could not be stored; then the answer is shown with this error and not
    stored.
    """
    attached.asked()
    turn = len(before) + 1
    row = exchange.asked(question, turn)
    with exchange.reply():
        assistant = running.ready(settings)
        named, within = state.conversation(), state.within()

        def stored(answer: Answer) -> Answer:
            """Store the answer; also after a click, which ends this run of the page."""
            answer = scope.with_notice(answer, within, assistant.library)
            if not unkept:
                _keep(answer, assistant.library, named or "", at)
            return answer

        coming = ComingAnswer(question, at, by_model=bool(settings.writer))
        make = partial(coming.make, assistant, spoken(before), within)
        writing.begin(coming, None if unkept else named, lambda: stored(make()))
        answer = coming.wait()
        if unkept:
            exchange.answer(answer, turn, assistant.library)
            exchange.unkept(unkept)
            return answer
        if settings.writer or not before:  # what was shown while it was written goes; a conversation gets its name
            st.rerun()
        exchange.answer(answer, turn, assistant.library)
        _tools(answer, turn, assistant.library, settings, last=True)
    exchange.editable(row, turn)
    return answer


def _go_on(coming: ComingAnswer, turn: int) -> None:
    """Wait for an answer that was begun by an earlier run of the page, which a click has ended. Then the page reruns.
    ``turn`` is the number of the answer, counted from 1."""
    exchange.asked(coming.question, turn)
    with exchange.reply():
        coming.wait()
    st.rerun()


def _keep_question(question: str, library: Library, at: int | None) -> PushbackError | None:
    """Store the question before it is answered, in case the server is killed or the page is left. Returns the error if
    it cannot be stored, else None. ``at`` is the turn that it replaces, None for a new one."""
    try:
        named = state.conversation() or library.conversations.begin(visiting.owner())
        library.conversations.ask(named, question, at=at)
    except DocumentMissing:
        raise
    except LibraryError as error:
        return error
    state.open_conversation(named, state.within())
    return None


def _keep(answer: Answer, library: Library, named: str, at: int | None) -> None:
    library.conversations.add_turn(named, json.dumps(wire.answer(answer), ensure_ascii=False), at=at)


def _open_document(answers: list[Answer], library: Library) -> None:
    turn, number = state.cited() or (0, 0)
    if 0 < turn <= len(answers) and 0 < number <= len(citations := answers[turn - 1].cited):
        evidence = None if answers[turn - 1].refused else FeedbackPlace(state.conversation() or "", turn, number)
        among = [(turn, each) for each in range(1, len(citations) + 1)]
        reader.show(citations[number - 1], library, among, evidence)
