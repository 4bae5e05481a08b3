"""Measures how often the stance model is right about whether a sentence is for an idea or against it.

    python -m eval.benchmarks.sides SUITE… [--model pushback]

The sentences are the gold of the suites' ideas: what a suite lists for and against each idea. The model reads each of
them in its passage, as in a pressure test.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from assistant import build
from assistant.evidence.reading import as_read
from assistant.evidence.stance import IdeaModel, Whole, side_of
from assistant.library.library import Library
from assistant.model.embedding import Vectors
from assistant.pressure.pressure_text import left_out
from assistant.settings import Settings
from assistant.types import Span, Stance
from eval.benchmarks.measuring import fresh_home
from eval.numbers.metrics import covers
from eval.suite.cases import Case
from eval.suite.gold import locate
from eval.suite.suites import load
from ingest.sync import sync


class Sided(NamedTuple):
    """A sentence that a suite lists for or against an idea. ``supports`` says whether the suite lists it for the idea.
    ``odds`` has three probabilities, estimated by the stance model (which tells on which side of an idea a sentence
    is): that the sentence is for the idea, that it is against the idea, and that it is neither.
    """

    idea: str
    odds: Vectors
    supports: bool


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n", maxsplit=1)[0])
    parser.add_argument("suites", type=Path, nargs="+")
    parser.add_argument("--model", default="pushback", help="the evidence model")
    given = parser.parse_args()
    gold: list[Sided] = []
    for path in given.suites:
        with fresh_home() as home:
            settings = Settings(home=home, evidence_model=given.model)
            embedder = build.build_embedder(settings)
            with Library.open(settings, embedder, create=True) as library:
                suite = load(path)
                sync([suite.corpus] if suite.corpus else [], library, settings, embedder)
                model = build.build_stance(settings)
                gold += [
                    one
                    for case in suite.cases
                    if isinstance(case, Case) and case.idea
                    for one in sides(case, library, model)
                ]
    print(f"{len(gold)} gold sentences of {len({one.idea for one in gold})} ideas, on the side that is theirs:")
    right = np.array([(one.odds[0] > one.odds[1]) == one.supports for one in gold])
    given_one = np.array([side_of(one.odds, model.sure)[0] is not Stance.UNCLEAR for one in gold])
    share = f"{right[given_one].mean():.2f}" if given_one.any() else "none"
    print(f"  {right.mean():.2f} of all, {share} of the {given_one.sum()} that are given one")


def sides(case: Case, library: Library, model: IdeaModel) -> Iterator[Sided]:
    """For each sentence that a case lists for or against its idea, let the ``model`` estimate whether the sentence is
    for the idea, against it, or neither. Yields the estimate for each sentence. Sentences that are not in the library
    are left out.
    """
    idea = left_out(case.idea or "")
    for supports, golds in ((True, case.supports), (False, case.challenges)):
        for place in locate(golds, library.document):
            for stored in library.stored_of(place.document) if place.document else ():
                for sentence in stored.passage.sentences:
                    if not any(covers(Span(sentence.start, sentence.end), span) for span in place.spans):
                        continue
                    start = stored.passage.start
                    text = stored.passage.text[sentence.start - start : sentence.end - start]
                    read = as_read(stored.passage)
                    at = len(read) - len(stored.passage.text) - start
                    own = Whole(read, (Span(at + sentence.start, at + sentence.end),), 0, text)
                    (weight,) = model.weigh(idea, [own])
                    yield Sided(idea, weight.sides, supports)


if __name__ == "__main__":
    main()
