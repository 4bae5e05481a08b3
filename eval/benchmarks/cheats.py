"""Runs baselines that cheat (quote without reading), to see whether one scores as well as our system on a suite.

    python -m eval.benchmarks.cheats eval/suites/sample/suite.yaml eval/suites/works/suite.yaml

The sentinels of a run cheat in the same way (``eval/running/systems.py``); these are more of them. The score of our
system is taken from the suite's accepted baseline.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np

from assistant.build import Assistant, build_embedder
from assistant.model.embedding import Embedder
from assistant.model.offline import stay_offline
from assistant.search.retrieval import ANYWHERE, candidates
from assistant.settings import load
from assistant.text.conflicts import negations
from assistant.text.words import content_stems
from assistant.types import (
    Answer,
    Citation,
    Filters,
    Finding,
    IdeaRuling,
    Passage,
    Sentence,
    Span,
    Stance,
    Turn,
    Verdict,
)
from eval.gate import baseline
from eval.gate.summary import summarise
from eval.numbers.metrics import shown
from eval.running.run import run
from eval.running.systems import NearestSentences, Sentinel, answer_of, verdict_of
from eval.suite import suites
from eval.suite.cases import BUDGET

LIBRARIES = Path("artifacts") / "libraries"
HEADLINES = ("grounded within budget", "strict stance accuracy")
FIGURES = re.compile(r"how (?:much|many)|what (?:share|proportion|part)|\bwhen\b", re.IGNORECASE)
Found = tuple[Passage, Sentence]


def text(found: Found) -> str:
    """The text of a sentence; ``found`` is a pair of the passage that contains the sentence, and the sentence."""
    passage, one = found
    return passage.text[one.start - passage.start : one.end - passage.start]


class Cheat(Sentinel):
    """A cheat, that is, a system that answers without reading and must score worse than ours: it quotes some of the
    sentences nearest to the question in meaning.
    """

    def ask(self, question: str, history: Sequence[Turn] = (), filters: Filters = ANYWHERE) -> Answer:  # noqa: ARG002
        return answer_of(question, self._cite(self.picked(question)))

    def picked(self, question: str) -> Sequence[tuple[Passage, Sentence | Span]]:
        """Choose the sentences or spans that this cheat quotes as its answer to the question. Returns pairs: the
        passage, and the sentence or span in it.
        """
        return self._near.sentences(question)[:3]


class ToTheBudget(Cheat):
    """A cheat, that is, a system that answers without reading and must score worse than ours: it quotes the sentences
    nearest to the question, as many as fit into ``BUDGET``, the number of words that an answer may show.
    """

    name = "the nearest sentences, up to 120 words"

    def picked(self, question: str) -> Sequence[tuple[Passage, Sentence | Span]]:
        words, found = 0, []
        for one in self._near.sentences(question):
            if (words := words + len(text(one).split())) > BUDGET:
                break
            found.append(one)
        return found


class QuietWhereFar(ToTheBudget):
    """A cheat, that is, a system that answers without reading and must score worse than ours: it quotes the sentences
    nearest to the question until the limit of words is reached, but refuses if no sentence or passage has a cosine
    similarity of at least 0.45 (``least``) to the question.
    """

    name = "the same, silent where no cosine reaches 0.45"
    least = 0.45

    def picked(self, question: str) -> Sequence[tuple[Passage, Sentence | Span]]:
        vector = self._near.embedder.query(question)
        found = candidates(question, vector, self._near.library)
        near = max((float(np.dot(own, vector)) for one in found for own in one.vectors), default=0.0)
        return super().picked(question) if near >= self.least else []


class QuietOnShort(ToTheBudget):
    """A cheat, that is, a system that answers without reading and must score worse than ours: it quotes the sentences
    nearest to the question until the limit of words is reached, but refuses questions of fewer than nine words.
    """

    name = "the same, silent on questions of fewer than nine words"

    def picked(self, question: str) -> Sequence[tuple[Passage, Sentence | Span]]:
        return super().picked(question) if len(question.split()) >= 9 else []


class Neighbours(Cheat):
    """A cheat, that is, a system that answers without reading and must score worse than ours: it quotes the sentence
    nearest to the question, with the sentences before and after it.
    """

    name = "the nearest sentence and its neighbours"

    def picked(self, question: str) -> Sequence[tuple[Passage, Sentence | Span]]:
        for passage, nearest in self._near.sentences(question)[:1]:
            place = passage.sentences.index(nearest)
            those = passage.sentences[max(0, place - 1) : place + 2]
            return [(passage, Span(those[0].start, those[-1].end))]
        return []


class Echo(Cheat):
    """A cheat, that is, a system that answers without reading and must score worse than ours: it quotes the three
    sentences that have the most words in common with the question.
    """

    name = "three sentences with most words of the question"

    def picked(self, question: str) -> Sequence[tuple[Passage, Sentence | Span]]:
        asked = set(content_stems(question))
        return sorted(self._near.sentences(question), key=lambda one: -len(asked & set(content_stems(text(one)))))[:3]


class Figures(Cheat):
    """A cheat, that is, a system that answers without reading and must score worse than ours: it quotes the three
    sentences nearest to the question. If the question asks for a number or a date, it quotes instead the three nearest
    sentences that contain a digit, if there are any among the forty nearest.
    """

    name = "three nearest, those with figures where one is asked for"

    def picked(self, question: str) -> Sequence[tuple[Passage, Sentence | Span]]:
        found = self._near.sentences(question)
        with_figures = [one for one in found[:40] if FIGURES.search(question) and re.search(r"\d", text(one))]
        return (with_figures or found)[:3]


class FirstLines(Cheat):
    """A cheat, that is, a system that answers without reading and must score worse than ours: it quotes the first
    sentence of each of the three passages nearest to the question. The first sentence is often a heading.
    """

    name = "first line of the three nearest passages"

    def picked(self, question: str) -> Sequence[tuple[Passage, Sentence | Span]]:
        return [(one, one.sentences[0]) for one in self._near.passages(question)[:3] if one.sentences]


class OnePassage(Cheat):
    """A cheat, that is, a system that answers without reading and must score worse than ours: it quotes the whole
    passage that the search ranks first.
    """

    name = "the best passage"

    def picked(self, question: str) -> Sequence[tuple[Passage, Sentence | Span]]:
        return [(one, Span(one.start, one.end)) for one in self._near.passages(question)[:1]]


class Against(Sentinel):
    """A cheat, that is, a system that judges ideas without reading and must score worse than ours: it lists the twelve
    sentences nearest to an idea as evidence against the idea.
    """

    name = "the twelve nearest against an idea"
    ruling = IdeaRuling.CHALLENGED

    def challenge(self, idea: str) -> Verdict:
        cited = self._cite(self._near.sentences(idea)[:12])
        return verdict_of(idea, [Finding(one, self.side(one), 1.0) for one in cited], self.ruling)

    def side(self, cited: Citation) -> Stance:  # noqa: ARG002
        """Return the side of the idea on which this cheat lists the citation ``cited``: always against the idea. A
        subclass can choose the side by the words of the citation.
        """
        return Stance.CHALLENGES


class ByNegation(Against):
    """A cheat, that is, a system that judges ideas without reading and must score worse than ours: of the twelve
    sentences nearest to an idea, it lists those with a negation as evidence against the idea, and the others as
    evidence for it.
    """

    name = "what has a negation against, the rest for an idea"
    ruling = IdeaRuling.CONTESTED

    def side(self, cited: Citation) -> Stance:
        return Stance.CHALLENGES if negations(cited.quote) else Stance.SUPPORTS


CHEATS: tuple[type[Sentinel], ...] = (
    ToTheBudget, QuietWhereFar, QuietOnShort, Neighbours, Echo, Figures, FirstLines, OnePassage, Against, ByNegation,
)  # fmt: skip


def cheating(kind: type[Sentinel], embedder: Embedder, assistant: Assistant) -> Sentinel:
    """Make a cheat (a system that answers without reading) of the class ``kind``. It quotes from the library of
    ``assistant``.
    """
    return kind(NearestSentences(assistant.library, embedder), assistant)


def main() -> None:
    """Run each cheat (a system that answers without reading) on each suite and print its score. Exits with 1 if a cheat
    scores as well as our system, else with 0.
    """
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n", maxsplit=1)[0])
    parser.add_argument("suites", type=Path, nargs="+", metavar="SUITE")
    given = parser.parse_args()
    stay_offline()
    settings = load({"model": "none"})
    embedder = build_embedder(settings)
    reached = False
    for suite in map(suites.load, given.suites):
        ours = baseline.read(suite.baseline).measures if suite.baseline else {}
        print(f"{suite.name}: ours {', '.join(f'{name} {shown(ours.get(name))}' for name in HEADLINES)}")
        for kind in CHEATS:
            of_ideas = issubclass(kind, Against)
            cases = [one for one in suite.cases if bool(getattr(one, "idea", None)) == of_ideas]
            made = partial(cheating, kind, embedder)
            ran = run(suite, settings, embedder=embedder, cases=cases, alone=True, kept_in=LIBRARIES, wrap=made)
            found = summarise(ran).measure(HEADLINES[of_ideas])
            value, own = found.value if found else None, ours.get(HEADLINES[of_ideas])
            reaches = value is not None and own is not None and value >= own
            reached |= reaches
            print(f"  {kind.name:58} {shown(value)}{'  REACHES US' if reaches else ''}", flush=True)
    raise SystemExit(int(reached))


if __name__ == "__main__":
    main()
