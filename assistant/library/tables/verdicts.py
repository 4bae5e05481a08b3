"""The table of pressure tests, with its SQL."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

from assistant.library.records import UNFINISHED, KeptVerdict
from assistant.library.sql import Database

_LISTED = "v.id, v.created, v.idea, v.ruling, v.revises, o.owner"
_OWNED = "verdicts v LEFT JOIN verdict_owners o ON o.verdict = v.id"


class Verdicts:
    """Verdicts by their ids, as JSON."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def keep(
        self,
        idea: str,
        ruling: str,
        verdict: str,
        *,
        revises: str | None = None,
        owner: str | None = None,
        id: str | None = None,
    ) -> str:
        """Store a verdict's JSON and return its id. Nothing happens if a verdict with the given ``id`` is stored
        already."""
        if id is not None and self.read(id):
            return id
        id = id or secrets.token_hex(4)
        now = datetime.now(UTC).isoformat(timespec="seconds")
        with self._db.changing():
            sql = "INSERT INTO verdicts (id, created, idea, ruling, revises, verdict) VALUES (?, ?, ?, ?, ?, ?)"
            self._db.run(sql, [id, now, idea, ruling, revises, verdict])
            if owner is not None:
                self._db.run("INSERT INTO verdict_owners (verdict, owner) VALUES (?, ?)", [id, owner])
        return id

    def put(self, kept: KeptVerdict, verdict: str) -> None:
        """Store a verdict's JSON with its row ``kept``, replacing what is stored under its id."""
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
        """The verdicts of one owner, the latest first; None means those without an owner."""
        sql = f"SELECT {_LISTED} FROM {_OWNED} WHERE o.owner IS ? ORDER BY v.key DESC"  # noqa: S608
        return [KeptVerdict(*row) for row in self._db.rows(sql, [owner])]

    def every(self) -> list[str]:
        """The JSON of all finished tests, whoever owns them, the earliest first."""
        rows = self._db.rows("SELECT verdict FROM verdicts WHERE ruling <> ? ORDER BY key", [UNFINISHED])
        return [verdict for (verdict,) in rows]

    def read(self, id: str) -> tuple[KeptVerdict, str] | None:
        """A verdict's row in the list, and its JSON; None if there is none with that id."""
        row = self._db.row(f"SELECT {_LISTED}, v.verdict FROM {_OWNED} WHERE v.id = ?", [id])  # noqa: S608
        return (KeptVerdict(*row[:-1]), row[-1]) if row else None

    def remove(self, id: str) -> bool:
        """Remove a verdict; False if there is none with that id."""
        return bool(self._db.run("DELETE FROM verdicts WHERE id = ?", [id]))
