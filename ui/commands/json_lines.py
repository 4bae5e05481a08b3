"""Parses the JSON that other programs send: questions, ideas and the history of a conversation."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from assistant.errors import PushbackError, ReplyInvalid, SettingsError
from assistant.plainly import why
from assistant.search.question import encodable
from assistant.types import Role, Turn

TURN = '{"role": "user" or "assistant", "content": "…"}'


def answer_each(
    lines: Iterable[bytes], reply: Callable[[dict[str, Any]], dict[str, Any]], write: Callable[[object], None]
) -> bool:
    """Parse each of the ``lines`` as a JSON object, pass the object to ``reply``, and pass what ``reply`` returns to
    ``write``, before the next line is read. Returns True if every line was answered.

    For a line that could not be answered, ``write`` gets an object with the fields ``error``, ``hint`` and ``line``
    (the number of the line, counted from 1). An error that would affect every line, such as an unreadable library, is
    raised.
    """
    well = True
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            write(reply(_object(line)))
        except (SettingsError, ReplyInvalid) as error:
            well = False
            write({**described(error), "line": number})
    return well


def described(error: PushbackError) -> dict[str, str]:
    """The error as a dict with the keys ``error`` (what happened) and ``hint`` (what can be done about it)."""
    return {"error": str(error), "hint": error.hint}


def text_of(asked: dict[str, Any], name: str) -> str:
    """The string in the field ``name`` of the JSON object ``asked``.

    Raises:
        SettingsError: the object has no string in this field.
    """
    if not isinstance(asked.get(name), str):
        raise SettingsError(f'The line has no text under "{name}".', hint=f'Write each line as {{"{name}": "…"}}.')
    return str(asked[name])


def weights(given: object) -> dict[str, float]:
    """The importance of assumptions of an idea, read from the JSON object ``given``, such as ``{"reach": 0.9}``. Each
    key is the name of a lens (the question that leads to an assumption), or the number of an assumption, counted from
    1. Each value is the importance, from 0 to 1. It is not checked whether the assumptions exist, or whether the values
    are in this range. Empty if ``given`` is None.

    Raises:
        SettingsError: ``given`` is not an object of numbers.
    """
    if given is None:
        return {}
    if not isinstance(given, dict) or not all(isinstance(value, int | float) for value in given.values()):
        raise SettingsError("The importance is not an object of numbers.", hint='Write it as {"reach": 0.9}.')
    return {name: float(value) for name, value in given.items()}


def turns(said: object) -> tuple[Turn, ...]:
    """The turns of a conversation (each is a question or an answer), read from the JSON list ``said``; empty if
    ``said`` is None.

    Raises:
        SettingsError: ``said`` is not a list of objects with the fields ``role`` and ``content``.
    """
    if said is None:
        return ()
    if not isinstance(said, list):
        raise SettingsError("The history is not a list.", hint=f"Write it as [{TURN}, …].")
    return tuple(_turn(number, one) for number, one in enumerate(said, start=1))


def read_history(path: Path) -> tuple[Turn, ...]:
    """Read the turns of a conversation (each is a question or an answer) from a file. The file has one JSON list, or
    one JSON object on each line.

    Raises:
        SettingsError: the file cannot be read, or has another form.
    """
    try:
        data = path.read_bytes()
    except OSError as exc:
        raise SettingsError(f"The history {path} cannot be read: {why(exc)}.", hint="Check the path.") from exc
    if data.lstrip().startswith(b"["):
        return turns(_parsed(data))
    return turns([_parsed(line) for line in data.splitlines() if line.strip()])


def _turn(number: int, said: object) -> Turn:
    role = said.get("role") if isinstance(said, dict) else None
    content = said.get("content") if isinstance(said, dict) else None
    if role not in tuple(Role) or not isinstance(content, str):
        raise SettingsError(f"Turn {number} of the history is not one.", hint=f"Write each as {TURN}.")
    return Turn(Role(role), encodable(content))


def _object(line: bytes) -> dict[str, Any]:
    value = _parsed(line)
    if not isinstance(value, dict):
        raise SettingsError("The line is JSON, but not an object.", hint='Write each line as {"question": "…"}.')
    return value


def _parsed(data: bytes) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as exc:
        raise SettingsError("This is not JSON.", hint="Write one JSON value a line, in UTF-8.") from exc
