"""Drafts cases from documents (their headings, figures, speakers and disagreements) and from questions that people
asked.

Each draft is a case of a suite with ``severity: draft``: it is measured and reported, but decides nothing until a
person has accepted it (``reviewing.py``). Gold is copied from the documents word for word.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import combinations, zip_longest
from math import log
from pathlib import Path
from typing import NamedTuple

from assistant.errors import SettingsError, SourceError
from assistant.plainly import why
from assistant.text.amounts import amounts
from assistant.text.introductions import HEADS
from assistant.text.words import content_stems
from assistant.types import Passage
from eval.drafting import wording
from eval.running import exchange
from eval.running.records import Json
from eval.scorers.answering import figures
from eval.suite.cases import Case, Gold, Number, Severity
from ingest.drafts import collapse
from ingest.folder import files
from ingest.pipeline.parsing import Task, parsed_here

WORDS = 160  # of a passage: twice a library's, since only its sentences are used
SHORTEST = 40  # characters of a sentence that may be gold: a shorter one stands in many places
LONGEST = 300  # and of one that people would read in a question; a guess
COMMON = 40  # sentences that have a stem; one that more have says nothing of what a sentence is about
ASKED = ("question", "query", "asked", "input", "user_input")  # columns of a table of questions


class GoldLine(NamedTuple):
    """A sentence that may become gold (the quote that a right answer cites), and the passage that it is in."""

    text: str
    passage: Passage

    @property
    def gold(self) -> Gold:
        return Gold(source=self.passage.about.source, quote=self.text)

    @property
    def topic(self) -> str:
        """What the sentence is about, in words that a question can use: the heading above the sentence, followed by the
        title of the document if the title adds words to the heading."""
        title = self.passage.about.title
        heading = self.passage.headings[-1] if self.passage.headings else title
        return (heading if heading.casefold() == title.casefold() else f"{heading} ({title})").rstrip("?")


class FolderTexts:
    """The passages and sentences of all documents in a folder, from which cases are drafted."""

    def __init__(self, documents: Path) -> None:
        listing = files.find([documents]) if documents.is_dir() else None
        if listing is None or not listing.files:
            raise SettingsError(f"There are no documents in {documents}.", hint="Name the folder that holds them.")
        self.passages = [passage for file in listing.files for passage in _passages(file)]

    @cached_property
    def lines(self) -> list[GoldLine]:
        return [
            GoldLine(passage.text[one.start - passage.start : one.end - passage.start], passage)
            for passage in self.passages
            for one in passage.sentences
            if one.kind not in HEADS and SHORTEST <= one.end - one.start <= LONGEST
        ]

    @cached_property
    def having(self) -> dict[str, list[int]]:
        """A dictionary from each word stem to the sentences that contain it, as indices into ``lines``, the list of all
        sentences from which cases are drafted.
        """
        found: dict[str, list[int]] = defaultdict(list)
        for place, line in enumerate(self.lines):
            for stem in set(content_stems(line.text)):
                found[stem].append(place)
        return found

    def nearest(self, question: str, within: str = "") -> GoldLine | None:
        """The sentence that shares most words with a question; rare words count more. None if no sentence shares a word
        with the question.

        If the text ``within`` contains sentences of the documents, only these sentences are compared, and one of them
        is always returned.
        """
        text = collapse(within)
        weights = Counter({place: 1 for place, line in enumerate(self.lines) if collapse(line.text) in text})
        only = set(weights)
        for stem in set(content_stems(question)):
            places = self.having.get(stem, [])
            for place in only.intersection(places) if only else places:
                weights[place] += int(1000 * log(1 + len(self.lines) / len(places)))
        return self.lines[weights.most_common(1)[0][0]] if weights else None


def drafts(texts: FolderTexts, most: int) -> list[Case]:
    """Draft at most ``most`` cases from documents. The kinds of cases take turns, and so do the documents within a
    kind, so that the first cases are of all kinds and from many documents.
    """
    kinds: tuple[Callable[[FolderTexts], Iterator[Case]], ...] = (
        of_headings,
        of_figures,
        of_speakers,
        of_disagreements,
    )
    by_turns = zip_longest(*(_one_each(of(texts)) for of in kinds))
    return [case for turn in by_turns for case in turn if case][:most]


def of_headings(texts: FolderTexts) -> Iterator[Case]:
    """Draft cases that ask what is said about a heading or a title. The gold (the quote that a right answer cites) is
    the first sentence below the heading.
    """
    met: set[tuple[str, str]] = set()
    for line in texts.lines:
        place = line.passage.about.source, line.topic
        if place not in met:
            met.add(place)
            yield draft("heading", f"What is said about {line.topic}?", line)


def of_figures(texts: FolderTexts) -> Iterator[Case]:
    """Draft cases that ask for the figure in a sentence, in words that a person would use (see ``wording.py``)."""
    for line in texts.lines:
        if question := _asks_figure(line):
            figure = next(one for one in amounts(line.text) if one.unit)
            yield draft("figure", question, line, numbers=(Number(value=figure.value),))


def _asks_figure(line: GoldLine) -> str | None:
    found = [one for one in amounts(line.text) if one.unit]
    if len(found) != 1 or line.text.count(found[0].written) != 1 or found[0].value not in figures(line.text):
        return None
    return wording.asked_of(line.text, found[0])


def of_speakers(texts: FolderTexts) -> Iterator[Case]:
    """Draft cases that ask what somebody says in a document. The gold (the quote that a right answer cites) also has
    the name of the speaker, which the answer must give.
    """
    met: set[tuple[str, str]] = set()
    for line in texts.lines:
        voice, about = line.passage.speaker, line.passage.about
        if voice and (voice, about.id) not in met and not line.text.endswith("?"):
            met.add((voice, about.id))
            gold = line.gold.model_copy(update={"voice": voice})
            yield draft("voice", f"What does {voice} say in “{about.title}”?", line, evidence=(gold,))


def of_disagreements(texts: FolderTexts) -> Iterator[Case]:
    """Draft cases from pairs of sentences that disagree: they give different figures for the same thing, or one denies
    the other. The two sentences of a pair are from two documents, or from two speakers.
    """
    shared = Counter(
        pair for places in texts.having.values() if len(places) <= COMMON for pair in combinations(places, 2)
    )
    for (one, other), count in shared.most_common():
        if count < wording.SAME:
            return
        pair = texts.lines[one], texts.lines[other]
        if _apart(*pair) and wording.at_odds(pair[0].text, pair[1].text):
            golds = tuple(line.gold for line in pair)
            question = _asks_figure(pair[0]) or _asks_figure(pair[1]) or f"Do all agree about {pair[0].topic}?"
            yield draft("conflict", question, pair[0], evidence=golds, require="all", conflict=True)


def of_questions(texts: FolderTexts, table: Path) -> Iterator[Case]:
    """Draft a case from each question in the file ``table``: a CSV file with a column such as ``question``, or a file
    of rows in the format of ragas or promptfoo, two other tools for evaluation (see ``exchange.py``).

    The gold (the quote that a right answer cites) is the quote in the columns ``source`` and ``quote`` of a CSV file.
    For a row of ragas or promptfoo, it is a sentence of the documents that the row's contexts also contain; of several,
    the one that shares most words with the question. If a row has neither, the gold is the sentence of all documents
    that shares most words with the question. If no sentence shares a word with it, the draft expects a refusal.

    Raises:
        SettingsError, CaseError: the table cannot be read, or has no questions.
    """
    if table.suffix.lower() != ".csv":
        for row in exchange.read(table):
            asked, history = exchange.question(row)
            if asked:
                yield _asked(texts, asked, {}, history=history, within=" ".join(exchange.contexts(row)))
        return
    try:
        rows = list(csv.DictReader(io.StringIO(table.read_text("utf-8-sig"))))
    except (OSError, UnicodeDecodeError, csv.Error) as exc:
        raise SettingsError(f"The table {table} cannot be read: {why(exc)}.") from exc
    column = next((name for name in rows[0] if name and name.strip().casefold() in ASKED), None) if rows else None
    if column is None:
        hint = "Its first line names the columns, one of them “question”."
        raise SettingsError(f"The table {table} has no questions.", hint=hint)
    for row in rows:
        if asked := (row[column] or "").strip():
            yield _asked(texts, asked, row)


def draft(kind: str, question: str, line: GoldLine, **keys: object) -> Case:
    """Make a draft (a case that nobody has reviewed) with a question and the sentence ``line`` as its gold, the quote
    that a right answer cites. ``kind`` is the first part of the case's id; ``keys`` are further fields of the case.
    """
    return case_of(kind, question=question, **{"evidence": (line.gold,), **keys})


def case_of(kind: str, question: str, **keys: object) -> Case:
    """Make a draft (a case that nobody has reviewed) with a question. Its id is ``kind`` and a hash of the question, so
    that the same question gets the same id each time. ``keys`` are further fields of the case.
    """
    name = hashlib.blake2b(question.encode(), digest_size=3).hexdigest()
    given = {"id": f"{kind}-{name}", "question": question, "severity": Severity.DRAFT, **keys}
    return Case.model_validate(given)


def _asked(texts: FolderTexts, question: str, row: Json, history: Sequence[Json] = (), within: str = "") -> Case:
    source, quote = ((row.get(name) or "").strip() for name in ("source", "quote"))
    if source and quote:
        return case_of("asked", question, evidence=(Gold(source=source, quote=quote),))
    near = texts.nearest(question, within)
    if near is None:
        return case_of("asked", question, history=history, refuse=True, why="No document has a word of it.")
    why = "" if within else "The gold is the nearest sentence by its words, which may not answer."
    return draft("asked", question, near, history=history, why=why or None)


def _passages(file: files.File) -> Sequence[Passage]:
    try:
        data, _ = files.read(file)
        parsed = parsed_here(Task(data, file.source, file.source, WORDS))
    except (OSError, SourceError):
        return []
    return [passage for some in parsed.passages for passage in some]


def _one_each(cases: Iterable[Case]) -> Iterator[Case]:
    """The first case of each document, then the second of each, and so on."""
    of: dict[str, list[Case]] = defaultdict(list)
    for case in cases:
        of[case.clusters].append(case)
    return (case for turn in zip_longest(*of.values()) for case in turn if case)


def _apart(one: GoldLine, other: GoldLine) -> bool:
    """Whether two sentences are from different documents or by different speakers."""
    return (one.passage.about.id, one.passage.speaker) != (other.passage.about.id, other.passage.speaker)
