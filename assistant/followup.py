"""A follow-up made standalone by a model, and checked against the way that needs none, which else stands."""

from __future__ import annotations

from collections.abc import Sequence

from assistant import conversation
from assistant import question as questions
from assistant.evidence.words import ASKING_WORDS, numbers, tokens
from assistant.model import Calls, Prompt
from assistant.prompting import material, render
from assistant.types import Turn

TURNS = 6  # of the conversation that the model reads: three questions and their answers
LONGEST = 60  # words


def standalone(question: str, history: Sequence[Turn], calls: Calls) -> str:
    """``question`` as it can be understood alone; the model is asked only where the offline way finds that it leans.

    Raises:
        ModelError: the model failed.
    """
    offline = conversation.standalone(question, history)
    if offline == question:
        return question
    told = "\n".join(f"{turn.role}: {material(turn.content)}" for turn in history[-TURNS:])
    task = render("standalone", conversation=told, question=material(question))
    reply = "".join(calls.stream(Prompt("You make questions standalone.", task)))
    lines = [line.strip(" \"“”*'") for line in reply.splitlines() if line.strip()]
    return lines[0] if len(lines) == 1 and _holds(lines[0], question, offline, history) else offline


def _holds(made: str, question: str, offline: str, history: Sequence[Turn]) -> bool:
    """Whether a question asks the same: all its own words, one at least that it leaned on, and none from elsewhere."""
    own, put_in = _about(question), _about(offline) - _about(question)
    said = " ".join([offline, *(turn.content for turn in history)])
    known = {token.stem for token in tokens(f"{question} {said}")}
    mine = _about(made)
    return (
        0 < len(made.split()) <= LONGEST
        and own <= mine
        and bool(mine & put_in or not put_in)
        and mine <= known
        and numbers(made) <= numbers(f"{question} {said}")
        and questions.read(made).asks in (questions.read(question).asks, questions.read(offline).asks)
    )


def _about(text: str) -> set[str]:
    return {token.stem for token in tokens(text) if token.content and token.word.lower() not in ASKING_WORDS}
