"""The layout of `--help`: options and commands in groups, and examples that can be typed as they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import click

OPTIONS, FILTERS, COMMON = "Options", "Filters", "Options of every command"


class Option(click.Option):
    """An option of a command. The help page of the command lists the option under the heading ``section``."""

    def __init__(self, *args: Any, section: str = OPTIONS, **values: Any) -> None:
        super().__init__(*args, **values)
        self.section = section


class Helped(click.Command):
    """A command whose help page (`--help`) lists the options in groups, and ends with ``examples`` of the command."""

    def __init__(self, *args: Any, examples: Sequence[str] = (), **values: Any) -> None:
        super().__init__(*args, **values)
        self.examples = tuple(examples)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options of the command to its help page, each under its heading, such as "Filters"."""
        records: dict[str, list[tuple[str, str]]] = {OPTIONS: [], FILTERS: [], COMMON: []}
        for param in self.get_params(ctx):
            if isinstance(param, click.Option) and (record := param.get_help_record(ctx)):
                records[getattr(param, "section", OPTIONS)].append(record)
        for heading, listed in records.items():
            _write_list(formatter, heading, listed)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples of the command at the end of its help page."""
        super().format_epilog(ctx, formatter)
        if self.examples:
            with formatter.section("Examples"):
                formatter.write("".join(f"  $ {example}\n" for example in self.examples))


class HelpedGroup(Helped, click.Group):
    """A group of commands whose help page (`--help`) lists the commands under headings. ``sections`` maps each heading
    to the names of its commands."""

    def __init__(self, *args: Any, sections: Mapping[str, Sequence[str]] | None = None, **values: Any) -> None:
        super().__init__(*args, **values)
        self.sections = sections or {}

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options of the group to its help page, and then the commands of the group."""
        super().format_options(ctx, formatter)
        self.format_commands(ctx, formatter)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands of the group to its help page, each with a short description. They are under the headings
        that the group got as ``sections``, or under "Commands" if it got none."""
        sections = self.sections or {"Commands": self.list_commands(ctx)}
        width = max(len(name) for names in sections.values() for name in names)
        for heading, names in sections.items():
            limit = formatter.width - width - 6
            _write_list(
                formatter, heading, [(n.ljust(width), self.commands[n].get_short_help_str(limit)) for n in names]
            )


def _write_list(formatter: click.HelpFormatter, heading: str, records: Sequence[tuple[str, str]]) -> None:
    if records:
        with formatter.section(heading):
            formatter.write_dl(records)
