"""Turns errors into a message, a hint and an exit code. Exceptions that are no ``PushbackError`` are bugs and are not
caught."""

from __future__ import annotations

import io
import sys
from typing import Any

import click
from click.exceptions import NoArgsIsHelpError

from assistant.errors import CaseError, DocumentMissing, PushbackError, SettingsError, SourceError
from ui.commands.options import Group
from ui.reports import terminal

PARTLY, USAGE, CANNOT_RUN, INTERRUPTED = 1, 2, 3, 130
ASKED_WRONGLY = (SettingsError, SourceError, CaseError, DocumentMissing)


class Door(Group):
    """The `pushback` command itself: the group of all other commands. It shows an error as a message and a hint, and
    turns it into an exit code."""

    def main(self, *args: Any, **values: Any) -> Any:
        """Run the command that the command line names, and exit this process with the command's exit code. ``args`` and
        ``values`` are the arguments of click's ``Group.main``."""
        if sys.platform == "win32":  # a pipe or a file would be written in an old encoding
            for stream in (sys.stdout, sys.stderr):
                if isinstance(stream, io.TextIOWrapper):
                    stream.reconfigure(encoding="utf-8")
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(errors="replace")  # a terminal without “ ” shows ?, not a traceback
        sys.exit(self._code(*args, **{**values, "standalone_mode": False}))

    def _code(self, *args: Any, **values: Any) -> int:
        try:
            return int(super().main(*args, **values) or 0)
        except click.Abort:
            terminal.complain("Interrupted.", "What was finished is kept; run the same command to go on.")
            return INTERRUPTED
        except click.ClickException as wrong:
            _tell(wrong)
            return USAGE
        except PushbackError as error:
            terminal.complain(str(error), error.hint)
            return USAGE if isinstance(error, ASKED_WRONGLY) else CANNOT_RUN


def _tell(wrong: click.ClickException) -> None:
    if isinstance(wrong, NoArgsIsHelpError):
        wrong.show()
    else:
        command = wrong.ctx.command_path if isinstance(wrong, click.UsageError) and wrong.ctx else "pushback"
        terminal.complain(wrong.format_message(), f"Run `{command} --help`.")
