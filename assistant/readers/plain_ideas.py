"""The plain reader of ideas, offline: the sentences nearest to what an idea rests on, with the side of each.

The assumptions are the idea, its own clauses and the sides it takes in the lenses. Sentences are ranked by how much
they have to do with the idea, and only then asked for their side, by the stance model, which may not be able to tell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from assistant import gathering, leaning
from assistant.assumptions import Assumed, Lenses, as_before, of_words
from assistant.attribution import kind_of
from assistant.embedding import Embedder, Vectors
from assistant.evidence.relevance import RelevanceJudge
from assistant.evidence.stance import StanceModel
from assistant.gathering import Near
from assistant.lens import Lens
from assistant.library.library import Library
from assistant.readers.bearing import Bearing, Weighed
from assistant.readers.material import Extract
from assistant.readers.seam import Quote
from assistant.types import Passage, Span, Stance, Verdict

UNCLEAR = 3  # findings whose side cannot be told, so that a reader sees what is near the idea
Progress = Callable[[int, int, Assumed], None]


class PlainIdeas:
    """Weighs ideas against one library without a model."""

    def __init__(
        self,
        library: Library,
        embedder: Embedder,
        judge: RelevanceJudge,
        stance: StanceModel,
        lenses: Sequence[Lens] = (),
    ) -> None:
        self._library, self._embedder, self._judge, self._stance = library, embedder, judge, stance
        self._lenses = Lenses(lenses, embedder, stance)

    @property
    def stance_model(self) -> str:
        """The name of the model that tells the sides."""
        return self._stance.name

    @property
    def lenses(self) -> tuple[str, ...]:
        """The names of the lenses that an idea is looked at through."""
        return self._lenses.names

    def assumed(self, idea: str, like: Verdict | None = None) -> list[Assumed]:
        """What ``idea`` rests on: itself first, its clauses, the sides it takes in the lenses.

        What a model proposed for a former verdict ``like`` this one is taken up again.
        """
        assumed = [*of_words(idea), *self._lenses.assumptions(idea)]
        return as_before(assumed, like) if like else assumed

    def weighed(self, idea: str, assumed: Sequence[Assumed], progress: Progress) -> Weighed:
        """The sentences that bear on it, of each assumption the most relevant first."""
        near = gathering.near(idea, assumed, self._library, self._embedder, self._judge)
        touched = gathering.touched(near, assumed, self._library.searched().passages)
        passages = list({one.one.seen.passage.id: one.one.seen.passage for one in near}.values())
        numbers = {passage.id: number for number, passage in enumerate(passages, 1)}
        bearings = tuple(self._bearings(assumed, near, touched, numbers, progress))
        return Weighed(assumed, [Extract(numbers[p.id], p, (p,)) for p in passages], bearings)

    def _bearings(
        self,
        assumed: Sequence[Assumed],
        near: Sequence[Near],
        touched: bool,
        numbers: dict[str, int],
        progress: Progress,
    ) -> Iterator[Bearing]:
        unclear = 0
        borne: set[int] = set()
        for place, one in enumerate(assumed):
            progress(place, len(assumed), one)
            own = [each for each in near if each.place == place]
            for each, odds in zip(own, self._odds(one, own) if touched else _untold(own), strict=True):
                stance, confidence = leaning.side_of(odds)
                places = (place, *each.also) if touched else (place,)
                spare = unclear >= UNCLEAR or bool(one.sides)
                if stance is Stance.UNCLEAR and spare and (not touched or borne.issuperset(places)):
                    continue  # an assumption that has nothing else shows one
                unclear += stance is Stance.UNCLEAR
                borne.update(places)
                seen = each.one.seen
                quote = _quote(seen.passage, Span(seen.sentence.start, seen.sentence.end), numbers)
                yield Bearing(quote, places, stance, confidence, kind_of(seen), "", seen.passage.text)

    def _odds(self, assumed: Assumed, near: Sequence[Near]) -> Vectors:
        """The probabilities of ``SIDES`` for the idea (stretches, 3), each read after the sentence before it."""
        texts = [one.read for one in near]
        odds: Vectors = self._stance.sides(assumed.text, texts)
        leads: Vectors = np.zeros(len(near), dtype=np.float32)
        if assumed.sides and near:  # what is for the other side is against, and the two readings check each other
            _, other = assumed.sides
            odds = np.asarray((odds + self._stance.sides(other.claim, texts)[:, [1, 0, 2]]) / 2, dtype=np.float32)
            leads = self._lenses.leads(assumed.sides, np.stack([each.one.vector for each in near]))
        told = leaning.leant(odds, leads)
        return told[:, [1, 0, 2]] if assumed.turned else told


def _quote(passage: Passage, span: Span, numbers: dict[str, int]) -> Quote:
    return Quote(numbers[passage.id], passage.text[span.start - passage.start : span.end - passage.start], span)


def _untold(near: Sequence[Near]) -> Vectors:
    """No side for any: what is near an idea that the documents do not touch says nothing of it."""
    return np.tile(np.array([0, 0, 1], dtype=np.float32), (len(near), 1))
