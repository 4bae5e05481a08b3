"""Turns a file's bytes into a document and its passages. A hostile file can make this run forever."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import PurePath
from typing import NamedTuple

from assistant.errors import SourceError
from assistant.types import Document, Passage
from ingest.pipeline.documents import load
from ingest.pipeline.passages import split

# Plain text of this size is parsed where the program runs: starting a worker takes 0.3 s. Of 45 nasty texts the worst
# takes 3 s at this size on a busy core; with a rule that takes the square of the length, as there once was, it took 6.
LIGHT = 16_384
PLAIN = frozenset({".txt", ".text", ".md", ".markdown"})


class Task(NamedTuple):
    """A file to be parsed: its bytes, its path (``source``) and the id that its document gets. ``words`` is the
    approximate number of words in each passage of the document.

    Boilerplate is removed for a reason, such as "navigation"; boilerplate whose reason is in ``keep`` stays in the
    text. ``recurring`` has the hashes of lines that are removed because they recur on many pages of their web site. If
    ``alone`` is true, attachments are left out.
    """

    data: bytes
    source: str
    id: str
    words: int
    keep: tuple[str, ...] = ()
    recurring: frozenset[int] = frozenset()
    alone: bool = False

    @property
    def is_light(self) -> bool:
        """Whether the file is small plain text, which this process can parse itself quickly and without risk."""
        return len(self.data) <= LIGHT and PurePath(self.source).suffix.lower() in PLAIN


class ParsedFile(NamedTuple):
    """A document and the number of its passages (``length``).

    ``passages`` yields the passages a few at a time, and can be read only once.
    """

    document: Document
    length: int
    passages: Iterator[Sequence[Passage]]


def parse(task: Task) -> tuple[Document, Sequence[Passage]]:
    """Parse the bytes of a task (a file to be parsed) into a document and its passages.

    Raises:
        SourceError: the bytes cannot be read, or hold no words; the message names the source.
    """
    data, source, id, words, keep, recurring, alone = task
    document = load(data, source=source, id=id, keep=keep, recurring=recurring, alone=alone)
    return document, split(document, words)


def parsed_here(task: Task) -> ParsedFile:
    """Parse the file of a task in this process, instead of in a worker process. All passages of the document are
    available at once.

    Raises:
        SourceError: the bytes cannot be read, hold no words, or made the reader fail in any other way.
    """
    try:
        document, passages = parse(task)
    except SourceError:
        raise
    except Exception as exc:  # a file's fault must not end the whole run
        raise SourceError(fault(exc)) from exc
    return ParsedFile(document, len(passages), iter([passages]))


def fault(exc: Exception) -> str:
    """The error message for a file whose reader failed unexpectedly; it contains the exception's type and text."""
    return f"its reader failed ({type(exc).__name__}: {exc}). Save it in another format."
