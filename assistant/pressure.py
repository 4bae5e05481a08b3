"""Idea to verdict: for each assumption, what the documents say for it, against it, or that they say nothing.

The assumptions are the idea, its own clauses and the sides it takes in the lenses. For each, sentences are searched for
in its words and in those of its opposite, and the stance model says on which side they stand, or that it cannot tell.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from assistant import citations
from assistant import question as questions
from assistant.assumptions import Assumed, Lenses, of_words
from assistant.embedding import Embedder, Vectors
from assistant.errors import SettingsError
from assistant.evidence.choice import stands_alone
from assistant.evidence.relevance import RelevanceJudge, Scored
from assistant.evidence.stance import SIDES, StanceModel
from assistant.evidence.words import numbers, tokens
from assistant.lens import Lens
from assistant.library.library import Library
from assistant.retrieval import candidates, spread
from assistant.types import (
    Assumption,
    AssumptionRuling,
    BlockKind,
    Finding,
    IdeaRuling,
    Kind,
    Rejected,
    Stance,
    Verdict,
)

LONGEST_IDEA = 4_000  # characters
JUDGED = 12  # passages read for each way of searching
READ = 32  # sentences whose side is asked for, of each assumption
NEAR = 0.3  # cosine to one of the searches from which a sentence is read at all
SURE = 0.6  # probability from which a side is taken
LEAD = 3.0  # weight of a lead in likeness (a cosine) beside the stance model's lead
SHARP = 2.0  # how steeply both together become a probability
SHOWN = {Stance.SUPPORTS: 3, Stance.CHALLENGES: 3, Stance.UNCLEAR: 0}  # findings of an assumption
UNCLEAR_OF_IDEA = 3  # of the idea as it stands, so that a reader sees what is near it
OF_ONE_VOICE = 2  # findings of one voice on one side of an assumption
ALIKE = 0.9  # cosine above which two sentences say the same
CASE = 3  # findings that make the case for, and against
_QUOTES = re.compile(r"[“\"][^”\"]{25,}[”\"]|\b(?:said|says|told|argued|argues|wrote|according to)\b", re.I)
_FORECAST = re.compile(r"\b(?:will|expects?|forecasts?|predict(?:s|ed)?|going to|by 20[2-9]\d)\b", re.I)
AGAINST = "however instead fails problem costs not"  # searched with words of the idea, since one query finds agreement


class Read(NamedTuple):
    """A sentence beside an assumption: ``odds`` are the probabilities of ``SIDES`` for the idea."""

    one: Scored
    assumed: int
    odds: Vectors


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

    def challenge(self, idea: str, progress: Callable[[int, int, str], None] = lambda *_: None) -> Verdict:
        """The verdict on ``idea``; ``progress`` is told how many of how many assumptions are tested, and the next one.

        Raises:
            SettingsError: the idea is empty or longer than ``LONGEST_IDEA``.
        """
        started = time.perf_counter()
        plain = _checked(idea)
        searched = self._library.searched()
        assumed = [*of_words(plain), *self._lenses.assumptions(plain)]
        read: list[Read] = []
        for place, one in enumerate(assumed):
            progress(place, len(assumed), one.text)
            read += self._read(one, place)
        findings, rejected = self._found(read, len(assumed))
        assumptions = tuple(_assumption(one, found) for one, found in zip(assumed, findings, strict=True))
        return Verdict(
            idea=idea,
            ruling=rule_idea(assumptions),
            assumptions=assumptions,
            leaps_of_faith=tuple(
                a.text for a in assumptions if a.importance >= 0.5 and not _on(a.findings, Stance.SUPPORTS)
            ),
            searched=searched,
            rejected=rejected,
            timings_ms={"total": round((time.perf_counter() - started) * 1000, 1)},
            case_for=strongest(assumptions, Stance.SUPPORTS),
            case_against=strongest(assumptions, Stance.CHALLENGES),
            missing=tuple(a.question or a.text for a in assumptions if a.ruling is AssumptionRuling.GAP),
            stance_model=self._stance.name,
        )

    def _read(self, assumed: Assumed, place: int) -> list[Read]:
        """The sentences near what is assumed or its opposite, with the odds of their sides."""
        near = self._near(assumed)
        texts = [one.seen.text for one in near]
        odds: Vectors = self._stance.sides(assumed.text, texts)
        if assumed.sides and near:  # what is for the other side is against, and the two readings check each other
            _, other = assumed.sides
            odds = np.asarray((odds + self._stance.sides(other.claim, texts)[:, [1, 0, 2]]) / 2, dtype=np.float32)
            odds = leant(odds, self._lenses.leads(assumed.sides, np.stack([one.vector for one in near])))
        if assumed.turned:
            odds = odds[:, [1, 0, 2]]
        return [Read(one, place, row) for one, row in zip(near, odds, strict=True)]

    def _near(self, assumed: Assumed) -> list[Scored]:
        """Sentences about what is assumed, searched for in the words of both sides."""
        queries = searches(assumed)
        vectors = np.stack([self._embedder.query(query) for query in queries])
        found = {
            candidate.passage.id: candidate
            for query, vector in zip(queries, vectors, strict=True)
            for candidate in spread(candidates(query, vector, self._library))[:JUDGED]
        }
        facts = questions.read(assumed.text)
        rarity = self._library.rarity([token.word for token in facts.content])
        judged = self._judge.judge(facts, vectors[0], list(found.values()), rarity, self._embedder)
        kept = [(float((vectors @ one.vector).max()), one) for one in judged.sentences if stands_alone(facts, one)]
        kept.sort(key=lambda pair: -pair[0])
        return [one for cosine, one in kept if cosine >= NEAR][:READ]

    def _found(self, read: Sequence[Read], count: int) -> tuple[list[list[Finding]], tuple[Rejected, ...]]:
        """The findings of each assumption, the surest first. A sentence counts once, where its side is surest; what
        another sentence has said does not count again, nor what one voice repeats."""
        findings: list[list[Finding]] = [[] for _ in range(count)]
        rejected: list[Rejected] = []
        kept: list[Scored] = []
        for one, place, odds in sorted(read, key=lambda r: -float(r.odds[:2].max())):
            stance, confidence = side_of(odds)
            own = findings[place]
            room = UNCLEAR_OF_IDEA if stance is Stance.UNCLEAR and place == 0 else SHOWN[stance]
            if len(_on(own, stance)) >= room or any(_same(one, other) for other in kept):
                continue
            cited = citations.cite(one.seen.passage, one.seen.sentence, self._library.quote)
            if isinstance(cited, Rejected):
                rejected.append(cited)
            elif sum(_voice(f) == _voice(Finding(cited, stance, 1)) for f in _on(own, stance)) < OF_ONE_VOICE:
                kept.append(one)
                passage = one.seen.passage
                own.append(Finding(cited, stance, confidence, kind_of(one), passage.text))
        return findings, tuple(rejected)


def leant(odds: Vectors, leads: Vectors) -> Vectors:
    """The odds of the sides (texts, 3), where likeness to either side of a lens has its say beside the stance model."""
    sided = odds[:, :2].sum(axis=1)
    first = 1 / (1 + np.exp(-SHARP * (odds[:, 0] - odds[:, 1] + LEAD * leads)))
    return np.stack([sided * first, sided * (1 - first), 1 - sided], axis=1).astype(np.float32)


def searches(assumed: Assumed) -> tuple[str, ...]:
    """What is searched for: the words of both sides, or what speaks against where nobody has written the other side."""
    if assumed.sides:
        return tuple(text for side in assumed.sides for text in (side.claim, *side.search))
    return (assumed.text, f"{assumed.text} {AGAINST}")


def strongest(assumptions: Sequence[Assumption], side: Stance) -> tuple[Finding, ...]:
    """The surest findings on one side, one of each voice, weighed by how much hangs on their assumption."""
    weighed = [(a.importance * f.confidence, f) for a in assumptions for f in _on(a.findings, side)]
    kept: dict[tuple[str, str | None], Finding] = {}
    for _, finding in sorted(weighed, key=lambda pair: -pair[0]):
        kept.setdefault(_voice(finding), finding)
    return tuple(kept.values())[:CASE]


def kind_of(one: Scored) -> Kind:
    """How the source says it: quoted from somebody, a figure, a forecast, or its own claim."""
    if one.seen.sentence.kind is BlockKind.QUOTE or _QUOTES.search(one.seen.text):
        return Kind.QUOTED
    if numbers(one.seen.text):
        return Kind.FIGURE
    return Kind.FORECAST if _FORECAST.search(one.seen.text) else Kind.CLAIM


def _assumption(assumed: Assumed, found: Sequence[Finding]) -> Assumption:
    return Assumption(
        text=f"Not: {assumed.text}" if assumed.turned else assumed.text,
        lens=assumed.name,
        importance=assumed.importance,
        ruling=rule(found),
        findings=tuple(found),
        question=assumed.question,
        part=assumed.part,
        searched=searches(assumed),
        settle=assumed.settle,
    )


def _same(one: Scored, other: Scored) -> bool:
    return one.seen.text == other.seen.text or float(np.dot(one.vector, other.vector)) >= ALIKE


def _voice(finding: Finding) -> tuple[str, str | None]:
    return finding.citation.about.id, finding.citation.speaker


def side_of(probabilities: Vectors) -> tuple[Stance, float]:
    """The side of these probabilities of ``SIDES``, and how sure it is; unclear where none of the two is likely."""
    likely = int(probabilities[:2].argmax())
    if probabilities[likely] < SURE:
        return Stance.UNCLEAR, float(1 - probabilities[:2].sum())
    return SIDES[likely], float(probabilities[likely])


def rule(findings: Sequence[Finding]) -> AssumptionRuling:
    """Supported or challenged by one clear finding and none against it; contested by both; else a gap."""
    supports, challenges = _on(findings, Stance.SUPPORTS), _on(findings, Stance.CHALLENGES)
    if supports and challenges:
        return AssumptionRuling.CONTESTED
    if supports:
        return AssumptionRuling.SUPPORTED
    return AssumptionRuling.CHALLENGED if challenges else AssumptionRuling.GAP


def rule_idea(assumptions: Sequence[Assumption]) -> IdeaRuling:
    """Not covered where nothing is said; holds or challenged where all that is said is on one side; else contested."""
    rulings = {a.ruling for a in assumptions} - {AssumptionRuling.GAP}
    if not rulings:
        return IdeaRuling.NOT_COVERED
    if rulings == {AssumptionRuling.SUPPORTED}:
        return IdeaRuling.HOLDS
    return IdeaRuling.CHALLENGED if rulings == {AssumptionRuling.CHALLENGED} else IdeaRuling.CONTESTED


def _on(findings: Sequence[Finding], stance: Stance) -> list[Finding]:
    return [finding for finding in findings if finding.stance is stance]


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
