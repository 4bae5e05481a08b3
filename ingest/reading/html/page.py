"""Turns HTML into a draft, in one pass over its elements. Scripts are never run."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from lxml import etree

from assistant.errors import SourceError
from assistant.types import BlockKind
from ingest.drafts import Box, Draft, Piece, collapse, words
from ingest.reading.decoding import decode
from ingest.reading.html import head, page_tables
from ingest.reading.html.head import RAISED
from ingest.reading.html.opening import Opening, is_hidden
from ingest.reading.lettering import Text
from ingest.reading.plain import RULE

BLOCKS = words(
    "address article aside blockquote body button caption center dd details dialog dir div dl dt fieldset figcaption "
    "figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html label legend li main menu nav ol option p pre search "
    "section select summary table tbody td textarea tfoot th thead tr ul"
)
UNSEEN = {
    "script": "script",
    "style": "style",
    "noscript": "shown without scripts only",
    "template": "template",
    "iframe": "embedded page",
    "object": "embedded object",
    "svg": "drawing",
    "canvas": "drawing",
    "video": "player",
    "audio": "player",
    "title": "page title",
    "datalist": "form",
}
STRIKES = words("s strike del")
LETTERED = STRIKES | {"sup"}
BOLD = words("b strong")
DEEPER = words("ul ol menu dir dl dd")  # a definition stands under its term
OPENED = words("div section nav aside tr")  # such an element counts as "details" where people open it
CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]+)", re.IGNORECASE)
HEAD = 1 << 14  # bytes in which an encoding may be declared; browsers look at the first kilobyte
NAMED = re.compile(
    r"\b(?:author|commenter|user-?name|display-?name|fn)\b|comment[-_]?(?:author|meta|date|by)|timestamp"
)


def read(data: bytes) -> Draft:
    """Read a web page as a draft: its blocks (paragraphs, headings and the like) in order, and the title, author and
    date in its head.

    Raises:
        SourceError: the bytes are not text, or hold no element.
    """
    declared = CHARSET.search(data[:HEAD])
    root = _parse(decode(data, declared[1].decode("ascii") if declared else None))
    if root is None:
        raise SourceError("holds no page.")
    return Draft("text/html", tuple(_PageWalk(root).pieces()), head.metadata(root))


def pieces(text: str) -> Iterator[Piece]:
    """Yield a ``Piece`` for each block (paragraph, heading and the like) of a stretch of HTML, such as HTML inside
    Markdown.
    """
    root = _parse(text)
    if root is not None:
        yield from _PageWalk(root).pieces()


def _parse(text: str) -> etree._Element | None:
    data = text.replace("\0", "").encode("utf-8", errors="replace")
    # lxml.html's own parser would make its kind of element again at each step of the walk
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, remove_pis=True, remove_comments=True)
    root = etree.fromstring(data, parser) if data.strip() else None  # None, too, where there are only comments
    if any(error.type_name == "ERR_RESOURCE_LIMIT" for error in parser.error_log):
        raise SourceError("its elements are nested too deeply to be read.")  # the parser gave up on the rest
    return root


class _PageWalk:
    """Walks over the elements of a page; collects inline text until a block begins or ends, then yields it as
    one piece.
    """

    def __init__(self, root: etree._Element) -> None:
        self._root = root
        self._opened: list[etree._Element] = []  # the blocks around the text in hand ...
        self._path: list[Box] = []  # ... and their boxes
        self._links = self._struck = self._raised = self._bold = 0
        self._to: list[str] = []  # where the links lead that the text in hand stands in
        self._text = Text()
        self._aside: list[Piece] = []  # of cells
        self._linked = 0
        self._classes = head.lettering(root)
        self._has_classes = any(self._classes)
        self._opening = Opening(root)
        self._in_row = False  # of a table that holds data
        self._tables: dict[etree._Element, page_tables.Table | None] = {}

    def pieces(self) -> Iterator[Piece]:
        walk = etree.iterwalk(self._root, events=("start", "end"))
        skipped: etree._Element | None = None
        for number, (event, element) in enumerate(walk):
            if event == "end":
                if element is not skipped:
                    yield from self._end(element)
                self._add(element.tail)
            elif reason := self._unseen(element, str(element.tag)):
                skipped = element
                walk.skip_subtree()
                if text := collapse(" ".join(element.itertext())):
                    yield Piece(text, reason=reason, path=tuple(self._path))
            else:
                yield from self._start(element, number)
                self._add(element.text)
        yield from self._flush()

    def _start(self, element: etree._Element, number: int) -> Iterator[Piece]:
        tag, names = str(element.tag), _names(element)
        self._count(element, tag, 1)
        if tag == "br":
            yield from self._break(element)
        elif tag == "input" or (tag == "div" and "checkbox-o" in names):
            self._add(_check_mark(element))  # stands in its line
        elif tag in BLOCKS or "-" in tag or (NAMED.search(names) and self._in_comment()):
            if not self._in_row:
                yield from self._flush()
            else:
                self._add(" ")
            self._opened.append(element)
            self._path.append(Box(number, self._shown_as(element, tag, names), names))
            self._in_row = self._in_row or (tag == "tr" and self._table_of(element) is not None)

    def _end(self, element: etree._Element) -> Iterator[Piece]:
        self._count(element, str(element.tag), -1)
        if not self._opened or self._opened[-1] is not element:
            return
        if not self._in_row:
            yield from self._flush()
            if table := self._tables.pop(element, None):
                yield from (replace(piece, depth=_depth(piece.path)) for piece in table.pieces())
                yield from self._aside
                self._aside = []
        elif table := self._table_of(element):
            self._end_cell(element, table)
        else:
            self._add(" ")
        self._opened.pop()
        self._path.pop()

    def _end_cell(self, element: etree._Element, table: page_tables.Table) -> None:
        """End a table cell or row. Words outside of cells are added to the next cell, or to the text after
        the table.
        """
        if element.tag in {"td", "th"}:
            table.cell(element, self._text.whole(), self._text.lettered())
            self._aside += self._told_aside()
            self._text = Text()
        elif element.tag == "tr":
            table.end_row(element, tuple(self._path), self._linked)
            self._in_row, self._linked = False, 0
        else:
            self._add(" ")

    def _break(self, element: etree._Element) -> Iterator[Piece]:
        """Handle a line break: one is a space, two in a row separate paragraphs."""
        following = element.getnext()
        is_double = following is not None and following.tag == "br" and not (element.tail or "").strip()
        if is_double and not self._in_row:
            yield from self._flush()
        self._add(" ")

    def _count(self, element: etree._Element, tag: str, step: int) -> None:
        """Record that an element which changes the formatting of its words (link, bold, struck out or raised) begins
        (``step`` is 1) or ends (``step`` is -1).
        """
        if tag == "a":
            self._links += step
            if step > 0:
                self._to.append(element.get("href", "").strip())
            else:
                self._to.pop()
            return
        self._bold += step if tag in BOLD else 0
        if tag in LETTERED or self._has_classes or element.get("style"):
            is_struck, is_raised = _lettering(element, *self._classes)
            self._struck += step if is_struck else 0
            self._raised += step if is_raised else 0

    def _add(self, text: str | None) -> None:
        is_lettered = self._bold or self._links
        if text and (is_lettered or not (text.isspace() and self._text.is_untouched)):  # as between most tags
            is_link = self._links > 0
            self._text.add(
                text,
                struck=self._struck > 0,
                raised=self._raised > 0,
                linked=is_link,
                bold=self._bold > 0,
                to=self._to[-1] if is_link else "",
            )
            self._linked += len(text.strip()) if is_link else 0

    def _told_aside(self) -> Iterator[Piece]:
        return (replace(piece, path=tuple(self._path)) for piece in self._text.aside())

    def _flush(self) -> Iterator[Piece]:
        if self._text.is_untouched:
            return
        text = self._text.whole()
        lettered = self._text.lettered()
        aside = list(self._told_aside()) if self._text.has_aside else []
        linked = min(self._linked, len(text))
        self._text, self._linked = Text(), 0
        if not text:
            yield from aside
            return
        kind, level = self._kind()
        reason = "ornament" if RULE.fullmatch(text) else None
        path = tuple(self._path)
        yield Piece(text, kind, level, reason, linked=linked, path=path, lettered=lettered, depth=_depth(path))
        yield from aside

    def _unseen(self, element: etree._Element, tag: str) -> str | None:
        """The reason why the element is invisible and visitors cannot open it, such as "script"; None if it
        can be seen.
        """
        if tag in UNSEEN:
            return UNSEEN[tag]
        if tag in {"html", "body", "main", "article"}:  # hidden until a script shows them
            return None
        return "hidden" if is_hidden(element) and not self._opening.unfolds(element, _names(element)) else None

    def _shown_as(self, element: etree._Element, tag: str, names: str) -> str:
        """The element's tag, or the tag that fits its role: "summary" if visitors click it, "details" if they
        open it.
        """
        if "tab" in names and element.get("role") == "tab":
            return "summary"
        if tag in {"button", "label"}:
            return "summary" if self._opening.is_head(element, names) else tag
        if tag not in OPENED:
            return tag
        return "details" if self._opening.opens(element, names) or is_hidden(element) else tag

    def _kind(self) -> tuple[BlockKind, int]:
        for box in reversed(self._path):
            if len(box.tag) == 2 and box.tag[0] == "h" and box.tag[1].isdigit():
                return BlockKind.HEADING, int(box.tag[1])
            if box.tag in {"li", "dd", "dt"}:
                return BlockKind.ITEM, 0
            if box.tag == "blockquote":
                return BlockKind.QUOTE, 0
            if box.tag == "pre":
                return BlockKind.CODE, 0
        return BlockKind.PARAGRAPH, 0

    def _in_comment(self) -> bool:
        return any("comment" in box.names for box in self._path)

    def _table_of(self, element: etree._Element) -> page_tables.Table | None:
        """The data table that a row or cell belongs to; None if it is in none, or in a table that only
        arranges the page.
        """
        if element.tag not in {"tr", "td", "th"}:
            return None
        table = next(element.iterancestors("table"), None)
        if table is None:
            return None
        if table not in self._tables:
            self._tables[table] = page_tables.Table() if page_tables.holds_data(table) else None
        return self._tables[table]


def _lettering(element: etree._Element, struck: frozenset[str], raised: frozenset[str]) -> tuple[bool, bool]:
    """Whether the element strikes its words out, and whether it raises them. ``struck`` and ``raised`` are the CSS
    classes that do so.
    """
    style = element.get("style", "")
    names = element.get("class", "").split() if struck or raised else ()
    is_struck = element.tag in STRIKES or "line-through" in style or any(name in struck for name in names)
    is_raised = element.tag == "sup" or bool(RAISED.search(style)) or any(name in raised for name in names)
    return is_struck, is_raised


def _check_mark(element: etree._Element) -> str | None:
    """The mark of a task's checkbox, "☒ " or "☐ ", as GitHub and Notion write it; None for other elements, such as the
    checkboxes of a form.
    """
    if element.tag == "div":
        names = element.get("class", "").split()
        return "☒ " if "checkbox-on" in names else "☐ " if "checkbox-off" in names else None
    if element.tag != "input" or element.get("type") != "checkbox" or "disabled" not in element.attrib:
        return None
    is_task = next(element.iterancestors("li", "td"), None) is not None
    return ("☒ " if "checked" in element.attrib else "☐ ") if is_task else None


def _depth(path: Sequence[Box]) -> int:
    """The number of lists among the boxes that surround an element."""
    return sum(box.tag in DEEPER for box in path)


def _names(element: etree._Element) -> str:
    if not element.keys():
        return ""
    return " ".join(element.get(name, "") for name in ("class", "id", "role", "itemprop", "rel")).lower().strip()
