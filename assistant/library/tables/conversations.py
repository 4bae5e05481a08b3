"""The tables of conversations and of the feedback on their answers, with their SQL.

A deleted conversation can be restored for ``UNDO`` seconds. During this time, the other functions treat it as missing.
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
SOUGHT = 20  # words by which conversations are found: a bound on one statement of SQL
UNDO = 3600  # seconds: long enough to notice what was deleted, short enough that it is soon gone indeed
SHOWN = frozenset({"question", "text", "quote", "reason", "title"})  # of an answer, and of what is in it
HIDDEN = frozenset({"rejected", "dropped"})
PASSING = frozenset({"timings_ms", "cost", "searched"})  # of an answer: what may differ if it is made again
EDITED, ANSWERED = " (before an edit)", " (earlier answer)"  # in the title of a conversation as it was

_KEPT = "conversations WHERE id NOT IN (SELECT conversation FROM deleted)"
_ASK = (
    "INSERT INTO unanswered (conversation, question, turn) VALUES (?, ?, ?) "
    "ON CONFLICT (conversation) DO UPDATE SET question = excluded.question, turn = excluded.turn"
)
_OWNED = "LEFT JOIN conversation_owners o ON o.conversation = c.id"


class Conversations:
    """The stored conversations, each with its answers and the feedback on them.

    Raises:
        DocumentMissing: a conversation does not exist. ``awaiting``, ``come``, ``unanswered``, ``feedback`` and
            ``withdraw_feedback`` do not raise this.
    """

    def __init__(self, db: Database) -> None:
        self._db = db

    def begin(self, owner: str | None = None) -> str:
        """Start a conversation and return its id. ``owner`` is the person to whom it belongs; None if people do not
        sign in."""
        id = secrets.token_hex(8)
        with self._db.changing():
            self._forget()
            self._db.run("INSERT INTO conversations (id, title, created) VALUES (?, '', ?)", [id, now()])
            if owner is not None:
                self._db.run("INSERT INTO conversation_owners (conversation, owner) VALUES (?, ?)", [id, owner])
        return id

    def listed(self, owner: str | None = None) -> list[Conversation]:
        """The conversations of ``owner``, the last used first. If ``owner`` is None, those without an owner.

        If a conversation has no title yet, the list has the start of a question as its title: of the unanswered
        question that ``ask`` stored or, if there is none, of the first question that ``wait`` stored.
        """
        return [
            Conversation(*row)
            for row in self._db.rows(
                "SELECT c.id, coalesce(nullif(c.title, ''), substr(coalesce(u.question, "
                "(SELECT w.question FROM awaiting w WHERE w.conversation = c.id ORDER BY w.key LIMIT 1)"
                "), 1, 80), ''), coalesce("
                "(SELECT t.created FROM turns t WHERE t.conversation = c.id ORDER BY t.key DESC LIMIT 1), c.created"
                ") AS used, "
                "(SELECT count(*) FROM turns t WHERE t.conversation = c.id) "
                f"FROM (SELECT rowid AS age, * FROM {_KEPT}) c {_OWNED} "
                "LEFT JOIN unanswered u ON u.conversation = c.id WHERE o.owner IS ? "
                "ORDER BY used DESC, c.created DESC, c.age DESC",
                [owner],
            )
        ]

    def search(self, words: str, owner: str | None = None) -> list[Conversation]:
        """The conversations of ``owner`` that contain all words of the text ``words``, ignoring case; the last used
        come first. If ``owner`` is None, those without an owner. Each word may be in the title, a question, an answer
        or a quote, also as a part of a longer word. Only the first ``SOUGHT`` words of ``words`` count."""
        sought = [*dict.fromkeys(words.casefold().split())][:SOUGHT]
        listed = self.listed(owner)
        missing = {one.id: {word for word in sought if word not in one.title.casefold()} for one in listed}
        if any(missing.values()):
            sql = " OR ".join(["instr(fold(answer), fold(?)) > 0"] * len(sought))
            values = [json.dumps(word, ensure_ascii=False)[1:-1] for word in sought]
            for id, answer in self._db.rows(f"SELECT conversation, answer FROM turns WHERE {sql}", values):
                if missing.get(id):
                    texts = [text.casefold() for text in _shown(_parsed(answer))]
                    missing[id] -= {word for word in missing[id] if any(word in text for text in texts)}
        return [one for one in listed if not missing[one.id]]

    def check_owner(self, conversation: str, owner: str | None) -> None:
        """Check that a conversation belongs to ``owner``; if ``owner`` is None, that it has no owner.

        Raises:
            DocumentMissing: the conversation belongs to somebody else or does not exist; the error does not say which.
        """
        sql = f"SELECT 1 FROM (SELECT * FROM {_KEPT} AND id = ?) c {_OWNED} WHERE o.owner IS ?"
        if not self._db.row(sql, [conversation, owner]):
            raise _missing(conversation)

    def ask(self, conversation: str, question: str, *, at: int | None = None) -> None:
        """Store a question before it is answered. The new question replaces an earlier one that has no answer.

        A turn is a question with its answer. If the coming answer will replace an existing turn, ``at`` is the number
        of that turn, counted from 1. None means that the answer will be a new turn at the end.
        """
        with self._db.changing():
            self._check(conversation)
            self._db.run(_ASK, [conversation, question, at])

    def wait(self, conversation: str, question: str, files: Sequence[str]) -> None:
        """Store a question that is to be asked as soon as the files attached to it have been read. ``files`` has the
        names of these files."""
        with self._db.changing():
            self._check(conversation)
            sql = "INSERT INTO awaiting (conversation, question, files) VALUES (?, ?, ?)"
            self._db.run(sql, [conversation, question, json.dumps(files, ensure_ascii=False)])

    def awaiting(self, conversation: str) -> list[Awaiting]:
        """The questions that wait for their files to be read, the oldest first."""
        sql = "SELECT key, question, files FROM awaiting WHERE conversation = ? ORDER BY key"
        return [
            Awaiting(key, asked, tuple(json.loads(files))) for key, asked, files in self._db.rows(sql, [conversation])
        ]

    def come(self, conversation: str, id: int) -> bool:
        """Mark a question that waited for its files as ready, so that ``unanswered`` returns it. ``id`` is the field
        ``id`` of the question's entry in the list that ``awaiting`` returns. Returns False if no such question was
        waiting."""
        with self._db.changing():
            row = self._db.row("SELECT question FROM awaiting WHERE conversation = ? AND key = ?", [conversation, id])
            if not row:
                return False
            self._db.run("DELETE FROM awaiting WHERE key = ?", [id])
            self._db.run(_ASK, [conversation, row[0], None])
            return True

    def unanswered(self, conversation: str) -> tuple[str, int | None] | None:
        """The question that has no answer yet, and the number, counted from 1, of the turn that its answer will
        replace. A turn is a question with its answer; the number is None if the answer will be a new turn at the end.
        If every question has an answer, the result is None."""
        row = self._db.row("SELECT question, turn FROM unanswered WHERE conversation = ?", [conversation])
        return (row[0], row[1]) if row else None

    def add_turn(self, conversation: str, answer: str, *, at: int | None = None) -> None:
        """Store an answer as the last turn of a conversation. A turn is a question with its answer; ``answer`` is JSON
        and includes its question.

        If ``at`` is given, the answer replaces the turn with this number, counted from 1, and all turns after it. A
        copy of the whole conversation is first stored as a new conversation, so that the replaced turns are not lost.
        If only the last turn is replaced, and by the same answer, there is no copy, and the feedback on this turn
        remains.

        The question of the first turn becomes the title of the conversation, unless the user has set another one. The
        question that ``ask`` stored is removed.
        """
        with self._db.changing():
            self._check(conversation)
            title = _title(answer)
            self._db.run("UPDATE conversations SET title = ? WHERE id = ? AND title = ''", [title, conversation])
            if at is not None:
                self._make_room(conversation, answer, at)
            sql = "INSERT INTO turns (conversation, created, answer) VALUES (?, ?, ?)"
            self._db.run(sql, [conversation, now(), answer])
            self._db.run("DELETE FROM unanswered WHERE conversation = ?", [conversation])

    def _make_room(self, conversation: str, answer: str, at: int) -> None:
        """Remove turn ``at`` and all turns after it, so that ``answer`` can take their place. If turn 1 is removed and
        its question was the title of the conversation, the question of ``answer`` becomes the new title. A copy of the
        conversation is stored first if anything that people can see would be lost."""
        turns = self._turns(conversation)
        same = len(turns) == at and _lasting(turns[-1]) == _lasting(answer)
        if len(turns) >= at and not same:
            self._branch(conversation, ANSWERED if _title(turns[at - 1]) == _title(answer) else EDITED)
        kept = "SELECT key FROM turns WHERE conversation = ? ORDER BY key LIMIT ?"
        sql = f"DELETE FROM turns WHERE conversation = ? AND key NOT IN ({kept})"
        self._db.run(sql, [conversation, conversation, at - 1])
        if not same:
            self._db.run("DELETE FROM feedback WHERE conversation = ? AND turn >= ?", [conversation, at])
        if at == 1 and turns:
            sql = "UPDATE conversations SET title = ? WHERE id = ? AND title = ?"
            self._db.run(sql, [_title(answer), conversation, _title(turns[0])])

    def _branch(self, conversation: str, why: str) -> None:
        """Store a copy of a conversation, with its feedback, as a new conversation. ``why`` is added to its title."""
        id = secrets.token_hex(8)
        title, created = self._db.row("SELECT title, created FROM conversations WHERE id = ?", [conversation])
        earlier = (datetime.fromisoformat(created) - timedelta(seconds=1)).isoformat(timespec="seconds")
        sql = "INSERT INTO conversations (id, title, created) VALUES (?, ?, ?)"
        self._db.run(sql, [id, title.removesuffix(why) + why, earlier])
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
        """The stored answers (JSON) of a conversation, in order."""
        with self._db.reading():
            self._check(conversation)
            return self._turns(conversation)

    def _turns(self, conversation: str) -> list[str]:
        sql = "SELECT answer FROM turns WHERE conversation = ? ORDER BY key"
        return [answer for (answer,) in self._db.rows(sql, [conversation])]

    def rename(self, conversation: str, title: str) -> None:
        """Change the title of a conversation."""
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
        """Restore a deleted conversation.

        Raises:
            DocumentMissing: the conversation is not deleted, or can no longer be restored.
        """
        if not self._db.run("DELETE FROM deleted WHERE conversation = ?", [conversation]):
            raise _missing(conversation)

    def give_feedback(
        self, conversation: str, turn: int, verdict: Opinion, *, citation: int | None = None, note: str = ""
    ) -> None:
        """Store a user's opinion of an answer, or of one of its citations. ``turn`` is the number of the answer in the
        conversation, ``citation`` the number of the citation in the answer, both counted from 1; ``note`` is the user's
        comment. Earlier feedback on the same answer or citation is replaced.

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
        """Remove the feedback on an answer (the turn with the number ``turn``, counted from 1), or on one of its
        citations if ``citation`` is given. If there is no such feedback, nothing happens."""
        sql = "DELETE FROM feedback WHERE conversation = ? AND turn = ? AND citation IS ?"
        self._db.run(sql, [conversation, turn, citation])

    def feedback(self, conversation: str | None = None) -> list[Feedback]:
        """The feedback on one conversation, or on all conversations if ``conversation`` is None. Feedback is sorted by
        the start of the conversation, then by turn; feedback on the whole answer comes before feedback on its
        citations."""
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
        """Remove for good the conversations that were deleted more than ``UNDO`` seconds ago."""
        before = (datetime.now(UTC) - timedelta(seconds=UNDO)).isoformat(timespec="seconds")
        self._db.run("DELETE FROM conversations WHERE id IN (SELECT conversation FROM deleted WHERE at < ?)", [before])


def _missing(conversation: str) -> DocumentMissing:
    return DocumentMissing(f"There is no conversation {conversation!r} in this library.", hint="Start a new one.")


def _title(answer_json: str) -> str:
    """The title that an answer (JSON) gives to its conversation: the answer's question, shortened."""
    answer = _parsed(answer_json)
    question = " ".join(str(answer.get("question", "") if isinstance(answer, dict) else "").split())
    return question if len(question) <= TITLE else question[: TITLE - 1].rstrip() + "…"


def _lasting(answer: str) -> object:
    """A stored answer (JSON) without its measures of time and cost, which differ whenever a question is asked again.
    The text itself if it is damaged."""
    told = _parsed(answer)
    return {key: value for key, value in told.items() if key not in PASSING} if isinstance(told, dict) else answer


def _parsed(answer: str) -> object:
    """Parse a stored answer (JSON). Returns None if it is damaged."""
    try:
        return json.loads(answer)
    except (ValueError, RecursionError):
        return None


def _shown(told: object) -> Iterator[str]:
    """Yield the texts in a parsed answer that people can see, such as the question, the statements and the quotes."""
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
    """The current time in ISO 8601 and UTC, without fractions of a second."""
    return datetime.now(UTC).isoformat(timespec="seconds")
