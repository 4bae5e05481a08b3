"""Finds mistakes in suites without running them: in files, gold, gates, and cases that suites share."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path

from assistant.errors import CaseError
from assistant.text.words import tokens
from eval.gate.measures import BY_NAME
from eval.robustness.robustness import SPECS
from eval.scorers.answering import contains, figures, is_near
from eval.suite import forms, suites
from eval.suite.cases import Case, Gate, fault
from eval.suite.suite import Suite

_PLACE = re.compile(r"(?P<name>[^:\s]+\.(?:ya?ml|jsonl?))(?::(?P<line>\d+))?: (?P<what>.*)", re.DOTALL)
KNOWN = (*BY_NAME, *(spec.name for spec in SPECS))


def lint(paths: Sequence[Path]) -> tuple[list[Suite], list[str]]:
    """Check suite files for mistakes without running the suites. Returns the suites that can be read, and one line of
    text for each fault of any suite.
    """
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
        faults += [*wrong, *unknown_measures(path.name, suite.gate), *empty_gold(suite)]
    return read, [*faults, *shared(read)]


def empty_gold(suite: Suite) -> Iterator[str]:
    """Find cases that a wrong answer would pass or a right answer would fail, because of their filters or their gold.
    Filters limit the documents in which the answer is looked for; gold is the quotes that a right answer cites.
    Examples are a filter that names a document outside the corpus, a quote of one common word, and a required answer
    that is not in the gold. Yields a line of text for each fault.
    """
    for case in suite.cases:
        if isinstance(case, Case):
            name, line = suite.lines[case.id]
            lost = [one for one in case.filters.documents if one not in suite.files]
            yield from (fault(name, line, case.id, f"no document {one!r} in the corpus") for one in lost)
            yield from (fault(name, line, case.id, what) for what in _empty(case))


def _empty(case: Case) -> Iterator[str]:
    quotes = [gold.quote for gold in case.gold]
    for quote in quotes:
        if len(quote.split()) == 1 and not any(character.isdigit() for character in quote):
            yield f"gold of one common word, which stands in any text: {quote!r}"
    told = [*quotes, *(gold.voice for gold in case.gold if gold.voice)]
    for either in case.answer if told else ():
        if not any(contains(text, string) for text in told for string in either):
            yield f"the answer does not stand in its gold: {' or '.join(map(repr, either))}"
    given = [figure for text in quotes for figure in figures(text)]
    for number in case.numbers if quotes else ():
        if not any(is_near(number, figure) for figure in given):
            yield f"the number does not stand in its gold: {number.value:g}"
    for string in case.must_not:
        if any(contains(quote, string) for quote in quotes):
            yield f"what must not be said stands in its gold: {string!r}"


def commands(paths: Sequence[Path], faults: Sequence[str]) -> list[str]:
    """Convert faults of suites to commands for GitHub Actions, which shows each fault at its line of the suite file.
    ``paths`` are the suite files; ``faults`` are lines that ``lint`` returned.
    """
    return [_annotation(paths, one) for one in faults]


def _annotation(paths: Sequence[Path], told: str) -> str:
    found = _PLACE.match(told)
    if not found:
        return f"::error::{told}"
    name = found["name"]
    folder = next((path.parent for path in paths if path.with_name(name).exists()), Path())
    line = f",line={found['line']}" if found["line"] else ""
    return f"::error file={(folder / name).as_posix()}{line}::{found['what']}"


def unknown_measures(name: str, gate: Gate) -> Iterator[str]:
    """Find the unknown measures that ``gate`` names. A gate is the conditions under which a run of a suite passes.
    Yields a line of text for each unknown measure; the line begins with ``name``, the name of the suite file.
    """
    for key in ("floors", "ceilings", "drops", "headlines"):
        for measure in getattr(gate, key):
            if measure not in KNOWN:
                like = get_close_matches(measure, KNOWN, 1)
                yield fault(name, None, f"gate.{key}", f"no measure {measure!r}" + (f"; {like[0]!r}?" if like else ""))


def shared(read: Sequence[Suite]) -> Iterator[str]:
    """Find cases that ask the same question as an earlier case, of the same suite or of an earlier one. ``read`` has
    the suites that were read. Yields a line of text for each case that repeats a question.
    """
    met: dict[tuple[object, ...], tuple[Suite, Case]] = {}
    for suite in read:
        for case in suite.cases:
            if not isinstance(case, Case):
                continue
            words = tuple(token.stem for token in tokens(case.asked))
            first = met.setdefault((words, case.history, case.filters), (suite, case))
            if first[1] is not case:
                name, line = suite.lines[case.id]
                where = "" if first[0] is suite else f" of {first[0].path.name}"
                yield fault(name, line, case.id, f"asks the same as {first[1].id}{where}")
