"""The input of scorers: a case, its answer or verdict, and the gold at its offsets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from assistant.checking.citations import Reader
from assistant.types import Answer, Citation, Rejected, Span, Stance, Verdict
from eval.numbers.metrics import Score, covers, share
from eval.suite.cases import BUDGET, Case, Gold, alternatives
from eval.suite.gold import Cited, Finder, Located, judge, matches


@dataclass(frozen=True)
class AnsweredCase:
    """A question case, its answer, the gold at its offsets, and a way to read the library's text."""

    case: Case
    answer: Answer
    gold: tuple[Located, ...]
    read: Reader
    budget: int = BUDGET  # words that an answer may show
    find: Finder | None = None  # a document by its id, for what stands in it beside the quotes

    @cached_property
    def cited(self) -> tuple[Cited, ...]:
        """The places that the statements cite, each once."""
        citations = (citation for statement in self.answer.statements for citation in statement.citations)
        return judge(citations, self.gold, self.read)

    @cached_property
    def missed(self) -> tuple[Located, ...]:
        """The gold quotes that are not cited."""
        return missed(self.gold, self.cited)

    @cached_property
    def complete(self) -> bool:
        """Whether one of the case's minimal sets is cited whole."""
        return whole(self.case.minimal_sets, self.gold, self.cited)

    @cached_property
    def credited(self) -> tuple[Located, ...]:
        """The gold that valid citations cite. In a case with ``sets``, only completely cited sets count.

        A part of a set proves nothing; SciFact counts evidence sentences the same way (Wadden et al. 2020,
        arXiv:2004.14974).
        """
        lost = missed(self.gold, [one for one in self.cited if not one.fault])
        found = [gold for gold in self.gold if gold not in lost]
        if not self.case.sets:
            return tuple(found)
        whole_sets = [set(one) for one in self.case.sets if set(one) <= {gold.gold for gold in found}]
        return tuple(gold for gold in found if any(gold.gold in one for one in whole_sets))

    @property
    def said(self) -> list[str]:
        """The text of the statements. An answer that stands only in a quote behind a statement does not count as
        said."""
        return [one.text for one in self.answer.statements]

    @property
    def why_missed(self) -> str:
        """The reason why gold is not cited, for people."""
        refused = f"refused: {self.answer.reason} " if self.answer.refused else ""
        return refused + not_cited(self.missed)


@dataclass(frozen=True)
class Pressed:
    """An idea case, its verdict, and the gold at its offsets."""

    case: Case
    verdict: Verdict
    gold: tuple[Located, ...]
    read: Reader

    @cached_property
    def cited(self) -> tuple[Cited, ...]:
        """The findings by side; a finding is correct if the gold has it on that side."""
        every = [finding for assumption in self.verdict.assumptions for finding in assumption.findings]
        sides = (
            judge((f.citation for f in every if f.stance is side), self.gold_of(side), self.read, side)
            for side in Stance
        )
        return sum(sides, ())

    def gold_of(self, side: Stance) -> tuple[Located, ...]:
        """The gold of one side; the unclear side has none."""
        wanted = {Stance.SUPPORTS: self.case.supports, Stance.CHALLENGES: self.case.challenges}.get(side, ())
        return tuple(one for one in self.gold if one.gold in wanted)

    def cited_on(self, side: Stance) -> tuple[Cited, ...]:
        """The findings of one side; what is cited on both sides counts on neither."""
        opposite = {Stance.SUPPORTS: Stance.CHALLENGES, Stance.CHALLENGES: Stance.SUPPORTS}.get(side)
        others = [one.citation for one in self.cited if one.stance is opposite]
        return tuple(
            one for one in self.cited if one.stance is side and not any(_same(one.citation, other) for other in others)
        )

    def complete(self, side: Stance) -> bool:
        """Whether one whole minimal set of this side's gold is cited."""
        golds = self.gold_of(side)
        sets = alternatives(tuple(one.gold for one in golds), "any")
        return whole(sets, golds, self.cited_on(side))


def _same(one: Citation, other: Citation) -> bool:
    """Whether two citations have at least half of the shorter one in common."""
    first, second = Span(one.start, one.end), Span(other.start, other.end)
    return one.about.id == other.about.id and (covers(first, second) or covers(second, first))


def whole(sets: Sequence[Sequence[Gold]], golds: Sequence[Located], cited: Sequence[Cited]) -> bool:
    """Whether every quote of one of the sets is cited; true if there is no set."""
    found = {gold.gold for gold in golds} - {gold.gold for gold in missed(golds, cited)}
    return not sets or any(all(gold in found for gold in one) for one in sets)


def missed(golds: Sequence[Located], cited: Sequence[Cited]) -> tuple[Located, ...]:
    """The gold that no citation matches."""
    return tuple(gold for gold in golds if not any(matches(one.citation, gold) for one in cited))


def not_cited(golds: Sequence[Located]) -> str:
    """The gold that is not cited, or cannot be."""
    return "; ".join(gold.why or f"not cited: “{short(gold.gold.quote)}”" for gold in golds)


def valid(name: str, cited: Sequence[Cited], rejected: Sequence[Rejected] = ()) -> Score:
    """The share of citations that are valid by the library's own text; rejected quotes stay in the denominator."""
    wrong = [faulty(one) for one in cited if one.fault] + [refuted(one) for one in rejected]
    of = len(cited) + len(rejected)
    return Score(name, share(of - len(wrong), of), "; ".join(wrong) if of else "nothing is cited", of)


def yes_or_no(name: str, yes: bool, why_not: str) -> Score:
    """A score of 1, or of 0 with its reason."""
    return Score(name, 1.0) if yes else Score(name, 0.0, why_not)


def faulty(one: Cited) -> str:
    """What is wrong with an invalid citation."""
    citation = one.citation
    return f"{one.fault}: {citation.about.source} {citation.start}:{citation.end} “{short(citation.quote)}”"


def refuted(one: Rejected) -> str:
    """Why words that were offered as a quote were rejected."""
    return f"rejected ({one.why}): “{short(one.quote)}”"


def short(text: str, most: int = 90) -> str:
    """The beginning of a text, on one line."""
    text = " ".join(text.split())
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"
