"""Where a library's catalog is: in the library's folder, or in a PostgreSQL database if one is set."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.errors import LibraryError, LibraryLocked
from assistant.installation import how_to_add
from assistant.library import private
from assistant.library.catalog import Catalog
from assistant.library.database.sqlite import Sqlite
from assistant.library.index.traces import SEEN
from assistant.library.tables.full_text import FullText
from assistant.plainly import why

if TYPE_CHECKING:
    from types import ModuleType

    from assistant.library.moving import Progress
    from assistant.settings import Settings

CATALOG = "catalog.sqlite3"
DRAFT = f"{CATALOG}.moving"  # a catalog on its way into a file


def is_there(settings: Settings) -> bool:
    """Whether the library chosen in ``settings`` exists, that is, whether it has a catalog (its database)."""
    if settings.catalog is None:
        return (settings.folder / CATALOG).is_file()
    return settings.library in _postgres().libraries(settings.catalog)


def libraries(settings: Settings) -> list[str]:
    """The names of all libraries in the folder ``settings.home``, or in the PostgreSQL database if the settings name
    one."""
    if settings.catalog is None:
        return sorted(path.parent.name for path in settings.home.expanduser().glob(f"*/{CATALOG}"))
    names: list[str] = _postgres().libraries(settings.catalog)
    return names


def begin(settings: Settings) -> None:
    """Create the folder of the library chosen in ``settings``, with an empty file for its catalog (its database). If
    the settings name a PostgreSQL database, create a schema in that database instead of the file.

    Raises:
        LibraryError: the folder or the schema cannot be created.
    """
    _make_folder(settings)
    if settings.catalog is not None:
        _postgres().begin(settings.catalog, settings.library)


def check_not_emptied(settings: Settings) -> None:
    """Check that no other program has emptied the catalog's file: SQLite would treat an empty file as a new catalog,
    and the library would seem empty.

    Raises:
        LibraryError: the file has 0 bytes, although the library has an index.
    """
    if (
        settings.catalog is None
        and (settings.folder / SEEN).exists()
        and not (settings.folder / CATALOG).stat().st_size
    ):
        what = f"The catalog of the library {settings.library!r} has 0 bytes: something emptied its file."
        raise LibraryError(what, hint=f"Put a copy of {settings.folder} back, or remove it and ingest again.")


def opened(settings: Settings) -> Catalog:
    """Open the catalog of the library chosen in ``settings``. The catalog must exist."""
    if settings.catalog is None:
        private.put_right(settings.folder)
        return in_file(settings.folder / CATALOG, settings.passage_words)
    _make_folder(settings)  # the catalog may have been made from another machine
    private.put_right(settings.folder)
    return on_server(settings.catalog, settings.library, settings.passage_words)


def in_file(path: Path, passage_words: int) -> Catalog:
    """Open the catalog in the SQLite file ``path``. A missing or empty file is filled with empty tables, and
    ``passage_words`` is recorded in it as the length of a passage in words."""
    db = Sqlite(path)
    return Catalog(db, FullText(db), passage_words)


def on_server(address: str, library: str, passage_words: int) -> Catalog:
    """Open the catalog of ``library`` in the PostgreSQL database at ``address``. If its tables are missing, they are
    created, and ``passage_words`` is recorded in them as the length of a passage in words."""
    from assistant.library.database.postgres_words import PostgresWords

    db = _postgres().Postgres(address, library)
    return Catalog(db, PostgresWords(db), passage_words)


def copy(catalog: Catalog, to: Settings, progress: Progress | None = None) -> None:
    """Copy a catalog to the place that is chosen in the settings ``to``, completely or not at all. If that place has a
    complete copy already, nothing happens. ``progress`` is called with the number of rows copied and the number of all
    rows.

    Raises:
        LibraryError: that place already has another library of this name.
        LibraryLocked: another process changed the catalog during the copy.
    """
    if is_there(to):
        there = opened(to)
        try:
            is_done = there.is_copy_of(catalog)
        finally:
            there.close()
        if not is_done:
            what = f"There is a library {to.library!r} already where it is to be moved to, and it is not the same."
            raise LibraryError(what, hint="Set that one aside first.")
    elif to.catalog is None:
        _copy_to_file(catalog, to, progress)
    else:
        from assistant.library.database.postgres_words import PostgresWords

        begin(to)
        server = _postgres().Postgres(to.catalog, to.library)
        try:
            catalog.copy(server, PostgresWords(server), progress)
        finally:
            server.close()


def set_aside(settings: Settings) -> str:
    """Rename the catalog of the library chosen in ``settings``, so that it is no longer found as a library. Returns the
    new path of its file, or the new name of its PostgreSQL schema.

    Raises:
        LibraryLocked: another process still uses the catalog.
    """
    stamp = f"moved-{datetime.now(UTC):%Y%m%d%H%M%S}"
    if settings.catalog is not None:
        return str(_postgres().rename(settings.catalog, settings.library, stamp))
    catalog = settings.folder / CATALOG
    if catalog.with_name(f"{CATALOG}-wal").exists():  # who closes it last takes that away
        what = f"The library {settings.library!r} is whole in its new place, but the old one is still in use."
        raise LibraryLocked(what, hint="End what uses it, and run the command again.")
    return str(catalog.rename(catalog.with_name(f"{CATALOG}.{stamp}")))


def _copy_to_file(catalog: Catalog, to: Settings, progress: Progress | None) -> None:
    draft = to.folder / DRAFT
    for path in to.folder.glob(f"{DRAFT}*"):  # of one that was killed
        path.unlink()
    private.begin(to.folder, draft)
    db = Sqlite(draft)
    try:
        catalog.copy(db, FullText(db), progress)
    finally:
        db.close()
    draft.rename(to.folder / CATALOG)


def _make_folder(settings: Settings) -> None:
    try:
        private.begin(settings.folder, settings.folder / CATALOG if settings.catalog is None else None)
    except OSError as exc:
        raise LibraryError(f"{settings.folder} cannot be made: {why(exc)}.", hint="Choose another --home.") from exc


def _postgres() -> ModuleType:
    """Import the module ``postgres`` and return it.

    Raises:
        LibraryError: the packages of the extra ``postgres`` are not installed.
    """
    try:
        from assistant.library.database import postgres
    except ImportError as exc:
        raise LibraryError(
            "A catalog on PostgreSQL needs the extra `postgres`, which is not installed.", hint=how_to_add("postgres")
        ) from exc
    return postgres
