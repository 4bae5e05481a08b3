"""Tries out a model: whether it replies, and what it can do."""

from __future__ import annotations

import time
from typing import NamedTuple

from pydantic import BaseModel

from assistant.errors import ReplyCut, ReplyInvalid, RequestInvalid
from assistant.model.chat import Model, Prompt
from assistant.types import Cost

HELLO = Prompt("You are tried out.", "Count from one to ten in words.")


class Trial(NamedTuple):
    """The result of trying out a model: the model's name, the seconds that its first reply took, whether it streams,
    whether it can reply in the form of a schema (``structured``), its context length in tokens (None if unknown), and
    the cost of the trial."""

    name: str
    seconds: float
    streams: bool
    structured: bool
    context: int | None
    cost: Cost


class Counted(BaseModel):
    """The number asked for."""

    number: int


def tried(model: Model) -> Trial:
    """Try out a model, and return what it can do. One call asks for plain text. If the model may accept a schema, a
    second call asks for a reply in the form of a schema.

    Raises:
        SettingsError, ModelError: the model cannot be opened, or does not reply.
    """
    started = time.perf_counter()
    calls = model.calls()
    pieces = []
    try:
        pieces += list(calls.stream(HELLO))
    except ReplyCut:  # it replied; a small one may count on
        pieces += ["", ""]
    seconds = time.perf_counter() - started
    structured = model.structured
    if structured:
        try:
            calls.reply(Prompt("You are tried out.", "Give the number 7."), Counted)
            structured = model.structured  # that it takes no schema may only now be known
        except (ReplyInvalid, ReplyCut, RequestInvalid):
            structured = False
    return Trial(model.name, seconds, len(pieces) > 1, structured, model.facts.context, calls.cost)
