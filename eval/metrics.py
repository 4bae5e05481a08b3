"""Scores to numbers. Pure.

A score that does not apply is None and leaves every mean; a mean over nothing is None too, and is shown as
"n/a". Zero means measured and bad.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from assistant.types import Span


@dataclass(frozen=True, slots=True)
class Score:
    """What one case got by one measure, in 0..1, and why; ``of`` is how many things it speaks for."""

    name: str
    value: float | None
    why: str = ""
    of: int = 1


@dataclass(frozen=True, slots=True)
class Measure:
    """Scores of one name, together: ``pooled`` weighs each thing the same (micro), ``per_case`` each case (macro)."""

    name: str
    pooled: float | None
    per_case: float | None
    cases: int
    of: int


def covers(span: Span, gold: Span) -> bool:
    """Whether ``span`` covers at least half of the characters of ``gold``."""
    return 2 * (min(span.end, gold.end) - max(span.start, gold.start)) >= gold.end - gold.start


def share(right: int, of: int) -> float | None:
    """``right`` of ``of``; None of nothing."""
    return right / of if of else None


def measure(name: str, scores: Iterable[Score]) -> Measure:
    """The scores of this name, as one number over things and one over cases."""
    those = [(score.value, score.of) for score in scores if score.name == name and score.value is not None]
    of = sum(weight for _, weight in those)
    return Measure(
        name,
        pooled=sum(value * weight for value, weight in those) / of if of else None,
        per_case=sum(value for value, _ in those) / len(those) if those else None,
        cases=len(those),
        of=of,
    )


def shown(value: float | None) -> str:
    """A number as it is printed: two digits, never rounded up to a perfect score."""
    if value is None:
        return "n/a"
    return f"{min(value, 0.99):.2f}" if value < 1 else f"{value:.2f}"
