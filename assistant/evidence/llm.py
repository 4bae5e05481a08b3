"""A stance model that asks the team's own chat model: it sends a claim with several numbered texts, and receives the
side of each text and how sure the model is."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import numpy as np
from pydantic import BaseModel

from assistant.model.chat import Model, Prompt
from assistant.model.embedding import Vectors
from assistant.model.prompting import material, render
from assistant.types import Stance

AT_ONCE = 16  # texts of a call: the reply then stays within what even small context windows hold


class Sure(StrEnum):
    """How sure a model says that it is: words, since models that name a percentage say 95 of everything."""

    CERTAIN = "certain"
    LIKELY = "likely"
    GUESS = "guess"


WEIGHT = {Sure.CERTAIN: 0.9, Sure.LIKELY: 0.75, Sure.GUESS: 0.5}  # probability of the side that was named; not measured


class Sided(BaseModel):
    """What is said of one text."""

    number: int
    side: Stance
    sure: Sure = Sure.LIKELY


class Sides(BaseModel):
    """The reply."""

    texts: list[Sided]


class LlmStance:
    """A stance model that asks a chat model: it estimates whether each of some texts supports a claim or challenges it.
    A text that the chat model's reply leaves out counts as unclear.

    Raises:
        ModelError: raised by ``sides`` if the chat model fails or its reply cannot be understood.
    """

    def __init__(self, model: Model) -> None:
        self.name = model.name
        self._model = model
        self._kept: dict[tuple[str, str], tuple[float, float, float]] = {}

    def sides(self, claim: str, texts: Sequence[str]) -> Vectors:
        new = [text for text in dict.fromkeys(texts) if (claim, text) not in self._kept]
        for start in range(0, len(new), AT_ONCE):
            self._ask(claim, new[start : start + AT_ONCE])
        rows = [self._kept[claim, text] for text in texts]
        return np.array(rows, dtype=np.float32).reshape(len(texts), 3)

    def _ask(self, claim: str, texts: Sequence[str]) -> None:
        numbered = "\n".join(f"[{number}] {material(text)}" for number, text in enumerate(texts, 1))
        prompt = Prompt(render("stance.system"), render("stance", claim=material(claim), evidence=numbered))
        said = {one.number: one for one in self._model.reply(prompt, Sides).texts}
        for number, text in enumerate(texts, 1):
            self._kept[claim, text] = _row(said.get(number))


def _row(one: Sided | None) -> tuple[float, float, float]:
    """Return the probabilities of ``SIDES`` for one entry of the reply. If the entry is None or names no side, unclear
    gets 0.8."""
    if one is None or one.side is Stance.UNCLEAR:
        return 0.1, 0.1, 0.8  # far below any probability from which a side is told
    named, rest = WEIGHT[one.sure], 1 - WEIGHT[one.sure]
    other = rest / 4  # the rest is mostly that it is on neither side
    return (named, other, rest - other) if one.side is Stance.SUPPORTS else (other, named, rest - other)
