"""`pushback documents`, `show`, `correct` and `remove`: list, show, correct and remove the documents of a library."""

from __future__ import annotations

import click

from assistant.errors import SettingsError
from ui.commands import opening
from ui.commands.options import TEXT, Command, as_json, is_quiet, settings_of
from ui.reports import terminal

CORRECT = "Name --title, --author or --date, or --as-read alone."


@click.command(cls=Command, examples=("pushback documents", "pushback documents --library europe --json"))
@as_json
@click.pass_context
def documents(context: click.Context, as_json: bool) -> None:
    """List the documents in the library."""
    from assistant import wire

    with opening.library(settings_of(context)) as (library, _):
        entries = library.entries()
        if as_json:
            terminal.say_json(
                [
                    {**wire.entry(e.about, passages=e.passages, state=e.state, sources=e.sources), **wire.versions(e)}
                    for e in entries
                ]
            )
        else:
            terminal.say(terminal.documents(entries))


@click.command(
    cls=Command, examples=("pushback show pricing-policy-2025.md", "pushback show pricing-policy-2025.md --dropped")
)
@click.argument("key", metavar="ID", type=TEXT)
@click.option("--dropped", is_flag=True, help="Show what `ingest` left out of the text and why, instead of the text.")
@as_json
@click.pass_context
def show(context: click.Context, key: str, dropped: bool, as_json: bool) -> None:
    """Show a document's text. ID is its id, or its name in `pushback documents`.

    The positions in citations, such as 718-991, count the characters of this text.
    """
    from assistant import wire

    with opening.library(settings_of(context)) as (library, _):
        document = library.document(key)
        entry = next(entry for entry in library.entries() if entry.about.id == document.id)
        if as_json:
            told = wire.document(document, passages=entry.passages, state=entry.state, sources=entry.sources)
            terminal.say_json({**told, **wire.versions(entry)})
        else:
            terminal.say(terminal.dropped(document) if dropped else terminal.document(document, entry))


@click.command(
    cls=Command,
    examples=(
        'pushback correct pricing-policy-2025.md --author "Ann Lee" --date 2025-02',
        "pushback correct pricing-policy-2025.md --as-read",
    ),
)
@click.argument("key", metavar="ID", type=TEXT)
@click.option("--title", type=TEXT, help="Set the title.")
@click.option("--author", type=TEXT, help='Set the author; "" for none.')
@click.option("--date", type=TEXT, help='Set the date: 2012, 2012-10 or 2012-10-05; "" for none.')
@click.option("--as-read", is_flag=True, help="Use title, author and date of the file again.")
@as_json
@click.pass_context
def correct(
    context: click.Context,
    key: str,
    *,
    title: str | None,
    author: str | None,
    date: str | None,
    as_read: bool,
    as_json: bool,
) -> None:
    """Set a document's title, author or date. ID is its id, or its name in `pushback documents`.

    These values stay when the file is read again.
    """
    from assistant import wire
    from assistant.library.records import Correction
    from ui.work import corrections

    given = Correction(title, author, date)
    if as_read is (given != Correction()):
        raise SettingsError("Nothing to set." if not as_read else "--as-read sets nothing else.", hint=CORRECT)
    with opening.library(settings_of(context)) as (library, _):
        document = library.document(key)
        if as_read:
            corrections.take_back(document, library)
        else:
            corrections.correct(document, given, library)
        entry = next(entry for entry in library.entries() if entry.about.id == document.id)
        if as_json:
            told = wire.entry(entry.about, passages=entry.passages, state=entry.state, sources=entry.sources)
            terminal.say_json({**told, **wire.versions(entry)})
        elif not is_quiet(context):
            terminal.say(terminal.particulars(entry))


@click.command(cls=Command, examples=("pushback remove pricing-policy-2023.md",))
@click.argument("key", metavar="ID", type=TEXT)
@click.pass_context
def remove(context: click.Context, key: str) -> None:
    """Remove a document from the library. ID is its id, or its name in `pushback documents`.

    Its file is not touched, and is read again by the next `pushback ingest` of its folder.
    """
    with opening.library(settings_of(context)) as (library, _):
        document = library.document(key)
        with library.writing() as writer:
            files = writer.known().values()
            writer.remove([file.path for file in files if file.document == document.id])
    if not is_quiet(context):
        terminal.say(f"Removed {document.about.source} ({document.id}).")
        terminal.note("It comes back with the next ingest, as long as its file is there.")
