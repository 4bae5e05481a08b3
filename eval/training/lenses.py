"""Pairs for the stance head from the lenses that ship and from what was written for each to train on.

``lenses/NAME.jsonl`` holds sentences that speak for one side of the lens ``NAME`` (``a``, ``b``) or for neither, and
ideas that rest on a side. Beside a claim or an idea of one side, a sentence of the same side supports and one of the
other opposes; so every sentence is met with both labels, and the text alone tells nothing.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from assistant.lens import shipped

UNSEEN = ("focus", "keep-win")  # held out whole, to see what a new lens can expect
POLES = ("a", "b")
DRAWN = 2  # claims and ideas of either side beside each sentence


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
    """All that was written, lens by lens. What a lens searches for states its side, so it is claim and sentence."""
    found = []
    for lens in shipped():
        for pole, side in zip(POLES, lens.sides, strict=True):
            found += [Line(lens.name, "claim", pole, text) for text in (side.claim, *side.search)]
            found += [Line(lens.name, "said", pole, text) for text in side.search]
            found += [Line(lens.name, "idea", pole, text) for text in side.ideas]
        path = Path(__file__).with_name("lenses") / f"{lens.name}.jsonl"
        written = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        found += [Line(lens.name, one["kind"], one["pole"], one["text"]) for one in written]
    return found


def pairs(written: Sequence[Line], rng: random.Random) -> Iterator[Beside]:
    """Each sentence and each idea beside a claim of either pole, each sentence also beside an idea of either pole."""
    for lens in dict.fromkeys(line.lens for line in written):
        own = [line for line in written if line.lens == lens]
        claims = {pole: [x.text for x in own if x.kind == "claim" and x.pole == pole] for pole in POLES}
        ideas = {pole: [x.text for x in own if x.kind == "idea" and x.pole == pole] for pole in POLES}
        for line in own:
            for pole in POLES:
                beside = _drawn(claims[pole], rng) if line.kind in ("said", "idea") else []
                beside += _drawn(ideas[pole], rng) if line.kind == "said" else []
                yield from (Beside(one, line.text, _label(line, pole), lens) for one in beside if one != line.text)


def _drawn(texts: Sequence[str], rng: random.Random) -> list[str]:
    return rng.sample(texts, min(DRAWN, len(texts)))


def _label(line: Line, pole: str) -> str:
    return "neutral" if line.pole == "neither" else "support" if line.pole == pole else "oppose"
