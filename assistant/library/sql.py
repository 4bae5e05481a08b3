"""The interface of the catalog's databases. Statements are written once, in the SQL of SQLite; the module of another
database (``postgres``) translates them.

A statement uses only what both databases support: ``ON CONFLICT`` instead of ``OR REPLACE``, and numbers instead of
truth values in columns. Values are always passed as parameters, never written into a statement.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

LISTED = "(SELECT value FROM json_each(?))"  # of a query: any number of values, given as one ``Many``

Parameters = Sequence[Any] | Mapping[str, Any]


class Many(list[Any]):
    """A list of values that fills a single placeholder of an SQL statement."""


class Database(Protocol):
    """The interface of a connection to the database of a catalog; several threads can share one connection. All reads
    in a ``reading`` block see the same state; all writes in a ``changing`` block succeed or fail together."""

    @property
    def place(self) -> str:
        """What messages call the database: the path of the library's folder for SQLite, the name of the library for
        PostgreSQL."""

    def close(self) -> None:
        """Close the connection; a second call does nothing."""

    def rows(self, sql: str, parameters: Parameters = ()) -> list[Any]:
        """Run a query and return all its rows."""

    def row(self, sql: str, parameters: Parameters = ()) -> Any:
        """Run a query and return its first row; None if there is no row."""

    def run(self, sql: str, parameters: Parameters = ()) -> int:
        """Run a statement that changes something, and return the number of rows that it changed."""

    def run_each(self, sql: str, parameters: Sequence[Parameters]) -> None:
        """Run a statement once for each entry of ``parameters``."""

    def reading(self) -> AbstractContextManager[None]:
        """A context manager: all queries in its block see the same state of the database."""

    def changing(self) -> AbstractContextManager[None]:
        """A context manager: all statements in its block take effect together, or none of them if an exception leaves
        the block. Only one such block runs at a time."""

    def alone(self, patience: float) -> AbstractContextManager[None]:
        """A context manager that keeps processes on other machines from writing to the library during its block.
        Entering the block waits at most ``patience`` seconds for such a process to finish. With SQLite, the context
        manager does nothing.

        Enter the block only while holding the lock in the library's folder, which keeps out other processes on this
        machine.

        Raises:
            LibraryLocked: another process is still writing after ``patience`` seconds.
        """

    def version(self) -> int:
        """The version of the tables' schema; 0 if there are no tables yet."""

    def renew(self, version: int) -> None:
        """Upgrade the tables from the schema with the number ``version`` to the current schema. Call this inside a
        transaction."""

    def faults(self) -> list[str]:
        """The damage that the database reports, one message for each fault; empty if there is none."""


def as_json(value: object) -> str:
    """Return a value as JSON, to be stored in a column."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
