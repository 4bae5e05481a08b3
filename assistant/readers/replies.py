"""Parses a model's reply, JSON or plain lines with passage numbers, into claims, each as soon as it is complete.

The docstrings of the pydantic models here are part of the schema that a model is given. Changing one changes the
prompt.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Protocol

from pydantic import BaseModel, Field

from assistant.readers.seam import Claim, Quote

MOST = 24  # claims read of one reply: a model that goes on longer has lost its way
LONGEST = 1_000  # characters of a line, likewise

_MARK = re.compile(r"[\[(【]\s*(?:passage\s*)?(\d{1,3}(?:\s*[,;&]\s*\d{1,3})*)\s*[\])】]", re.I)
_BULLET = re.compile(r"^\s*(?:[-*•>#]+\s+|\d{1,2}[.)]\s+|(?:statement|answer)\s*:\s*)", re.I)
_NONE = re.compile(r"\W*(?:none|the (?:documents|passages) do(?:es)? not say)\W*", re.I)


class Words(BaseModel):
    """Words of a passage, letter for letter."""

    passage: int
    words: str


class Said(BaseModel):
    """One statement, and the words that bear it out."""

    text: str
    quotes: list[Words]


class Reply(BaseModel):
    """An answer from numbered passages, further searches, or that the passages do not say."""

    searches: list[str] = Field(description="Further searches; empty if none is needed")
    not_said: bool
    claims: list[Said]
    disagree: list[list[int]] = Field(description="Pairs of claims that contradict each other, by their place from 1")
    missing: str


class Parsed(Protocol):
    """A parser of a model's reply, which arrives piece by piece. The attributes say what the parser has read so far:
    ``found`` is the number of claims, ``searches`` are the further searches that the model requests, and ``missing``
    says which part of the question the passages leave open. ``disagree`` has the pairs of claims that contradict each
    other; a claim is given by its position among all claims, counted from 0.

    ``done`` is true if the rest of the reply need not be read. ``declined`` is true if the model says that the passages
    do not answer the question.
    """

    found: int  # claims so far
    done: bool  # nothing more of it is worth reading
    declined: bool  # it says that the passages do not say
    searches: tuple[str, ...]
    disagree: tuple[tuple[int, int], ...]  # places of claims, from 0
    missing: str

    def feed(self, piece: str) -> Iterator[Claim]:
        """Add the next piece of the reply, and yield the claims that it completes."""
        ...

    def end(self) -> Iterator[Claim]:
        """Tell the parser that the reply has ended, and yield the claims that are now complete."""
        ...


class Lines:
    """Parses a reply with one claim on each line, followed by the numbers of its passages in brackets. It stops after
    ``most`` claims, or if a line repeats.

    A line is assumed to be copied from its passage, so the claim's text is also its quote.
    """

    def __init__(self, most: int = MOST) -> None:
        self.found, self.done, self.declined = 0, False, False
        self.searches: tuple[str, ...] = ()
        self.disagree: tuple[tuple[int, int], ...] = ()
        self.missing = ""
        self._most = most
        self._rest = ""
        self._seen: set[str] = set()

    def feed(self, piece: str) -> Iterator[Claim]:
        self._rest += piece
        while "\n" in self._rest and not self.done:
            line, _, self._rest = self._rest.partition("\n")
            yield from self._line(line)
        self.done = self.done or len(self._rest) > LONGEST

    def end(self) -> Iterator[Claim]:
        if not self.done:
            yield from self._line(self._rest)

    def _line(self, line: str) -> Iterator[Claim]:
        numbers = [int(digits) for match in _MARK.finditer(line) for digits in re.findall(r"\d+", match[1])]
        text = plain(_BULLET.sub("", _MARK.sub("", line)).strip())
        if _NONE.fullmatch(text):
            self.declined = True
            return
        if len(text.split()) < 2 or text.endswith(":"):
            return
        if text in self._seen or self.found == self._most:
            self.done = True
            return
        self._seen.add(text)
        self.found += 1
        yield Claim(text, (Quote(numbers[0] if numbers else 0, text),))


class Json:
    """Parses a reply in the JSON form of ``Reply``. Each claim is yielded as soon as its JSON object ends; the fields
    after the claims are read when the reply ends."""

    def __init__(self) -> None:
        self.found, self.done, self.declined = 0, False, False
        self.searches: tuple[str, ...] = ()
        self.disagree: tuple[tuple[int, int], ...] = ()
        self.missing = ""
        self._text, self._at = "", -1
        self._decoder = json.JSONDecoder()

    def feed(self, piece: str) -> Iterator[Claim]:
        self._text += piece
        if self._at < 0 and (opens := re.search(r'"claims"\s*:\s*\[', self._text)):
            self._at = opens.end()
            self.searches = self._searches(self._text[: opens.start()])
        while self._at >= 0 and not self.done and "}" in piece:
            start = self._at + len(self._text[self._at :]) - len(self._text[self._at :].lstrip(" \t\r\n,"))
            try:
                read, self._at = self._decoder.raw_decode(self._text, start)
            except ValueError:
                return
            yield from self._claim(read)

    def end(self) -> Iterator[Claim]:
        """Tell the parser that the reply has ended, and read all fields of the reply except the claims. Yields nothing.
        If the reply is not JSON, the fields stay empty."""
        try:
            read = self._decoder.raw_decode(self._text, max(self._text.find("{"), 0))[0]
        except ValueError:
            return
        if isinstance(read, dict):
            self.declined = read.get("not_said") is True
            self.missing = plain(str(read.get("missing") or ""))
            self.searches = _strings(read.get("searches"))
            self.disagree = tuple(_pairs(read.get("disagree")))
        yield from ()

    def _searches(self, before: str) -> tuple[str, ...]:
        match = re.search(r'"searches"\s*:\s*(?=\[)', before)
        try:
            return _strings(self._decoder.raw_decode(before, match.end())[0]) if match else ()
        except ValueError:
            return ()

    def _claim(self, read: Any) -> Iterator[Claim]:
        try:
            one = Said.model_validate(read)
        except ValueError:
            return
        self.found += 1
        self.done = self.found == MOST
        quotes = tuple(Quote(q.passage, q.words) for q in one.quotes if q.words.strip())
        yield Claim(unmarked(one.text), quotes)


def unmarked(text: str) -> str:
    """Return the text without numbers of passages in brackets, such as ``[2]``, and cleaned as by ``plain``."""
    return plain(_MARK.sub("", text))


def plain(text: str) -> str:
    """Return the text on one line, without Markdown marks of emphasis, without spaces before punctuation, and without
    dashes at its ends."""
    text = re.sub(r"(\*\*|__|`)", "", " ".join(text.split()))
    return re.sub(r"\s+([.,;:!?])", r"\1", text).strip(" -–—")


def _strings(read: Any) -> tuple[str, ...]:
    given = read if isinstance(read, list) else []
    return tuple(text for one in given if isinstance(one, str) and (text := " ".join(one.split())))


def _pairs(read: Any) -> Iterator[tuple[int, int]]:
    for pair in read if isinstance(read, list) else []:
        if isinstance(pair, list) and len(pair) == 2 and all(isinstance(n, int) and n > 0 for n in pair):
            yield pair[0] - 1, pair[1] - 1
