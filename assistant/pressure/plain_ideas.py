"""Tests ideas offline, without a chat model: finds the evidence on an idea among the passages that a search finds for
it.

The assumptions are the idea, its own clauses, and the sides that it takes in the lenses. The evidence model reads the
idea together with each whole passage. An idea that opens with a "not" is read without it, and the two sides are then
exchanged, so that an idea and its negation meet the same evidence. An assumption that somebody added to the idea is
read with passages of its own. Of the passages that most concern the idea, the sentences that do are quoted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from assistant.evidence.attribution import kind_of
from assistant.evidence.stance import IdeaModel, Weight, Whole, side_of
from assistant.library.library import Library
from assistant.model.embedding import Embedder
from assistant.pressure import evidence_retrieval
from assistant.pressure.assumptions import Assumed, Lenses, as_before, of_words, positive, shown_text
from assistant.pressure.bearing import Bearing, Weighed
from assistant.pressure.evidence_retrieval import Near
from assistant.pressure.lens import Lens
from assistant.readers.material import Extract
from assistant.readers.seam import Quote
from assistant.text import introductions
from assistant.text.conflicts import negations
from assistant.text.headed import under_headings
from assistant.types import Span, Stance, Verdict

MOST = 12  # findings of an idea: a guess at how many somebody reads; not measured
# Share of the probability of the likeliest finding from which another is shown beside it. On the threshold corpora, as
# `ideas5` reads them (eval/training/README.md), 10.5 an idea are shown without, of which 0.37 bear; with 0.2, 0.3 and
# 0.5 they are 9.4, 8.4 and 6.0, of which 0.39, 0.42 and 0.54 bear, with 0.77, 0.74 and 0.66 of all that bear. From 0.25
# on less than half of the suite sample's gold against the ideas is on its side, with the weights that ship.
BESIDE = 0.2
AT_ONCE = 8  # passages read between two words about progress; not measured
# Sentences quoted together: as many as bear within so much (log odds) of the one that bears most. Of 231 gold passages
# 1 sentence holds at least half for 52, 2 for 74, 4 within 1.0 for 68, 4 within 2.0 for 83, in 20, 38, 31 and 43 words.
LONGEST = 4
WITHIN = 2.0
WORDS = 80
ALIKE = 0.9  # cosine above which two sentences say the same; not measured
Progress = Callable[[int, int, str], None]


class WeighedPassage(NamedTuple):
    """A passage that was read for an idea (``near``), with a model's estimates of whether the passage concerns the idea
    and supports or challenges it (``weight``). ``first`` and ``last`` are the positions, among the passage's sentences,
    of the first and the last sentence that are quoted."""

    near: Near
    weight: Weight
    first: int
    last: int

    @property
    def words(self) -> str:
        """The quoted sentences as one text."""
        return self.near.text(self.first, self.last)


class PlainIdeas:
    """Finds what the documents of one library say for and against ideas, without a chat model."""

    def __init__(self, library: Library, embedder: Embedder, weigher: IdeaModel, lenses: Sequence[Lens] = ()) -> None:
        self._library, self._embedder, self._weigher = library, embedder, weigher
        self._lenses = Lenses(lenses, embedder, weigher)

    @property
    def stance_model(self) -> str:
        """The name of the model that decides whether passages support or challenge an idea."""
        return self._weigher.name

    @property
    def lenses(self) -> tuple[str, ...]:
        """The names of the lenses, the questions that are asked of every idea."""
        return self._lenses.names

    def assumed(self, idea: str, like: Verdict | None = None) -> list[Assumed]:
        """Return the assumptions of ``idea``: the idea itself first, then its clauses, then claims from lenses. A lens
        is a question with two opposite answers, each with a claim; an idea that takes one of the two sides assumes the
        claim of that side.

        If ``like`` is an earlier verdict on the idea, or on another wording of it, the result also has the assumptions
        that a model proposed or people added for that verdict, and lacks those that people left out.
        """
        assumed = [*of_words(idea), *self._lenses.assumptions(idea)]
        return as_before(assumed, like) if like else assumed

    def weighed(self, idea: str, assumed: Sequence[Assumed], progress: Progress) -> Weighed:
        """Search for passages that may concern the idea, and return what they say for and against it. In the result,
        the words that most probably concern the idea come first. ``assumed`` are the assumptions of the idea.

        ``progress`` is called with the number of passages read, the number of all passages, and a text about the
        progress.
        """
        near = evidence_retrieval.near(assumed, self._library, self._embedder)
        touched = evidence_retrieval.touched(near, assumed, self._library.searched().passages)
        found = []
        for start in range(0, len(near), AT_ONCE):
            progress(start, len(near), f"{start} of {len(near)} passages read")
            found += list(self._read(idea, assumed, near[start : start + AT_ONCE]))
        found.sort(key=lambda each: -each.weight.bears)
        shown = max(self._weigher.shown, BESIDE * found[0].weight.bears) if found else 0.0
        best = [one for one in _distinct(found)[:MOST] if one.weight.bears >= shown]
        passages = list({one.near.passage.id: one.near.passage for one in best}.values())
        numbers = {passage.id: number for number, passage in enumerate(passages, 1)}
        bearings = tuple(self._bearing(one, assumed, touched, numbers[one.near.passage.id]) for one in best)
        searched = [evidence_retrieval.search_texts(one) for one in assumed]
        return Weighed(assumed, [Extract(numbers[p.id], p, (p,)) for p in passages], bearings, searched)

    def _read(self, idea: str, assumed: Sequence[Assumed], near: Sequence[Near]) -> Iterator[WeighedPassage]:
        for place in dict.fromkeys(one.place for one in near):
            own = [one for one in near if one.place == place]
            claim, negated = positive(shown_text(assumed[place]) if place else idea)
            for one, weight in zip(own, self._weigher.weigh(claim, [whole_of(one) for one in own]), strict=True):
                sides = weight.sides[[1, 0, 2]] if negated else weight.sides
                yield WeighedPassage(one, weight._replace(sides=sides), *quoted(one, weight))

    def _bearing(self, found: WeighedPassage, assumed: Sequence[Assumed], touched: bool, number: int) -> Bearing:
        stance, confidence = side_of(found.weight.sides, self._weigher.sure) if touched else (Stance.UNCLEAR, 0.0)
        passage = found.near.passage
        first, last = (passage.sentences[at] for at in (found.first, found.last))
        seen = evidence_retrieval.seen_at(passage, first._replace(end=last.end))
        quote = Quote(number, seen.text, Span(first.start, last.end))
        places = places_of(found, assumed)
        return Bearing(
            quote,
            places if touched else places[:1],
            stance,
            confidence,
            kind_of(seen),
            context=passage.text,
            bears=found.weight.bears,
        )


def whole_of(near: Near) -> Whole:
    """Return the passage of ``near`` as a ``Whole``, the form in which an idea model reads a passage."""
    passage = near.passage
    read = under_headings(passage)
    before = len(read) - len(passage.text) - passage.start
    spans = [passage.sentences[at] for at in near.sentences]
    nearest = int(near.likeness[:, near.place].argmax())
    return Whole(
        read, tuple(Span(before + one.start, before + one.end) for one in spans), nearest, _alone(near, nearest)
    )


def quoted(near: Near, weight: Weight) -> tuple[int, int]:
    """Return the positions of the first and the last sentence to quote from the passage ``near``: the sentence that
    most concerns the idea, and the sentences beside it that concern the idea nearly as much. ``weight`` says how much
    each sentence concerns the idea."""
    bears = dict(zip(near.sentences, weight.by.tolist(), strict=True))
    best = first = last = max(bears, key=lambda at: bears[at])
    while last - first + 1 < LONGEST:
        beside = [at for at in (first - 1, last + 1) if bears.get(at, -np.inf) >= bears[best] - WITHIN]
        if not beside:
            break
        more = max(beside, key=lambda at: bears[at])
        if len(near.text(min(first, more), max(last, more)).split()) > WORDS:
            break
        first, last = min(first, more), max(last, more)
    return first, last


def places_of(found: WeighedPassage, assumed: Sequence[Assumed]) -> tuple[int, ...]:
    """Return the assumptions that the quoted sentences of ``found`` concern, each as its position in ``assumed``.

    If the passage was read for an assumption that a person or a model added, this assumption comes first. Otherwise the
    idea as a whole or one of its clauses comes first, whichever is most similar to the quoted sentences. All other
    assumptions that are similar enough to these sentences follow.
    """
    near = found.near
    inside = [row for row, at in enumerate(near.sentences) if found.first <= at <= found.last]
    likeness = near.likeness[inside].max(axis=0)
    own = [place for place, one in enumerate(assumed) if not one.sides and not evidence_retrieval.is_added(one)]
    first = near.place or max(own, key=lambda place: likeness[place])
    others = (place for place in range(len(assumed)) if likeness[place] >= evidence_retrieval.NEAR)
    return tuple(dict.fromkeys((first, *others)))


def _alone(near: Near, row: int) -> str:
    """Return a sentence with the sentence before it, and the words that introduce both if they are in a list. ``row``
    is the sentence's position in ``near.sentences``."""
    at = near.sentences[row]
    first = near.passage.sentences[max(at - 1, 0)]
    return introductions.judged(near.passage, first, near.text(max(at - 1, 0), at))


def _distinct(found: Sequence[WeighedPassage]) -> list[WeighedPassage]:
    """Return the passages without those whose quote repeats an earlier one for the same assumption."""
    kept: list[WeighedPassage] = []
    for one in found:
        if not any(one.near.place == other.near.place and _same(one, other) for other in kept):
            kept.append(one)
    return kept


def _same(one: WeighedPassage, other: WeighedPassage) -> bool:
    """Whether the quotes of two passages say the same. Two quotes that differ in a "not" do not."""
    if one.words == other.words:
        return True
    first, second = (each.near.vectors[each.weight.by.argmax()] for each in (one, other))
    return float(np.dot(first, second)) >= ALIKE and negations(one.words) == negations(other.words)
