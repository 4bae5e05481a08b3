"""Pairs for the stance head from what was written for each lens: two opposite positions, and who stands where.

``lenses/NAME.jsonl`` holds, for poles ``a`` and ``b``, claims that state the pole, sentences that speak for it (or are
near and speak for neither), and ideas that rest on it. Beside a claim or an idea of one pole, a sentence of the same
pole supports and one of the other opposes; so every sentence is met with both labels, and the text alone tells nothing.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

UNSEEN = ("price_value", "focus_breadth", "retain_acquire")  # held out whole, to see what a new lens can expect
POLES = ("a", "b")


class Line(NamedTuple):
    lens: str
    kind: str  # claim | said | idea
    pole: str  # a | b | neither
    text: str


class Beside(NamedTuple):
    """A claim or idea, a text beside it, and ``support``, ``oppose`` or ``neutral``."""

    claim: str
    text: str
    label: str
    lens: str


def lines() -> list[Line]:
    """All that was written, in the order of the files."""
    return [
        Line(path.stem, one["kind"], one["pole"], one["text"])
        for path in sorted(Path(__file__).with_name("lenses").glob("*.jsonl"))
        for one in map(json.loads, path.read_text("utf-8").splitlines())
    ]


def pairs(written: Sequence[Line], rng: random.Random) -> Iterator[Beside]:
    """Each sentence and each idea beside a claim of either pole, each sentence also beside an idea of either pole."""
    for lens in dict.fromkeys(line.lens for line in written):
        own = [line for line in written if line.lens == lens]
        claims = {pole: [x.text for x in own if x.kind == "claim" and x.pole == pole] for pole in POLES}
        ideas = {pole: [x.text for x in own if x.kind == "idea" and x.pole == pole] for pole in POLES}
        for line in own:
            for pole in POLES:
                if line.kind in ("said", "idea"):
                    yield Beside(rng.choice(claims[pole]), line.text, _label(line, pole), lens)
                if line.kind == "said" and ideas[pole]:
                    yield Beside(rng.choice(ideas[pole]), line.text, _label(line, pole), lens)


def _label(line: Line, pole: str) -> str:
    return "neutral" if line.pole == "neither" else "support" if line.pole == pole else "oppose"
