"""What cleaning goes by, as SQL: what a team wants kept, and lines that recur over the documents of one site or author.

A line is furniture when it stands in at least ``MANY`` pieces of its site or author and in at least ``SHARE`` of them;
versions of one piece count once. So it depends on what the library holds, and not on the order in which that came.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence

from assistant.library.sqlite import Database

MANY = 5  # pieces; fewer may well say the same thing on purpose
SHARE = 0.5  # of a site's or an author's pieces; what a weekly report says now and then is no furniture


def known(db: Database) -> frozenset[int]:
    """All lines that recur, as hashes."""
    return frozenset(hash for (hash,) in db.rows("SELECT hash FROM recurring"))


def put_lines(db: Database, document: str, lines: Sequence[tuple[int, bool]]) -> None:
    """A document's lines that may recur, and whether each was known to, in the place of those it had."""
    db.run("DELETE FROM lines WHERE document = ?", [document])
    rows = [(document, hash, recurs) for hash, recurs in dict(lines).items()]
    db.run_each("INSERT INTO lines (document, hash, recurs) VALUES (?, ?, ?)", rows)


def recount(db: Database, origins: Iterable[str | None]) -> None:
    """Count anew what recurs there; documents that would now be cleaned otherwise are stale from here on."""
    for origin in sorted(filter(None, origins)):
        of = "cleaned c JOIN versions v ON v.document = c.document WHERE c.origin = ?"
        pieces = db.row(f"SELECT count(DISTINCT v.family) FROM {of}", [origin])[0]  # noqa: S608
        db.run("DELETE FROM recurring WHERE origin = ?", [origin])
        if pieces >= MANY:
            db.run(
                "INSERT OR IGNORE INTO recurring (hash, origin) SELECT l.hash, c.origin FROM cleaned c "
                "JOIN versions v ON v.document = c.document JOIN lines l ON l.document = c.document WHERE c.origin = ? "
                "GROUP BY l.hash HAVING count(DISTINCT v.family) >= max(?, ?)",
                [origin, MANY, SHARE * pieces],
            )
        db.run(
            "UPDATE cleaned SET stale = EXISTS (SELECT 1 FROM lines l WHERE l.document = cleaned.document "
            "AND l.recurs <> (l.hash IN (SELECT hash FROM recurring))) WHERE origin = ?",
            [origin],
        )


def keep(db: Database, paths: Iterable[str], reasons: Iterable[str]) -> None:
    """Write down the reasons for these files and folders, in the place of those for them and for what lies in them."""
    for path in paths:
        inside = path.rstrip(os.sep) + os.sep
        db.run("DELETE FROM keeps WHERE path = ? OR substr(path, 1, ?) = ?", [path, len(inside), inside])
        rows = [(path, reason) for reason in dict.fromkeys(reasons)]
        db.run_each("INSERT INTO keeps (path, reason) VALUES (?, ?)", rows)


def keeps(db: Database) -> dict[str, frozenset[str]]:
    """The reasons that are written down, by path."""
    found: dict[str, set[str]] = {}
    for path, reason in db.rows("SELECT path, reason FROM keeps"):
        found.setdefault(path, set()).add(reason)
    return {path: frozenset(reasons) for path, reasons in found.items()}
