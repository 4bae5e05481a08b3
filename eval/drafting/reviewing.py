"""The drafts in the JSONL file of a suite: added by programs; accepted, edited or discarded one by one by a person."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import yaml

from assistant.errors import CaseError
from assistant.plainly import why
from eval.running.records import Json
from eval.suite import suites
from eval.suite.cases import Case, Severity, parse, parse_lines
from eval.suite.quotes import CorpusFile


def file_of(suite: Path) -> Path:
    """The path of the JSONL file that holds a suite's drafts (cases that nobody has reviewed). ``suite`` is the path of
    the suite file, which names the JSONL file.

    Raises:
        CaseError: the suite cannot be read, or names no JSONL file.
    """
    try:
        parsed = parse(suite.read_text("utf-8"), suite.name)
    except (OSError, UnicodeDecodeError) as exc:
        raise CaseError(f"The suite {suite} cannot be read: {why(exc)}.") from exc
    if not parsed.file.jsonl:
        raise CaseError(f"{suite} has no file for drafts.", hint="Add `jsonl: cases.jsonl` to it.")
    return suite.parent / parsed.file.jsonl


def add(suite: Path, cases: Iterable[Case]) -> list[Case]:
    """Add drafts to a suite; returns the drafts that were added. A draft is left out if the suite already has its
    question, or if its gold (the quotes that a right answer cites) is not in the documents.
    """
    file = file_of(suite)
    loaded = suites.examine(suite)[0] if file.exists() else None
    corpus = (suite.parent / parse(suite.read_text("utf-8"), suite.name).file.corpus).resolve()
    met = {one.asked for one in loaded.cases} if loaded else set()
    added = []
    for case in cases:
        if case.asked not in met and not any(CorpusFile(corpus, gold.source).lacks(gold.quote) for gold in case.gold):
            met.add(case.asked)
            added.append(case)
    _write(file, [*_read(file), *added])
    return added


def drafts(suite: Path) -> list[Case]:
    """The drafts of a suite, that is, the cases that nobody has reviewed, in the order of the file."""
    return [case for case in _read(file_of(suite)) if case.severity is Severity.DRAFT]


def accept(suite: Path, case: str, edited: str | None = None) -> Case:
    """Accept the draft with the id ``case``: from now on, it counts like any other case when it is decided whether a
    run of the suite passes. ``edited`` is the case as a person changed it, in YAML as ``shown`` writes it; None accepts
    the draft as it is. Returns the accepted case.

    Raises:
        CaseError: there is no such draft, the edited text is not a case, or its gold (the quotes that a right answer
            cites) is not in the documents. The draft then stays in the file, unchanged.
    """
    file = file_of(suite)
    cases = _read(file)
    place = _place(cases, case)
    keys = _keys(cases[place]) if edited is None else _parsed(edited)
    keys.pop("severity", None)
    (accepted,), _ = parse_lines(json.dumps(keys, default=str), file.name)
    corpus = suites.examine(suite)[0].corpus
    assert corpus is not None
    if faults := [what for gold in accepted.gold if (what := CorpusFile(corpus, gold.source).lacks(gold.quote))]:
        raise CaseError("\n".join(faults))
    _write(file, [*cases[:place], accepted, *cases[place + 1 :]])
    return accepted


def throw_away(suite: Path, case: str) -> None:
    """Remove the draft (a case that nobody has reviewed) with the id ``case`` from the suite.

    Raises:
        CaseError: the suite has no such draft, or cannot be read.
    """
    file = file_of(suite)
    cases = list(_read(file))
    del cases[_place(cases, case)]
    _write(file, cases)


def shown(case: Case) -> str:
    """Write a draft as YAML for a person to edit, without the key that marks it as a draft."""
    keys = {name: value for name, value in _keys(case).items() if name != "severity"}
    return str(yaml.safe_dump(keys, sort_keys=False, allow_unicode=True, width=100))


def _parsed(text: str) -> Json:
    try:
        keys = yaml.safe_load(text)
    except yaml.YAMLError as exc:
        raise CaseError(f"This is no YAML: {getattr(exc, 'problem', None) or exc}.") from exc
    if not isinstance(keys, dict):
        raise CaseError("A case is keys and their values.")
    return keys


def _place(cases: Sequence[Case], case: str) -> int:
    for place, one in enumerate(cases):
        if one.id == case and one.severity is Severity.DRAFT:
            return place
    raise CaseError(f"There is no draft {case!r}.")


def _keys(case: Case) -> dict[str, Any]:
    return case.model_dump(mode="json", exclude_defaults=True)


def _read(file: Path) -> tuple[Case, ...]:
    return parse_lines(file.read_text("utf-8"), file.name)[0] if file.exists() else ()


def _write(file: Path, cases: Iterable[Case]) -> None:
    new = file.with_name(f".{file.name}.new")
    new.write_text("".join(f"{json.dumps(_keys(case), ensure_ascii=False)}\n" for case in cases), "utf-8")
    new.replace(file)
