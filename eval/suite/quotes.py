"""Checks that gold is in the source that the suite names, and finds the most similar words if it is not."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from difflib import SequenceMatcher
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from assistant.errors import SourceError
from assistant.plainly import why
from eval.suite.cases import Case, Gold, fault
from ingest.drafts import collapse
from ingest.reading.decoding import decode
from ingest.reading.formats import read


class Missing(NamedTuple):
    """A quote of a test case that is not in the document from which the case says it is taken. The fields are the id of
    the case, the name of the document's file (``source``), and a message for people (``line``).
    """

    case: str
    source: str
    line: str


LIKE = 0.5  # of what a suggestion must have in common with the quote; below it would only mislead


def missing(
    corpus: Path,
    cases: Iterable[tuple[Case, tuple[str, int]]],
    place: Callable[[int, tuple[str | int, ...]], tuple[str, int] | None],
) -> Iterator[Missing]:
    """Yield the quotes of the test cases that are not in their source files. The message on each suggests the most
    similar words of the source.

    ``corpus`` is the folder of the sources. ``cases`` has each case with its file and line. ``place(n, keys)`` returns
    the file and line of the value under ``keys`` in the n-th case, counted from 0; None if they are unknown.
    """
    sources: dict[str, CorpusFile] = {}
    for index, (case, line) in enumerate(cases):
        for keys, gold in _golds(case):
            source = sources.setdefault(gold.source, CorpusFile(corpus, gold.source))
            if what := source.lacks(gold.quote):
                yield Missing(case.id, gold.source, fault(*(place(index, keys) or line), case.id, what))


def _golds(case: Case) -> Iterator[tuple[tuple[str | int, ...], Gold]]:
    for key in ("evidence", "supports", "challenges"):
        for number, gold in enumerate(getattr(case, key)):
            yield (key, number), gold
    for outer, golds in enumerate(case.sets):
        for inner, gold in enumerate(golds):
            yield ("sets", outer, inner), gold


class CorpusFile:
    """One file of a corpus, in which quotes are looked up. A quote may be in the text of the file itself, such as
    Markdown, or in the text that the program extracts from the file.
    """

    def __init__(self, corpus: Path, source: str) -> None:
        self._corpus, self._source = corpus.resolve(), source

    def lacks(self, quote: str) -> str | None:
        """A message that says why the quote is not in this file, and which words of the file are most similar to it.
        None if the file has the quote, ignoring whitespace.
        """
        words = collapse(quote)
        try:
            path = (self._corpus / self._source).resolve()
            if not (path.is_relative_to(self._corpus) and path.is_file()):
                return f"there is no {self._source} in the corpus"
            if words in self._written or words in self._visible:
                return None
            near = nearest(words, self._visible or self._written)
        except (OSError, ValueError) as exc:  # ValueError: a NUL in its name
            return f"{self._source} cannot be read: {why(exc)}"
        return f"not in {self._source}: {quote!r}" + (f"; nearest is {near!r}" if near else "")

    @cached_property
    def _data(self) -> bytes:
        return (self._corpus / self._source).read_bytes()

    @cached_property
    def _written(self) -> str:
        try:
            return collapse(decode(self._data))
        except SourceError:
            return ""  # not a text file: only its reader can show it

    @cached_property
    def _visible(self) -> str:
        try:
            return collapse(" ".join(piece.text for piece in read(self._source, self._data).pieces))
        except SourceError:
            return ""


def nearest(quote: str, text: str) -> str | None:
    """The words of ``text`` that are most similar to ``quote``, as many as the quote has. None if no words are similar
    enough.
    """
    words, wanted = list(re.finditer(r"\S+", text)), quote.split()
    if not words or not wanted:
        return None
    folded = [match[0].casefold() for match in words]
    want = {word.casefold() for word in wanted}
    width = min(len(wanted), len(words))
    common = [0]
    for word in folded:
        common.append(common[-1] + (word in want))
    starts = sorted(range(len(words) - width + 1), key=lambda i: common[i] - common[i + width])[:20]
    best = (0.0, "")
    for start in starts:
        window = text[words[start].start() : words[start + width - 1].end()]
        best = max(best, (SequenceMatcher(None, quote.casefold(), window.casefold(), autojunk=False).ratio(), window))
    return best[1] if best[0] >= LIKE else None
