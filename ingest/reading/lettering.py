"""Collects the words of a line with their formatting: struck out, raised, bold, or in a link.

Struck-out words are no longer valid, and are stored separately. A raised figure is never joined to the figure before
it: a footnote mark is removed, an exponent is written as "10^6", and raised cents of a price as "$9.99".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from ingest.drafts import Lettered, Piece, collapse, visible, words

STRUCK, NOTE = "struck out", "mark of a note"
FIGURE = re.compile(r"[-−–+]?\d+")
MARKS = re.compile(r"[\[(]?[\d\s,;–-]*\d[\d\s,;–-]*[\])]?|[*†‡§¶#]+|\d+\)")  # of notes, when no exponent
BASE = re.compile(r"(?<![^\W_])(?:([^\W\d_]+)|(?<![\d.,])10)\s*$")  # a unit or a variable, or ten
PRICE = re.compile(r"[$€£¥]\s?\d[\d,.]*$")
UNITS = words("m cm mm dm km µm nm ft in yd mi s min h ha px kg")
POWERS = frozenset("23")  # of a unit
TAIL = 40  # characters before a raised text that tell what it is: a figure or a word with its unit
MOST = 100  # stretches in bold and links of a paragraph that are told: a bound on what is kept with it
ADDRESS = 2_000  # characters of an address; a longer one is told no more
BOLD = ""  # in the place of an address


class Text:
    """The words of a paragraph or a cell with their formatting: struck out, raised, bold, or in a link."""

    __slots__ = ("_lettered", "_linked", "_notes", "_open", "_parts", "_raised", "_seen", "_struck", "_was_struck")

    def __init__(self, *texts: str) -> None:
        self._parts = list(texts)
        self._raised: list[str] = []
        self._linked = False
        self._struck: list[list[str]] = []
        self._notes: list[str] = []
        self._was_struck = False
        self._seen = sum(map(visible, texts))
        self._lettered: list[tuple[str, int, list[str]]] = []  # an address or BOLD, what is before, and the words
        self._open: dict[str, list[str]] = {}  # those that go on

    def add(
        self,
        text: str,
        *,
        struck: bool = False,
        raised: bool = False,
        linked: bool = False,
        bold: bool = False,
        to: str = "",
    ) -> None:
        """Append text with its formatting: struck out, raised (superscript), part of a link (``linked``) or bold.
        ``to`` is the link's address; it is empty if the address is unknown or the text is not in a link.
        """
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
            if bold or to or self._open:
                self._letter(text, {*([BOLD] if bold else ()), *([to] if 0 < len(to) <= ADDRESS else ())})
            self._put(text)
        self._was_struck = struck

    @property
    def is_untouched(self) -> bool:
        """Whether nothing has been added yet."""
        return not (self._parts or self._raised or self._struck or self._notes)

    @property
    def has_aside(self) -> bool:
        """Whether the text has struck-out words or footnote marks; reliable only after ``whole`` has been called."""
        return bool(self._struck or self._notes)

    def note(self, mark: str) -> None:
        """Add a footnote mark; it is stored apart from the words."""
        self._notes.append(mark)

    def whole(self) -> str:
        """The text without struck-out words and footnote marks."""
        if self._raised:
            self._settle()
        return collapse("".join(self._parts))

    def lettered(self, before: str = "") -> tuple[Lettered, ...]:
        """Return the bold words and links of the text that ``whole`` returns, with their positions in it. ``before`` is
        a text that the caller puts in front of it, such as a list marker; the positions then count the characters of
        ``before``, too.
        """
        shift = visible(before)
        found = (Lettered(collapse("".join(parts)), at + shift, to or None) for to, at, parts in self._lettered)
        return tuple(one for one in found if one.words)

    def _letter(self, text: str, looks: set[str]) -> None:
        self._open = {look: parts for look, parts in self._open.items() if look in looks}
        for look in sorted(looks - self._open.keys()):
            if len(self._lettered) < MOST:
                self._open[look] = []
                self._lettered.append((look, self._seen, self._open[look]))
        for parts in self._open.values():
            parts.append(text)

    def _put(self, text: str) -> None:
        self._parts.append(text)
        self._seen += visible(text)

    def aside(self, clean: Callable[[str], str] = collapse) -> Iterator[Piece]:
        """Yield a piece for each run of struck-out words and for each footnote mark; its ``reason`` says which of the
        two it is. ``clean`` is applied to struck-out text; by default it collapses whitespace.
        """
        for struck in self._struck:
            if text := clean("".join(struck)):
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
            self._put(shown)

    def _tail(self) -> str:
        tail = ""
        for part in reversed(self._parts):
            tail = part[-TAIL:] + tail
            if len(tail) >= TAIL:
                break
        return tail


def raised(before: str, text: str, *, linked: bool = False) -> str | None:
    """Write raised (superscript) text as plain text: "^6" for an exponent, ".99" for cents; letters such as "th" stay
    as they are. None if the text is a footnote mark.

    ``before`` is the text in front of the raised text. ``linked`` says that the raised text is part of a link; a raised
    figure in a link is always a footnote mark.
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
