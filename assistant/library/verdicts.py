"""Pressure tests as the catalog keeps them: the SQL of one table."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

from assistant.library.records import KeptVerdict
from assistant.library.sqlite import Database

_LISTED = "v.id, v.created, v.idea, v.ruling, v.revises, o.owner"
_OWNED = "verdicts v LEFT JOIN verdict_owners o ON o.verdict = v.id"


def keep(db: Database, idea: str, ruling: str, verdict: str, *, revises: str | None, owner: str | None) -> str:
    """Keep a verdict's JSON; its id."""
    id = secrets.token_hex(4)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    with db.changing():
        sql = "INSERT INTO verdicts (id, created, idea, ruling, revises, verdict) VALUES (?, ?, ?, ?, ?, ?)"
        db.run(sql, [id, now, idea, ruling, revises, verdict])
        if owner is not None:
            db.run("INSERT INTO verdict_owners (verdict, owner) VALUES (?, ?)", [id, owner])
    return id


def put(db: Database, kept: KeptVerdict, verdict: str) -> None:
    """Keep a verdict's JSON as ``kept`` lists it, in the place of what is kept under its id."""
    sql = (
        "INSERT INTO verdicts (id, created, idea, ruling, revises, verdict) VALUES (?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (id) DO UPDATE SET ruling = excluded.ruling, verdict = excluded.verdict"
    )
    with db.changing():
        db.run(sql, [kept.id, kept.created, kept.idea, kept.ruling, kept.revises, verdict])
        if kept.owner is not None:
            db.run("INSERT OR IGNORE INTO verdict_owners (verdict, owner) VALUES (?, ?)", [kept.id, kept.owner])


def listed(db: Database, owner: str | None) -> list[KeptVerdict]:
    """All of one owner, the latest first; None: those that are nobody's."""
    sql = f"SELECT {_LISTED} FROM {_OWNED} WHERE o.owner IS ? ORDER BY v.key DESC"  # noqa: S608
    return [KeptVerdict(*row) for row in db.rows(sql, [owner])]


def read(db: Database, id: str) -> tuple[KeptVerdict, str] | None:
    """A verdict as it is listed, and its JSON; None when there is none of that id."""
    row = db.row(f"SELECT {_LISTED}, v.verdict FROM {_OWNED} WHERE v.id = ?", [id])  # noqa: S608
    return (KeptVerdict(*row[:-1]), row[-1]) if row else None


def remove(db: Database, id: str) -> bool:
    """Forget a verdict; False when there is none of that id."""
    return bool(db.run("DELETE FROM verdicts WHERE id = ?", [id]))
