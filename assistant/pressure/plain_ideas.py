"""The plain reader of ideas, offline: the sentences nearest to what an idea rests on, with the side of each.

The assumptions are the idea, its own clauses and the sides it takes in the lenses. Sentences are ranked by how much
they have to do with the idea, and only then asked for their side, by the stance model, which may not be able to tell.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from assistant.evidence.attribution import kind_of
from assistant.evidence.reading import as_read
from assistant.evidence.relevance import RelevanceJudge
from assistant.evidence.stance import IdeaModel, Stretch, Weight, side_of
from assistant.library.library import Library
from assistant.model.embedding import Embedder
from assistant.pressure import evidence_retrieval
from assistant.pressure.assumptions import Assumed, Lenses, as_before, of_words
from assistant.pressure.bearing import Bearing, Weighed
from assistant.pressure.evidence_retrieval import Near
from assistant.pressure.lens import Lens
from assistant.readers.material import Extract
from assistant.readers.seam import Quote
from assistant.types import Passage, Span, Stance, Verdict

MOST = 12  # findings of an idea
Progress = Callable[[int, int, Assumed], None]


class PlainIdeas:
    """Weighs ideas against one library without a model."""

    def __init__(
        self,
        library: Library,
        embedder: Embedder,
        judge: RelevanceJudge,
        weigher: IdeaModel,
        lenses: Sequence[Lens] = (),
    ) -> None:
        self._library, self._embedder, self._judge, self._weigher = library, embedder, judge, weigher
        self._lenses = Lenses(lenses, embedder)

    @property
    def stance_model(self) -> str:
        """The name of what tells the sides."""
        return self._weigher.name

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
        near = evidence_retrieval.near(idea, assumed, self._library, self._embedder, self._judge)
        touched = evidence_retrieval.touched(near, assumed, self._library.searched().passages)
        found = []
        for place, one in enumerate(assumed):
            progress(place, len(assumed), one)
            own = [each for each in near if each.place == place]
            found += list(zip(own, self._weigher.weigh(one.text, [stretch_of(each) for each in own]), strict=True))
        found.sort(key=lambda each: -each[1].bears)
        best = [(near, weight) for near, weight in found[:MOST] if weight.bears >= self._weigher.shown]
        passages = list({near.one.seen.passage.id: near.one.seen.passage for near, _ in best}.values())
        numbers = {passage.id: number for number, passage in enumerate(passages, 1)}
        bearings = tuple(self._bearing(assumed[near.place], near, weight, touched, numbers) for near, weight in best)
        return Weighed(assumed, [Extract(numbers[p.id], p, (p,)) for p in passages], bearings)

    def _bearing(self, claim: Assumed, near: Near, weight: Weight, touched: bool, numbers: dict[str, int]) -> Bearing:
        sides = weight.sides[[1, 0, 2]] if claim.turned else weight.sides
        stance, confidence = side_of(sides, self._weigher.sure) if touched else (Stance.UNCLEAR, 0.0)
        seen = near.one.seen
        quote = _quote(seen.passage, Span(seen.sentence.start, seen.sentence.end), numbers)
        places = (near.place, *near.also) if touched else (near.place,)
        return Bearing(quote, places, stance, confidence, kind_of(seen), "", seen.passage.text)


def stretch_of(near: Near) -> Stretch:
    """What is read of it."""
    passage, sentence = near.one.seen.passage, near.one.seen.sentence
    read = as_read(passage)
    before = len(read) - len(passage.text) - passage.start
    return Stretch(read, Span(before + sentence.start, before + sentence.end), near.read)


def _quote(passage: Passage, span: Span, numbers: dict[str, int]) -> Quote:
    return Quote(numbers[passage.id], passage.text[span.start - passage.start : span.end - passage.start], span)
