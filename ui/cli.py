"""The `pushback` command. Scripts rely on its names, JSON and exit codes, so these do not change.

Exit codes: 0 done · 1 done in part · 2 wrong usage or settings · 3 cannot run · 130 interrupted. Each command imports
its modules when it runs, so that ``pushback --help`` answers at once.
"""

from __future__ import annotations

import os

import click

from assistant.installation import DISTRIBUTION
from ui.commands import asking, documents, ingesting, serving, upkeep, verdicts
from ui.commands.door import Door
from ui.commands.evaluation import evaluate

SECTIONS = {
    "Ask and test": ("ask", "search", "challenge", "discuss", "verdicts", "lenses"),
    "Fill and keep a library": ("ingest", "documents", "show", "correct", "remove", "doctor", "reindex", "move"),
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


for _command in (
    asking.ask,
    asking.search,
    asking.lenses,
    verdicts.challenge,
    verdicts.discuss,
    verdicts.verdicts,
    ingesting.ingest,
    documents.documents,
    documents.show,
    documents.correct,
    documents.remove,
    upkeep.doctor,
    upkeep.reindex,
    upkeep.move,
    serving.web,
    serving.serve,
    serving.worker,
    serving.mcp,
    evaluate,
):
    cli.add_command(_command)


def main() -> None:
    """Run the `pushback` command. Only the user who runs the command can read the files that it writes."""
    os.umask(0o077)
    cli.main(prog_name="pushback")


if __name__ == "__main__":
    main()
