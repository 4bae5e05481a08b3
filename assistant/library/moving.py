"""Copies a catalog into another database, completely or not at all."""

# What is put together here are names of our own tables; every value is bound.
# ruff: noqa: S608

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from assistant.errors import LibraryLocked
from assistant.library.sql import Database
from assistant.library.tables.schema import STEPS

if TYPE_CHECKING:
    from assistant.library.catalog import FullTextIndex

BATCH = 500  # rows in memory at a time: some three megabytes of passages
PLAIN = 10_000  # the same of tables of numbers and short texts
ORDERED = {"conversations": "rowid", "documents": "id"}  # by what rows come; the others by their key, if they have one

_TABLE = re.compile(r"CREATE TABLE (?:IF NOT EXISTS )?(\w+) \(\n(.+?)\n\)", re.DOTALL)

Progress = Callable[[int, int], None]


def tables() -> dict[str, list[str]]:
    """Map the name of each table of a catalog to the names of the table's columns. A table comes after the tables that
    it refers to. The table ``staged`` is left out, since its rows are temporary."""
    found = (match for statement in STEPS[0] if (match := _TABLE.search(statement)))
    return {match[1]: [line.split()[0] for line in match[2].splitlines() if _is_column(line)] for match in found}


def held(db: Database) -> dict[str, int]:
    """The number of rows in each table of the catalog in ``db``, by the table's name. The additional key ``changes``
    has the catalog's generation, that is, the number of its changes."""
    counts = {table: int(db.row(f"SELECT count(*) FROM {table}")[0]) for table in tables()}
    return {**counts, "changes": int(db.row("SELECT generation FROM state")[0])}


def copy(old: Database, new: Database, words: FullTextIndex, progress: Progress | None = None) -> None:
    """Copy all rows of ``old`` into ``new``, an empty database, in one transaction of ``new``. ``words`` is the
    full-text index of ``new``; ``progress`` is called with the number of rows copied and the number of all rows.

    Raises:
        LibraryLocked: another process changed the old catalog during the copy.
    """
    with new.changing():
        new.renew(0)
        with old.reading():
            before = held(old)
            done, total = 0, sum(before.values()) - before["changes"]
            for table, columns in tables().items():
                # Keys are given again, in the same order, so that the next row gets a free one.
                kept = [column for column in columns if column != "key"]
                insert = f"INSERT INTO {table} ({', '.join(kept)}) VALUES ({', '.join('?' * len(kept))})"
                for rows in _rows(old, table, columns, kept):
                    new.run_each(insert, rows)
                    done += len(rows)
                    if progress:
                        progress(done, total)
        words.follow()
        if held(old) != before:
            what = "Somebody used the library while it was moved; it is where it was."
            raise LibraryLocked(what, hint="End its servers, and run the command again.")


def _is_column(line: str) -> bool:
    return not line.strip().startswith(("PRIMARY KEY", "--"))


def _rows(db: Database, table: str, columns: list[str], kept: list[str]) -> Iterator[list[tuple[Any, ...]]]:
    """Yield the rows of a table in batches, each row with the columns ``kept``. ``columns`` are all columns of the
    table. If the order of the rows matters in a table, they come in the order in which they were inserted."""
    listed = ", ".join(kept)
    order = ORDERED.get(table) or ("key" if "key" in columns else None)
    if order is None:
        page = f"SELECT {listed} FROM {table} ORDER BY {listed} LIMIT ? OFFSET ?"
        start = 0
        while rows := db.rows(page, [PLAIN, start]):
            yield rows
            start += len(rows)
        return
    first = f"SELECT {order}, {listed} FROM {table} ORDER BY {order} LIMIT {BATCH}"
    then = f"SELECT {order}, {listed} FROM {table} WHERE {order} > ? ORDER BY {order} LIMIT {BATCH}"
    rows = db.rows(first)
    while rows:
        yield [tuple(row[1:]) for row in rows]
        rows = db.rows(then, [rows[-1][0]])
