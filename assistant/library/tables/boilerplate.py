"""The SQL of the tables that cleaning depends on: boilerplate that a team wants to keep, and lines that recur on the
pages of a web site.

A line is boilerplate if at least ``MANY`` pages of its site have it, and at least the share ``SHARE`` of them; versions
of one page count once. Even so, the document with the lowest id keeps the line. So the result depends on the documents
in the library, and not on the order in which they were added.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from math import ceil

from assistant.library.sql import Database

MANY = 5  # pieces; fewer may well say the same thing on purpose
SHARE = 0.5  # of a site's pieces: what stands on most of its pages is the site's and no page's; not measured


class Boilerplate:
    """The lines that recur on the pages of a web site, and the files and folders in which users want to keep
    boilerplate. Call ``put_lines`` and ``recount`` inside a transaction."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def known(self) -> dict[int, str]:
        """Map the hash of each line that recurs on the pages of a web site to the id of the one document that keeps the
        line. Cleaning removes the line from all other documents."""
        kept = "SELECT hash, min(document) FROM lines WHERE hash IN (SELECT hash FROM recurring) GROUP BY hash"
        return dict(self._db.rows(kept))

    def put_lines(self, document: str, lines: Sequence[tuple[int, bool]]) -> None:
        """Replace the stored lines of a document. ``lines`` has a pair for each line that may recur on other pages: the
        hash of the line, and whether the line was known to recur when the document was cleaned."""
        self._db.run("DELETE FROM lines WHERE document = ?", [document])
        rows = [(document, hash, int(recurs)) for hash, recurs in dict(lines).items()]
        self._db.run_each("INSERT INTO lines (document, hash, recurs) VALUES (?, ?, ?)", rows)

    def recount(self, origins: Iterable[str | None]) -> None:
        """Count again which lines recur on the pages of the web sites ``origins``; an entry that is None is skipped.
        Each document of these sites is then marked as stale if cleaning it again would give another text, and as not
        stale otherwise."""
        for origin in sorted(filter(None, origins)):
            of = "cleaned c JOIN versions v ON v.document = c.document WHERE c.origin = ?"
            pieces = self._db.row(f"SELECT count(DISTINCT v.family) FROM {of}", [origin])[0]  # noqa: S608
            self._db.run("DELETE FROM recurring WHERE origin = ?", [origin])
            if pieces >= MANY:
                self._db.run(
                    "INSERT INTO recurring (hash, origin) SELECT l.hash, c.origin FROM cleaned c "
                    "JOIN versions v ON v.document = c.document JOIN lines l ON l.document = c.document "
                    "WHERE c.origin = ? GROUP BY l.hash, c.origin HAVING count(DISTINCT v.family) >= ? "
                    "ON CONFLICT DO NOTHING",
                    [origin, max(MANY, ceil(SHARE * pieces))],
                )
            self._db.run(
                "UPDATE cleaned SET stale = CASE WHEN EXISTS (SELECT 1 FROM lines l "
                "WHERE l.document = cleaned.document AND (l.recurs <> 0) <> (l.hash IN (SELECT hash FROM recurring) "
                "AND l.document <> (SELECT min(m.document) FROM lines m WHERE m.hash = l.hash))) "
                "THEN 1 ELSE 0 END WHERE origin = ?",
                [origin],
            )

    def keep(self, paths: Iterable[str], reasons: Iterable[str]) -> None:
        """Store that a user wants to keep boilerplate of the kinds ``reasons`` in these files and folders. This
        replaces the kinds stored for these paths and for everything inside them."""
        with self._db.changing():
            for path in paths:
                inside = path.rstrip(os.sep) + os.sep
                self._db.run("DELETE FROM keeps WHERE path = ? OR substr(path, 1, ?) = ?", [path, len(inside), inside])
                rows = [(path, reason) for reason in dict.fromkeys(reasons)]
                self._db.run_each("INSERT INTO keeps (path, reason) VALUES (?, ?)", rows)

    def keeps(self) -> dict[str, frozenset[str]]:
        """Map the path of a file or folder to the kinds of boilerplate, such as "navigation", that users want to keep
        in the text of this file, or of the files in this folder."""
        found: dict[str, set[str]] = {}
        for path, reason in self._db.rows("SELECT path, reason FROM keeps"):
            found.setdefault(path, set()).add(reason)
        return {path: frozenset(reasons) for path, reasons in found.items()}
