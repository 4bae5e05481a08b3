"""What is wrong with suites before anything is run: their files, their gold, their gates, and what they share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path

from assistant.errors import CaseError
from assistant.evidence.words import tokens
from eval import forms, suites
from eval.cases import Case, Gate, fault
from eval.measures import BY_NAME
from eval.robustness import SPECS
from eval.suites import Suite

KNOWN = (*BY_NAME, *(spec.name for spec in SPECS))


def lint(paths: Sequence[Path]) -> tuple[list[Suite], list[str]]:
    """The suites that can be read, and everything that is wrong with any of them, a line each."""
    read: list[Suite] = []
    faults: list[str] = []
    for path in paths:
        try:
            public = forms.recognised(path)
            suite, wrong = (public, []) if public else suites.examine(path)
        except CaseError as exc:
            faults += str(exc).splitlines()
            continue
        read.append(suite)
        faults += [*wrong, *unknown_measures(path.name, suite.gate)]
    return read, [*faults, *shared(read)]


def unknown_measures(name: str, gate: Gate) -> Iterator[str]:
    """The measures that a gate names and nobody knows: it would never turn red."""
    for key in ("floors", "ceilings", "drops", "headlines"):
        for measure in getattr(gate, key):
            if measure not in KNOWN:
                like = get_close_matches(measure, KNOWN, 1)
                yield fault(name, None, f"gate.{key}", f"no measure {measure!r}" + (f"; {like[0]!r}?" if like else ""))


def shared(read: Sequence[Suite]) -> Iterator[str]:
    """Cases that ask the same: within a suite they count twice, in two suites the one is no test of the other."""
    met: dict[tuple[object, ...], tuple[Suite, Case]] = {}
    for suite in read:
        for case in suite.cases:
            if not isinstance(case, Case):
                continue
            words = tuple(token.stem for token in tokens(case.asked))
            first = met.setdefault((words, case.history), (suite, case))
            if first[1] is not case:
                name, line = suite.lines[case.id]
                where = "" if first[0] is suite else f" of {first[0].path.name}"
                yield fault(name, line, case.id, f"asks the same as {first[1].id}{where}")
