"""Idea to verdict: for each assumption, what the documents say for it, against it, or that they say nothing.

The assumptions are the idea, its own clauses and the sides it takes in the lenses. For each, passages are searched for
in its words and in those of its opposite. Their sentences are ranked by how much they have to do with the idea, and
only then asked for their side, by the stance model, which may not be able to tell.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from assistant import citations, rulings
from assistant import question as questions
from assistant.assumptions import PROPOSED, REPLACED, Assumed, Lenses, as_before, of_words
from assistant.attribution import kind_of
from assistant.conflicts import negations
from assistant.embedding import Embedder, Vectors
from assistant.errors import SettingsError
from assistant.evidence.choice import stands_alone
from assistant.evidence.relevance import RelevanceJudge, Scored
from assistant.evidence.stance import SIDES, StanceModel
from assistant.evidence.words import tokens
from assistant.lens import Lens
from assistant.library.library import Library
from assistant.retrieval import Candidate, candidates, spread
from assistant.types import Assumption, AssumptionRuling, Finding, IdeaRuling, Rejected, Stance, Verdict
from assistant.urging import left_out

LONGEST_IDEA = 4_000  # characters
JUDGED = 12  # passages read for each way of searching
# Cosine of the nearest sentence to an idea or a clause of it from which the documents touch it at all: 0.40 and more
# for the 28 ideas that they cover, 0.34 and less for 20 that they do not, on either of two libraries.
TOUCHED = 0.37
NEAR = 0.28  # the same from which a sentence is read at all; below it a reader calls few of them relevant
NEAR_LENS = 0.5  # and to what documents say for a side of a lens
READ = 18  # sentences read for the idea and its clauses: by relevance 0.62 of the gold is among the first 24
MOST = 25  # sentences read in all
OF_LENS = 2  # further ones of each lens
SURE = 0.55  # probability from which a side is taken
CLEAR = 0.6  # probability of either side from which the stance model's doubt takes nothing away
SHARP = 2.0  # weight of the stance model's lead, as log odds
LEAD = 6.0  # and of a lead in likeness (a cosine)
# And of each word of misgiving: by the stance model alone 0.53 of the sides of 135 sentences on 28 ideas are right,
# by both 0.64 (each idea judged by what the others gave).
MISGIVING = 0.8
TRUSTING = 0.5  # towards the idea where there is none
_MISGIVING = re.compile(
    r"\b(?:not|no|never|none|nothing|without|cannot|hardly|fail\w*|wrong|avoid\w*|defunct|cost\w*|expensive|dearer|los[et]\w*|"
    r"loss\w*|drop\w*|fell|fall\w*|worse|worst|declin\w*|less|fewer|waste\w*|problem\w*|mistakes?|confus\w*|push\w*|struggl\w*|"
    r"hard|difficult|too|slow\w*|ignored?|only|but|however|instead|stop\w*|resist\w*|disappear\w*|locked?|ceiling|terrible|"
    r"cancel\w*|nobody|no one)\b|n['’]t\b",
    re.I,
)
UNCLEAR = 3  # findings whose side cannot be told, so that a reader sees what is near the idea
ALIKE = 0.9  # cosine above which two sentences say the same; at 0.75 a fifth of the gold is taken for repetition
AGAINST = ("however instead fails problem", "costs too much", "benefit success works")  # since a query finds agreement


class Near(NamedTuple):
    """A sentence, the assumption it is nearest to, how near (cosine), and how near it is to the idea's own words."""

    one: Scored
    place: int
    likeness: float
    touching: float


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
        near = self._near(idea, assumed)
        touched = any(one.touching >= TOUCHED for one in near if not assumed[one.place].sides)
        rejected: list[Rejected] = []
        unclear = 0
        for place, one in enumerate(assumed):
            progress(place, len(assumed), one.text)
            own = [each.one for each in near if each.place == place]
            for scored, odds in zip(own, self._odds(one, own) if touched else _untold(own), strict=True):
                stance, confidence = side_of(odds)
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

    def _near(self, idea: str, assumed: Sequence[Assumed]) -> list[Near]:
        """The sentences that have most to do with the idea, then those that are near to a side that it takes."""
        queries = [(place, query) for place, one in enumerate(assumed) for query in searches(one)]
        vectors = np.stack([self._embedder.query(query) for _, query in queries])
        passages: dict[str, Candidate] = {}
        for (_, query), vector in zip(queries, vectors, strict=True):
            for candidate in spread(candidates(query, vector, self._library))[:JUDGED]:
                passages.setdefault(candidate.passage.id, candidate)
        facts = questions.read(idea)
        rarity = self._library.rarity([token.word for token in facts.content])
        judged = self._judge.judge(facts, vectors[0], list(passages.values()), rarity, self._embedder)
        told = [one for one in judged.sentences if stands_alone(facts, one)]
        if not told:
            return []
        # A search with what speaks against it finds passages; how near a sentence is, its own words say.
        plain = [
            n for n, (place, query) in enumerate(queries) if query in (assumed[place].text, *_said(assumed[place]))
        ]
        cosines = np.stack([one.vector for one in told]) @ vectors[plain].T
        places = np.array([queries[n][0] for n in plain])
        own = np.array([not assumed[place].sides for place in places])
        words = np.array([not assumed[place].sides and assumed[place].name != PROPOSED for place in places])
        kept = [
            Near(one, int(places[own][row[own].argmax()]), float(row[own].max()), float(row[words].max()))
            for one, row in zip(told, cosines, strict=True)
        ]
        chosen = _distinct([one for one in kept if one.likeness >= NEAR], READ, ())
        for place in dict.fromkeys(places[~own].tolist()):
            near_it = [
                Near(one, place, float(row[places == place].max()), float(row[words].max()))
                for one, row in zip(told, cosines, strict=True)
                if row[own].max() >= NEAR
            ]
            near_it.sort(key=lambda each: -each.likeness)
            chosen += _distinct([one for one in near_it if one.likeness >= NEAR_LENS], OF_LENS, chosen)
        return chosen[:MOST]

    def _odds(self, assumed: Assumed, near: Sequence[Scored]) -> Vectors:
        """The probabilities of ``SIDES`` for the idea (sentences, 3)."""
        texts = [one.seen.text for one in near]
        odds: Vectors = self._stance.sides(assumed.text, texts)
        leads: Vectors = np.zeros(len(near), dtype=np.float32)
        if assumed.sides and near:  # what is for the other side is against, and the two readings check each other
            _, other = assumed.sides
            odds = np.asarray((odds + self._stance.sides(other.claim, texts)[:, [1, 0, 2]]) / 2, dtype=np.float32)
            leads = self._lenses.leads(assumed.sides, np.stack([one.vector for one in near]))
        told = leant(odds, leads, misgivings(texts))
        return told[:, [1, 0, 2]] if assumed.turned else told


def leant(odds: Vectors, leads: Vectors, misgivings: Vectors) -> Vectors:
    """The odds of the sides (texts, 3), where likeness to either side of a lens has its say beside the stance model,
    and so have the words of misgiving, which speak against an idea more often than for it."""
    sided = np.minimum(odds[:, :2].sum(axis=1) / CLEAR, 1)
    towards = SHARP * (odds[:, 0] - odds[:, 1]) + LEAD * leads + TRUSTING - MISGIVING * np.minimum(misgivings, 3)
    first = 1 / (1 + np.exp(-towards))
    return np.stack([sided * first, sided * (1 - first), 1 - sided], axis=1).astype(np.float32)


def misgivings(texts: Sequence[str]) -> Vectors:
    """How many words of misgiving each text holds (texts,)."""
    return np.array([len(_MISGIVING.findall(text)) for text in texts], dtype=np.float32)


def searches(assumed: Assumed) -> tuple[str, ...]:
    """What is searched for: the words of both sides, or what speaks against where nobody has written the other side."""
    if assumed.sides:
        return _said(assumed)
    return (assumed.text, *(f"{assumed.text} {words}" for words in AGAINST))


def _said(assumed: Assumed) -> tuple[str, ...]:
    """How documents say either side of a lens."""
    return tuple(text for side in assumed.sides for text in (side.claim, *side.search))


def _distinct(near: Sequence[Near], most: int, beside: Sequence[Near]) -> list[Near]:
    """The first ``most`` that say what neither one before nor one ``beside`` says."""
    kept: list[Near] = []
    for one in near:
        if len(kept) == most:
            break
        if not any(_same(one.one, other.one) for other in (*beside, *kept)):
            kept.append(one)
    return kept


def _untold(near: Sequence[Scored]) -> Vectors:
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
        searched=searches(assumed),
        settle=assumed.settle,
        importance_by=assumed.importance_by,
    )


def _told(assumed: Assumed) -> str:
    """What is assumed, in the idea's own words where they say the opposite of what is searched for."""
    if not assumed.turned:
        return assumed.text
    return f"Not: {assumed.text}" if assumed.name == REPLACED else assumed.part


def _same(one: Scored, other: Scored) -> bool:
    """Whether two sentences say the same; two that are alike in all but a "not" do not."""
    if one.seen.text == other.seen.text:
        return True
    alike = float(np.dot(one.vector, other.vector)) >= ALIKE
    return alike and negations(one.seen.text) == negations(other.seen.text)


def side_of(probabilities: Vectors) -> tuple[Stance, float]:
    """The side of these probabilities of ``SIDES``, and how sure it is; unclear where none of the two is likely."""
    likely = int(probabilities[:2].argmax())
    if probabilities[likely] < SURE:
        return Stance.UNCLEAR, float(1 - probabilities[:2].sum())
    return SIDES[likely], float(probabilities[likely])


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
