"""The values that go into a library and come out of it, except those that all packages use (``assistant/types.py``)."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from assistant.types import About, Document, Passage

if TYPE_CHECKING:
    from assistant.model.embedding import Embedding, Vectors


class Cleaned(NamedTuple):
    """How a document was cleaned.

    ``kept`` has the sorted reasons whose pieces were left in the text. Each line that may recur on other pages is
    stored as a hash of its text and its web site, with whether it was known to recur.
    """

    kept: tuple[str, ...] = ()
    lines: tuple[tuple[int, bool], ...] = ()


class NewDocument(NamedTuple):
    """A document to be written, with the file that it was read from; one embedding for each passage."""

    document: Document
    path: str  # absolute
    size: int
    mtime_ns: int
    passages: tuple[Passage, ...]
    embeddings: tuple[Embedding, ...]
    cleaned: Cleaned = Cleaned()


class Said(NamedTuple):
    """The title, author and date that a person entered for a document. A field is None if the file's own value holds;
    an empty author or date means that there is none."""

    title: str | None = None
    author: str | None = None
    date: str | None = None


class Corrected(NamedTuple):
    """What was said of a document, and what its file says; ``guessed`` as in ``About``, of what its file says."""

    said: Said
    read: Said
    guessed: tuple[str, ...] = ()


class KnownFile(NamedTuple):
    """A file as it was when it was read; ``source`` is its path as ingested, ``document`` the id of the document made
    from it.

    ``kept`` has the reasons whose pieces were left in the text. ``stale`` says that the file would be cleaned
    differently today, since more is known of its web site.
    """

    path: str
    source: str
    size: int
    mtime_ns: int
    sha256: str
    document: str
    kept: tuple[str, ...] = ()
    stale: bool = False


class Stored(NamedTuple):
    """A passage and its sentences' vectors (sentences, dimension), in the order of ``passage.sentences``."""

    passage: Passage
    vectors: Vectors


class Entry(NamedTuple):
    """A document in a list; ``state`` is ``ready``, or ``source missing`` if none of its files exists.

    ``versions`` are the ids of all versions of the document, itself included, the newest first; empty if it is the only
    one. ``superseded_by`` is the newest version if that has another date or other figures. ``by_file_time`` says that
    the newest was chosen by the times of the files alone, since no dates tell.
    """

    about: About
    sources: tuple[str, ...]
    passages: int
    state: str
    versions: tuple[str, ...] = ()
    superseded_by: str | None = None
    by_file_time: bool = False


class Holdings(NamedTuple):
    """What a library holds: media types with their counts, the first and last year, and the authors of most documents.

    ``authors`` names the first few; ``voices`` is the number of different authors.
    """

    documents: int
    passages: int
    kinds: tuple[tuple[str, int], ...]
    first: str | None
    last: str | None
    authors: tuple[str, ...]
    voices: int


class Listed(NamedTuple):
    """A document in a long list: ``passages`` is a count, ``files`` are absolute paths, and the other fields are as in
    ``Entry``."""

    document: str
    source: str
    media_type: str
    title: str
    author: str | None
    date: str | None
    language: str | None
    passages: int
    files: tuple[str, ...]
    state: str
    superseded_by: str | None
    by_file_time: bool = False
    guessed: tuple[str, ...] = ()  # as in ``About``


class Conversation(NamedTuple):
    """A conversation in a list: ``created`` is ISO 8601 in UTC, ``turns`` is a count."""

    id: str
    title: str
    created: str
    turns: int


class Opinion(StrEnum):
    """A user's opinion of an answer, or of a citation."""

    GOOD = "good"
    BAD = "bad"
    WRONG_EVIDENCE = "wrong evidence"


class Awaiting(NamedTuple):
    """A question that waits until its files have been read; ``files`` are their names among the uploads."""

    id: int
    question: str
    files: tuple[str, ...]


class Feedback(NamedTuple):
    """Feedback on a turn, or on one of its citations; both count from 1. ``created`` is ISO 8601 in UTC."""

    conversation: str
    turn: int
    citation: int | None  # None: the whole answer
    verdict: Opinion
    note: str
    created: str


UNFINISHED = "not finished"  # in the place of a ruling: the test of an idea was begun


class KeptVerdict(NamedTuple):
    """A pressure test in a list: ``created`` is ISO 8601 in UTC; ``revises`` is the id of the test that it revises.

    ``ruling`` is ``UNFINISHED`` while the test runs, and stays so if the process is killed. ``owner`` is the person who
    ran the test if people sign in, else None.
    """

    id: str
    created: str
    idea: str
    ruling: str
    revises: str | None
    owner: str | None = None


class Problem(NamedTuple):
    """A problem of a library, and what to do about it; ``mended`` if it has been repaired already.

    ``reindex`` says that embedding all passages again would repair it.
    """

    what: str
    remedy: str
    mended: bool = False
    reindex: bool = False


class Version(NamedTuple):
    """A document of a family: its own ``date`` if it states one, and a digest of its ``figures``."""

    document: str
    family: str
    date: str | None
    figures: str


class PassageRow(NamedTuple):
    """A passage in the form in which the catalog stores it: its own vector as float32 bytes, the vectors of its
    sentences as float16 bytes."""

    passage: Passage
    vector: bytes
    sentences: bytes


class DocumentRow(NamedTuple):
    """A document in the form in which the catalog stores it."""

    document: Document
    path: str
    size: int
    mtime_ns: int
    passages: tuple[PassageRow, ...]
    cleaned: Cleaned = Cleaned()


class State(NamedTuple):
    """The state of a library, as the library records it.

    ``in_doubt``: a writer is changing the index, or was killed while doing so. ``rebuilding``: a writer is rebuilding
    the index.
    """

    generation: int
    in_doubt: bool
    passage_words: int
    model: str | None
    weights: str | None
    dimension: int | None
    rebuilding: bool
