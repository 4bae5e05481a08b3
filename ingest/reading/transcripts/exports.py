"""Reads chats that a program exports as JSON or lines of JSON: Slack, Telegram, Discord, Teams, Meta, Google,
transcripts, and conversations with language models. A list counts as messages if its objects have words and a speaker.
"""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from html import unescape
from typing import Any

from lxml import etree, html

from assistant.errors import SourceError
from ingest.drafts import Draft, Metadata, collapse
from ingest.reading.decoding import decode
from ingest.reading.transcripts import turns
from ingest.reading.transcripts.turns import SpokenTurn

MEDIA_TYPE = "application/json"
WORDS = ("text", "content", "body", "message", "msg", "utterance", "transcript")
VOICES = (
    "user_profile", "real_name", "sender_name", "display_name", "displayName", "from", "author", "creator", "sender",
    "speaker", "speaker_name", "participant", "username", "user", "name", "role",
)  # fmt: skip
NAMES = (
    "real_name",
    "display_name",
    "displayName",
    "nickname",
    "global_name",
    "name",
    "user",
    "username",
    "email",
    "id",
)
TIMES = (
    "date", "timestamp", "timestamp_ms", "ts", "created_at", "createdDateTime", "created_date", "create_time", "time",
    "start", "start_time",
)  # fmt: skip
MENTION = re.compile(r"<[@#!][A-Z0-9]+\|([^<>|]+)>|<(https?://[^<>|]+)(?:\|([^<>]+))?>")
ESCAPED = re.compile("&(?:amp|lt|gt);")  # Slack writes these, and no others
BEGINS = re.compile(rf'"(?:{"|".join(WORDS)})"\s*:')
SAID = re.compile(rf'"(?:{"|".join(VOICES)})"\s*:\s*["{{]')
TIMED = re.compile(rf'"(?:{"|".join(TIMES)}|role)"\s*:')
HEAD = 1 << 16  # bytes that tell whether a file is one: its first messages, without all of it being parsed
YEAR = 31_556_952  # seconds
DEPTH = 20  # parts in parts of one message: a bound, since each is a call within a call


def is_chat(head: bytes) -> bool:
    """Whether a JSON file that starts with these bytes may be an export of a chat. All other JSON files are data for
    programs, and are not read."""
    text = head[:HEAD].decode("utf-8", "replace")
    return all(form.search(text) for form in (BEGINS, SAID, TIMED))


def read(data: bytes) -> Draft:
    """Read the messages of an exported chat (JSON) as a draft, each under its speaker's name. They keep the file's
    order, or are reversed if the newest comes first.

    Raises:
        SourceError: the file is not JSON, or has no messages.
    """
    values = _values(decode(data))
    said = [turn for messages in _lists(values) for turn in _turns(messages)]
    if not said:
        raise SourceError("holds no chat: other JSON is for programs.")
    times = [time for messages in _lists(values) for message in messages if (time := _time(message))]
    dates = (max(times).date().isoformat(),) if times else ()
    return Draft(MEDIA_TYPE, tuple(turns.pieces(said)), Metadata(_titles(values), dates=dates, is_voiced=True))


def _values(text: str) -> list[Any]:
    try:
        return [json.loads(text)]
    except (ValueError, RecursionError):
        pass
    lines = [line for line in text.splitlines() if line.strip()]
    try:
        return [[json.loads(line) for line in lines]]
    except (ValueError, RecursionError) as exc:
        raise SourceError("is no JSON, or broken.") from exc


def _lists(values: Sequence[Any]) -> Iterator[Sequence[Mapping[str, Any]]]:
    """Yield every list of messages in nested JSON, at any depth. It uses no recursion, since a file could nest too
    deeply.
    """
    todo = deque(values)
    while todo:
        value = todo.popleft()
        if isinstance(value, list):
            messages = [one for one in value if isinstance(one, dict) and _words(one) and _voice(one)]
            if messages and 2 * len(messages) >= sum(isinstance(one, dict) for one in value):
                yield messages
            else:
                todo.extendleft(reversed([one for one in value if isinstance(one, dict | list)]))
        elif isinstance(value, dict):
            if isinstance(message := value.get("message"), dict) and _voice(message):
                todo.append([message])  # of a tree of messages
            todo.extend(one for key, one in value.items() if isinstance(one, dict | list) and key != "message")


def _turns(messages: Sequence[Mapping[str, Any]]) -> Iterator[SpokenTurn]:
    times = [_time(one) for one in messages]
    whole = [time for time in times if time]
    is_backwards = len(whole) == len(times) > 1 and whole[0] > whole[-1]
    for message, time in list(zip(messages, times, strict=True))[:: -1 if is_backwards else 1]:
        name = _voice(message)
        day = time.date().isoformat() if time else None
        yield SpokenTurn(name, f"{name} {_time_text(message, time)}".strip(), _words(message), date=day)


def _time_text(message: Mapping[str, Any], time: datetime | None) -> str:
    if time is not None:
        return time.strftime("%Y-%m-%d %H:%M")
    found = next((message[key] for key in TIMES if isinstance(message.get(key), int | float)), None)
    return f"{int(found) // 60}:{int(found) % 60:02}" if found is not None and 0 <= found < YEAR else ""


def _words(message: Mapping[str, Any]) -> str:
    for key in WORDS:
        if (text := _text(message.get(key))).strip():
            text = MENTION.sub(lambda match: match[1] or match[3] or match[2], text)
            return ESCAPED.sub(lambda match: unescape(match[0]), text)
    return ""


def _text(value: Any, depth: int = 0) -> str:
    """The text in a field of a message: a string, a list of parts, or an object that contains it; HTML is turned into
    text.
    """
    if depth > DEPTH:
        return ""
    if isinstance(value, str):
        return _unmarked(value) if re.match(r"\s*<(?:p|div|br|span|attachment)\b", value) else value
    if isinstance(value, list):
        is_said = all(isinstance(one, str | dict) for one in value)
        return "".join(_text(one, depth + 1) for one in value) if is_said else ""
    if isinstance(value, dict):
        return next(
            (_text(value[key], depth + 1) for key in ("text", "content", "parts", "plain_text") if key in value), ""
        )
    return ""


def _unmarked(text: str) -> str:
    try:
        return str(html.fragment_fromstring(text, create_parent="div").text_content())
    except (etree.ParserError, ValueError):
        return text


def _voice(message: Mapping[str, Any]) -> str | None:
    for key in VOICES:
        if name := _name(message.get(key)):
            return name
    return None


def _name(value: Any) -> str | None:
    """The name in a field: a string, or an object such as ``{"user": {"displayName": …}}``; None if there is none."""
    for _ in range(4):
        if isinstance(value, str):
            return collapse(value)[:100] or None
        if not isinstance(value, dict):
            return None
        value = next((value[key] for key in NAMES if value.get(key)), None)
    return None


def _time(message: Mapping[str, Any]) -> datetime | None:
    for key in TIMES:
        value = message.get(key)
        try:
            if isinstance(value, str) and re.match(r"\d{4}-\d{2}-\d{2}", value):
                return datetime.fromisoformat(value.replace("Z", "+00:00")).replace(tzinfo=UTC)
            seconds = float(value) if isinstance(value, int | float | str) and value else 0.0
            if seconds > YEAR:
                return datetime.fromtimestamp(seconds / 1000 if seconds > 1e11 else seconds, UTC)
        except (ValueError, OverflowError, OSError):
            continue
    return None


def _titles(values: Sequence[Any]) -> tuple[str, ...]:
    """The title that the export gives the chat, as a tuple of at most one."""
    top = values[0] if values and isinstance(values[0], dict) else {}
    for held in (top, top.get("channel"), top.get("chat")):
        if isinstance(held, dict):
            for key in ("title", "name", "topic"):
                if isinstance(held.get(key), str) and held[key].strip():
                    return (collapse(held[key]),)
    return ()
