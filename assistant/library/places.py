"""Where a library's catalog is: in its folder, or on a server of PostgreSQL where the settings name one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from assistant.errors import LibraryError
from assistant.installation import how_to_add
from assistant.library import private
from assistant.library.catalog import Catalog
from assistant.library.full_text import FullText
from assistant.library.sqlite import Sqlite

if TYPE_CHECKING:
    from types import ModuleType

    from assistant.settings import Settings

CATALOG = "catalog.sqlite3"


def is_there(settings: Settings) -> bool:
    """Whether there is a catalog of the library in force."""
    if settings.catalog is None:
        return (settings.folder / CATALOG).is_file()
    return settings.library in _postgres().libraries(settings.catalog)


def libraries(settings: Settings) -> list[str]:
    """The libraries beside the one in force, by name."""
    if settings.catalog is None:
        return sorted(path.parent.name for path in settings.home.expanduser().glob(f"*/{CATALOG}"))
    names: list[str] = _postgres().libraries(settings.catalog)
    return names


def begin(settings: Settings) -> None:
    """Make the library's folder, and where its catalog will be.

    Raises:
        LibraryError: it cannot be made.
    """
    _make_folder(settings)
    if settings.catalog is not None:
        _postgres().begin(settings.catalog, settings.library)


def opened(settings: Settings) -> Catalog:
    """The catalog of the library in force, which is there."""
    if settings.catalog is None:
        private.put_right(settings.folder)
        return in_file(settings.folder / CATALOG, settings.passage_words)
    _make_folder(settings)  # the catalog may have been made from another machine
    private.put_right(settings.folder)
    return on_server(settings.catalog, settings.library, settings.passage_words)


def in_file(path: Path, passage_words: int) -> Catalog:
    """The catalog in a file of SQLite, made when it is empty or not there."""
    db = Sqlite(path)
    return Catalog(db, FullText(db), passage_words)


def on_server(address: str, library: str, passage_words: int) -> Catalog:
    """The catalog in a database of PostgreSQL, whose tables are made when they are not there."""
    from assistant.library.postgres_words import PostgresWords

    db = _postgres().Postgres(address, library)
    return Catalog(db, PostgresWords(db), passage_words)


def _make_folder(settings: Settings) -> None:
    try:
        private.begin(settings.folder, settings.folder / CATALOG if settings.catalog is None else None)
    except OSError as exc:
        raise LibraryError(f"{settings.folder} cannot be made: {exc}.", hint="Choose another --home.") from exc


def _postgres() -> ModuleType:
    """The module that knows PostgreSQL.

    Raises:
        LibraryError: its extra is not installed.
    """
    try:
        from assistant.library import postgres
    except ImportError as exc:
        raise LibraryError(
            "A catalog on PostgreSQL needs the extra `postgres`, which is not installed.", hint=how_to_add("postgres")
        ) from exc
    return postgres
