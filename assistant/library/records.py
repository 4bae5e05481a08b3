"""The values that go into a library and come out of it, except those that all packages use (``assistant/types.py``)."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from assistant.types import About, Document, Passage

if TYPE_CHECKING:
    from assistant.model.embedding import Embedding, Vectors


class Cleaned(NamedTuple):
    """How boilerplate was removed from a document.

    ``kept`` has the kinds of boilerplate that stayed in the text because a user wanted to keep them, sorted. ``lines``
    has a pair for each line of the document that may recur on other pages of its web site: a hash made from the line
    and the web site, and whether the line was known to recur when the document was cleaned.
    """

    kept: tuple[str, ...] = ()
    lines: tuple[tuple[int, bool], ...] = ()


class NewDocument(NamedTuple):
    """A document to be added to a library, with the file that it was read from, its passages, and one embedding for
    each passage."""

    document: Document
    path: str  # absolute
    size: int
    mtime_ns: int
    passages: tuple[Passage, ...]
    embeddings: tuple[Embedding, ...]
    cleaned: Cleaned = Cleaned()


class Correction(NamedTuple):
    """The title, author and date that a person entered for a document. If a field is None, the value from the
    document's file is used; an empty author or date means that the document has none."""

    title: str | None = None
    author: str | None = None
    date: str | None = None


class Corrected(NamedTuple):
    """The title, author and date that a person entered for a document (``said``), and those from its file (``read``).
    ``guessed`` names the fields of ``read`` that the file does not state and that were guessed."""

    said: Correction
    read: Correction
    guessed: tuple[str, ...] = ()


class KnownFile(NamedTuple):
    """A file as it was when it was read into the library. ``source`` is its path relative to the folder that the user
    gave, ``document`` the id of the document made from it.

    ``kept`` has the kinds of boilerplate that stayed in the text because a user wanted to keep them. ``stale`` is true
    if cleaning the file again would give another text, because other pages of its web site were added or removed since.
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
    """A passage and the vectors of its sentences, an array (sentences, dimension) in the order of
    ``passage.sentences``."""

    passage: Passage
    vectors: Vectors


class Entry(NamedTuple):
    """A document in a list. ``sources`` has the paths of its files, each relative to the folder that the user gave, and
    ``passages`` is the number of its passages. ``state`` is ``ready``, or ``source missing`` if none of the document's
    files exists.

    ``versions`` has the ids of all versions of the document (documents whose texts differ only slightly), including
    itself, the newest first; it is empty if there are no others.

    ``superseded_by`` is the id of the newest version if that version supersedes this document, else None. It does so if
    the two state different dates, or if the numbers in their texts differ. ``by_file_time`` is true if that version
    counts as newer only because its file was modified later: the two state the same date, or at least one of them
    states none.
    """

    about: About
    sources: tuple[str, ...]
    passages: int
    state: str
    versions: tuple[str, ...] = ()
    superseded_by: str | None = None
    by_file_time: bool = False


class Holdings(NamedTuple):
    """An overview of a library: the number of documents and of passages, the media types with their numbers of
    documents (``kinds``), and the first and the last year of the documents' dates.

    ``authors`` names the few authors with the most documents; ``voices`` is the number of all authors. Guessed dates
    and authors are left out.
    """

    documents: int
    passages: int
    kinds: tuple[tuple[str, int], ...]
    first: str | None
    last: str | None
    authors: tuple[str, ...]
    voices: int


class Listed(NamedTuple):
    """A document in a long list. ``document`` is its id, ``passages`` the number of its passages, and ``files`` has the
    absolute paths of its files. ``state`` is ``ready``, or ``source missing`` if none of these files exists.

    ``superseded_by`` is the id of the document's newest version if that version supersedes it, else None; versions are
    documents whose texts differ only slightly. ``by_file_time`` is true if only the modification times of the files
    show that the newest version is newer. The other fields, such as title, author and date, describe the document.
    """

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
    """A conversation in a list. ``used`` is the time of its last answer, or of its start if it has no answer, in ISO
    8601 and UTC. ``turns`` is the number of questions that were answered."""

    id: str
    title: str
    used: str
    turns: int


class Opinion(StrEnum):
    """A user's opinion of an answer or of a citation: good, bad, or wrong evidence (the cited words do not support the
    statement)."""

    GOOD = "good"
    BAD = "bad"
    WRONG_EVIDENCE = "wrong evidence"


class Awaiting(NamedTuple):
    """A question that is asked as soon as the files attached to it have been read. ``files`` has the names of these
    files."""

    id: int
    question: str
    files: tuple[str, ...]


class Feedback(NamedTuple):
    """A user's feedback on an answer, or on one of its citations. ``turn`` is the number of the answer in the
    conversation, ``citation`` the number of the citation in the answer, both counted from 1; ``citation`` is None for
    feedback on the whole answer. ``created`` is a time in ISO 8601 and UTC."""

    conversation: str
    turn: int
    citation: int | None  # None: the whole answer
    verdict: Opinion
    note: str
    created: str


UNFINISHED = "not finished"  # in the place of a ruling: the test of an idea was begun


class KeptVerdict(NamedTuple):
    """A stored pressure test (a test of an idea against the documents), as an entry of a list. ``created`` is a time in
    ISO 8601 and UTC; ``revises`` is the id of the earlier test that this test revises, or None.

    ``ruling`` is the judgement on the idea. It is ``UNFINISHED`` while the test runs, and stays so if the process is
    killed. ``owner`` is the person who ran the test; it is None if people do not sign in.
    """

    id: str
    created: str
    idea: str
    ruling: str
    revises: str | None
    owner: str | None = None


class Problem(NamedTuple):
    """A problem of a library, and its remedy. ``repaired`` is true if the problem has been repaired already.

    ``reindex`` is true if embedding all passages again would repair the problem.
    """

    what: str
    remedy: str
    repaired: bool = False
    reindex: bool = False


class Version(NamedTuple):
    """A document in a group of versions, that is, of documents whose texts differ only slightly. ``document`` is its
    id, and ``family`` the id of the group. ``date`` is the date that the document states, None if it states none, and
    ``figures`` is a hash of the numbers in its text."""

    document: str
    family: str
    date: str | None
    figures: str


class PassageRow(NamedTuple):
    """A passage as the catalog stores it. ``vector`` is the vector of the passage as float32 bytes; ``sentences`` are
    the vectors of its sentences as float16 bytes."""

    passage: Passage
    vector: bytes
    sentences: bytes


class DocumentRow(NamedTuple):
    """A document as the catalog stores it, with its file, its passages, and how it was cleaned."""

    document: Document
    path: str
    size: int
    mtime_ns: int
    passages: tuple[PassageRow, ...]
    cleaned: Cleaned = Cleaned()


class State(NamedTuple):
    """The state of a library, as its catalog records it. ``generation`` counts the changes of the library, and
    ``passage_words`` is the length of its passages in words. ``headed`` is true if the embedding model reads each
    passage under its title and headings.

    ``in_doubt`` is true if a writer is changing the vector index, or was killed while changing it; ``rebuilding`` is
    true if that change rebuilds the whole index. ``model``, ``weights`` and ``dimension`` describe the embedding model;
    they are None until the first vectors are made.
    """

    generation: int
    in_doubt: bool
    passage_words: int
    headed: bool
    model: str | None
    weights: str | None
    dimension: int | None
    rebuilding: bool
