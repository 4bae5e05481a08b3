"""`pushback eval …`: what the answers are worth, measured on suites of cases."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from assistant.errors import PushbackError
from ui import terminal
from ui.cli_options import Group, as_json, is_quiet, settings_of
from ui.door import PARTLY, USAGE
from ui.progress import Progress


class Measuring(Group):
    """The group of commands that measure, for which 1 says "fell short" and 2 "could not run"."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command named."""
        try:
            return super().invoke(ctx)
        except PushbackError as error:
            terminal.complain(str(error), error.hint)
            ctx.exit(USAGE)


@click.group("eval", cls=Measuring)
def evaluate() -> None:
    """Measure the answers on suites of cases."""


@evaluate.command("run")
@click.argument("suites", metavar="SUITE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--verbose", is_flag=True, help="Case by case.")
@as_json
@click.pass_context
def eval_run(context: click.Context, suites: tuple[Path, ...], verbose: bool, as_json: bool) -> None:
    """Run SUITEs, each on a fresh library of its own documents, and print what the answers are worth."""
    settings = settings_of(context)
    from assistant import build
    from eval import report
    from eval.run import run_suites

    with Progress("Asking", "cases", quiet=is_quiet(context)) as progress:
        reports = run_suites(
            suites,
            settings,
            embedder=build.build_embedder(settings),
            progress=lambda suite, done, total: progress(done, total, suite),
        )
    if as_json:
        terminal.say_json([report.to_json(one) for one in reports])
    else:
        terminal.say("\n".join(report.to_text(one, verbose=verbose) for one in reports))
    if any(one.errors for one in reports):
        context.exit(PARTLY)
