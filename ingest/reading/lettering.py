"""Words as they are gathered from a line, by how they are set: struck out, or raised above it.

What is struck out holds no more, and is kept apart. A raised figure never joins the one before it: the mark of a note
goes, an exponent is shown ("10^6"), and so are the cents of a price ("$9.99").
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from ingest.drafts import Piece, collapse, words

STRUCK, NOTE = "struck out", "mark of a note"
FIGURE = re.compile(r"[-−–+]?\d+")
MARKS = re.compile(r"[\[(]?[\d\s,;–-]*\d[\d\s,;–-]*[\])]?|[*†‡§¶#]+|\d+\)")  # of notes, when no exponent
BASE = re.compile(r"(?<![^\W_])(?:([^\W\d_]+)|(?<![\d.,])10)\s*$")  # a unit or a variable, or ten
PRICE = re.compile(r"[$€£¥]\s?\d[\d,.]*$")
UNITS = words("m cm mm dm km µm nm ft in yd mi s min h ha px kg")
POWERS = frozenset("23")  # of a unit
TAIL = 40  # characters before a raised text that tell what it is


class Text:
    """The words of a paragraph or a cell."""

    __slots__ = ("_linked", "_notes", "_parts", "_raised", "_struck", "_was_struck")

    def __init__(self, *texts: str) -> None:
        self._parts = list(texts)
        self._raised: list[str] = []
        self._linked = False
        self._struck: list[list[str]] = []
        self._notes: list[str] = []
        self._was_struck = False

    def add(self, text: str, *, struck: bool = False, raised: bool = False, linked: bool = False) -> None:
        """Go on with this text; ``linked`` where it is one of a link's."""
        if struck:
            if not self._was_struck:
                self._struck.append([])
            self._struck[-1].append(text)
        elif raised:
            self._raised.append(text)
            self._linked = self._linked or linked
        else:
            if self._raised:
                self._settle()
            self._parts.append(text)
        self._was_struck = struck

    @property
    def is_untouched(self) -> bool:
        """Whether nothing was added yet."""
        return not (self._parts or self._raised or self._struck or self._notes)

    @property
    def has_aside(self) -> bool:
        """Whether some of it does not hold; known for certain once ``whole`` was asked."""
        return bool(self._struck or self._notes)

    def note(self, mark: str) -> None:
        """Set the mark of a note apart."""
        self._notes.append(mark)

    def whole(self) -> str:
        """The words that hold."""
        if self._raised:
            self._settle()
        return collapse("".join(self._parts))

    def aside(self, mend: Callable[[str], str] = collapse) -> Iterator[Piece]:
        """What does not hold, or only points to a note."""
        for struck in self._struck:
            if text := mend("".join(struck)):
                yield Piece(text, reason=STRUCK)
        for note in self._notes:
            yield Piece(note, reason=NOTE)

    def _settle(self) -> None:
        text, linked = collapse("".join(self._raised)), self._linked
        self._raised, self._linked = [], False
        shown = raised(self._tail(), text, linked=linked)
        if shown is None:
            self._notes.append(text)
        else:
            self._parts.append(shown)

    def _tail(self) -> str:
        tail = ""
        for part in reversed(self._parts):
            tail = part[-TAIL:] + tail
            if len(tail) >= TAIL:
                break
        return tail


def raised(before: str, text: str, *, linked: bool = False) -> str | None:
    """How a raised text stands in its line, after the text before it; None for the mark of a note.

    ``linked``: it links to somewhere, as marks of notes do and exponents do not.
    """
    if not MARKS.fullmatch(text) and not FIGURE.fullmatch(text):
        return text  # such as "th"
    if linked or not FIGURE.fullmatch(text):
        return None
    if len(text) == 2 and text.isdigit() and PRICE.search(before):
        return f".{text}"
    base = BASE.search(before)
    if base is None:
        return None
    unit = base[1] or ""
    is_power = not unit or text in POWERS or not text.isdigit()
    return f"^{text}" if is_power and (unit in UNITS or len(unit) < 2) else None
