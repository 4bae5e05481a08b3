"""On which side gold lies: how often the stance model is right, and what its word should weigh beside plain signals.

    python -m eval.benchmarks.sides SUITE… [--model pushback] [--fit]

Every gold sentence of the suites' ideas is put to the stance model with the part of the idea that it is nearest to, as
a pressure test does. ``--fit`` prints ``SHARP``, ``MISGIVING`` and ``TRUSTING`` for ``assistant/leaning.py`` as they
are best for this model, and how often they are right about ideas that they were not fitted on. ``LEAD`` stays: it
weighs lenses, which gold does not name.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from assistant import build, leaning
from assistant.assumptions import of_words
from assistant.embedding import Embedder, Vectors
from assistant.evidence.stance import StanceModel
from assistant.library.library import Library
from assistant.settings import Settings
from assistant.types import Span
from assistant.urging import left_out
from eval.benchmarks.measuring import fresh_home
from eval.cases import Case
from eval.gold import locate
from eval.metrics import covers
from eval.suites import load
from ingest.sync import sync

SIDED = np.log(leaning.SURE / (1 - leaning.SURE))  # log odds from which a side is taken


class Weights(NamedTuple):
    """As in ``assistant/leaning.py``."""

    sharp: float
    misgiving: float
    trusting: float


class Sided(NamedTuple):
    """A gold sentence: its idea, its signals (lead of the stance model, words of misgiving), whether it is for it."""

    idea: str
    text: str
    signals: tuple[float, float]
    supports: bool


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("suites", type=Path, nargs="+")
    parser.add_argument("--model", default="pushback", help="the evidence model")
    parser.add_argument("--fit", action="store_true", help="print weights that fit this model")
    given = parser.parse_args()
    gold: list[Sided] = []
    for path in given.suites:
        with fresh_home() as home:
            settings = Settings(home=home, evidence_model=given.model)
            embedder = build.build_embedder(settings)
            with Library.open(settings, embedder, create=True) as library:
                suite = load(path)
                sync([suite.corpus] if suite.corpus else [], library, settings, embedder)
                stance = build.build_stance(settings)
                gold += [
                    one
                    for case in suite.cases
                    if isinstance(case, Case) and case.idea
                    for one in sides(case, library, embedder, stance)
                ]
    now = Weights(leaning.SHARP, leaning.MISGIVING, leaning.TRUSTING)
    print(f"{len(gold)} gold sentences of {len({one.idea for one in gold})} ideas, on the side that is theirs:")
    told("the stance model alone", gold, [towards(one, Weights(1, 0, 0)) for one in gold])
    told("as weighed now", gold, [towards(one, now) for one in gold])
    if given.fit:
        others = [towards(one, fitted([each for each in gold if each.idea != one.idea])) for one in gold]
        told("fitted on the other ideas", gold, others)
        weights = fitted(gold)
        print(f"SHARP = {weights.sharp:.2f}, MISGIVING = {weights.misgiving:.2f}, TRUSTING = {weights.trusting:.2f}")


def sides(case: Case, library: Library, embedder: Embedder, stance: StanceModel) -> Iterator[Sided]:
    """The case's gold that stands in the library, as whole sentences, with what the stance model makes of each."""
    assumed = of_words(left_out(case.idea or ""))
    vectors = np.stack([embedder.query(one.text) for one in assumed])
    for supports, golds in ((True, case.supports), (False, case.challenges)):
        for place in locate(golds, library.document):
            for stored in library.stored_of(place.document) if place.document else ():
                for sentence, vector in zip(stored.passage.sentences, stored.vectors, strict=True):
                    if not any(covers(Span(sentence.start, sentence.end), span) for span in place.spans):
                        continue
                    start = stored.passage.start
                    text = stored.passage.text[sentence.start - start : sentence.end - start]
                    nearest = assumed[int(np.argmax(vectors @ vector))]
                    odds = stance.sides(nearest.text, [text])[0]
                    signals = (float(odds[0] - odds[1]), min(float(leaning.misgivings([text])[0]), leaning.MOST))
                    yield Sided(case.idea or "", text, signals, supports != nearest.turned)


def towards(one: Sided, weights: Weights) -> float:
    """The log odds of its being for it."""
    return weights.sharp * one.signals[0] - weights.misgiving * one.signals[1] + weights.trusting


def fitted(gold: Sequence[Sided]) -> Weights:
    """By logistic regression, both sides counting the same; trust alone takes no side."""
    from sklearn.linear_model import LogisticRegression

    signals = np.array([one.signals for one in gold])
    made = LogisticRegression(class_weight="balanced").fit(signals, [one.supports for one in gold])
    sharp, misgiving = made.coef_[0]
    trusting = float(np.clip(made.intercept_[0], -0.95 * SIDED, 0.95 * SIDED))
    return Weights(float(sharp), float(-misgiving), trusting)


def told(what: str, gold: Sequence[Sided], odds: Sequence[float]) -> None:
    """Print how often the side is right: of all, and of those that are given one."""
    found: Vectors = np.asarray(odds)
    right = (found > 0) == np.array([one.supports for one in gold])
    given = np.abs(found) >= SIDED
    share = f"{right[given].mean():.2f} of the {given.sum()} that are given one" if given.any() else "none is given one"
    print(f"  {what}: {right.mean():.2f} of all, {share}")


if __name__ == "__main__":
    main()
