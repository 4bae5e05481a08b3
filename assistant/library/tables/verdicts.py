"""The table of pressure tests, with its SQL."""

from __future__ import annotations

import json
import secrets
from contextlib import suppress
from datetime import UTC, datetime

from assistant.errors import DocumentMissing
from assistant.library.records import UNFINISHED, KeptVerdict
from assistant.library.sql import Database

_LISTED = "v.id, v.created, v.idea, v.ruling, v.revises, o.owner"
_OWNED = "verdicts v LEFT JOIN verdict_owners o ON o.verdict = v.id"


class Verdicts:
    """The stored pressure tests (tests of an idea against the documents), each with its verdict as JSON."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def keep(self, verdict: str, *, revises: str | None = None, owner: str | None = None, id: str | None = None) -> str:
        """Store a verdict (JSON) as a new pressure test and return the test's id. ``revises`` is the id of the earlier
        test that the new test revises, None if there is none. ``owner`` is the person who ran the test, None if people
        do not sign in.

        ``id`` is the id for the new test; if it is None, a new id is made. If a stored test already has the id, nothing
        is stored, and the id is returned.
        """
        if id is not None and self._read(id):
            return id
        fields = json.loads(verdict)
        id = id or secrets.token_hex(4)
        now = datetime.now(UTC).isoformat(timespec="seconds")
        with self._db.changing():
            sql = "INSERT INTO verdicts (id, created, idea, ruling, revises, verdict) VALUES (?, ?, ?, ?, ?, ?)"
            self._db.run(sql, [id, now, fields["idea"], fields["ruling"], revises, verdict])
            if owner is not None:
                self._db.run("INSERT INTO verdict_owners (verdict, owner) VALUES (?, ?)", [id, owner])
        return id

    def put(self, kept: KeptVerdict, verdict: str) -> None:
        """Store a pressure test with its verdict (JSON). ``kept`` is the test's entry in the list of tests; it gives
        the test's id. If a test with this id is stored already, its idea, ruling and verdict are replaced. If the test
        was removed, it is stored again.

        The idea and the ruling are read from ``verdict``. If ``verdict`` is damaged, it is stored all the same, with
        the idea and the ruling of ``kept``.
        """
        with suppress(ValueError, TypeError, KeyError):
            fields = json.loads(verdict)
            kept = kept._replace(idea=fields["idea"], ruling=fields["ruling"])
        sql = (
            "INSERT INTO verdicts (id, created, idea, ruling, revises, verdict) VALUES (?, ?, ?, ?, ?, ?) "
            "ON CONFLICT (id) DO UPDATE SET idea = excluded.idea, ruling = excluded.ruling, verdict = excluded.verdict"
        )
        with self._db.changing():
            self._db.run(sql, [kept.id, kept.created, kept.idea, kept.ruling, kept.revises, verdict])
            if kept.owner is not None:
                sql = "INSERT INTO verdict_owners (verdict, owner) VALUES (?, ?) ON CONFLICT DO NOTHING"
                self._db.run(sql, [kept.id, kept.owner])

    def listed(self, owner: str | None = None) -> list[KeptVerdict]:
        """The pressure tests of ``owner``, the latest first. If ``owner`` is None, the tests without an owner."""
        sql = f"SELECT {_LISTED} FROM {_OWNED} WHERE o.owner IS ? ORDER BY v.key DESC"  # noqa: S608
        return [KeptVerdict(*row) for row in self._db.rows(sql, [owner])]

    def every(self) -> list[str]:
        """The verdicts (JSON) of the pressure tests of all owners, the earliest first. Tests that are still running, or
        that were interrupted, are left out."""
        rows = self._db.rows("SELECT verdict FROM verdicts WHERE ruling <> ? ORDER BY key", [UNFINISHED])
        return [verdict for (verdict,) in rows]

    def read(self, id: str) -> tuple[KeptVerdict, str]:
        """The pressure test with this id, as a pair: its entry in the list of tests, and its verdict (JSON).

        Raises:
            DocumentMissing: there is no test with this id.
        """
        found = self._read(id)
        if found is None:
            raise _missing(id)
        return found

    def _read(self, id: str) -> tuple[KeptVerdict, str] | None:
        row = self._db.row(f"SELECT {_LISTED}, v.verdict FROM {_OWNED} WHERE v.id = ?", [id])  # noqa: S608
        return (KeptVerdict(*row[:-1]), row[-1]) if row else None

    def remove(self, id: str) -> None:
        """Remove the pressure test with this id.

        Raises:
            DocumentMissing: there is no test with this id.
        """
        if not self._db.run("DELETE FROM verdicts WHERE id = ?", [id]):
            raise _missing(id)


def _missing(id: str) -> DocumentMissing:
    return DocumentMissing(f"There is no verdict {id!r} in this library.", hint="`pushback verdicts` lists them.")
