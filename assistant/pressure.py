"""Idea to verdict: for each assumption, what the documents say for it, against it, or that they say nothing.

The first version: the assumptions are the idea and its own clauses, and a sentence's side is read off plain
marks of agreement and contradiction, so most findings stay honestly unclear. The trained stance and the
lenses replace ``side_of`` and ``assumptions_of``.
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from assistant import citations
from assistant import question as questions
from assistant.embedding import Embedder
from assistant.errors import SettingsError
from assistant.evidence.choice import stands_alone
from assistant.evidence.relevance import RelevanceJudge, Scored
from assistant.evidence.words import content_stems, tokens
from assistant.library.library import Library
from assistant.retrieval import candidates, spread
from assistant.types import (
    Assumption,
    AssumptionRuling,
    Citation,
    Finding,
    IdeaRuling,
    Rejected,
    Stance,
    Verdict,
)

LONGEST_IDEA = 4_000  # characters
JUDGED = 24  # passages read for each assumption
FINDINGS = 5  # for each assumption
NEAR = 0.35  # cosine from which a sentence is about the assumption at all
SHARED = 2  # content words in common from which a side is read at all
AGAINST = "however instead fails problem not"  # searched with the assumption, since agreement alone is found otherwise

_CLAUSES = re.compile(
    r"[,;:]?\s+\b(?:instead of|rather than|in order to|so that|because|and then|and|by)\b\s+|[;:]\s+|\.\s+", re.I
)
_REPLACED = re.compile(r"\b(?:instead of|rather than)\b\s+([^,.;]+)", re.I)
_NO = re.compile(
    r"\b(?:not|no|never|none|nothing|without|cannot|hardly|fail(?:s|ed|ure)?|no longer|wrong|avoid|defunct)\b|n['’]t\b",
    re.I,
)
_YES = re.compile(
    r"\b(?:must|should|essential|key|benefits?|best|success(?:ful)?|thrive|important|helps?|improves?|reduces?)\b", re.I
)


class Assumed(NamedTuple):
    """Something the idea rests on, before it is tested; ``lens`` says which part of the idea it is."""

    text: str
    lens: str
    importance: float


class PressureTest:
    """Tests ideas against one library."""

    def __init__(self, library: Library, embedder: Embedder, judge: RelevanceJudge) -> None:
        self._library, self._embedder, self._judge = library, embedder, judge

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
        for one in self._near(assumed.text):
            cited = citations.cite(one.seen.passage, one.seen.sentence, self._library.quote)
            if isinstance(cited, Rejected):
                rejected.append(cited)
            elif not any(cited.quote == finding.citation.quote for finding in findings):
                findings.append(_finding(assumed.text, cited))
        ruling = rule(findings)
        return Assumption(assumed.text, assumed.lens, assumed.importance, ruling, tuple(findings)), rejected

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
        return [one for one in near if stands_alone(facts, one)][:FINDINGS]


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


def side_of(claim: str, sentence: str) -> tuple[Stance, float]:
    """The side on which ``sentence`` stands by plain marks, and how sure that is; most are unclear.

    It must be about the same things, by two content words at least; then one negation between the two speaks
    against the claim, and a word of advice or praise without one for it.
    """
    if len(set(content_stems(claim)) & set(content_stems(sentence))) < SHARED:
        return Stance.UNCLEAR, 0.5
    if bool(_NO.search(claim)) != bool(_NO.search(sentence)):
        return Stance.CHALLENGES, 0.6
    return (Stance.SUPPORTS, 0.6) if _YES.search(sentence) else (Stance.UNCLEAR, 0.5)


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


def _finding(claim: str, cited: Citation) -> Finding:
    stance, confidence = side_of(claim, cited.quote)
    return Finding(cited, stance, confidence)


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
