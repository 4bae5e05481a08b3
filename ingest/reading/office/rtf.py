"""Turns rich text (RTF) into a draft in one pass over its words and groups. Embedded content is skipped."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from assistant.errors import SourceError
from assistant.types import BlockKind
from ingest.drafts import HALVES, Draft, Lettered, Metadata, Piece, collapse
from ingest.reading import remarks, rows
from ingest.reading.lettering import Text
from ingest.reading.office.package import sensible
from ingest.reading.office.rtf_words import (
    BULLETS,
    CHARSETS,
    DEEP,
    INSIDE,
    KEPT,
    LINK,
    SIGNS,
    SKIPPED,
    SWITCHES,
    TOKEN,
    codec,
)


def read(data: bytes) -> Draft:
    """Read an RTF file as a draft: headings, paragraphs, list items and tables, and comments at the end. Headers and
    footers are marked as boilerplate.

    Raises:
        SourceError: the file is not rich text, is cut short, or is nested too deeply.
    """
    text = data.decode("latin-1")
    if not text.lstrip().startswith("{\\rtf"):
        raise SourceError("it is no rich text, whatever its extension says.")
    reader = _Reader()
    reader.run(text)
    body = list(reader.body())
    told = remarks.pieces(reader.remarks, is_levelled=any(piece.level for piece in body))
    return Draft(
        "application/rtf", (*reader.margins["header"], *body, *reader.margins["footer"], *told), reader.metadata()
    )


@dataclass
class _State:
    """The formatting in force inside a group ("{...}"); a group inside it begins with a copy."""

    place: str = "body"
    codec: str = "cp1252"
    skip: int = 1  # characters to pass over after one in Unicode
    is_hidden: bool = False
    is_deleted: bool = False
    is_struck: bool = False
    is_raised: bool = False
    is_bold: bool = False
    to: str = ""  # where the link leads that the words are of
    in_table: bool = False
    level: int = 0
    style: int = 0
    is_item: bool = False
    depth: int = 0
    font: int = -1


@dataclass
class _Held:
    """The text of one destination (body, note, header) while it is read, and the pieces of its finished paragraphs."""

    text: Text = field(default_factory=Text)
    pieces: list[Piece] = field(default_factory=list)


class _Reader:
    """Reads the tokens of the file once, in order."""

    def __init__(self) -> None:
        self._stack: list[_State] = []
        self._now = _State()
        self._default = "cp1252"
        self._fonts: dict[int, str] = {}
        self._levels: dict[int, int] = {}
        self._held: dict[str, _Held] = {}
        self._bytes = bytearray()
        self._to_skip = 0
        self._is_optional = False
        self._cells: list[str] = []
        self._inside: list[Lettered] = []  # of the row in hand
        self._lettered: list[tuple[Lettered, ...]] = []  # of each row before it
        self._grid: list[rows.Row] = []
        self._aside: list[Piece] = []  # of its cells
        self._author = ""
        self.remarks: list[remarks.Comment] = []
        self.margins: dict[str, list[Piece]] = {"header": [], "footer": []}

    def run(self, text: str) -> None:
        """Read the file, whose content is ``text``. Afterwards, ``body`` and ``metadata`` return the file's pieces and
        metadata, ``remarks`` has its comments, and ``margins`` has the pieces of its headers and footers.

        Raises:
            SourceError: the file is cut short, or its groups are nested too deeply.
        """
        at, end = text.index("{"), len(text)
        while at < end:
            match = TOKEN.match(text, at)
            if match is None:  # a backslash at the very end
                break
            at = match.end()
            if match["byte"]:
                self._byte(int(match["byte"], 16))
                continue
            if match["text"]:
                self._plain(match["text"])
                continue
            self._flush_bytes()
            if match["word"]:
                number = int(match["number"]) if match["number"] else None
                if match["word"] == "bin":
                    at += max(0, number or 0)
                self._word(match["word"], number)
            elif match["sign"]:
                self._sign(match["sign"])
            elif match["brace"]:
                self._brace(match["brace"])
                if not self._stack:
                    return
        raise SourceError("it is cut short.")

    def body(self) -> Iterator[Piece]:
        """Yield the pieces of the body, after ``run``."""
        self._paragraph("body")
        self._end_table()
        yield from self._place("body").pieces

    def metadata(self) -> Metadata:
        """The title and author in the file's own metadata."""
        told = {name: self._place(name).text.whole() for name in ("title", "author")}
        return sensible(told["title"], (told["author"],))

    def _brace(self, brace: str) -> None:
        self._to_skip, self._is_optional = 0, False
        if brace == "{":
            self._stack.append(self._now)
            self._now = replace(self._now)
            if len(self._stack) > DEEP:
                raise SourceError("its groups are nested too deeply to be read.")
            return
        closed, self._now = self._now, self._stack.pop()
        if closed.place == "styles" and closed.style:
            name = self._place("styles").text.whole().rstrip(";").lower()
            match = re.match(r"heading ([1-9])$", name)
            self._levels[closed.style] = int(match[1]) if match else 1 if name == "title" else closed.level
        if closed.place == "fonts":
            self._fonts.setdefault(closed.font, closed.codec)
        if closed.place in {"styles", "fonts"}:
            self._place(closed.place).text = Text()
        elif closed.place != self._now.place:
            self._close(closed.place)

    def _close(self, place: str) -> None:
        """End a destination (``place``) such as a note or a header, and move its words to where they belong in the
        document.
        """
        if place == "label":
            label = self._place("label").text.whole()
            self._place("label").text = Text()
            self._place(self._now.place).text.add("" if BULLETS.fullmatch(label) else f"{label} ")
            self._now.is_item = True
        elif place == "instruction":
            link = LINK.match(self._place(place).text.whole())
            self._now.to = _joined(link[1]) if link else ""  # for the rest of the field, which is a group of its own
            self._place(place).text = Text()
        elif place == "remark author":
            self._author = self._place(place).text.whole()
            self._place(place).text = Text()
        elif place in {"note", "remark", "header", "footer"}:
            self._paragraph(place)
            held, self._place(place).pieces = self._place(place).pieces, []
            if place == "remark":
                self.remarks.append(remarks.remark(self._author, held))
            elif place != "note":
                self.margins[place] += [replace(piece, reason=f"running {place}") for piece in held]
            else:
                self._place("notes").pieces += held

    def _word(self, word: str, number: int | None) -> None:
        self._to_skip = 0
        is_optional, self._is_optional = self._is_optional, False
        if word in KEPT and not (word in {"title", "author"} and self._now.place != "info"):
            self._now.place = self._now.place if self._now.place in {"skip", "instruction"} else KEPT[word]
        elif word in SKIPPED or (is_optional and word not in INSIDE):
            self._now.place = "skip"
        elif word == "u" and number is not None:
            self._add(chr(number & 0xFFFF))
            self._to_skip = self._now.skip
        elif word in SIGNS:
            self._add(SIGNS[word])
        elif word in {"par", "sect", "page", "column"}:
            self._break()
        elif word in {"cell", "row"}:
            self._end_cell(is_row=word == "row")
        else:
            self._set(word, 1 if number is None else number)

    def _set(self, word: str, number: int) -> None:
        """Apply a control word and its number to the state of the current group."""
        now = self._now
        if word == "pard":
            now.in_table, now.level, now.style, now.is_item, now.depth = False, 0, 0, False, 0
        elif word == "plain":
            now.is_hidden = now.is_deleted = now.is_struck = now.is_raised = now.is_bold = False
            now.codec = self._default
        elif word == "intbl":
            now.in_table = bool(number)
        elif word == "outlinelevel":
            now.level = number + 1 if 0 <= number < 9 else 0
        elif word == "s":
            now.style = number
            now.level = self._levels.get(number, now.level) if now.place != "styles" else now.level
        elif word == "ls":
            now.is_item = number > 0
        elif word == "ilvl":
            now.depth = number
        elif word in SWITCHES:
            setattr(now, SWITCHES[word], bool(number) and word not in {"sub", "nosupersub"})
        elif word == "uc":
            now.skip = max(0, min(number, 16))
        elif word == "f":
            now.font, now.codec = number, self._fonts.get(number, self._default)
        elif word == "fcharset":
            now.codec = CHARSETS.get(number, self._default)
        elif word in {"ansicpg", "mac"}:
            self._default = now.codec = codec(10000 if word == "mac" else number)

    def _sign(self, sign: str) -> None:
        if sign == "*":
            self._is_optional = True
        elif sign in SIGNS:
            self._add(SIGNS[sign])
        elif sign in "\r\n":
            self._break()

    def _byte(self, byte: int) -> None:
        if self._to_skip:
            self._to_skip -= 1
        else:
            self._bytes.append(byte)

    def _plain(self, text: str) -> None:
        if self._bytes:  # the second byte of a character may be a plain letter
            self._bytes += text[0].encode("latin-1")
            text = text[1:]
            self._flush_bytes()
        skipped = min(self._to_skip, len(text))
        self._to_skip -= skipped
        if text := text[skipped:]:
            self._add(text if text.isascii() else text.encode("latin-1").decode(self._now.codec, errors="replace"))

    def _flush_bytes(self) -> None:
        if self._bytes:
            text = bytes(self._bytes).decode(self._now.codec, errors="replace")
            self._bytes.clear()
            self._add(text)

    def _add(self, text: str) -> None:
        if self._now.place == "skip" or self._now.is_deleted:
            return
        if self._now.is_hidden and self._now.place == "body":
            self._place("hidden").text.add(text)
        else:
            now = self._now
            look = {"struck": now.is_struck, "raised": now.is_raised, "bold": now.is_bold}
            self._place(now.place).text.add(text, **look, to=now.to)

    def _break(self) -> None:
        if self._now.in_table and self._now.place == "body":
            self._place("body").text.add(" ")
        elif self._now.place in {"body", "note", "remark", "header", "footer"}:
            self._paragraph(self._now.place)

    def _paragraph(self, place: str) -> None:
        """End the current paragraph of the destination ``place``; in the body, its hidden words and its notes
        follow it.
        """
        held = self._place(place)
        text = _joined(held.text.whole())
        aside, lettered = held.text.aside(_joined), _inline(held.text)
        held.text = Text()
        if text:
            if place == "body":
                self._end_table()
            level = self._now.level if place == "body" else 0
            kind = BlockKind.HEADING if level else BlockKind.ITEM if self._now.is_item else BlockKind.PARAGRAPH
            held.pieces.append(Piece(text, kind, level, depth=self._now.depth, lettered=() if level else lettered))
        held.pieces += aside
        if place == "body":
            hidden = _joined(self._place("hidden").text.whole())
            held.pieces += [Piece(hidden, reason="hidden")] if hidden else []
            held.pieces += self._place("notes").pieces
            self._held.pop("hidden", None)
            self._held.pop("notes", None)

    def _end_cell(self, *, is_row: bool) -> None:
        if self._now.place != "body":
            self._add(" ")
        elif is_row:
            self._end_row()
        else:
            cell = self._place("body").text
            self._cells.append(_joined(cell.whole()))
            self._aside += cell.aside(_joined)
            self._inside += (one._replace(at=-1) for one in _inline(cell))
            self._place("body").text = Text()

    def _end_row(self) -> None:
        if self._cells:
            self._grid.append(rows.Row(self._cells, len(self._grid)))
            self._lettered.append(tuple(self._inside))
        self._cells, self._inside = [], []

    def _end_table(self) -> None:
        self._end_row()
        grid, lettered = self._grid, self._lettered
        self._grid, self._lettered = [], []
        if any(len(cell) > rows.LAID_OUT for row in grid for cell in row.cells):  # there for its layout
            self._place("body").pieces += [Piece(cell) for row in grid for cell in row.cells if cell]
        else:
            for piece in rows.pieces(grid):
                of_row = lettered[piece.page] if piece.page is not None else ()
                self._place("body").pieces.append(replace(piece, page=None, lettered=of_row))
        self._place("body").pieces += self._aside
        self._aside = []

    def _place(self, name: str) -> _Held:
        return self._held.setdefault(name, _Held())


def _inline(text: Text) -> tuple[Lettered, ...]:
    """The bold words and links of a paragraph; without their positions if the text has characters split into
    two halves.
    """
    told = tuple(one._replace(words=_joined(one.words)) for one in text.lettered())
    return tuple(one._replace(at=-1) for one in told) if HALVES.search(text.whole()) else told


def _joined(text: str) -> str:
    """Join the two halves (surrogates) in which RTF writes characters beyond the first 65,536, and collapse
    whitespace.
    """
    return collapse(text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\0", " "))
