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
    """A case with a question, the answer to score, and the case's gold quotes (quotes that a right answer cites) with
    their places in the documents.

    ``read`` returns the library's text at a place. ``find`` returns a document by its id, so that numbers of the answer
    can be looked up in the whole documents that it cites; if None, they are looked up in the cited quotes only.
    ``budget`` is the number of words that an answer may show.
    """

    case: Case
    answer: Answer
    gold: tuple[Located, ...]
    read: Reader
    budget: int = BUDGET  # words that an answer may show
    find: Finder | None = None  # a document by its id, for what stands in it beside the quotes

    @cached_property
    def cited(self) -> tuple[Cited, ...]:
        """The citations of the answer's statements, each judged: whether it is valid, and whether it matches a gold
        quote (a quote that a right answer cites). If a place is cited twice, it is in the result once.
        """
        citations = (citation for statement in self.answer.statements for citation in statement.citations)
        return judge(citations, self.gold, self.read)

    @cached_property
    def missed(self) -> tuple[Located, ...]:
        """The gold quotes (quotes that a right answer cites) that no citation of the answer matches."""
        return missed(self.gold, self.cited)

    @cached_property
    def complete(self) -> bool:
        """Whether the answer cites every quote of at least one of the case's minimal sets of evidence."""
        return whole(self.case.minimal_sets, self.gold, self.cited)

    @cached_property
    def credited(self) -> tuple[Located, ...]:
        """The gold quotes (quotes that a right answer cites) that valid citations of the answer match. If the case has
        ``sets``, the quotes of a set prove the answer only together; so a quote counts only if all quotes of a set that
        contains it are cited.

        SciFact counts evidence sentences in the same way (Wadden et al. 2020, arXiv:2004.14974).
        """
        lost = missed(self.gold, [one for one in self.cited if not one.fault])
        found = [gold for gold in self.gold if gold not in lost]
        if not self.case.sets:
            return tuple(found)
        whole_sets = [set(one) for one in self.case.sets if set(one) <= {gold.gold for gold in found}]
        return tuple(gold for gold in found if any(gold.gold in one for one in whole_sets))

    @property
    def statement_texts(self) -> list[str]:
        """The texts of the answer's statements, without the quotes that they cite."""
        return [one.text for one in self.answer.statements]

    @property
    def why_missed(self) -> str:
        """A text for people that says which gold quotes (quotes that a right answer cites) the answer does not cite. If
        the assistant refused to answer, the text begins with the reason of the refusal.
        """
        refused = f"refused: {self.answer.reason} " if self.answer.refused else ""
        return refused + not_cited(self.missed)


@dataclass(frozen=True)
class Pressed:
    """A case with an idea, the verdict to score, and the case's gold quotes (quotes that a right verdict cites) with
    their places in the documents. ``read`` returns the library's text at a place.
    """

    case: Case
    verdict: Verdict
    gold: tuple[Located, ...]
    read: Reader

    @cached_property
    def cited(self) -> tuple[Cited, ...]:
        """The quotes that the verdict lists for the idea, against it, or as unclear, in this order. Each is judged:
        whether it is valid, and whether it matches a gold quote (a quote that a right verdict cites) of the side on
        which it is listed.
        """
        every = [finding for assumption in self.verdict.assumptions for finding in assumption.findings]
        sides = (
            judge((f.citation for f in every if f.stance is side), self.gold_of(side), self.read, side)
            for side in Stance
        )
        return sum(sides, ())

    def gold_of(self, side: Stance) -> tuple[Located, ...]:
        """The case's gold quotes (quotes that a right verdict cites) that belong on this side: for or against the idea.
        Empty if the side is "unclear".
        """
        wanted = {Stance.SUPPORTS: self.case.supports, Stance.CHALLENGES: self.case.challenges}.get(side, ())
        return tuple(one for one in self.gold if one.gold in wanted)

    def cited_on(self, side: Stance) -> tuple[Cited, ...]:
        """The quotes that the verdict lists on this side. Each is judged: whether it is valid, and whether it matches a
        gold quote (a quote that a right verdict cites) of this side. A quote is left out if it overlaps by at least
        half with one on the opposite side, since a quote listed on both sides counts on neither.
        """
        opposite = {Stance.SUPPORTS: Stance.CHALLENGES, Stance.CHALLENGES: Stance.SUPPORTS}.get(side)
        others = [one.citation for one in self.cited if one.stance is opposite]
        return tuple(
            one for one in self.cited if one.stance is side and not any(_same(one.citation, other) for other in others)
        )

    def complete(self, side: Stance) -> bool:
        """Whether the verdict lists on this side at least one of the gold quotes that belong to it. Also true if no
        gold quotes belong to this side.
        """
        golds = self.gold_of(side)
        sets = alternatives(tuple(one.gold for one in golds), "any")
        return whole(sets, golds, self.cited_on(side))


def _same(one: Citation, other: Citation) -> bool:
    """Whether two citations overlap by at least half of the shorter one."""
    first, second = Span(one.start, one.end), Span(other.start, other.end)
    return one.about.id == other.about.id and (covers(first, second) or covers(second, first))


def whole(sets: Sequence[Sequence[Gold]], golds: Sequence[Located], cited: Sequence[Cited]) -> bool:
    """Whether every quote of at least one of the ``sets`` is cited; true if there are no sets.

    ``golds`` are the case's quotes with their places, ``cited`` the citations of the answer or verdict.
    """
    found = {gold.gold for gold in golds} - {gold.gold for gold in missed(golds, cited)}
    return not sets or any(all(gold in found for gold in one) for one in sets)


def missed(golds: Sequence[Located], cited: Sequence[Cited]) -> tuple[Located, ...]:
    """Those gold quotes in ``golds`` (quotes that a right answer cites) that no citation in ``cited`` matches."""
    return tuple(gold for gold in golds if not any(matches(one.citation, gold) for one in cited))


def not_cited(golds: Sequence[Located]) -> str:
    """A text for people that lists these gold quotes (quotes that a right answer cites) and says of each that it is not
    cited, or why it cannot be cited.
    """
    return "; ".join(gold.why or f"not cited: “{short(gold.gold.quote)}”" for gold in golds)


def valid(name: str, cited: Sequence[Cited], rejected: Sequence[Rejected] = ()) -> Score:
    """The share of citations that are valid: the library's text has the quote at the cited place. ``cited`` has the
    citations. Each quote in ``rejected``, which the assistant itself could not find in the documents, counts as an
    invalid citation. ``name`` is the name of the score. The value is None if nothing is cited.
    """
    wrong = [faulty(one) for one in cited if one.fault] + [refuted(one) for one in rejected]
    of = len(cited) + len(rejected)
    return Score(name, share(of - len(wrong), of), "; ".join(wrong) if of else "nothing is cited", of)


def yes_or_no(name: str, yes: bool, why_not: str) -> Score:
    """Make the score ``name``: 1 if ``yes`` is true, else 0 with the reason ``why_not``."""
    return Score(name, 1.0) if yes else Score(name, 0.0, why_not)


def faulty(one: Cited) -> str:
    """A text that says what is wrong with an invalid citation, which place it points to, and what it quotes."""
    citation = one.citation
    return f"{one.fault}: {citation.about.source} {citation.start}:{citation.end} “{short(citation.quote)}”"


def refuted(one: Rejected) -> str:
    """A text that says why a quote was rejected, followed by the quote."""
    return f"rejected ({one.why}): “{short(one.quote)}”"


def short(text: str, most: int = 90) -> str:
    """The text on one line, cut to at most ``most`` characters."""
    text = " ".join(text.split())
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"
