"""`pushback ingest`: read files, folders and web pages into a library."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from assistant.errors import PushbackError, SettingsError
from ui.commands import opening
from ui.commands.door import PARTLY
from ui.commands.options import Command, as_json, is_quiet, settings_of
from ui.reports import terminal
from ui.work.progress import Progress

if TYPE_CHECKING:
    from assistant.model.embedding import Embedder
    from ingest.pipeline.cluster import Cluster
    from ingest.reports import SyncReport

ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)  # a web page, not a file
KEEP_HELP = (
    'Keep text that is normally left out for this reason, as in --keep "page footer"; `all` stands for every reason. '
    "`pushback show ID --dropped` lists the text that was left out, and the reasons. Later runs over PATH do the same, "
    "until --keep none."
)


@click.command(
    cls=Command,
    examples=(
        "pushback ingest reports notes.html",
        "pushback ingest https://example.org/post",
        "pushback ingest reports --watch",
        "pushback ingest reports --library europe",
    ),
)
@click.argument("named", metavar="PATH...", nargs=-1, required=True)
@click.option("--if-empty", is_flag=True, help="Do nothing if the library has documents already.")
@click.option(
    "--watch", "stays", is_flag=True, help="Keep running, and read files again when they change. Ctrl-C ends it."
)
@click.option(
    "--allow-private",
    metavar="HOST",
    multiple=True,
    help="Read web pages of this host, although it is on a private network.",
)
@click.option("--keep", "wanted", metavar="REASON", multiple=True, help=KEEP_HELP)
@click.option("--force", is_flag=True, help="Read every file, even if its size and time have not changed.")
@click.option(
    "--allow-removals",
    is_flag=True,
    help="Remove documents whose files are gone, even if that is more than a third of a folder's documents.",
)
@click.option(
    "--engine",
    metavar="ENGINE",
    help="Read documents in parallel with Dask: `dask` for all cores of this machine, or a scheduler's address, as in "
    "tcp://host:8786.",
)
@click.option(
    "--details",
    is_flag=True,
    help="Also print the time of each stage, and how much text was left out, by reason.",
)
@as_json
@click.pass_context
def ingest(
    context: click.Context,
    /,
    named: tuple[str, ...],
    *,
    if_empty: bool,
    stays: bool,
    allow_private: tuple[str, ...],
    wanted: tuple[str, ...],
    force: bool,
    allow_removals: bool,
    engine: str | None,
    details: bool,
    as_json: bool,
) -> None:
    """Read files, folders and web pages into the library.

    New and changed files are read, and documents whose files are gone are removed. Files that a .pushbackignore names
    are skipped. PATH may be the address of a web page (https://…), which is downloaded again in each run.
    """
    settings = settings_of(context)
    if not all(named):  # as from a variable that is not set: else the folder that the shell is in would be read
        raise SettingsError("A path is empty.", hint="Name a file or folder; . is the one that you are in.")
    addresses = [name for name in named if ADDRESS.match(name)]
    paths = [Path(name) for name in named if name not in addresses]
    _check(paths)
    from ingest.folder import keeping
    from ingest.sync import sync

    reasons = keeping.checked(wanted)

    def tell(done: SyncReport | PushbackError) -> None:
        _tell(context, done, as_json=as_json, details=details)

    with (
        opening.library(settings, create=True) as (library, here),
        _cluster(engine, here) as cluster,
        Progress("Ingesting", "files", quiet=is_quiet(context)) as progress,
    ):
        embedder = cluster.embedder if cluster else here
        held = library.searched().documents if if_empty else 0
        missing = []
        if addresses and not held:
            from ingest.web import pages

            missing = pages.keep(addresses, settings.folder / "web", allow_private)
            paths.append(settings.folder / "web")
        if wanted and not held:
            keeping.remember(library, paths, reasons)
        if stays:
            from threading import Event

            from ingest.watching import watch

            watch(
                paths,
                library,
                settings,
                embedder,
                told=tell,
                stop=Event(),
                progress=progress,
                allow_removals=allow_removals,
                parsers=cluster,
            )
            return
        report = sync(
            () if held else paths,
            library,
            settings,
            embedder,
            progress,
            allow_removals=allow_removals,
            force=force,
            parsers=cluster,
        )
        report = report._replace(failed=(*report.failed, *missing))
    if held and not as_json:
        if not is_quiet(context):
            terminal.say(f"The library has {held} documents already.")
    else:
        tell(report)
    if report.failed or report.spared:
        context.exit(PARTLY)


def _cluster(engine: str | None, embedder: Embedder) -> AbstractContextManager[Cluster | None]:
    """The Dask cluster that ``engine`` names; a context manager that yields None if ``engine`` is None."""
    if engine is None:
        return nullcontext()
    from ingest.pipeline.cluster import Cluster

    return Cluster(engine, embedder)


def _check(paths: Sequence[Path]) -> None:
    """Check that all paths exist, before a new library is created.

    Raises:
        SettingsError: a path does not exist.
    """
    for path in paths:
        if not os.path.lexists(path):
            hint = "Check the path. To take documents out of the library, run `pushback remove ID`."
            raise SettingsError(f"No such file or folder: {path}.", hint=hint)


def _tell(context: click.Context, done: SyncReport | PushbackError, *, as_json: bool, details: bool) -> None:
    """Print what was read, or the error if nothing could be read."""
    if isinstance(done, PushbackError):
        terminal.complain(str(done), done.hint)
        return
    if as_json:
        terminal.say_json({**done._asdict(), "failed": [failed._asdict() for failed in done.failed]})
        return
    for failed in done.failed:
        terminal.note(f"{failed.source}: {failed.reason}")
    if not is_quiet(context):
        terminal.say(terminal.synced(done, settings_of(context).library, details=details))
    if done.spared:
        terminal.complain(terminal.spared(done.spared), "If they are meant to be gone, add --allow-removals.")
