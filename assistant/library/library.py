"""A library: catalog and vector index, kept consistent. The only door to both.

The catalog is the truth. The index is asked for ids only, and each is looked up in the catalog (``searching``), so
that a vector whose document is not visible yet, or no more, is never seen. Opening a library reads the catalog alone;
Chroma and the model's identity wait until vectors are needed (``guard``).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Self

import numpy as np

from assistant.errors import DocumentMissing, LibraryMissing
from assistant.library.database import places
from assistant.library.doctor import examine
from assistant.library.guard import Guard
from assistant.library.index.vectors import VectorIndex
from assistant.library.records import (
    Awaiting,
    Conversation,
    Corrected,
    Entry,
    Feedback,
    Holdings,
    KeptVerdict,
    KnownFile,
    Listed,
    NewDocument,
    Opinion,
    Problem,
    Stored,
)
from assistant.library.searching import EVERYTHING, Searching
from assistant.library.upkeep import Progress, Split, SplitAnew, reindex
from assistant.library.writer import Writer
from assistant.model.embedding import Vectors
from assistant.types import About, Document, Filters, Passage, Searched

if TYPE_CHECKING:
    from assistant.model.embedding import Embedder
    from assistant.settings import Settings

__all__ = [
    "Conversation",
    "Entry",
    "Feedback",
    "Holdings",
    "KeptVerdict",
    "KnownFile",
    "Library",
    "Listed",
    "NewDocument",
    "Opinion",
    "Problem",
    "Stored",
    "Writer",
]

TITLE = 80  # characters of the first question that name a conversation: a line or two of the sidebar


class Library:
    """One library, open. Usable from several threads; a context manager that closes it.

    Raises:
        LibraryMissing: the library does not exist, and ``create`` is false.
        IndexMismatch: when vectors are about to be used, and were made by another model or from other passages.
    """

    def __init__(self, settings: Settings, embedder: Embedder) -> None:
        self._settings = settings
        self._embedder = embedder
        self._catalog = places.opened(settings)
        self._index = VectorIndex(settings.folder, settings.chroma_url, self._name_on_server)
        self._guard = Guard(settings, embedder, self._catalog, self._index)
        self._searching = Searching(self._catalog, self._index, self._guard)

    @classmethod
    def open(cls, settings: Settings, embedder: Embedder, *, create: bool = False) -> Library:
        """Open the library that the settings name; with ``create``, make it if it does not exist."""
        if not places.is_there(settings):
            if not create:
                where = settings.home if settings.catalog is None else "the database that the setting catalog names"
                raise LibraryMissing(f"There is no library {settings.library!r} in {where}.")
            places.begin(settings)
        return cls(settings, embedder)

    def _name_on_server(self) -> str:
        """The name of the library's collection on a Chroma server."""
        return f"{self._settings.library}-{self._catalog.identity()}"

    def close(self) -> None:
        """Close all files and connections; a second call does nothing."""
        self._index.close()
        self._catalog.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Reading

    def searched(self, filters: Filters = EVERYTHING) -> Searched:
        """How many documents and passages there are to be searched."""
        return self._catalog.searched() if filters == EVERYTHING else self._catalog.documents.searched(filters)

    def holdings(self) -> Holdings:
        """An overview of the documents: kinds, years and authors."""
        return self._catalog.documents.holdings()

    def some(self, number: int) -> list[Document]:
        """A few documents, spread over all and always the same ones."""
        found = (self._catalog.documents.get(id) for id in self._catalog.documents.some(number))
        return [document for document in found if document is not None]

    def digest(self) -> str:
        """A digest of all documents: it changes only when a document is added, changed or removed."""
        return hashlib.sha256("".join(self._catalog.documents.contents()).encode()).hexdigest()[:16]

    def entries(self) -> list[Entry]:
        """Every document, by source."""
        return self._catalog.documents.entries()

    def listed(self) -> list[Listed]:
        """Every document, by source, with what a long list shows. One query fetches them all."""
        return self._catalog.documents.listed()

    def document(self, key: str) -> Document:
        """The document of this id or source.

        Raises:
            DocumentMissing: there is no such document.
        """
        document = self._catalog.documents.get(key)
        if document is None:
            raise DocumentMissing(f"There is no document {key!r} in the library {self._settings.library!r}.")
        return document

    def corrected(self, document: str) -> Corrected | None:
        """What somebody said of a document's title, author and date, and what its file says; None where nobody did."""
        return self._catalog.corrections.get(document)

    def quote(self, document: str, start: int, end: int) -> str | None:
        """The document's text at these offsets; None when there is no such document or stretch."""
        text = self._catalog.documents.text(document)
        return None if text is None or not 0 <= start < end <= len(text) else text[start:end]

    def around(self, document: str, start: int, end: int, most: int) -> tuple[str, str, str] | None:
        """The text that ``quote`` returns, with at most so many characters before and after it."""
        text = self._catalog.documents.text(document)
        if text is None or not 0 <= start < end <= len(text):
            return None
        return text[max(0, start - most) : start], text[start:end], text[end : end + most]

    def dense(self, vector: Vectors, k: int, filters: Filters = EVERYTHING) -> list[tuple[str, float]]:
        """The ``k`` visible passages nearest to a vector of length 1, with their cosine, best first."""
        return self._searching.dense(vector, k, filters)

    def lexical(self, words: Sequence[str], k: int, filters: Filters = EVERYTHING) -> list[tuple[str, float]]:
        """The ``k`` passages that fit any of the words best (BM25 over stems), best first; higher is better."""
        return self._catalog.full_text.search(words, k, filters)

    def titled(self, words: Sequence[str], k: int, filters: Filters = EVERYTHING) -> list[About]:
        """Documents whose titles have the words, rare words counting more, from the ``k`` passages that match best."""
        found = self._catalog.full_text.search(words, k, filters, in_titles=True)
        return self._catalog.documents.holding([id for id, _ in found])

    def stored(self, ids: Sequence[str]) -> list[Stored]:
        """These passages with their sentences' vectors, in this order; unknown ids are left out."""
        return _stored(self._catalog.passages.get(ids))

    def stored_of(self, document: str) -> list[Stored]:
        """All passages of one document, by id, in its order; empty when there is no such document."""
        return _stored(self._catalog.passages.of(document))

    def versions(self, document: str) -> list[About]:
        """The versions of this document (by id) that differ slightly, itself among them, the newest first.

        Empty if the document is the only version, or does not exist.
        """
        family = self._catalog.families.of([document]).get(document, [])
        found = (self._catalog.documents.get(version.document) for version in family)
        return [version.about for version in found if version is not None]

    def places(self, documents: Sequence[str]) -> dict[str, tuple[str, int]]:
        """For each document that has other versions: its group of versions, and its place in the group (the newest is
        0)."""
        return self._catalog.families.places(documents)

    def known(self, under: Sequence[str] | None = None) -> dict[str, KnownFile]:
        """The files that were read, by absolute path: all, or those named and those in the folders named."""
        return self._catalog.files.known(under)

    def keeps(self) -> dict[str, frozenset[str]]:
        """The reasons for which boilerplate is kept, by the files and folders they were set for."""
        return self._catalog.boilerplate.keeps()

    def generation(self) -> int:
        """A number that is higher after every change of what is visible."""
        return self._catalog.state().generation

    # Writing and upkeep

    @contextmanager
    def writing(self) -> Iterator[Writer]:
        """Be the only writer for the duration of the block.

        Raises:
            LibraryLocked: another process is writing.
            IndexMismatch: the library's passages are of another length than the settings say.
        """
        with self._guard.lock():
            if self.searched().documents == 0:
                self._catalog.record_passage_words(self._settings.passage_words)
            self._guard.check_passages(self._catalog.state())
            if self._catalog.staged.count():  # a writer was killed in the middle of a long document
                self._catalog.staged.clear()
            for document in self._catalog.families.unasked():
                self._catalog.version(document)
            yield Writer(self._catalog, self._guard.to_write)

    def repair(self) -> bool:
        """Repair what a killed writer left behind; returns whether there was anything. The next search or writing also
        does this.

        Raises:
            LibraryLocked: another process is writing.
        """
        return self._guard.repair()

    def doctor(self) -> list[Problem]:
        """List the problems, each with its remedy. What can be repaired safely is repaired, unless another process is
        writing."""
        return examine(self._catalog, self._index, self._guard)

    def reindex(self, progress: Progress | None = None, split: Split | None = None) -> None:
        """Embed every passage again with the current model. ``split`` makes new passages if their length changed.

        Until this is finished, the library stays as it was and can be searched.

        Raises:
            LibraryLocked: another process is writing.
        """
        with self._guard.lock():
            anew = SplitAnew(split, self._settings.passage_words) if split else None
            reindex(self._catalog, self._index, self._embedder, anew, progress)

    def move(self, catalog: str | None, progress: Progress | None = None) -> str:
        """Move the catalog to a PostgreSQL database, or into a file (None); returns the new name of the old catalog.

        The library is closed by it. Ended at any moment the old one is whole, or the new one is; called again, it goes
        on. What is in the folder stays there.

        Raises:
            LibraryLocked: somebody writes, or used it meanwhile.
            LibraryError: another library of this name is there.
        """
        with self._guard.lock():
            places.copy(self._catalog, self._settings.model_copy(update={"catalog": catalog}), progress)
            self.close()
            return places.set_aside(self._settings)

    # Conversations

    def new_conversation(self, owner: str | None = None) -> str:
        """Begin a conversation and return its id. It belongs to ``owner`` if people sign in."""
        return self._catalog.conversations.begin(owner)

    def conversations(self, owner: str | None = None) -> list[Conversation]:
        """The conversations of one owner, the latest first; None means those without an owner."""
        return self._catalog.conversations.listed(owner)

    def conversations_with(self, words: str) -> set[str]:
        """The ids of all conversations, whoever owns them, in which these words are asked, answered or quoted, ignoring
        case."""
        return self._catalog.conversations.having(words)

    def check_owner(self, conversation: str, owner: str | None) -> None:
        """Refuse a conversation that does not belong to this owner.

        Raises:
            DocumentMissing: it belongs to somebody else, or does not exist; the error does not say which.
        """
        self._found(self._catalog.conversations.belongs(conversation, owner), conversation)

    def ask(self, conversation: str, question: str, *, at: int | None = None) -> None:
        """Store a question before it is answered, in place of an earlier one without an answer; ``at`` as for
        ``add_turn``.

        Raises:
            DocumentMissing: there is no such conversation.
        """
        self._found(self._catalog.conversations.ask(conversation, question, at), conversation)

    def unanswered(self, conversation: str) -> tuple[str, int | None] | None:
        """The last question if it has no answer yet, with its ``at``; None if every question has an answer."""
        return self._catalog.conversations.unanswered(conversation)

    def wait(self, conversation: str, question: str, files: Sequence[str]) -> None:
        """Store a question that is asked once the attached files, given by their names, have been read.

        Raises:
            DocumentMissing: there is no such conversation.
        """
        self._found(self._catalog.conversations.wait(conversation, question, files), conversation)

    def awaiting(self, conversation: str) -> list[Awaiting]:
        """The questions that wait for files to be read, in the order of their arrival."""
        return self._catalog.conversations.awaiting(conversation)

    def come(self, conversation: str, id: int) -> bool:
        """End the wait of a question, so that ``unanswered`` returns it from now on. False if it was not waiting."""
        return self._catalog.conversations.come(conversation, id)

    def add_turn(self, conversation: str, answer_json: str, *, at: int | None = None) -> None:
        """Store an answer: as the last turn, or in place of turn ``at`` (from 1) and all turns after it.

        The first one's ``question`` becomes the conversation's title, unless it was renamed. Where turns came after
        the one ``at``, the conversation as it was stays beside it.

        Raises:
            DocumentMissing: there is no such conversation.
        """
        title = _title(answer_json)
        before = self.turns(conversation) if at == 1 else []
        self._found(self._catalog.conversations.add_turn(conversation, title, answer_json, at), conversation)
        if before:
            self._catalog.conversations.retitle(conversation, _title(before[0]), title)

    def turns(self, conversation: str) -> list[str]:
        """The stored answers of a conversation, in order.

        Raises:
            DocumentMissing: there is no such conversation.
        """
        turns = self._catalog.conversations.turns(conversation)
        self._found(turns is not None, conversation)
        return turns or []

    def rename_conversation(self, conversation: str, title: str) -> None:
        """Rename a conversation.

        Raises:
            DocumentMissing: there is no such conversation.
        """
        self._found(self._catalog.conversations.rename(conversation, title), conversation)

    def delete_conversation(self, conversation: str) -> None:
        """Delete a conversation, its turns and its feedback; for an hour it can be restored.

        Raises:
            DocumentMissing: there is no such conversation.
        """
        self._found(self._catalog.conversations.delete(conversation), conversation)

    def restore_conversation(self, conversation: str) -> None:
        """Restore a deleted conversation.

        Raises:
            DocumentMissing: it is gone for good.
        """
        self._found(self._catalog.conversations.restore(conversation), conversation)

    def give_feedback(
        self, conversation: str, turn: int, verdict: Opinion, *, citation: int | None = None, note: str = ""
    ) -> None:
        """Store feedback on a turn, or on one of its citations (both from 1); it replaces earlier feedback.

        Raises:
            DocumentMissing: there is no such turn.
        """
        if not self._catalog.conversations.give_feedback(conversation, turn, citation, verdict=verdict, note=note):
            what = f"There is no turn {turn} of a conversation {conversation!r} in the library"
            raise DocumentMissing(f"{what} {self._settings.library!r}.", hint="Start a new one.")

    def withdraw_feedback(self, conversation: str, turn: int, *, citation: int | None = None) -> None:
        """Remove the feedback on a turn or a citation, if there is any."""
        self._catalog.conversations.withdraw_feedback(conversation, turn, citation)

    def feedback(self, conversation: str | None = None) -> list[Feedback]:
        """The feedback on one conversation, or on all: oldest conversation first, by turn, then by citation.

        What is said of the whole answer comes before what is said of its citations.
        """
        return self._catalog.conversations.feedback(conversation)

    def keep_verdict(
        self, verdict_json: str, *, revises: str | None = None, owner: str | None = None, id: str | None = None
    ) -> str:
        """Store a pressure test and return its id. ``revises`` is the id of the test whose idea it revises.

        If an ``id`` is given, a test is stored under it only once.
        """
        told = json.loads(verdict_json)
        verdicts = self._catalog.verdicts
        return verdicts.keep(told["idea"], told["ruling"], verdict_json, revises=revises, owner=owner, id=id)

    def put_verdict(self, kept: KeptVerdict, verdict_json: str) -> None:
        """Store a pressure test under its id, with changed importance or after it was removed, damaged or not."""
        with suppress(ValueError, TypeError, KeyError):
            told = json.loads(verdict_json)
            kept = kept._replace(idea=told["idea"], ruling=told["ruling"])
        self._catalog.verdicts.put(kept, verdict_json)

    def verdicts(self, owner: str | None = None) -> list[KeptVerdict]:
        """The stored pressure tests of one owner, the latest first; None means those without an owner."""
        return self._catalog.verdicts.listed(owner)

    def every_verdict(self) -> list[str]:
        """The JSON of all stored pressure tests, whoever owns them, the earliest first."""
        return self._catalog.verdicts.every()

    def verdict(self, id: str) -> tuple[KeptVerdict, str]:
        """A stored pressure test, and its JSON.

        Raises:
            DocumentMissing: there is none with that id.
        """
        found = self._catalog.verdicts.read(id)
        if found is None:
            raise self._no_verdict(id)
        return found

    def remove_verdict(self, id: str) -> None:
        """Remove a pressure test.

        Raises:
            DocumentMissing: there is none with that id.
        """
        if not self._catalog.verdicts.remove(id):
            raise self._no_verdict(id)

    def _no_verdict(self, id: str) -> DocumentMissing:
        what = f"There is no verdict {id!r} in the library {self._settings.library!r}."
        return DocumentMissing(what, hint="`pushback verdicts` lists them.")

    def _found(self, found: bool, conversation: str) -> None:
        if not found:
            what = f"There is no conversation {conversation!r} in the library {self._settings.library!r}."
            raise DocumentMissing(what, hint="Start a new one.")


def _title(answer_json: str) -> str:
    """The title of a conversation: the question of its first answer, shortened."""
    answer = json.loads(answer_json)
    question = " ".join(str(answer.get("question", "") if isinstance(answer, dict) else "").split())
    return question if len(question) <= TITLE else question[: TITLE - 1].rstrip() + "…"


def _stored(found: Sequence[tuple[Passage, bytes]]) -> list[Stored]:
    return [
        Stored(passage, np.frombuffer(vectors, np.float16).astype(np.float32).reshape(len(passage.sentences), -1))
        for passage, vectors in found
    ]
