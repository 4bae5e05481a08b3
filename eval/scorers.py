"""One case and what came back, to scores: was it found, cited, answered, refused rightly. Pure.

What an answerable question gets when it is refused is 0, not nothing: refusing is no way to a better mean.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from assistant.citations import Reader
from assistant.types import Answer, Rejected, Stance, Verdict
from eval.cases import Case
from eval.gold import Cited, Located, judge, matches
from eval.metrics import Score, share

HIT = "hit"
COMPLETE = "evidence complete"
PRECISION = "citation precision"
VALIDITY = "citation validity"
STRINGS = "answer strings"
GROUNDED = "grounded correct"
REFUSAL_PRECISION = "refusal precision"
REFUSAL_RECALL = "refusal recall"
OF_QUESTIONS = (HIT, COMPLETE, PRECISION, VALIDITY, STRINGS, GROUNDED, REFUSAL_PRECISION, REFUSAL_RECALL)

FOR = "evidence for"
AGAINST = "evidence against"
EITHER = "evidence anywhere"  # among the findings, whatever side it was put on
FINDINGS = "findings valid"
OF_IDEAS = (FOR, AGAINST, EITHER, FINDINGS)


@dataclass(frozen=True)
class Asked:
    """A question case, its answer, the gold at its offsets, and how to read the library's text."""

    case: Case
    answer: Answer
    gold: tuple[Located, ...]
    read: Reader

    @cached_property
    def cited(self) -> tuple[Cited, ...]:
        """What the statements cite."""
        citations = (citation for statement in self.answer.statements for citation in statement.citations)
        return judge(citations, self.gold, self.read)

    @cached_property
    def missed(self) -> tuple[Located, ...]:
        """The gold quotes that are not cited."""
        return _missed(self.gold, self.cited)

    @property
    def why_missed(self) -> str:
        """Why gold is not cited, for a person to read."""
        refused = f"refused: {self.answer.reason} " if self.answer.refused else ""
        return refused + _not_cited(self.missed)


def score_question(asked: Asked) -> tuple[Score, ...]:
    """Every score of ``OF_QUESTIONS``, in that order."""
    return tuple(scorer(asked) for scorer in _SCORERS)


def hit(asked: Asked) -> Score:
    """Whether at least one citation is correct."""
    if not asked.gold:
        return Score(HIT, None)
    return _yes_or_no(HIT, len(asked.missed) < len(asked.gold), asked.why_missed)


def complete(asked: Asked) -> Score:
    """Whether the quotes are cited that the case requires: all, or one."""
    if not asked.gold:
        return Score(COMPLETE, None)
    allowed = 0 if asked.case.require == "all" else len(asked.gold) - 1
    return _yes_or_no(COMPLETE, len(asked.missed) <= allowed, asked.why_missed)


def precision(asked: Asked) -> Score:
    """Correct citations among those given; words offered as a quote and rejected count as wrong ones."""
    of = len(asked.cited) + len(asked.answer.rejected)
    if not asked.gold or asked.answer.refused:
        return Score(PRECISION, None)
    right = sum(one.correct for one in asked.cited)
    why = [f"{of - right} of {of} not gold", *map(_rejected, asked.answer.rejected)] if right < of else []
    return Score(PRECISION, share(right, of), "; ".join(why), of)


def validity(asked: Asked) -> Score:
    """Citations whose document exists, whose offsets lie in it, and whose quote stands there: all that are shown."""
    sides = (side for conflict in asked.answer.conflicts for side in conflict.sides)
    stated = (statement.citations for statement in (*asked.answer.statements, *sides))
    return _valid(VALIDITY, judge((*sum(stated, ()), *asked.answer.nearest), (), asked.read))


def strings(asked: Asked) -> Score:
    """Whether every string of the case stands in a statement or a quote."""
    if not asked.case.answer:
        return Score(STRINGS, None)
    said = [one.text for one in asked.answer.statements] + [one.citation.quote for one in asked.cited]
    absent = [f"“{string}”" for string in asked.case.answer if not any(contains(text, string) for text in said)]
    return _yes_or_no(STRINGS, not absent, f"not said: {', '.join(absent)}")


def grounded(asked: Asked) -> Score:
    """Whether the answer is right, its evidence complete, and every citation valid."""
    if asked.case.refuse:
        return Score(GROUNDED, None)
    why = [score.why for score in (complete(asked), strings(asked)) if score.value == 0]
    why += [_faulty(one) for one in asked.cited if one.fault]
    if not asked.cited and not asked.answer.refused:
        why.append("nothing is cited")
    return _yes_or_no(GROUNDED, not why and not asked.answer.refused, "; ".join(why))


def refusal_precision(asked: Asked) -> Score:
    """Of a refusal: whether the case wants one."""
    if not asked.answer.refused:
        return Score(REFUSAL_PRECISION, None)
    return _yes_or_no(REFUSAL_PRECISION, asked.case.refuse, f"there is an answer; refused: {asked.answer.reason}")


def refusal_recall(asked: Asked) -> Score:
    """Of a case that wants a refusal: whether it got one."""
    if not asked.case.refuse:
        return Score(REFUSAL_RECALL, None)
    said = " ".join(statement.text for statement in asked.answer.statements)
    return _yes_or_no(REFUSAL_RECALL, asked.answer.refused, f"there is no answer; said: “{_short(said)}”")


_SCORERS: tuple[Callable[[Asked], Score], ...] = (
    hit,
    complete,
    precision,
    validity,
    strings,
    grounded,
    refusal_precision,
    refusal_recall,
)


def findings(
    verdict: Verdict, supports: Sequence[Located], challenges: Sequence[Located], read: Reader
) -> tuple[Cited, ...]:
    """What a pressure test cites, by side; correct is what gold has on that side."""
    gold = {Stance.SUPPORTS: supports, Stance.CHALLENGES: challenges, Stance.UNCLEAR: ()}
    every = [finding for assumption in verdict.assumptions for finding in assumption.findings]
    sides = (judge((f.citation for f in every if f.stance is side), gold[side], read, side) for side in Stance)
    return sum(sides, ())


def score_idea(cited: Sequence[Cited], supports: Sequence[Located], challenges: Sequence[Located]) -> tuple[Score, ...]:
    """Every score of ``OF_IDEAS``, in that order: gold among the findings, and on its side."""
    return (
        _recall(FOR, supports, [one for one in cited if one.stance is Stance.SUPPORTS]),
        _recall(AGAINST, challenges, [one for one in cited if one.stance is Stance.CHALLENGES]),
        _recall(EITHER, (*supports, *challenges), cited),
        _valid(FINDINGS, cited),
    )


def contains(text: str, string: str) -> bool:
    """Whether ``string`` stands in ``text``, case and whitespace aside; one with a digit stands there as whole tokens.

    "260" stands in "$260." and "260%", not in "2600", "1,260", "260.5" or "B260".
    """
    text, string = (" ".join(one.split()).casefold() for one in (text, string))
    if not any(character.isdigit() for character in string):
        return string in text
    before = r"(?<!\w)" if re.match(r"\w", string[0]) else ""
    before += r"(?<!\d[.,])" if string[0].isdigit() else ""
    after = r"(?!\w)" if re.match(r"\w", string[-1]) else ""
    after += r"(?![.,]\d)" if string[-1].isdigit() else ""
    return re.search(before + re.escape(string) + after, text) is not None


def _missed(golds: Sequence[Located], cited: Sequence[Cited]) -> tuple[Located, ...]:
    return tuple(gold for gold in golds if not any(matches(one.citation, gold) for one in cited))


def _not_cited(golds: Sequence[Located]) -> str:
    return "; ".join(gold.why or f"not cited: “{_short(gold.gold.quote)}”" for gold in golds)


def _recall(name: str, golds: Sequence[Located], cited: Sequence[Cited]) -> Score:
    missed = _missed(golds, cited)
    return Score(name, share(len(golds) - len(missed), len(golds)), _not_cited(missed), len(golds))


def _valid(name: str, cited: Sequence[Cited]) -> Score:
    wrong = [_faulty(one) for one in cited if one.fault]
    return Score(name, share(len(cited) - len(wrong), len(cited)), "; ".join(wrong), len(cited))


def _yes_or_no(name: str, yes: bool, why_not: str) -> Score:
    return Score(name, 1.0) if yes else Score(name, 0.0, why_not)


def _faulty(one: Cited) -> str:
    citation = one.citation
    return f"{one.fault}: {citation.about.source} {citation.start}:{citation.end} “{_short(citation.quote)}”"


def _rejected(one: Rejected) -> str:
    return f"rejected ({one.why}): “{_short(one.quote)}”"


def _short(text: str, most: int = 90) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"
