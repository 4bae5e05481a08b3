"""Opens what a command needs: the library, the assistant, and the JSON lines of stdin."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from ui.commands.door import PARTLY
from ui.reports import terminal
from ui.work.progress import PREPARING, Progress

if TYPE_CHECKING:
    from assistant.build import Assistant
    from assistant.library.library import Library
    from assistant.model.embedding import Embedder
    from assistant.settings import Settings

EACH_LINE = "-"  # in the place of a question or an idea: one JSON object a line on stdin


@contextmanager
def library(settings: Settings, *, create: bool = False) -> Iterator[tuple[Library, Embedder]]:
    """A context manager that opens the library that the settings name. It yields the library and its embedding model.
    With ``create``, a library that does not exist is created."""
    from assistant import build
    from assistant.library.library import Library

    embedder = build.build_embedder(settings)
    with Library.open(settings, embedder, create=create) as opened:
        yield opened, embedder


@contextmanager
def assistant(settings: Settings, documents: Sequence[str] = ()) -> Iterator[Assistant]:
    """A context manager that opens the library that the settings name, and yields the assistant that answers from this
    library. Each of ``documents`` is the id of a document, or its source (the path of its file relative to the folder
    that was read); it is checked that the library has these documents.

    Raises:
        DocumentMissing: one of ``documents`` is not in the library.
    """
    from assistant import build

    with build.build_assistant(settings, build.build_embedder(settings)) as opened:
        for key in documents:
            opened.library.document(key)
        yield opened


def prepare(assistant: Assistant, *, quiet: bool) -> None:
    """Unpack the local models that the assistant uses. This is needed once on each machine. The progress is shown
    unless ``quiet`` is true."""
    with Progress(PREPARING, "percent", quiet=quiet) as prepared:
        assistant.prepare(lambda share: prepared(round(100 * share), 100))


def each_line(context: click.Context, reply: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Parse each line of stdin as a JSON object as soon as it arrives, call ``reply`` with the object, and print what
    ``reply`` returns as a line of JSON. For a line that could not be answered, an error is printed instead, and the
    command exits with the code 1 at the end."""
    from ui.commands.json_lines import answer_each

    if not answer_each(sys.stdin.buffer, reply, terminal.say_json):
        context.exit(PARTLY)
