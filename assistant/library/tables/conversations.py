"""The tables of conversations and of the feedback on their answers, with their SQL.

A deleted conversation can be restored for ``UNDO`` seconds; meanwhile no other function sees it.
"""

# What is put together here are this module's constants; every value is bound.
# ruff: noqa: S608

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from assistant.errors import DocumentMissing
from assistant.library.records import Awaiting, Conversation, Feedback, Opinion
from assistant.library.sql import Database

TITLE = 80  # characters of the first question that name a conversation: a line or two of the sidebar
UNDO = 3600  # seconds: long enough to notice what was deleted, short enough that it is soon gone indeed
SHOWN = frozenset({"question", "text", "quote", "reason", "title"})  # of an answer, and of what is in it
HIDDEN = frozenset({"rejected", "dropped"})
BEFORE = " (before an edit)"  # in the title of a conversation as it was

_KEPT = "conversations WHERE id NOT IN (SELECT conversation FROM deleted)"
_ASK = (
    "INSERT INTO unanswered (conversation, question, turn) VALUES (?, ?, ?) "
    "ON CONFLICT (conversation) DO UPDATE SET question = excluded.question, turn = excluded.turn"
)
_OWNED = "LEFT JOIN conversation_owners o ON o.conversation = c.id"


class Conversations:
    """Conversations by their ids, each with its turns and the feedback on them.

    Raises:
        DocumentMissing: a method is called for a conversation that does not exist.
    """

    def __init__(self, db: Database) -> None:
        self._db = db

    def begin(self, owner: str | None = None) -> str:
        """Begin a conversation and return its id. It belongs to ``owner`` if people sign in."""
        id = secrets.token_hex(8)
        with self._db.changing():
            self._forget()
            self._db.run("INSERT INTO conversations (id, title, created) VALUES (?, '', ?)", [id, now()])
            if owner is not None:
                self._db.run("INSERT INTO conversation_owners (conversation, owner) VALUES (?, ?)", [id, owner])
        return id

    def listed(self, owner: str | None = None) -> list[Conversation]:
        """The conversations of one owner, the latest first; None means those without an owner.

        One without a title is called by its question that has no answer yet, or waits for its files.
        """
        return [
            Conversation(*row)
            for row in self._db.rows(
                "SELECT c.id, coalesce(nullif(c.title, ''), substr(coalesce(u.question, "
                "(SELECT w.question FROM awaiting w WHERE w.conversation = c.id ORDER BY w.key LIMIT 1)"
                "), 1, 80), ''), c.created, "
                "(SELECT count(*) FROM turns t WHERE t.conversation = c.id) "
                f"FROM (SELECT rowid AS age, * FROM {_KEPT}) c {_OWNED} "
                "LEFT JOIN unanswered u ON u.conversation = c.id WHERE o.owner IS ? "
                "ORDER BY c.created DESC, c.age DESC",
                [owner],
            )
        ]

    def having(self, words: str) -> set[str]:
        """The ids of conversations in which these words are asked, answered or quoted, ignoring case."""
        sql = "SELECT conversation, answer FROM turns WHERE instr(fold(answer), fold(?)) > 0"
        found = self._db.rows(sql, [json.dumps(words, ensure_ascii=False)[1:-1]])
        folded = words.casefold()
        return {id for id, answer in found if any(folded in text.casefold() for text in _shown(_told(answer)))}

    def check_owner(self, conversation: str, owner: str | None) -> None:
        """Refuse a conversation that does not belong to this owner.

        Raises:
            DocumentMissing: it belongs to somebody else, or does not exist; the error does not say which.
        """
        sql = f"SELECT 1 FROM (SELECT * FROM {_KEPT} AND id = ?) c {_OWNED} WHERE o.owner IS ?"
        if not self._db.row(sql, [conversation, owner]):
            raise _missing(conversation)

    def ask(self, conversation: str, question: str, *, at: int | None = None) -> None:
        """Store a question before it is answered, in place of an earlier one without an answer; ``at`` as for
        ``add_turn``."""
        with self._db.changing():
            self._check(conversation)
            self._db.run(_ASK, [conversation, question, at])

    def wait(self, conversation: str, question: str, files: Sequence[str]) -> None:
        """Store a question that is asked once the attached files, given by their names, have been read."""
        with self._db.changing():
            self._check(conversation)
            sql = "INSERT INTO awaiting (conversation, question, files) VALUES (?, ?, ?)"
            self._db.run(sql, [conversation, question, json.dumps(files, ensure_ascii=False)])

    def awaiting(self, conversation: str) -> list[Awaiting]:
        """The questions that wait for files to be read, in the order of their arrival."""
        sql = "SELECT key, question, files FROM awaiting WHERE conversation = ? ORDER BY key"
        return [
            Awaiting(key, asked, tuple(json.loads(files))) for key, asked, files in self._db.rows(sql, [conversation])
        ]

    def come(self, conversation: str, id: int) -> bool:
        """End the wait of a question, so that ``unanswered`` returns it from now on. False if it was not waiting."""
        with self._db.changing():
            row = self._db.row("SELECT question FROM awaiting WHERE conversation = ? AND key = ?", [conversation, id])
            if not row:
                return False
            self._db.run("DELETE FROM awaiting WHERE key = ?", [id])
            self._db.run(_ASK, [conversation, row[0], None])
            return True

    def unanswered(self, conversation: str) -> tuple[str, int | None] | None:
        """The last question if it has no answer yet, with its ``at``; None if every question has an answer."""
        row = self._db.row("SELECT question, turn FROM unanswered WHERE conversation = ?", [conversation])
        return (row[0], row[1]) if row else None

    def add_turn(self, conversation: str, answer: str, *, at: int | None = None) -> None:
        """Store an answer (JSON): as the last turn, or in place of turn ``at`` (from 1) and all turns after it.

        The ``question`` of the first answer becomes the conversation's title, unless it was renamed. The stored
        question without an answer is removed. If turns came after turn ``at``, the former conversation is kept as a
        separate one.
        """
        with self._db.changing():
            self._check(conversation)
            title = _title(answer)
            self._db.run("UPDATE conversations SET title = ? WHERE id = ? AND title = ''", [title, conversation])
            if at is not None:
                self._make_room(conversation, title, at)
            sql = "INSERT INTO turns (conversation, created, answer) VALUES (?, ?, ?)"
            self._db.run(sql, [conversation, now(), answer])
            self._db.run("DELETE FROM unanswered WHERE conversation = ?", [conversation])

    def _make_room(self, conversation: str, title: str, at: int) -> None:
        """Remove turn ``at`` and those after it; a title that came from the first question follows it."""
        first = self._turns(conversation)[:1]
        self._branch(conversation, at)
        kept = "SELECT key FROM turns WHERE conversation = ? ORDER BY key LIMIT ?"
        sql = f"DELETE FROM turns WHERE conversation = ? AND key NOT IN ({kept})"
        self._db.run(sql, [conversation, conversation, at - 1])
        self._db.run("DELETE FROM feedback WHERE conversation = ? AND turn >= ?", [conversation, at])
        if at == 1 and first:
            sql = "UPDATE conversations SET title = ? WHERE id = ? AND title = ?"
            self._db.run(sql, [title, conversation, _title(first[0])])

    def _branch(self, conversation: str, at: int) -> None:
        """Keep a copy of a conversation, with feedback, if turns after ``at`` are about to be replaced."""
        if self._db.row("SELECT count(*) FROM turns WHERE conversation = ?", [conversation])[0] <= at:
            return
        id = secrets.token_hex(8)
        title, created = self._db.row("SELECT title, created FROM conversations WHERE id = ?", [conversation])
        earlier = (datetime.fromisoformat(created) - timedelta(seconds=1)).isoformat(timespec="seconds")
        sql = "INSERT INTO conversations (id, title, created) VALUES (?, ?, ?)"
        self._db.run(sql, [id, title + BEFORE, earlier])
        for sql in (
            "INSERT INTO conversation_owners (conversation, owner) SELECT :id, owner "
            "FROM conversation_owners WHERE conversation = :of",
            "INSERT INTO turns (conversation, created, answer) SELECT :id, created, answer "
            "FROM turns WHERE conversation = :of ORDER BY key",
            "INSERT INTO feedback (conversation, turn, citation, verdict, note, created) "
            "SELECT :id, turn, citation, verdict, note, created FROM feedback WHERE conversation = :of ORDER BY key",
        ):
            self._db.run(sql, {"id": id, "of": conversation})

    def turns(self, conversation: str) -> list[str]:
        """The stored answers of a conversation, in order."""
        with self._db.reading():
            self._check(conversation)
            return self._turns(conversation)

    def _turns(self, conversation: str) -> list[str]:
        sql = "SELECT answer FROM turns WHERE conversation = ? ORDER BY key"
        return [answer for (answer,) in self._db.rows(sql, [conversation])]

    def rename(self, conversation: str, title: str) -> None:
        """Give a conversation another title."""
        with self._db.changing():
            self._check(conversation)
            self._db.run("UPDATE conversations SET title = ? WHERE id = ?", [title, conversation])

    def delete(self, conversation: str) -> None:
        """Delete a conversation, its turns and its feedback; for ``UNDO`` seconds it can be restored."""
        with self._db.changing():
            self._forget()
            self._check(conversation)
            self._db.run("INSERT INTO deleted (conversation, at) VALUES (?, ?)", [conversation, now()])

    def restore(self, conversation: str) -> None:
        """Restore a deleted conversation, unless it is gone for good."""
        if not self._db.run("DELETE FROM deleted WHERE conversation = ?", [conversation]):
            raise _missing(conversation)

    def give_feedback(
        self, conversation: str, turn: int, verdict: Opinion, *, citation: int | None = None, note: str = ""
    ) -> None:
        """Store feedback on a turn, or on one of its citations (both from 1); it replaces earlier feedback.

        Raises:
            DocumentMissing: there is no such turn.
        """
        with self._db.changing():
            held = self._db.row("SELECT count(*) FROM turns WHERE conversation = ?", [conversation])[0]
            if not self._is_there(conversation) or not 1 <= turn <= held:
                what = f"There is no turn {turn} of a conversation {conversation!r} in this library."
                raise DocumentMissing(what, hint="Start a new one.")
            self._db.run(
                "INSERT INTO feedback (conversation, turn, citation, verdict, note, created) VALUES (?, ?, ?, ?, ?, ?) "
                "ON CONFLICT (conversation, turn, coalesce(citation, 0)) DO UPDATE SET "
                "verdict = excluded.verdict, note = excluded.note, created = excluded.created",
                [conversation, turn, citation, verdict, note, now()],
            )

    def withdraw_feedback(self, conversation: str, turn: int, *, citation: int | None = None) -> None:
        """Remove the feedback on a turn or a citation, if there is any."""
        sql = "DELETE FROM feedback WHERE conversation = ? AND turn = ? AND citation IS ?"
        self._db.run(sql, [conversation, turn, citation])

    def feedback(self, conversation: str | None = None) -> list[Feedback]:
        """The feedback on one conversation, or on all: the earliest conversation first, by turn, the whole answer
        first."""
        return [
            Feedback(id, turn, citation, Opinion(verdict), note, created)
            for id, turn, citation, verdict, note, created in self._db.rows(
                "SELECT f.conversation, f.turn, f.citation, f.verdict, f.note, f.created FROM feedback f "
                "JOIN conversations c ON c.id = f.conversation "
                "WHERE f.conversation = coalesce(?, f.conversation) "
                "AND c.id NOT IN (SELECT conversation FROM deleted) "
                "ORDER BY c.created, c.rowid, f.turn, coalesce(f.citation, 0)",
                [conversation],
            )
        ]

    def _check(self, conversation: str) -> None:
        if not self._is_there(conversation):
            raise _missing(conversation)

    def _is_there(self, conversation: str) -> bool:
        return bool(self._db.row(f"SELECT 1 FROM {_KEPT} AND id = ?", [conversation]))

    def _forget(self) -> None:
        """Remove conversations for good that were deleted too long ago to be restored."""
        before = (datetime.now(UTC) - timedelta(seconds=UNDO)).isoformat(timespec="seconds")
        self._db.run("DELETE FROM conversations WHERE id IN (SELECT conversation FROM deleted WHERE at < ?)", [before])


def _missing(conversation: str) -> DocumentMissing:
    return DocumentMissing(f"There is no conversation {conversation!r} in this library.", hint="Start a new one.")


def _title(answer_json: str) -> str:
    """The title of a conversation: the question of its first answer, shortened."""
    answer = json.loads(answer_json)
    question = " ".join(str(answer.get("question", "") if isinstance(answer, dict) else "").split())
    return question if len(question) <= TITLE else question[: TITLE - 1].rstrip() + "…"


def _told(answer: str) -> object:
    """What a stored answer holds; nothing where it is damaged."""
    try:
        return json.loads(answer)
    except (ValueError, RecursionError):
        return None


def _shown(told: object) -> Iterator[str]:
    """The parts of an answer that people see."""
    if isinstance(told, dict):
        for name, value in told.items():
            if isinstance(value, str) and name in SHOWN:
                yield value
            elif name not in HIDDEN:
                yield from _shown(value)
    elif isinstance(told, list):
        for value in told:
            yield from _shown(value)


def now() -> str:
    """The current time in ISO 8601 and UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")
