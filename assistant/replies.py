"""A model's reply to the claims it makes, each as soon as it is whole: from JSON, or from marked lines.

A claim is not yet a statement: nothing here has been held against the evidence.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple, Protocol

from pydantic import BaseModel, Field

MOST = 24  # claims read of one reply: a model that goes on longer has lost its way
LONGEST = 1_000  # characters of a line, likewise

_MARK = re.compile(r"[\[(【]\s*(?:evidence\s*)?(\d{1,3}(?:\s*[,;&]\s*\d{1,3})*)\s*[\])】]", re.I)
_BULLET = re.compile(r"^\s*(?:[-*•>#]+\s+|\d{1,2}[.)]\s+|(?:statement|answer)\s*:\s*)", re.I)
_PREAMBLE = re.compile(
    r"^\W*(?:the|my|a) (?:short |correct |best )?answer(?: to (?:the|this|your) question)? is(?: that)?:\s*", re.I
)
_NONE = re.compile(r"\W*(?:none|the (?:documents|evidence) do(?:es)? not say)\W*", re.I)


class Written(BaseModel):
    """One statement, what it stands on, and the words that bear it out."""

    text: str
    evidence: list[int] = Field(description="Numbers of the evidence")
    quotes: list[str] = Field(description="Exact words of that evidence")


class Reply(BaseModel):
    """An answer from numbered evidence, or that the documents do not say."""

    documents_do_not_say: bool
    statements: list[Written]
    set_aside: list[int] = Field(description="Numbers of evidence that does not help")


class Claim(NamedTuple):
    """What a model says, by the numbers it gave; no numbers where it gave none."""

    text: str
    numbers: tuple[int, ...]
    quotes: tuple[str, ...] = ()


class Reading(Protocol):
    """Reads a reply piece by piece."""

    declined: bool  # it says that the documents do not say
    set_aside: frozenset[int]
    found: int  # claims so far
    done: bool  # nothing more of it is worth reading

    def feed(self, piece: str) -> Iterator[Claim]:
        """The claims that this piece completes."""
        ...

    def end(self) -> Iterator[Claim]:
        """The claims that the end of the reply completes."""
        ...


class Lines:
    """A claim a line, with the numbers of its evidence in brackets; done after ``most``, or when it repeats itself."""

    def __init__(self, most: int = MOST) -> None:
        self.declined, self.found, self.done = False, 0, False
        self._most = most
        self.set_aside: frozenset[int] = frozenset()
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
        text = plain(_PREAMBLE.sub("", _BULLET.sub("", _MARK.sub("", line)).strip()))
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
        yield Claim(text, tuple(dict.fromkeys(numbers)))


class Json:
    """The statements of a ``Reply``, each with the end of its object; what follows them, with the end of the reply."""

    def __init__(self) -> None:
        self.declined, self.found, self.done = False, 0, False
        self.set_aside: frozenset[int] = frozenset()
        self._text, self._at = "", -1
        self._decoder = json.JSONDecoder()

    def feed(self, piece: str) -> Iterator[Claim]:
        self._text += piece
        if self._at < 0 and (opens := re.search(r'"statements"\s*:\s*\[', self._text)):
            self._at = opens.end()
        while self._at >= 0 and "}" in piece:
            start = self._at + len(self._text[self._at :]) - len(self._text[self._at :].lstrip(" \t\r\n,"))
            try:
                read, self._at = self._decoder.raw_decode(self._text, start)
            except ValueError:
                return
            yield from self._claim(read)

    def end(self) -> Iterator[Claim]:
        """What stood outside the statements; nothing where the reply is no JSON."""
        try:
            read = self._decoder.raw_decode(self._text, max(self._text.find("{"), 0))[0]
        except ValueError:
            return
        if isinstance(read, dict):
            self.declined = read.get("documents_do_not_say") is True
            aside = read.get("set_aside")
            self.set_aside = (
                frozenset(n for n in aside if isinstance(n, int)) if isinstance(aside, list) else frozenset()
            )
        yield from ()

    def _claim(self, read: Any) -> Iterator[Claim]:
        try:
            one = Written.model_validate(read)
        except ValueError:
            return
        if len((text := plain(_MARK.sub("", one.text))).split()) >= 2:
            self.found += 1
            self.done = self.found == MOST
            yield Claim(text, tuple(dict.fromkeys(one.evidence)), tuple(q for q in one.quotes if q.strip()))


def plain(text: str) -> str:
    """A claim on one line, without marks of emphasis, and without the space that a mark left before a full stop."""
    text = re.sub(r"(\*\*|__|`)", "", " ".join(text.split()))
    return re.sub(r"\s+([.,;:!?])", r"\1", text).strip(" -–—")
