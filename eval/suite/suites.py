"""Loads suites: cases over a corpus that has not changed since it was locked.

A suite is a YAML file of cases, or a public data set in its own format (``forms.py``): a BEIR folder, stance pairs, or
questions with their paragraphs.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from assistant.errors import CaseError
from assistant.plainly import why
from eval.suite import forms, quotes
from eval.suite.cases import Case, ParsedSuite, fault, parse, parse_lines
from eval.suite.quotes import Missing
from eval.suite.suite import Suite
from ingest.folder.files import find


def load(path: Path) -> Suite:
    """Read the suite at ``path``. If it has a lock file (the stored hashes of its documents), the documents must have
    these hashes.

    A quote that is not in its document is an error, except if the document has changed since the suite's baseline (an
    earlier run) was accepted. Such a quote is listed in the field ``stale`` of the suite instead.

    Raises:
        CaseError: the file or its corpus is missing, the corpus differs from the lock file, a case cannot be
            understood, two cases have the same id, or a quote is not in its source; the error names each fault with its
            line.
    """
    if (public := forms.recognised(path)) is not None:
        return public
    suite, faults, lost = _examined(path)
    accepted = _accepted(suite) if lost else {}
    stale = [one for one in lost if one.source in accepted and accepted[one.source] != suite.files.get(one.source)]
    if faults := faults + [one.line for one in lost if one not in stale]:
        raise CaseError("\n".join(faults))
    return replace(suite, stale=tuple(stale))


def examine(path: Path) -> tuple[Suite, list[str]]:
    """Read the suite in the YAML file ``path``. Returns the suite, and a line of text for each fault of its cases or
    its documents.

    Raises:
        CaseError: the file cannot be read at all.
    """
    suite, faults, lost = _examined(path)
    return suite, [*faults, *(one.line for one in lost)]


def _accepted(suite: Suite) -> Mapping[str, str]:
    """The hash of each file of the corpus when the baseline was accepted; empty if there is no baseline or it has no
    hashes.
    """
    try:
        found = json.loads(suite.baseline.read_text("utf-8"))["files"] if suite.baseline else {}
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return found if isinstance(found, dict) else {}


def _examined(path: Path) -> tuple[Suite, list[str], list[Missing]]:
    parsed = parse(_text(path), path.name)
    cases, lines = _cases(parsed, path)
    corpus = _corpus(parsed, path)
    digests = digests_of(corpus)
    by_id = {case.id: (_shown(path.with_name(name)), line) for case, (name, line) in zip(cases, lines, strict=True)}
    suite = Suite(
        name=parsed.file.name or path.stem,
        path=path,
        corpus=corpus,
        cases=cases,
        gate=parsed.file.gate,
        corpus_sha256=sha256_of(digests),
        lines=by_id,
        words=parsed.file.words,
        files=digests,
    )
    lost = quotes.missing(corpus, zip(cases, lines, strict=True), _places(parsed, path))
    return suite, [*_same_ids(cases, lines), *changed(path, digests)], list(lost)


def lock_of(path: Path) -> Path:
    """The path of a suite's lock file, which has the hash of each file of the corpus. ``path`` is the suite file."""
    return path.with_suffix(".lock.json")


def digests_of(corpus: Path) -> dict[str, str]:
    """The SHA-256 of each file in the folder ``corpus``, by the path of the file in this folder. Files that a
    .pushbackignore excludes are left out.
    """
    found = {}
    for file in find([corpus]).files:
        with Path(file.path).open("rb") as opened:
            found[file.source] = hashlib.file_digest(opened, "sha256").hexdigest()
    return dict(sorted(found.items()))


def changed(path: Path, digests: Mapping[str, str]) -> Iterator[str]:
    """Yield a line of text for each file of the corpus that differs from the suite's lock file; none if there is no
    lock file. ``path`` is the suite file, and ``digests`` has the hash of each file of its corpus.

    Raises:
        CaseError: the lock file cannot be read.
    """
    lock = lock_of(path)
    if not lock.exists():
        return
    try:
        locked = dict(json.loads(lock.read_text("utf-8"))["files"])
    except (OSError, ValueError, KeyError, TypeError) as exc:
        raise CaseError(
            f"The lock {lock} cannot be read: {why(exc)}.", hint="Write it again: eval lint --lock."
        ) from exc
    for source in sorted(locked.keys() | digests.keys()):
        if locked.get(source) != digests.get(source):
            how = "is new" if source not in locked else "is gone" if source not in digests else "has changed"
            yield fault(lock.name, None, None, f"{source} {how} since the corpus was locked (`eval lint --lock`)")


def lock(path: Path) -> Path:
    """Write the lock file of a suite, which stores the current hash of each file of its corpus. ``path`` is the suite
    file. Returns the path of the lock file.

    Raises:
        CaseError: the suite cannot be read, or its corpus is not a folder.
    """
    parsed = parse(_text(path), path.name)
    written = json.dumps({"files": digests_of(_corpus(parsed, path))}, indent=1)
    lock_of(path).write_text(f"{written}\n", "utf-8")
    return lock_of(path)


def _shown(path: Path) -> str:
    """The path of a file as annotations can link to it: relative to the current folder, or only the name if it is
    outside.
    """
    absolute, here = path.resolve(), Path.cwd()
    return absolute.relative_to(here).as_posix() if absolute.is_relative_to(here) else path.name


def _corpus(parsed: ParsedSuite, path: Path) -> Path:
    corpus = (path.parent / parsed.file.corpus).resolve()
    if not corpus.is_dir():
        raise CaseError(fault(path.name, parsed.lines[("corpus",)], None, f"the corpus {corpus} is no folder"))
    return corpus


def _cases(parsed: ParsedSuite, path: Path) -> tuple[tuple[Case, ...], list[tuple[str, int]]]:
    """The cases in the YAML file, then those in the JSONL file; and the file and line of each."""
    cases = parsed.file.cases
    lines = [(path.name, parsed.lines.get(("cases", index), 1)) for index in range(len(cases))]
    if parsed.file.jsonl:
        more = path.parent / parsed.file.jsonl
        added, numbers = parse_lines(_text(more), more.name)
        cases = (*cases, *added)
        lines += [(more.name, number) for number in numbers]
    return cases, lines


def _places(parsed: ParsedSuite, path: Path) -> Callable[[int, tuple[str | int, ...]], tuple[str, int] | None]:
    """A function that returns the file and line of a value of the n-th case; None for a case that is not in the YAML
    file.
    """

    def place(index: int, keys: tuple[str | int, ...]) -> tuple[str, int] | None:
        line = parsed.lines.get(("cases", index, *keys))
        return (path.name, line) if line else None

    return place


def _same_ids(cases: tuple[Case, ...], lines: list[tuple[str, int]]) -> Iterator[str]:
    met: Counter[str] = Counter()
    for case, (name, line) in zip(cases, lines, strict=True):
        met[case.id] += 1
        if met[case.id] == 2:
            yield fault(name, line, case.id, "the id stands twice")


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as exc:
        raise CaseError(f"The suite {path} cannot be read: {why(exc)}.") from exc


def sha256_of(digests: Mapping[str, str]) -> str:
    """One hash for a whole corpus, made from the paths and hashes of its files (``digests``)."""
    return hashlib.sha256(json.dumps(dict(digests), sort_keys=True).encode()).hexdigest()
