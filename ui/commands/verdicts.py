"""`pushback challenge`, `discuss` and `verdicts`: test an idea, discuss its verdict, list and open earlier verdicts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from assistant.errors import SettingsError
from ui.commands.opening import EACH_LINE, assistant, each_line, library, prepare
from ui.commands.options import TEXT, Command, Group, as_json, is_quiet, settings_of
from ui.reports import terminal
from ui.work.progress import Progress

if TYPE_CHECKING:
    from assistant.library.library import Library
    from ui.reports.verdict_report import Report


EXAMPLES = (
    'pushback challenge "Drop the trade fairs."',
    'pushback challenge "Drop the trade fairs." --importance reach=0.9 --out report.html',
    'pushback challenge "Drop the small trade fairs." --revises 582d125b',
    "pushback challenge - < ideas.jsonl",
)


def _weights(_: click.Context, __: click.Parameter, given: tuple[str, ...]) -> dict[str, float]:
    """The callback of ``--importance``: a dict from lens or number to importance, parsed from ``NAME=0.9``.

    Raises:
        BadParameter: a value has another form, or is not from 0 to 1.
    """
    found = {}
    for one in given:
        name, _equals, value = one.rpartition("=")
        try:
            found[name.strip()] = float(value)
        except ValueError:
            name = ""
        if not name.strip() or not 0 <= found.get(name.strip(), 0.0) <= 1:
            raise click.BadParameter(f"{one!r} is not a lens and a number from 0 to 1, as reach=0.9.")
    return found


out_option = click.option(
    "--out",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Also write a report to this file: .md, .html or .docx.",
)
importance_option = click.option(
    "--importance",
    metavar="LENS=0..1",
    multiple=True,
    callback=_weights,
    help="How much an assumption behind the idea counts, from 0 to 1. Name the assumption by its lens (reach=0.9; see "
    "`pushback lenses`) or by its number in the output (2=0.5).",
)


@click.command(cls=Command, examples=EXAMPLES)
@click.argument("idea")
@out_option
@importance_option
@click.option(
    "--revises",
    metavar="ID",
    help="Id of the verdict on an earlier form of the idea; the output then shows what changed.",
)
@as_json
@click.pass_context
def challenge(
    context: click.Context,
    /,
    idea: str,
    *,
    out: Path | None,
    importance: dict[str, float],
    revises: str | None,
    as_json: bool,
) -> None:
    """Test IDEA: list what the documents say for and against it.

    Write each assumption that IDEA rests on as a sentence of its own, since each sentence is tested by itself.

    The verdict is kept in the library; `pushback verdicts` lists all verdicts. With `-` as IDEA, each JSON line of
    stdin is tested, as in {"idea": "Drop the trade fairs."}. Those verdicts are printed as JSON lines and not kept.
    """
    from assistant import wire
    from assistant.pressure.discussion import compare
    from assistant.pressure.pressure import checked
    from ui.commands import json_lines
    from ui.reports import stored_verdicts, verdict_page, verdict_terminal
    from ui.reports.verdict_outline import outline

    settings = settings_of(context)
    if idea == EACH_LINE and (out or revises):
        raise SettingsError("A report is of one idea; `-` reads many.", hint="Leave --out and --revises, or `-` out.")
    if out:
        verdict_page.check(out)
    with assistant(settings) as opened:
        opened.check_importance(importance)
        if idea == EACH_LINE:

            def reply(line: dict[str, Any]) -> dict[str, Any]:
                weights = json_lines.weights(line.get("importance")) or importance
                return wire.verdict(opened.challenge(json_lines.text_of(line, "idea"), importance=weights))

            each_line(context, reply)
            return
        prepare(opened, quiet=is_quiet(context))
        before = stored_verdicts.opened(opened.library, revises).verdict if revises else None
        with Progress("Testing", "assumptions", quiet=is_quiet(context)) as progress:
            checked(idea)
            begun = stored_verdicts.begin(opened.library, idea, revises=revises)
            try:
                verdict = opened.challenge(idea, progress, importance, like=before)
            except BaseException:
                stored_verdicts.give_up(opened.library, begun.id)
                raise
        id = stored_verdicts.finish(opened.library, begun, verdict)
        report = _report(opened.library, id)
    if out:
        verdict_page.write(report, out)
    changed = compare(before, verdict) if before else ()
    if as_json:
        told = {"id": id, "revises": revises, "changes": [wire.change(one) for one in changed]}
        terminal.say_json({**wire.verdict(verdict), **told})
        return
    terminal.say(verdict_terminal.page(outline(report)))
    if before:
        terminal.say(f"\nBeside {revises}, “{before.idea}”:\n{terminal.changes(changed)}")
    if not is_quiet(context):
        if out:
            terminal.note(f"The report is in {out}.")
        terminal.note(f"Kept as {id}; `pushback verdicts show {id}` opens it again.")


@click.command(cls=Command, examples=('pushback discuss 582d125b "But only at small fairs."',))
@click.argument("key", metavar="ID", type=TEXT)
@click.argument("message")
@as_json
@click.pass_context
def discuss(context: click.Context, key: str, message: str, as_json: bool) -> None:
    """Discuss a verdict; new evidence in MESSAGE can change it.

    ID is the verdict's id. The verdict can change if MESSAGE quotes a document or changes the idea, or if documents
    were added or removed since the test. Disagreement alone changes nothing. A changed verdict is kept under a new id.
    """
    from assistant import wire
    from assistant.pressure.discussion import Moved
    from assistant.search.question import encodable
    from ui.reports import stored_verdicts

    if not message.strip():
        raise SettingsError("The message is empty.", hint='Say something, as in: "But only at small fairs."')
    with assistant(settings_of(context)) as opened:
        reply, id = stored_verdicts.discussed(opened, key, encodable(message))
        moved = reply.moved is not Moved.NOTHING
    if as_json:
        terminal.say_json({**wire.reply(reply), "id": id, "revises": key if moved else None})
        return
    terminal.say(terminal.discussed(reply))
    if moved and not is_quiet(context):
        terminal.note(f"Kept as {id}; {key} stays as it was.")


@click.group(cls=Group, examples=("pushback verdicts", "pushback verdicts show 582d125b"), invoke_without_command=True)
@as_json
@click.pass_context
def verdicts(context: click.Context, as_json: bool) -> None:
    """List earlier verdicts, the latest first."""
    if context.invoked_subcommand:
        return
    with library(settings_of(context)) as (opened, _):
        kept = opened.verdicts.listed()
    terminal.say_json([one._asdict() for one in kept]) if as_json else terminal.say(terminal.verdicts(kept))


@verdicts.command("show", examples=("pushback verdicts show 582d125b --out report.docx",))
@click.argument("key", metavar="ID", type=TEXT)
@out_option
@importance_option
@as_json
@click.pass_context
def show(context: click.Context, key: str, out: Path | None, importance: dict[str, float], as_json: bool) -> None:
    """Show a verdict. ID is its id in `pushback verdicts`.

    Each citation is checked against the library as it is now, and marked if its source has changed or is gone.
    """
    from assistant import wire
    from ui.reports import verdict_page, verdict_terminal
    from ui.reports.verdict_outline import outline

    if out:
        verdict_page.check(out)
    with library(settings_of(context)) as (opened, _):
        report = _report(opened, key, importance)
    if out:
        verdict_page.write(report, out)
    if as_json:
        faults = {citation: standing for citation, standing in report.standing.items() if standing.value}
        changed = [{**wire.citation(citation), "standing": told.name.lower()} for citation, told in faults.items()]
        terminal.say_json({**wire.verdict(report.verdict), "id": key, "created": report.created, "faults": changed})
        return
    terminal.say(verdict_terminal.page(outline(report)))
    if out and not is_quiet(context):
        terminal.note(f"The report is in {out}.")


@verdicts.command("remove", examples=("pushback verdicts remove 582d125b",))
@click.argument("key", metavar="ID", type=TEXT)
@click.pass_context
def remove(context: click.Context, key: str) -> None:
    """Delete a verdict. ID is its id in `pushback verdicts`."""
    with library(settings_of(context)) as (opened, _):
        opened.verdicts.remove(key)
    if not is_quiet(context):
        terminal.say(f"Removed the verdict {key}.")


def _report(opened: Library, key: str, importance: Mapping[str, float] | None = None) -> Report:
    """The report on a stored verdict; for each citation it says whether its source has changed or is gone.
    ``importance`` overrides the weights of assumptions."""
    from assistant.pressure import rulings
    from ui.reports import stored_verdicts

    kept = stored_verdicts.opened(opened, key)
    verdict = rulings.weighed(kept.verdict, importance) if importance else kept.verdict
    return stored_verdicts.report(opened, key, verdict, kept.listed.created)
