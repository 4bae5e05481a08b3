"""Pressure tests as the catalog keeps them: the SQL of one table."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

from assistant.library.records import KeptVerdict
from assistant.library.sqlite import Database

_LISTED = "id, created, idea, ruling, revises"


def keep(db: Database, idea: str, ruling: str, verdict: str, revises: str | None) -> str:
    """Keep a verdict's JSON; its id."""
    id = secrets.token_hex(4)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    sql = "INSERT INTO verdicts (id, created, idea, ruling, revises, verdict) VALUES (?, ?, ?, ?, ?, ?)"
    db.run(sql, [id, now, idea, ruling, revises, verdict])
    return id


def put(db: Database, kept: KeptVerdict, verdict: str) -> None:
    """Keep a verdict's JSON as ``kept`` lists it, in the place of what is kept under its id."""
    row = [*kept, verdict]
    sql = (
        f"INSERT INTO verdicts ({_LISTED}, verdict) VALUES ({', '.join('?' * len(row))}) "  # noqa: S608
        "ON CONFLICT (id) DO UPDATE SET ruling = excluded.ruling, verdict = excluded.verdict"
    )
    db.run(sql, row)


def listed(db: Database) -> list[KeptVerdict]:
    """All of them, the latest first."""
    return [KeptVerdict(*row) for row in db.rows(f"SELECT {_LISTED} FROM verdicts ORDER BY key DESC")]  # noqa: S608


def read(db: Database, id: str) -> tuple[KeptVerdict, str] | None:
    """A verdict as it is listed, and its JSON; None when there is none of that id."""
    row = db.row(f"SELECT {_LISTED}, verdict FROM verdicts WHERE id = ?", [id])  # noqa: S608
    return (KeptVerdict(*row[:-1]), row[-1]) if row else None


def remove(db: Database, id: str) -> bool:
    """Forget a verdict; False when there is none of that id."""
    return bool(db.run("DELETE FROM verdicts WHERE id = ?", [id]))
