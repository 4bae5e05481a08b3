"""`pushback ask`, `search` and `lenses`: answer questions, list passages, and list the questions that every idea is
asked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from assistant.errors import SettingsError
from ui.commands import opening
from ui.commands.options import Command, as_json, filtering, filters_of, is_quiet, settings_of
from ui.reports import terminal


@click.command(
    cls=Command,
    examples=(
        'pushback ask "What do we say about free trials?"',
        'pushback ask "What did we charge?" --since 2024 --author "Bruce DeBoer"',
        "pushback ask - --json < questions.jsonl",
    ),
)
@click.argument("question")
@click.option(
    "--history",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="File with the earlier turns of the conversation: a JSON list of objects like "
    '{"role": "user", "content": "…"}, or one such object a line. The other role is "assistant".',
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
    with opening.assistant(settings, filters.documents) as assistant:
        if question == opening.EACH_LINE:

            def reply(line: dict[str, Any]) -> dict[str, Any]:
                said = json_lines.turns(line.get("history")) or before
                return wire.answer(assistant.ask(json_lines.text_of(line, "question"), said, filters))

            opening.each_line(context, reply)
        else:
            opening.prepare(assistant, quiet=is_quiet(context))
            answer = assistant.ask(question, before, filters)
            terminal.say_json(wire.answer(answer)) if as_json else terminal.say_answer(answer)


@click.command(
    cls=Command, examples=('pushback search "price premium" -k 5', 'pushback search "price premium" --kind pdf --json')
)
@click.argument("query")
@click.option("-k", metavar="N", default=8, show_default=True, type=click.IntRange(1, 1000), help="Number of passages.")
@filtering
@as_json
@click.pass_context
def search(context: click.Context, /, query: str, k: int, as_json: bool, **narrowed: Any) -> None:
    """List the passages nearest to QUERY, by meaning or words."""
    from assistant import wire

    settings, filters = settings_of(context), filters_of(**narrowed)
    if not query.strip():
        raise SettingsError("The query is empty.", hint='Name something, as in: pushback search "price premium"')
    with opening.assistant(settings, filters.documents) as assistant:
        found = assistant.search(query, k, filters)
    terminal.say_json([wire.hit(hit) for hit in found]) if as_json else terminal.say(terminal.hits(found))


@click.command(cls=Command, examples=("pushback lenses",))
@as_json
@click.pass_context
def lenses(context: click.Context, as_json: bool) -> None:
    """List the lenses: the questions that are asked of every idea.

    Lenses of your own are checked and listed, too; the setting `lenses` names their folder.
    """
    from assistant.pressure.lens import all_lenses

    found = all_lenses(settings_of(context).lenses)
    if as_json:
        terminal.say_json([lens.model_dump(mode="json") for lens in found])
    else:
        terminal.say("\n\n".join(map(terminal.lens, found)))
