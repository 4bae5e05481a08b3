"""Idea to verdict: for each assumption, what the documents say for it, against it, or that they say nothing.

The assumptions are the idea and its own clauses; lenses are to join them. For each, sentences are searched for as it
stands and for what speaks against it, and the stance model says on which side they stand, or that it cannot tell.
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from assistant import citations
from assistant import question as questions
from assistant.embedding import Embedder, Vectors
from assistant.errors import SettingsError
from assistant.evidence.choice import stands_alone
from assistant.evidence.relevance import RelevanceJudge, Scored
from assistant.evidence.stance import SIDES, StanceModel
from assistant.evidence.words import content_stems, tokens
from assistant.library.library import Library
from assistant.retrieval import candidates, spread
from assistant.types import (
    Assumption,
    AssumptionRuling,
    Finding,
    IdeaRuling,
    Rejected,
    Stance,
    Verdict,
)

LONGEST_IDEA = 4_000  # characters
JUDGED = 24  # passages read for each assumption
SHOWN = {Stance.SUPPORTS: 3, Stance.CHALLENGES: 3, Stance.UNCLEAR: 4}  # findings of an assumption
NEAR = 0.35  # cosine from which a sentence is about the assumption at all
READ = 24  # sentences whose side is asked for
SURE = 0.6  # probability from which a side is taken
AGAINST = "however instead fails problem not"  # searched with the assumption, since agreement alone is found otherwise

_CLAUSES = re.compile(
    r"[,;:]?\s+\b(?:instead of|rather than|in order to|so that|because|and then|and|by)\b\s+|[;:]\s+|\.\s+", re.I
)
_REPLACED = re.compile(r"\b(?:instead of|rather than)\b\s+([^,.;]+)", re.I)


class Assumed(NamedTuple):
    """Something the idea rests on, before it is tested; ``lens`` says which part of the idea it is."""

    text: str
    lens: str
    importance: float


class PressureTest:
    """Tests ideas against one library."""

    def __init__(self, library: Library, embedder: Embedder, judge: RelevanceJudge, stance: StanceModel) -> None:
        self._library, self._embedder, self._judge, self._stance = library, embedder, judge, stance

    def challenge(self, idea: str) -> Verdict:
        """The verdict on ``idea``.

        Raises:
            SettingsError: the idea is empty or longer than ``LONGEST_IDEA``.
        """
        started = time.perf_counter()
        plain = _checked(idea)
        searched = self._library.searched()
        tested = [self._test(assumed) for assumed in assumptions_of(plain)]
        assumptions = tuple(assumption for assumption, _ in tested)
        return Verdict(
            idea=idea,
            ruling=rule_idea(assumptions),
            assumptions=assumptions,
            leaps_of_faith=tuple(
                a.text for a in assumptions if a.importance >= 0.5 and not _on(a.findings, Stance.SUPPORTS)
            ),
            searched=searched,
            rejected=tuple(rejected for _, several in tested for rejected in several),
            timings_ms={"total": round((time.perf_counter() - started) * 1000, 1)},
        )

    def _test(self, assumed: Assumed) -> tuple[Assumption, list[Rejected]]:
        findings: list[Finding] = []
        rejected: list[Rejected] = []
        for one, stance, confidence in self._sided(assumed.text):
            cited = citations.cite(one.seen.passage, one.seen.sentence, self._library.quote)
            if isinstance(cited, Rejected):
                rejected.append(cited)
            elif not any(cited.quote == finding.citation.quote for finding in findings):
                findings.append(Finding(cited, stance, confidence))
        shown = tuple(finding for side in Stance for finding in _on(findings, side)[: SHOWN[side]])
        return Assumption(assumed.text, assumed.lens, assumed.importance, rule(shown), shown), rejected

    def _sided(self, text: str) -> list[tuple[Scored, Stance, float]]:
        """The sentences near ``text`` with their sides, the surest first; the unclear ones as they were judged."""
        near = self._near(text)
        sides = self._stance.sides(text, [one.seen.text for one in near])
        sided = [(one, *side_of(row)) for one, row in zip(near, sides, strict=True)]
        return sorted(sided, key=lambda one: 0.0 if one[1] is Stance.UNCLEAR else -one[2])

    def _near(self, text: str) -> list[Scored]:
        """The sentences that are about ``text``, searched for as it stands and for what speaks against it."""
        facts = questions.read(text)
        vector = self._embedder.query(text)
        found = {c.passage.id: c for c in spread(candidates(text, vector, self._library))[:JUDGED]}
        against = self._embedder.query(f"{text} {AGAINST}")
        for candidate in spread(candidates(text, against, self._library))[: JUDGED // 2]:
            found.setdefault(candidate.passage.id, candidate)
        rarity = self._library.rarity([token.word for token in facts.content])
        judged = self._judge.judge(facts, vector, list(found.values()), rarity, self._embedder)
        near = [one for one in judged.sentences if float(np.dot(one.vector, vector)) >= NEAR]
        return [one for one in near if stands_alone(facts, one)][:READ]


def assumptions_of(idea: str) -> list[Assumed]:
    """The idea as a whole, then its clauses, and what it would replace."""
    assumed = [Assumed(idea, "the idea as it stands", 1.0)]
    replaced = [match[1].strip() for match in _REPLACED.finditer(idea)]
    for clause in _CLAUSES.split(idea):
        text = clause.strip(" .,;:")
        if len(content_stems(text)) >= 3 and text not in (idea.strip(" ."), *replaced):
            assumed.append(Assumed(text, "a part of the idea", 0.6))
    assumed += [Assumed(f"{text} is not the better way", "what it replaces", 0.5) for text in replaced]
    return assumed


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
