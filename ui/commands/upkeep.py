"""`pushback doctor`, `reindex` and `move`: check and repair a library, rebuild its index, move its database."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

from assistant.errors import LibraryMissing, SettingsError
from ui.commands import opening
from ui.commands.door import PARTLY
from ui.commands.options import NO_NAME, Command, is_quiet, remembered_if_named, settings_of
from ui.reports import terminal
from ui.work.progress import Progress

if TYPE_CHECKING:
    from assistant.settings import Settings


@click.command(
    cls=Command, examples=("pushback doctor", "pushback doctor --model", "pushback doctor --model ollama:llama3.2")
)
@click.option(
    "--model",
    "lists_models",
    metavar="[MODEL]",
    is_flag=False,
    flag_value=NO_NAME,
    callback=remembered_if_named,
    help="Also try this model. Without a name: list the models that are served on this machine.",
)
@click.pass_context
def doctor(context: click.Context, *, lists_models: bool) -> None:
    """Check the library, and repair what can be repaired safely.

    A model is tried, too, if --model or the settings name one.
    """
    settings = settings_of(context)
    if lists_models:
        _list_models()
    _try_model(settings)
    try:
        _check_library(context, settings)
    except LibraryMissing:
        if not lists_models:
            raise


@click.command(cls=Command, examples=("pushback reindex",))
@click.pass_context
def reindex(context: click.Context) -> None:
    """Rebuild the index of the library.

    Every document is split and embedded again, with the embedding model and the passage length in the settings.
    """
    from ingest.pipeline.passages import split

    with opening.library(settings_of(context)) as (library, _):
        with Progress("Embedding", "passages", quiet=is_quiet(context)) as progress:
            library.reindex(progress, split)
        if not is_quiet(context):
            terminal.say(f"Embedded {library.searched().passages:,} passages again.")


@click.command(cls=Command, examples=("pushback move postgresql://pushback@db.example/pushback", "pushback move file"))
@click.argument("place")
@click.pass_context
def move(context: click.Context, place: str) -> None:
    """Move the library's database to PostgreSQL, or back into a file.

    PLACE is the database's address, or `file`. Stop all servers of the library first. The old database is kept under
    another name. Afterwards, set `catalog` in the settings to the new address; after a move into a file, delete that
    setting.
    """
    settings = settings_of(context)
    catalog = None if place == "file" else place
    if catalog and not re.match(r"postgres(ql)?://\S+$", catalog):
        raise SettingsError("PLACE is no address of a database.", hint="Write postgresql://…, or `file`.")
    if catalog == settings.catalog:
        raise SettingsError("The library is there already.", hint="The setting `catalog` says where it is now.")
    with (
        opening.library(settings) as (library, _),
        Progress("Moving", "rows", quiet=is_quiet(context)) as progress,
    ):
        old = library.move(catalog, progress)
    if not is_quiet(context):
        terminal.say("The catalog is moved.")
        setting = (
            "take the setting `catalog` away" if catalog is None else "let the setting `catalog` name the database"
        )
        terminal.note(f"Now {setting}. The old catalog is kept as {old}.")


def _check_library(context: click.Context, settings: Settings) -> None:
    with opening.library(settings) as (library, _):
        problems = library.doctor()
        if problems:
            terminal.say(terminal.problems(problems))
        elif not is_quiet(context):
            searched = library.searched()
            terminal.say(f"All is well: {searched.documents:,} documents, {searched.passages:,} passages.")
    if not all(problem.repaired for problem in problems):
        context.exit(PARTLY)


def _list_models() -> None:
    from assistant.model import local_models

    terminal.say(terminal.local_models(local_models.servers()))


def _try_model(settings: Settings) -> None:
    from assistant import build
    from assistant.model.trying import tried

    if model := build.build_model(settings):
        terminal.say(terminal.trial(tried(model)))
