"""The catalog in one SQLite file, used from any thread: transactions, and the translation of SQLite's errors."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any

from assistant.errors import LibraryDamaged, LibraryError, LibraryFull, LibraryLocked
from assistant.library.sql import Many, Parameters, as_json
from assistant.library.tables.schema import STEPS, VERSION
from assistant.text import unspaced

PATIENCE = 30.0  # seconds to wait for another process's transaction; the longest is the end of a reindex
NEARLY_FULL = 1 << 20  # bytes: what is left when SQLite reports a failed write rather than a full disk

UNWRITABLE = (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL)

sqlite3.register_adapter(Many, as_json)


class Sqlite:
    """A connection to the catalog of one library, which is stored in an SQLite file. It implements ``sql.Database``,
    where the methods are explained."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._turn = threading.RLock()
        with self._translated():
            try:
                self._connection = _connection(path.absolute().as_uri(), "PRAGMA journal_mode = WAL")
            except sqlite3.Error as error:
                self._connection = _reading(path, error)

    @property
    def place(self) -> str:
        return str(self._path.parent)

    def close(self) -> None:
        with self._turn:
            self._connection.close()

    def rows(self, sql: str, parameters: Parameters = ()) -> list[Any]:
        with self._turn, self._translated():
            return self._connection.execute(sql, parameters).fetchall()

    def row(self, sql: str, parameters: Parameters = ()) -> Any:
        with self._turn, self._translated():
            return self._connection.execute(sql, parameters).fetchone()

    def run(self, sql: str, parameters: Parameters = ()) -> int:
        with self._turn, self._translated():
            return self._connection.execute(sql, parameters).rowcount

    def run_each(self, sql: str, parameters: Sequence[Parameters]) -> None:
        with self._turn, self._translated():
            self._connection.executemany(sql, parameters)

    @contextmanager
    def reading(self) -> Iterator[None]:
        with self._transaction("BEGIN"):
            yield

    @contextmanager
    def changing(self) -> Iterator[None]:
        with self._transaction("BEGIN IMMEDIATE"):
            yield

    def alone(self, patience: float) -> AbstractContextManager[None]:  # noqa: ARG002 - there is nobody to wait for
        return nullcontext()

    def version(self) -> int:
        return int(self.row("PRAGMA user_version")[0])

    def renew(self, version: int) -> None:
        for statement in STEPS[version]:
            self.run(statement)
        self.run(f"PRAGMA user_version = {VERSION}")

    def faults(self) -> list[str]:
        with self.reading():
            broken = [row[0] for row in self.rows("PRAGMA integrity_check(5)") if row[0] != "ok"]
            return broken + [f"a row of {row[0]} points nowhere" for row in self.rows("PRAGMA foreign_key_check")]

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[None]:
        with self._turn, self._translated():
            self._connection.execute(begin)
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as exc:
            raise self._in_our_words(exc) from exc

    def _in_our_words(self, error: sqlite3.Error) -> LibraryError:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code == sqlite3.SQLITE_FULL or (code == sqlite3.SQLITE_IOERR and self._nearly_full()):
            return LibraryFull(f"The disk is full: {self._path} cannot grow.")
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            return LibraryLocked(f"Another process is changing {self._path}.")
        if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_IOERR):
            return LibraryDamaged(
                f"The catalog {self._path} is damaged.",
                hint="Put a copy of the folder back, or remove it and run `pushback ingest` again.",
                details=f"{error}.",
            )
        return LibraryError(
            f"The catalog {self._path} cannot be used.",
            hint="Check the folder's permissions.",
            details=f"{error}.",
        )

    def _nearly_full(self) -> bool:
        return shutil.disk_usage(self._path.parent).free < NEARLY_FULL


def _connection(address: str, first: str) -> sqlite3.Connection:
    """Open a connection to the database at the URI ``address`` and run the statement ``first``. If the statement fails,
    the connection is closed and the error is raised."""
    # Transactions are begun by hand (isolation_level None), so that a write waits for its turn at its start.
    made = sqlite3.connect(address, timeout=PATIENCE, isolation_level=None, check_same_thread=False, uri=True)
    try:
        made.create_function("apart", 1, _apart, deterministic=True)
        made.create_function("fold", 1, _folded, deterministic=True)  # lower() knows ASCII only
        made.execute("PRAGMA foreign_keys = ON")
        made.execute(first)
    except sqlite3.Error:
        made.close()
        raise
    return made


def _reading(path: Path, error: sqlite3.Error) -> sqlite3.Connection:
    """Return a read-only connection to the catalog file ``path`` after opening it for writing failed with ``error``. If
    ``error`` does not mean that the folder cannot be written to, it is raised again."""
    if getattr(error, "sqlite_errorcode", 0) & 0xFF not in UNWRITABLE or not path.is_file():
        raise error
    log = path.with_name(f"{path.name}-wal")
    is_whole = not log.exists() or log.stat().st_size == 0  # else what was written last is in the log
    for how in ("mode=ro", *(["immutable=1"] if is_whole else [])):
        with suppress(sqlite3.Error):
            return _connection(f"{path.absolute().as_uri()}?{how}", "SELECT count(*) FROM sqlite_master")
    raise error


def _apart(text: str | None) -> str | None:
    return unspaced.apart(text) if text is not None else None


def _folded(text: str | None) -> str | None:
    return text.casefold() if text is not None else None
