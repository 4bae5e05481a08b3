"""Idea to verdict: for each assumption, what the documents say for it, against it, or that they say nothing.

The assumptions are the idea, its own clauses and the sides it takes in the lenses. For each, passages are searched for
in its words and in those of its opposite. Their sentences are ranked by how much they have to do with the idea, and
only then asked for their side, by the stance model, which may not be able to tell.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from assistant import citations, gathering, leaning, rulings
from assistant.assumptions import REPLACED, Assumed, Lenses, as_before, of_words
from assistant.attribution import kind_of
from assistant.embedding import Embedder, Vectors
from assistant.errors import SettingsError
from assistant.evidence.relevance import RelevanceJudge
from assistant.evidence.stance import StanceModel
from assistant.evidence.words import tokens
from assistant.gathering import Near
from assistant.lens import Lens
from assistant.library.library import Library
from assistant.types import Assumption, AssumptionRuling, Finding, IdeaRuling, Rejected, Stance, Verdict
from assistant.urging import left_out

LONGEST_IDEA = 4_000  # characters
UNCLEAR = 3  # findings whose side cannot be told, so that a reader sees what is near the idea


class PressureTest:
    """Tests ideas against one library."""

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

    def challenge(
        self,
        idea: str,
        progress: Callable[[int, int, str], None] = lambda *_: None,
        importance: Mapping[str, float] | None = None,
        like: Verdict | None = None,
    ) -> Verdict:
        """The verdict on ``idea``; ``progress`` is told how many of how many assumptions are tested, and the next one.

        ``importance`` (0..1) of assumptions is by lens or by number, as in ``rulings.weighed``. ``like`` is a former
        verdict on the same idea: what a model proposed then is tested again.

        Raises:
            SettingsError: the idea is empty or longer than ``LONGEST_IDEA``, or an importance cannot be used.
        """
        started = time.perf_counter()
        assumed = self.assumed(idea, progress)
        verdict = self.tested(idea, as_before(assumed, like) if like else assumed, progress, importance)
        return rulings.timed(verdict, time.perf_counter() - started)

    def assumed(self, idea: str, progress: Callable[[int, int, str], None] = lambda *_: None) -> list[Assumed]:
        """What ``idea`` rests on, less what only urges: itself first, its clauses, the sides it takes in the lenses.

        Raises:
            SettingsError: the idea is empty or longer than ``LONGEST_IDEA``.
        """
        plain = left_out(_checked(idea))
        progress(0, 1, plain)
        return [*of_words(plain), *self._lenses.assumptions(plain)]

    def tested(
        self,
        idea: str,
        assumed: Sequence[Assumed],
        progress: Callable[[int, int, str], None] = lambda *_: None,
        importance: Mapping[str, float] | None = None,
    ) -> Verdict:
        """The verdict on ``idea`` as it rests on what is ``assumed``, of which the first is the idea itself.

        Raises:
            SettingsError: an importance cannot be used.
        """
        plain = assumed[0].part
        searched, digest = self._library.searched(), self._library.digest()
        findings, rejected = self._found(plain, assumed, progress)
        tested = Verdict(
            idea=idea,
            ruling=IdeaRuling.NOT_COVERED,
            assumptions=tuple(_assumption(one, found) for one, found in zip(assumed, findings, strict=True)),
            leaps_of_faith=(),
            searched=searched,
            rejected=rejected,
            stance_model=self._stance.name,
            library=digest,
        )
        return rulings.weighed(tested, importance or {})

    def _found(
        self, idea: str, assumed: Sequence[Assumed], progress: Callable[[int, int, str], None]
    ) -> tuple[list[list[Finding]], tuple[Rejected, ...]]:
        """The findings of each assumption, the most relevant first, and what could not be cited."""
        findings: list[list[Finding]] = [[] for _ in assumed]
        near = gathering.near(idea, assumed, self._library, self._embedder, self._judge)
        touched = gathering.touched(near, assumed, self._library.searched().passages)
        rejected: list[Rejected] = []
        unclear = 0
        for place, one in enumerate(assumed):
            progress(place, len(assumed), _told(one))
            own = [each for each in near if each.place == place]
            for (scored, *_), odds in zip(own, self._odds(one, own) if touched else _untold(own), strict=True):
                stance, confidence = leaning.side_of(odds)
                if stance is Stance.UNCLEAR and (unclear == UNCLEAR or one.sides):
                    continue
                cited = citations.cite(scored.seen.passage, scored.seen.sentence, self._library.quote)
                if isinstance(cited, Rejected):
                    rejected.append(cited)
                    continue
                unclear += stance is Stance.UNCLEAR
                findings[place].append(
                    Finding(cited, stance, confidence, kind_of(scored.seen), scored.seen.passage.text)
                )
        return findings, tuple(rejected)

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


def _untold(near: Sequence[Near]) -> Vectors:
    """No side for any: what is near an idea that the documents do not touch says nothing of it."""
    return np.tile(np.array([0, 0, 1], dtype=np.float32), (len(near), 1))


def _assumption(assumed: Assumed, found: Sequence[Finding]) -> Assumption:
    return Assumption(
        text=_told(assumed),
        lens=assumed.name,
        importance=assumed.importance,
        ruling=AssumptionRuling.GAP,
        findings=tuple(found),
        question=assumed.question,
        part=assumed.part,
        searched=gathering.searches(assumed),
        settle=assumed.settle,
        importance_by=assumed.importance_by,
    )


def _told(assumed: Assumed) -> str:
    """What is assumed, in the idea's own words where they say the opposite of what is searched for."""
    if not assumed.turned:
        return assumed.text
    return f"Not: {assumed.text}" if assumed.name == REPLACED else assumed.part


def _checked(idea: str) -> str:
    plain = " ".join(idea.split())
    if not plain:
        raise SettingsError("The idea is empty.", hint='Name one, as in: pushback challenge "Double the sales team."')
    if not tokens(plain):
        raise SettingsError("The idea has no words.", hint="Put it in words.")
    if len(plain) > LONGEST_IDEA:
        raise SettingsError(
            f"The idea has {len(plain):,} characters; at most {LONGEST_IDEA:,} are read.", hint="Put it in a paragraph."
        )
    return plain
