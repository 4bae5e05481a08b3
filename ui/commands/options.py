"""The options that every command accepts before or after its name, and the settings that are made from them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from assistant.text import dates
from ui.commands.help_pages import COMMON, FILTERS, Helped, HelpedGroup, Option

if TYPE_CHECKING:
    from assistant.settings import Settings
    from assistant.types import Filters

Function = TypeVar("Function", bound=Callable[..., Any])

KINDS = ("text", "markdown", "web", "pdf", "document", "slides", "sheet", "mail", "chat", "book")


class SearchText(click.types.StringParamType):
    """The type of options and arguments whose text is looked for in a library. Text that is not valid UTF-8 is an
    error, since no library can contain it."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the text unchanged. Text that is not valid UTF-8 is a usage error."""
        text = super().convert(value, param, ctx)
        try:
            text.encode()
        except UnicodeEncodeError:
            self.fail("it is no text in UTF-8.", param, ctx)
        return text


TEXT = SearchText()

as_json = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON on stdout, and nothing else.")


NO_NAME = "?"  # the value of `--model` if no name follows it


class Command(Helped):
    """A command that also accepts the options that all commands have, such as ``--library``."""

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        _add_common(self)


class Group(HelpedGroup):
    """A group of commands. The group and its commands also accept the options that all commands have, such as
    ``--library``."""

    command_class = Command
    group_class = type

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        _add_common(self)


def settings_of(context: click.Context) -> Settings:
    """The settings for the command that is running: the settings file and the environment, overridden by the options
    that were given.

    Raises:
        SettingsError: a setting is unknown or out of range.
    """
    from assistant.settings import load

    given = _given(context)
    flags = {name: value for name, value in given.items() if name not in ("config", "quiet")}
    return load(flags, config=Path(given["config"]) if "config" in given else None)


def flags_as_environment(context: click.Context) -> dict[str, str]:
    """The options that every command accepts, such as ``--library``, as environment variables (``PUSHBACK_…``) for
    another process. Only options that were given on the command line are included; ``--quiet`` is left out."""
    return {f"PUSHBACK_{name.upper()}": str(value) for name, value in _given(context).items() if name != "quiet"}


def is_quiet(context: click.Context) -> bool:
    """Whether the option ``--quiet`` was given. With this option, only results and errors are printed."""
    return bool(_given(context).get("quiet"))


def remembered(context: click.Context, option: click.Parameter, value: Any) -> None:
    """A callback that click calls with the value of an option. It stores the value for ``settings_of``. If the option
    is given twice, the later value counts.

    Raises:
        BadParameter: the value is empty.
    """
    if value == "":
        raise click.BadParameter("it is empty.")
    if value not in (None, False):
        _given(context)[str(option.name)] = value


def remembered_if_named(context: click.Context, _: click.Parameter, value: str | None) -> bool:
    """A callback that click calls with the value of ``--model`` in `pushback doctor`. If the value is the name of a
    model, it is stored for ``settings_of``. Returns whether ``--model`` was given without a name."""
    if value == NO_NAME:
        return True
    remembered(context, click.Option(["--model"]), value)
    return False


def filtering(function: Function) -> Function:
    """A decorator that adds the options that filter a search, such as ``--author``, to a command. ``filters_of`` reads
    their values."""
    for option in (
        _filter(
            "--page",
            "pages",
            metavar="N",
            multiple=True,
            type=click.IntRange(1),
            help="Search this page, slide or row only.",
        ),
        _filter(
            "--heading",
            "headings",
            metavar="TEXT",
            multiple=True,
            help="Search only under headings that contain this text.",
        ),
        _filter(
            "--title",
            "titles",
            metavar="TEXT",
            multiple=True,
            help="Search only documents whose title contains this text.",
        ),
        _filter(
            "--kind",
            "kinds",
            type=click.Choice(KINDS),
            multiple=True,
            help="Search files of this kind only; `document` is a file of a word processor.",
        ),
        _filter(
            "--language",
            "languages",
            metavar="CODE",
            multiple=True,
            help="Search documents in this language only, as in: en, de, fr.",
        ),
        _filter(
            "--until",
            metavar="DATE",
            callback=_date,
            help="Search documents up to this date: 2012, 2012-10 or 2012-10-05.",
        ),
        _filter(
            "--since",
            metavar="DATE",
            callback=_date,
            help="Search documents of this date or later: 2012, 2012-10 or 2012-10-05.",
        ),
        _filter(
            "--author", "authors", metavar="NAME", multiple=True, help="Search only what this author or speaker says."
        ),
        _filter(
            "--document",
            "documents",
            metavar="ID",
            multiple=True,
            help="Search this document only; give its id, or its name in `pushback documents`.",
        ),
    ):
        function = option(function)
    return function


def filters_of(**named: Any) -> Filters:
    """The filters of a search, made from the values of the options that ``filtering`` added to a command.

    Raises:
        BadParameter: ``--until`` is before ``--since``.
    """
    from assistant.types import Filters

    since, until = named.get("since"), named.get("until")
    if dates.exclude_each_other(since, until):
        raise click.BadParameter(f"--until {until} is before --since {since}.")

    return Filters(**named)


def _given(context: click.Context) -> dict[str, Any]:
    given: dict[str, Any] = context.find_root().ensure_object(dict)
    return given


def _filter(*names: str, **values: Any) -> Callable[[Function], Function]:
    return click.option(*names, cls=Option, section=FILTERS, **{"type": TEXT, **values})


def _add_common(command: click.Command) -> None:
    own = {flag for param in command.params for flag in param.opts}
    command.params += [param for param in _common() if own.isdisjoint(param.opts)]


def _common() -> list[click.Parameter]:
    kept: dict[str, Any] = {"expose_value": False, "callback": remembered, "section": COMMON}
    return [
        Option(["--home"], metavar="DIR", help="Folder that holds the libraries.", **kept),
        Option(
            ["--library"],
            metavar="NAME",
            help="Library to use; by default the one in the settings, else `default`.",
            **kept,
        ),
        Option(
            ["--model"],
            metavar="NAME",
            help="Chat model that reads passages and writes answers, such as `ollama:llama3.2`. Without one, answers "
            "quote the documents.",
            **kept,
        ),
        Option(
            ["--config"],
            metavar="FILE",
            help="TOML file with settings. Environment variables and flags override it.",
            **kept,
        ),
        Option(
            ["--quiet"],
            is_flag=True,
            help="Print results and errors only: no progress, no notes, no counts of what was done.",
            **kept,
        ),
    ]


def _date(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    if value is not None and not dates.DATE.fullmatch(value):
        raise click.BadParameter(f"{value!r} is not a date as 2012, 2012-10 or 2012-10-05.")
    return value
