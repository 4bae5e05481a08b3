"""The `pushback` command. People script against its names, JSON and exit codes, so these do not change.

Exit codes: 0 done · 1 done in part · 2 wrong usage or settings · 3 cannot run · 130 interrupted. Each command
imports what it needs when it runs, so that ``pushback --help`` answers at once.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from assistant.errors import LibraryMissing, PushbackError, SettingsError
from assistant.installation import DISTRIBUTION
from ui.commands.door import PARTLY, Door
from ui.commands.evaluation import evaluate
from ui.commands.opening import EACH_LINE
from ui.commands.opening import assistant as _assistant
from ui.commands.opening import each_line as _each_line
from ui.commands.opening import library as _library
from ui.commands.options import (
    NO_NAME,
    as_json,
    filtering,
    filters_of,
    flags_as_environment,
    is_quiet,
    remembered,
    remembered_if_named,
    settings_of,
)
from ui.commands.verdicts import challenge, discuss, verdicts
from ui.reports import terminal
from ui.work.progress import Progress

if TYPE_CHECKING:
    from assistant.settings import Settings
    from ingest.reports import SyncReport

ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)  # a web page, not a file
KEEP_HELP = (
    "Do not clean away text for this reason, or for `all`. `show ID --dropped` lists the reasons. The choice holds for "
    "later runs over PATH, too; `none` ends it."
)


SECTIONS = {
    "Ask and test": ("ask", "search", "challenge", "discuss", "verdicts", "lenses"),
    "Fill and keep a library": ("ingest", "documents", "show", "remove", "doctor", "reindex", "move"),
    "Serve": ("ui", "serve", "worker", "mcp"),
    "Measure": ("eval",),
}
EXAMPLES = (
    "pushback ingest reports",
    'pushback ask "What do we say about free trials?"',
    'pushback challenge "Drop the trade fairs." --out report.html',
    "pushback ui",
)


@click.group(cls=Door, sections=SECTIONS, examples=EXAMPLES, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name=DISTRIBUTION)
def cli() -> None:
    """Answer questions from your team's own documents, and test strategy ideas against them, with citations."""


cli.add_command(evaluate)
cli.add_command(challenge)
cli.add_command(verdicts)
cli.add_command(discuss)


@cli.command(
    examples=(
        "pushback ingest reports notes.html",
        "pushback ingest https://example.org/post",
        "pushback ingest reports --watch",
        "pushback ingest reports --library europe",
    )
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
    help="Remove documents whose files are gone, even if they are over a third of their folder.",
)
@click.option(
    "--details",
    is_flag=True,
    help="Also print the seconds of each stage, and how much was cleaned away for which reason.",
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
    details: bool,
    as_json: bool,
) -> None:
    """Read files, folders and web pages into the library.

    New and changed files are read, and documents whose files are gone are removed. Files that a .pushbackignore names
    are skipped. PATH may be the address of a web page (https://…), which is downloaded again in each run.
    """
    settings = settings_of(context)
    addresses = [one for one in named if ADDRESS.match(one)]
    paths = [Path(one) for one in named if one not in addresses]
    for path in paths:
        if not os.path.lexists(path):  # known before a library is made for nothing
            hint = "Check the path. To take documents out of the library, run `pushback remove ID`."
            raise SettingsError(f"No such file or folder: {path}.", hint=hint)
    from ingest.folder import keeping
    from ingest.sync import sync

    kept = keeping.checked(wanted)

    def tell(done: SyncReport | PushbackError) -> None:
        if isinstance(done, PushbackError):
            terminal.complain(str(done), done.hint)
            return
        if as_json:
            terminal.say_json({**done._asdict(), "failed": [failed._asdict() for failed in done.failed]})
        else:
            for failed in done.failed:
                terminal.note(f"{failed.source}: {failed.reason}")
            if not is_quiet(context):
                terminal.say(terminal.synced(done, details=details))
            if done.spared:
                terminal.complain(terminal.spared(done.spared), "If they are meant to be gone, add --allow-removals.")

    with (
        _library(settings, create=True) as (library, embedder),
        Progress("Ingesting", "files", quiet=is_quiet(context)) as progress,
    ):
        held = library.searched().documents if if_empty else 0
        missing = []
        if addresses and not held:
            from ingest.web import pages

            missing = pages.keep(addresses, settings.folder / "web", allow_private)
            paths.append(settings.folder / "web")
        if wanted and not held:
            keeping.remember(library, paths, kept)
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
            )
            return
        report = sync(
            () if held else paths, library, settings, embedder, progress, allow_removals=allow_removals, force=force
        )
        report = report._replace(failed=(*report.failed, *missing))
    if held and not as_json:
        if not is_quiet(context):
            terminal.say(f"The library has {held} documents already.")
    else:
        tell(report)
    if report.failed or report.spared:
        context.exit(PARTLY)


@cli.command(
    examples=(
        'pushback ask "What do we say about free trials?"',
        'pushback ask "What did we charge?" --since 2024 --author "Bruce DeBoer"',
        "pushback ask - --json < questions.jsonl",
    )
)
@click.argument("question")
@click.option(
    "--history",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="File with the conversation so far: a JSON list, or one JSON object a line.",
)
@filtering
@as_json
@click.pass_context
def ask(context: click.Context, /, question: str, history: Path | None, as_json: bool, **narrowed: Any) -> None:
    """Answer QUESTION from the documents, with citations.

    With `-` as QUESTION, each JSON line of stdin is answered, as in {"question": "What does it cost?"}.
    """
    from assistant import wire
    from ui.commands import json_lines

    settings, filters = settings_of(context), filters_of(**narrowed)
    before = json_lines.read_history(history) if history else ()
    with _assistant(settings, filters.documents) as assistant:
        if question == EACH_LINE:

            def reply(line: dict[str, Any]) -> dict[str, Any]:
                said = json_lines.turns(line.get("history")) or before
                return wire.answer(assistant.ask(json_lines.text_of(line, "question"), said, filters))

            _each_line(context, reply)
        else:
            answer = assistant.ask(question, before, filters)
            terminal.say_json(wire.answer(answer)) if as_json else terminal.say_answer(answer)


@cli.command(examples=('pushback search "price premium" -k 5', 'pushback search "price premium" --kind pdf --json'))
@click.argument("query")
@click.option("-k", default=8, show_default=True, type=click.IntRange(1, 1000), help="Number of passages.")
@filtering
@as_json
@click.pass_context
def search(context: click.Context, /, query: str, k: int, as_json: bool, **narrowed: Any) -> None:
    """List the passages nearest to QUERY, and how each was found."""
    from assistant import wire

    settings, filters = settings_of(context), filters_of(**narrowed)
    if not query.strip():
        raise SettingsError("The query is empty.", hint='Name something, as in: pushback search "price premium"')
    with _assistant(settings, filters.documents) as assistant:
        found = assistant.search(query, k, filters)
    terminal.say_json([wire.hit(hit) for hit in found]) if as_json else terminal.say(terminal.hits(found))


@cli.command(examples=("pushback lenses",))
@as_json
@click.pass_context
def lenses(context: click.Context, as_json: bool) -> None:
    """List the lenses: the questions that are asked of every idea.

    Lenses of your own are checked and listed, too; the setting `lenses` names their folder.
    """
    from assistant.pressure.lens import gathered

    found = gathered(settings_of(context).lenses)
    if as_json:
        terminal.say_json([lens.model_dump(mode="json") for lens in found])
    else:
        terminal.say("\n\n".join(map(terminal.lens, found)))


@cli.command(examples=("pushback documents", "pushback documents --library europe --json"))
@as_json
@click.pass_context
def documents(context: click.Context, as_json: bool) -> None:
    """List the documents in the library."""
    from assistant import wire

    with _library(settings_of(context)) as (library, _):
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


@cli.command(examples=("pushback show pricing-policy-2025.md", "pushback show pricing-policy-2025.md --dropped"))
@click.argument("key", metavar="ID")
@click.option("--dropped", is_flag=True, help="Show what was cleaned away and why, instead of the text.")
@as_json
@click.pass_context
def show(context: click.Context, key: str, dropped: bool, as_json: bool) -> None:
    """Show a document's text. ID is its id or its source.

    Citations count their characters in this text.
    """
    from assistant import wire

    with _library(settings_of(context)) as (library, _):
        document = library.document(key)
        entry = next(entry for entry in library.entries() if entry.about.id == document.id)
        if as_json:
            told = wire.document(document, passages=entry.passages, state=entry.state, sources=entry.sources)
            terminal.say_json({**told, **wire.versions(entry)})
        else:
            terminal.say(terminal.dropped(document) if dropped else terminal.document(document, entry))


@cli.command(examples=("pushback remove pricing-policy-2023.md",))
@click.argument("key", metavar="ID")
@click.pass_context
def remove(context: click.Context, key: str) -> None:
    """Remove a document from the library. ID is its id or its source.

    Its file is not touched, and is read again by the next `pushback ingest` of its folder.
    """
    with _library(settings_of(context)) as (library, _):
        document = library.document(key)
        with library.writing() as writer:
            files = writer.known([os.sep]).values()
            writer.remove([file.path for file in files if file.document == document.id])
    if not is_quiet(context):
        terminal.say(f"Removed {document.about.source} ({document.id}).")
        terminal.note("It comes back with the next ingest, as long as its file is there.")


@cli.command(examples=("pushback doctor", "pushback doctor --model", "pushback doctor --model ollama:llama3.2"))
@click.option(
    "--model",
    "lists_models",
    metavar="[STRING]",
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


@cli.command(examples=("pushback reindex",))
@click.pass_context
def reindex(context: click.Context) -> None:
    """Rebuild the index of the library.

    Every document is split and embedded again, with the embedding model and the passage length in the settings.
    """
    from ingest.pipeline.passages import split

    with _library(settings_of(context)) as (library, _):
        with Progress("Embedding", "passages", quiet=is_quiet(context)) as progress:
            library.reindex(progress, split)
        if not is_quiet(context):
            terminal.say(f"Embedded {library.searched().passages:,} passages again.")


@cli.command(examples=("pushback move postgresql://pushback@db.example/pushback", "pushback move file"))
@click.argument("place")
@click.pass_context
def move(context: click.Context, place: str) -> None:
    """Move the catalog to a PostgreSQL database, or back into a file.

    PLACE is the database's address, or `file`. End the servers of the library first. The old catalog is kept under
    another name. Afterwards, the setting `catalog` has to name the new place.
    """
    settings = settings_of(context)
    catalog = None if place == "file" else place
    if catalog and not re.match(r"postgres(ql)?://\S+$", catalog):
        raise SettingsError("PLACE is no address of a database.", hint="Write postgresql://…, or `file`.")
    if catalog == settings.catalog:
        raise SettingsError("The library is there already.", hint="The setting `catalog` says where it is now.")
    with (
        _library(settings) as (library, _),
        Progress("Moving", "rows", quiet=is_quiet(context)) as progress,
    ):
        old = library.move(catalog, progress)
    if not is_quiet(context):
        terminal.say("The catalog is moved.")
        setting = (
            "take the setting `catalog` away" if catalog is None else "let the setting `catalog` name the database"
        )
        terminal.note(f"Now {setting}. The old catalog is kept as {old}.")


@cli.command(examples=("pushback mcp --library europe",))
@click.pass_context
def mcp(context: click.Context) -> None:
    """Serve the library to AI agents over the Model Context Protocol.

    Agents can search, ask and challenge, and change nothing. The server speaks on stdin and stdout.
    """
    settings = settings_of(context)
    from ui import mcp_server

    with _assistant(settings) as assistant:
        mcp_server.serve(assistant)


@cli.command(
    "ui",
    examples=("pushback ui", "pushback ui --port 8600", "pushback ui --host 0.0.0.0 --allowed-hosts answers.example"),
)
@click.option(
    "--host",
    metavar="ADDRESS",
    expose_value=False,
    callback=remembered,
    help="Address to listen on; 127.0.0.1 unless the settings name another.",
)
@click.option(
    "--port",
    metavar="PORT",
    expose_value=False,
    callback=remembered,
    help="Port to listen on; 8501 unless the settings name another.",
)
@click.option(
    "--allowed-hosts",
    metavar="NAMES",
    expose_value=False,
    callback=remembered,
    help="Names under which other machines reach it, separated by commas. Requests for any other name are refused.",
)
@click.pass_context
def web(context: click.Context) -> None:
    """Serve the web app to this machine.

    Open the printed address in a browser. Ctrl-C ends the server.
    """
    from ui.web import serving

    serving.serve(settings_of(context), flags_as_environment(context))


@cli.command(
    examples=("pushback serve", "pushback serve --port 8600", "pushback serve --host 0.0.0.0 --tokens tokens.toml")
)
@click.option(
    "--host",
    metavar="ADDRESS",
    expose_value=False,
    callback=remembered,
    help="Address to listen on; 127.0.0.1 unless the settings name another. Any other needs tokens.",
)
@click.option(
    "--port",
    "api_port",
    metavar="PORT",
    expose_value=False,
    callback=remembered,
    help="Port to listen on; 8502 unless the settings name another.",
)
@click.option(
    "--allowed-hosts",
    metavar="NAMES",
    expose_value=False,
    callback=remembered,
    help="Names under which other machines reach it, separated by commas. Requests for any other name are refused.",
)
@click.option(
    "--tokens",
    "api_tokens",
    metavar="FILE",
    expose_value=False,
    callback=remembered,
    help="TOML file of the people who may use it, each with a token and a role.",
)
@click.pass_context
def serve(context: click.Context) -> None:
    """Serve an HTTP API to other programs.

    It takes and gives the JSON of the commands; GET /openapi.json describes it. Programs that speak to OpenAI can use a
    library as a model, at /v1. Ctrl-C ends the server.
    """
    from ui.api import serve as api

    api.serve(settings_of(context))


@cli.command(examples=("pushback worker",))
@click.pass_context
def worker(context: click.Context) -> None:
    """Do the jobs of `pushback serve` and of the pages, on this machine or another.

    Jobs wait in the database of the catalog, if the setting `queue` is true for the servers. Run as many workers as you
    like, with the same settings. If one is killed, another takes up its job. Ctrl-C ends it after the job it is doing.
    """
    from ui.api import worker as doing

    doing.serve(settings_of(context))


def _check_library(context: click.Context, settings: Settings) -> None:
    with _library(settings) as (library, _):
        problems = library.doctor()
        if problems:
            terminal.say(terminal.problems(problems))
        elif not is_quiet(context):
            searched = library.searched()
            terminal.say(f"All is well: {searched.documents:,} documents, {searched.passages:,} passages.")
    if not all(problem.mended for problem in problems):
        context.exit(PARTLY)


def _list_models() -> None:
    from assistant.model import local_models

    terminal.say(terminal.local_models(local_models.found()))


def _try_model(settings: Settings) -> None:
    from assistant import build
    from assistant.model.trying import tried

    if model := build.build_model(settings):
        terminal.say(terminal.trial(tried(model)))


def main() -> None:
    """Run the command. Only its user can read the files that it writes."""
    os.umask(0o077)
    cli.main(prog_name="pushback")


if __name__ == "__main__":
    main()
