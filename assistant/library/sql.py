"""The interface of the catalog's databases. Statements are written once, in the SQL of SQLite; the module of another
database (``postgres``) translates them.

So a statement uses only what both databases have: ``ON CONFLICT`` and no ``OR REPLACE``, numbers and no truth values in
columns. Every value is bound.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

LISTED = "(SELECT value FROM json_each(?))"  # of a query: any number of values, given as one ``Many``

Parameters = Sequence[Any] | Mapping[str, Any]


class Many(list[Any]):
    """Any number of values, for one place in a statement."""


class Database(Protocol):
    """A connection that threads share. A block of reads sees one state; a block of writes succeeds or fails as a
    whole."""

    @property
    def place(self) -> str:
        """The name of the database in messages, such as its folder."""

    def close(self) -> None:
        """Close the connection; a second call does nothing."""

    def rows(self, sql: str, parameters: Parameters = ()) -> list[Any]:
        """All rows of a query."""

    def row(self, sql: str, parameters: Parameters = ()) -> Any:
        """The first row of a query, or None."""

    def run(self, sql: str, parameters: Parameters = ()) -> int:
        """Run a statement that changes something; returns how many rows it changed."""

    def run_each(self, sql: str, parameters: Sequence[Parameters]) -> None:
        """Run a statement once for each of ``parameters``."""

    def reading(self) -> AbstractContextManager[None]:
        """A block in which all queries see the same state of the database."""

    def changing(self) -> AbstractContextManager[None]:
        """A block whose statements take effect all together, or not at all if an exception leaves it. Only one such
        block runs at a time."""

    def alone(self, patience: float) -> AbstractContextManager[None]:
        """Be the only writer on any machine; wait at most ``patience`` seconds for other writers.

        Writers on the same machine are kept apart by the folder's lock.

        Raises:
            LibraryLocked: another process writes all that time.
        """

    def version(self) -> int:
        """The version of the tables; 0 if there are none."""

    def renew(self, version: int) -> None:
        """Upgrade tables of this version to the current one; a step of a transaction."""

    def faults(self) -> list[str]:
        """What is broken in the database itself, in the database's words; empty if nothing is."""


def as_json(value: object) -> str:
    """A value as JSON for a column."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
