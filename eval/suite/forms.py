"""Reads public data sets as suites, in their own formats: a BEIR folder, stance pairs, questions with paragraphs.

Unused keys are ignored; anything else that is unexpected is an error with its file and line. A suite does not hold the
texts of its corpus: they are read again, line by line, when they are written as documents.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from assistant.errors import CaseError
from assistant.plainly import why
from eval.suite.cases import Case, Gold, fault
from eval.suite.suite import AnyCase, LabelledPair, SearchCase, Suite
from ingest.drafts import collapse

SIDES = {  # labels in lower case, with _ for spaces
    **dict.fromkeys(("support", "supports", "supported"), "supports"),
    **dict.fromkeys(("oppose", "opposes", "refutes", "refuted", "contradict"), "challenges"),
    **dict.fromkeys(("neutral", "not_enough_info", "unsupported"), "neutral"),
}
PARTIAL = "partial"  # supported in part: neither side, and not neutral
KNOWN = "Known are: claim, text and label; or question, answers (or answerable) and passage_id (or context)."
PLAIN = re.compile(r"[a-z0-9_-]{1,60}")  # ids that name a file as they are

Lines: TypeAlias = dict[str, tuple[str, int]]


class CorpusText(NamedTuple):
    """A document of a public data set, as read from the data set and not yet written to a file of its own."""

    id: str
    title: str
    text: str


Entries: TypeAlias = Callable[[], Iterator[CorpusText]]


@dataclass(frozen=True, slots=True)
class JsonLine:
    """One line of a JSONL file: the name of the file, the line number, and the values of the JSON object."""

    file: str
    line: int
    values: Mapping[str, Any]

    def text(self, key: str, default: str | None = None) -> str:
        """The string under a key. Without a ``default``, the key must be present, and its string must not be blank.
        With a ``default``, the string may be blank; if the key is missing or its value is null, the result is the
        ``default``.

        Raises:
            CaseError: the key is missing, or its value is blank, is not a string, or cannot be encoded as UTF-8.
        """
        value = self.values.get(key)
        if value is None and default is None:
            raise self.fault(f"the key {key!r} is missing")
        value = default if value is None else value
        return self.checked(value, key, may_be_blank=default is not None)

    def checked(self, value: object, key: str, *, may_be_blank: bool = False) -> str:
        """Return ``value``, which was found under ``key``, if it is a string that can be encoded as UTF-8 (has no lone
        surrogate).

        Raises:
            CaseError: it is not such a string, or it is blank and ``may_be_blank`` is false; the error names ``key``.
        """
        if not isinstance(value, str):
            raise self.fault(f"{key}: not a string: {value!r}")
        if not (value.strip() or may_be_blank):
            raise self.fault(f"{key}: is blank")
        if re.search("[\ud800-\udfff]", value):
            raise self.fault(f"{key}: holds half a character (a lone surrogate)")
        return value

    def fault(self, what: str) -> CaseError:
        """Make and return an error that names this line and says what is wrong with it (``what``). The caller raises
        it.
        """
        return CaseError(fault(self.file, self.line, None, what))


def recognised(path: Path) -> Suite | None:
    """Read the public data set at ``path`` as a suite. None if ``path`` is neither a folder with a corpus.jsonl nor a
    .jsonl file.

    The form of the data set is recognised by its files, or by the keys in its first line:

    - A folder with corpus.jsonl, queries.jsonl and qrels.tsv (or qrels/test.tsv) is a set of searches. Searches without
      a relevant text are left out.
    - A .jsonl file with the keys ``claim``, ``text`` and ``label`` is a set of pairs. Pairs with partial support are
      left out.
    - A .jsonl file is a set of questions if it has the key ``question``, one of ``answers`` and ``answerable``, and one
      of ``context`` and ``passage_id``. ``context`` is the paragraph itself; ``passage_id`` names a paragraph in a
      second file, which has the same name with ``paragraphs`` instead of ``questions``.

    The name of the suite says how many searches or pairs were left out.

    Raises:
        CaseError: the file has other keys, a part of the data is missing, a line is broken, a key is missing or has a
            wrong type, an id occurs twice, or a label or a document is unknown. The error names the file and the line.
    """
    if path.is_dir() and (path / "corpus.jsonl").exists():
        return _searches(path)
    if path.suffix.lower() != ".jsonl" or not path.is_file():
        return None
    first = next(_records(path), None)
    if first is None:
        raise CaseError(f"The suite {path} is empty.")
    keys = first.values.keys()
    if {"claim", "text", "label"} <= keys:
        return _pairs(path)
    if "question" in keys and keys & {"answers", "answerable"} and keys & {"passage_id", "context"}:
        return _questions(path, inline="context" in keys)
    raise CaseError(fault(path.name, first.line, None, f"no form of public data that is known. {KNOWN}"))


def file_name(id: str) -> str:
    """The name of the text file for the document with this id. It is the id and ``.txt`` if the id has at most 60
    characters, all of them lower-case letters, digits, hyphens or underscores; otherwise it is made from the plain
    characters of the id, a hash and ``.txt``.

    No two ids have the same file name, even ignoring case, and no file name leads out of its folder.
    """
    if PLAIN.fullmatch(id):
        return f"{id}.txt"
    slug = re.sub(r"[^A-Za-z0-9_-]+", "-", id)[:60]
    return f"{slug}~{hashlib.sha256(id.encode()).hexdigest()[:10]}.txt"


def _pairs(path: Path) -> Suite:
    cases: list[AnyCase] = []
    lines: Lines = {}
    met: dict[str, LabelledPair] = {}
    left_out = 0
    for record in _records(path):
        pair = LabelledPair(*(record.text(key) for key in ("id", "claim", "text", "label")))
        label = "_".join(pair.label.lower().split())
        if label == PARTIAL:
            left_out += 1
            continue
        if label not in SIDES:
            raise record.fault(f"unknown label {pair.label!r}; known are {', '.join([*SIDES, PARTIAL])}")
        pair = replace(pair, label=SIDES[label])
        if met.setdefault(pair.id, pair) == pair and pair.id in lines:
            pair = replace(pair, id=f"{pair.id}#{record.line}")  # the same again: figures of others count it twice
        _add(lines, pair.id, record)
        cases.append(pair)
    return Suite(_without(path.stem, left_out, "partial"), path, None, tuple(cases), lines=lines)


def _searches(folder: Path) -> Suite:
    corpus = folder / "corpus.jsonl"
    entries = partial(_entries, corpus)
    asked: dict[str, str] = {}
    lines: Lines = {}
    for record in _records(folder / "queries.jsonl"):
        id = record.text("_id")
        _add(lines, id, record)
        asked[id] = record.text("text")
    relevant = _relevant(_judgements(folder), asked, {entry.id for entry in entries()})
    cases = tuple(SearchCase(id, text, relevant[id]) for id, text in asked.items() if id in relevant)
    return Suite(
        _without(folder.resolve().name, len(asked) - len(cases), "unjudged"),
        folder,
        folder,
        cases,
        corpus_sha256=_digest(corpus),
        lines={case.id: lines[case.id] for case in cases},
        lay_out=partial(lay_out, entries),
    )


def _judgements(folder: Path) -> Path:
    test = folder / "qrels" / "test.tsv"
    return test if test.exists() else folder / "qrels.tsv"


def _relevant(path: Path, queries: Collection[str], documents: Collection[str]) -> dict[str, dict[str, int]]:
    """The grade of each relevant file, for each query by its id."""
    found: dict[str, dict[str, int]] = {}
    for number, line in _lines(path):
        record = JsonLine(path.name, number, {})
        try:
            query, document, score = line.decode().rstrip("\r\n").split("\t")
            if number == 1 and query not in queries and not score.lstrip("-").isdecimal():
                continue  # the header
            grade = int(score)
        except ValueError as exc:
            raise record.fault("needs a query, a document and a whole number, with tabs between") from exc
        if query not in queries:
            raise record.fault(f"there is no query {query!r} in queries.jsonl")
        if grade <= 0:
            continue
        if document not in documents:
            raise record.fault(f"there is no document {document!r} in corpus.jsonl")
        if found.setdefault(query, {}).setdefault(file_name(document), grade) != grade:
            raise record.fault(f"the document {document!r} has two scores for the query {query!r}")
    return found


def _questions(path: Path, *, inline: bool) -> Suite:
    corpus = path if inline else path.with_name(path.stem.replace("questions", "paragraphs") + path.suffix)
    if corpus == path and not inline:
        raise CaseError(f"{path.name}: no paragraphs: neither a context nor a name with 'questions' to replace.")
    entries = partial(_contexts if inline else _entries, corpus)
    texts = {} if inline else {entry.id: entry for entry in entries()}
    cases: list[AnyCase] = []
    lines: Lines = {}
    for record in _records(path):
        entry = _context(record) if inline else texts.get(record.text("passage_id"))
        if entry is None:
            raise record.fault(f"there is no paragraph {record.values['passage_id']!r} in {corpus.name}")
        case = _question(record, entry)
        _add(lines, case.id, record)
        cases.append(case)
    return Suite(
        path.stem,
        path,
        path.parent,
        tuple(cases),
        corpus_sha256=_digest(corpus),
        lines=lines,
        lay_out=partial(lay_out, entries),
    )


def _question(record: JsonLine, entry: CorpusText) -> Case:
    """A case that any of the question's answers satisfies; those that are in the paragraph are its gold."""
    answers = _answers(record)
    answerable = record.values.get("answerable", bool(answers))
    if not isinstance(answerable, bool):
        raise record.fault(f"answerable: neither true nor false: {answerable!r}")
    if answerable and not answers:
        raise record.fault("is answerable, but has no answers")
    text = collapse(entry.text)
    quotes = dict.fromkeys(quote for answer in answers if (quote := collapse(answer)) in text)
    return Case(
        id=f"{'answer' if answerable else 'none'}-{'_'.join(record.text('id').split())}",
        question=record.text("question"),
        refuse=not answerable,
        answer=(answers,) if answerable else (),
        evidence=tuple(Gold(source=file_name(entry.id), quote=quote) for quote in quotes) if answerable else (),
        cluster=entry.title.strip() or None,
    )


def _answers(record: JsonLine) -> tuple[str, ...]:
    """The different answers to a question; data sets of Hugging Face have them under ``text``."""
    answers = record.values.get("answers", [])
    if isinstance(answers, dict):
        answers = answers.get("text")
    if not isinstance(answers, list):
        raise record.fault(f"answers: not a list: {answers!r}")
    return tuple(dict.fromkeys(record.checked(answer, "answers") for answer in answers))


def _entries(corpus: Path) -> Iterator[CorpusText]:
    """The documents in a JSONL file with ``_id``, ``title`` and ``text``."""
    lines: Lines = {}
    for record in _records(corpus):
        entry = CorpusText(record.text("_id"), record.text("title", ""), record.text("text", ""))
        _add(lines, entry.id, record)
        yield entry


def _contexts(questions: Path) -> Iterator[CorpusText]:
    """The paragraphs in a file of questions; a paragraph comes once for each question about it."""
    return map(_context, _records(questions))


def _context(record: JsonLine) -> CorpusText:
    title, text = record.text("title", ""), record.text("context")
    return CorpusText(f"{title}#{hashlib.sha256(text.encode()).hexdigest()[:10]}", title, text)


def lay_out(entries: Entries, into: Path) -> None:
    """Write each document to a text file of its own in the folder ``into``: first its title, then its text. ``entries``
    is a function that yields the documents. Documents with neither title nor text are left out, since a library cannot
    store them.
    """
    for entry in entries():
        if not (entry.title.strip() or entry.text.strip()):
            continue
        parts = [part for part in (entry.title.strip(), entry.text) if part]
        (into / file_name(entry.id)).write_text("\n\n".join(parts) + "\n", encoding="utf-8", newline="\n")


def _add(lines: Lines, id: str, record: JsonLine) -> None:
    if id in lines:
        raise record.fault(f"the id {id!r} stands twice, first in line {lines[id][1]}")
    lines[id] = (record.file, record.line)


def _without(name: str, left_out: int, what: str) -> str:
    return f"{name} without {left_out} {what}" if left_out else name


def _records(path: Path) -> Iterator[JsonLine]:
    for number, line in _lines(path):
        record = JsonLine(path.name, number, {})
        try:
            values = json.loads(line)
        except (ValueError, RecursionError) as exc:
            raise record.fault("this is no JSON") from exc
        if not isinstance(values, dict):
            raise record.fault("needs an object with keys")
        yield replace(record, values=values)


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """The lines of a file that are not blank, with their numbers."""
    try:
        with path.open("rb") as file:
            yield from ((number, line) for number, line in enumerate(file, 1) if line.strip())
    except OSError as exc:
        raise CaseError(f"{path} cannot be read: {why(exc)}.") from exc


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
