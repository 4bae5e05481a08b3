"""Turns Markdown into a draft: CommonMark and tables, without their markup. Front matter is read as metadata."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import yaml
from markdown_it.token import Token

from assistant.types import BlockKind
from ingest.drafts import Draft, Lettered, Metadata, Piece, collapse
from ingest.reading import rows
from ingest.reading.decoding import decode
from ingest.reading.html import page
from ingest.reading.lettering import Text
from ingest.reading.markup import dialects
from ingest.reading.plain import RULE
from ingest.reading.transcripts import chats, turns

FRONT = re.compile(r"\A---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
TAG = re.compile(r"<(/?)(s|strike|del|sup|b|strong)\b(?!-)", re.IGNORECASE)  # that tells how words are set
PARTED = re.compile(
    r"</?(?:br|li|[uod]l|d[dt]|p|div|t[rdh]|h[1-6])\b", re.IGNORECASE
)  # tags between words, as in cells
FOOTNOTE = re.compile(r"\[\^[^\]\s]{1,60}\](?!:)")
LINKED_NOTE = re.compile(r"\A\^\S{1,60}\Z")  # "[^1]" where "[^1]: address" is elsewhere
LONGEST_FRONT = 50_000  # characters; YAML takes a second for 100,000
AUTHOR_KEYS = ("author", "authors", "by", "byline")
DATE_KEYS = ("date", "published", "published_at", "created", "updated", "last_updated", "modified")
FIELD = re.compile(
    r"\s*\[?(?P<key>[^\W_][^:\[\]]{0,40})\]?\s?:\s+(?P<value>\S.*)"
)  # "Owner: Ines Roth", "[Owner]: Ines Roth"
FIELDS = 40  # of a page: a longer run of "name: value" is its text; a guess, not measured
TOP = 50  # pieces among which a page's fields stand: ``FIELDS`` and what may stand between them
OF_NOTES = {"author": ("created by", "author"), "date": ("created time", "created", "date", "last edited time")}
CALLOUT = re.compile(r"\[!([\w-]+)\][+-]?[ \t]*(.*)")


def read(data: bytes) -> Draft:
    """Read a Markdown file as a draft: headings, paragraphs, list items, rows, quotes and code.

    Raises:
        SourceError: the bytes are not text.
    """
    text = decode(data).replace("\r\n", "\n").replace("\r", "\n")
    front, values = _front_matter(text)
    body = text[len(front) :]
    held = [Piece(collapse(front), reason="metadata")] if front else []
    if chat := chats.read_sure(body):
        return Draft(chats.KIND, (*held, *chat), Metadata(dates=turns.last_day(chat), is_voiced=True))
    found = list(pieces(body))
    return Draft("text/markdown", (*held, *found), _metadata({**_fields(found), **values}))


def pieces(text: str) -> Iterator[Piece]:
    """Yield a piece for each block (paragraph, heading and the like) of a Markdown text, in order."""
    yield from _Blocks(dialects.parse(text), text).pieces()


class _Blocks:
    """Walks over the tokens once; the elements that are open around a token decide which kind of piece it becomes."""

    def __init__(self, tokens: Sequence[Token], text: str) -> None:
        self._tokens = tokens
        self._source = text
        self._closed = dialects.closed(text)
        self._is_top = True  # whether nothing but headings came so far
        self._open: list[str] = []
        self._marker = ""
        self._cells: list[str] = []
        self._rows: list[rows.Row] = []  # of the table in hand, from 1
        self._heads: set[int] = set()
        self._aside: list[Piece] = []  # of its cells
        self._lettered: dict[int, list[Lettered]] = defaultdict(list)  # by the number of the row

    def pieces(self) -> Iterator[Piece]:
        for token in self._tokens:
            if token.nesting == 1:
                self._open.append(token.type.removesuffix("_open") if token.type != "heading_open" else token.tag)
                if token.type == "list_item_open":
                    self._marker = f"{token.info}{token.markup} " if token.info else ""
            elif token.nesting == -1:
                self._open.pop()
                if token.type == "tr_close":
                    self._end_row()
                elif token.type == "table_close":
                    yield from self._table()
            else:
                yield from self._leaf(token)

    def _end_row(self) -> None:
        self._rows.append(rows.Row(self._cells, len(self._rows) + 1))
        if "thead" in self._open and any(self._cells):
            self._heads.add(len(self._rows))
        self._cells = []

    def _table(self) -> Iterator[Piece]:
        for piece in rows.pieces(self._rows, self._heads):
            lettered = tuple(self._lettered.get(piece.page or 0, ()))
            yield replace(piece, page=None, lettered=lettered, depth=self._depth)
        yield from self._aside
        self._rows, self._heads, self._aside = [], set(), []
        self._lettered.clear()

    def _leaf(self, token: Token) -> Iterator[Piece]:
        if token.type == "inline":
            yield from self._inline(token)
        elif token.type in {"fence", "code_block"} and token.content.strip():
            yield Piece(collapse(token.content), BlockKind.CODE, depth=self._depth)
        elif token.type == dialects.UNSEEN:
            yield Piece(collapse(token.content), reason=token.meta["reason"])
        elif token.type == "html_block":
            for piece in page.pieces(dialects.shown(token.content, self._closed)):
                yield replace(piece, path=())  # its boxes are no page's: what stands around them is text, too

    def _inline(self, token: Token) -> Iterator[Piece]:
        for alt in _alternatives(token):
            yield Piece(alt, reason="image description")
        children = token.children or []
        for child in children:
            if child.type == dialects.UNSEEN:
                yield Piece(collapse(child.content), reason=child.meta["reason"])
        if self._open[-1] == "paragraph" and (parts := self._parts(children)):
            yield from parts
            return
        held = _words(children)
        words = held.whole()
        text = collapse(self._marker + words) if words else ""
        lettered = held.lettered(self._marker)
        if self._open[-1] in {"th", "td"}:
            self._cells.append(text)
            self._lettered[len(self._rows) + 1] += (one._replace(at=-1) for one in held.lettered())
            self._aside += held.aside()
            return
        self._marker = ""
        if not text:
            yield from held.aside()
            return
        kind, level = self._kind()
        self._is_top &= kind is BlockKind.HEADING
        if RULE.fullmatch(text):
            yield Piece(text, reason="ornament")
        else:
            yield Piece(text, kind, level, linked=_linked(children), lettered=lettered, depth=self._depth)
        yield from held.aside()

    def _parts(self, children: Sequence[Token]) -> list[Piece]:
        """Split a paragraph that is really several pieces: a callout's title and text, or lines "Name: value".

        Returns an empty list for an ordinary paragraph. "Name: value" lines directly under the title, where no name
        occurs twice, are the properties of a page, as Notion exports them, and become rows.
        """
        kind, _ = self._kind()
        is_one_line = not any(child.type in {"softbreak", "hardbreak"} for child in children)
        if kind is not BlockKind.QUOTE and (kind is not BlockKind.PARAGRAPH or is_one_line):
            return []
        held = [_words(line) for line in dialects.lines(children)]
        lines = [(text, line.lettered()) for line in held if (text := line.whole())]
        texts = [text for text, _ in lines]
        aside = [piece for line in held for piece in line.aside()]
        if kind is BlockKind.QUOTE and texts and (callout := CALLOUT.fullmatch(texts[0])):
            mark = [Piece(callout[1], reason=dialects.CALLOUT)] if callout[2] else []
            told = (callout[2] or callout[1].capitalize(), collapse(" ".join(texts[1:])))
            return [*mark, *(Piece(text, kind) for text in told if text), *aside]
        if kind is not BlockKind.PARAGRAPH or len(texts) < 2:
            return []
        fields = [field for text in texts if (field := FIELD.fullmatch(text))]
        if len(fields) < len(texts):
            return []
        is_top, self._is_top = self._is_top, False
        is_named = is_top and len(fields) <= FIELDS and all(self._is_once(field["key"]) for field in fields)
        kind = BlockKind.ROW if is_named else kind
        return [*(Piece(text, kind, alone=False, lettered=lettered) for text, lettered in lines), *aside]

    def _is_once(self, key: str) -> bool:
        """Whether only one line of the text begins with this word and a colon; in a chat, a speaker's name begins
        several lines.
        """
        return len(re.findall(rf"^\W*{re.escape(key)}\W*:", self._source, re.MULTILINE)) == 1

    @property
    def _depth(self) -> int:
        """The number of list items that are open at the current token."""
        return self._open.count("list_item")

    def _kind(self) -> tuple[BlockKind, int]:
        if (heading := self._open[-1])[0] == "h" and heading[1:].isdigit():
            return BlockKind.HEADING, int(heading[1:])
        for name in reversed(self._open):
            if name == "list_item":
                return BlockKind.ITEM, 0
            if name == "blockquote":
                return BlockKind.QUOTE, 0
        return BlockKind.PARAGRAPH, 0


def _words(children: Sequence[Token]) -> Text:
    """The words of inline tokens (text, code and links, without markup), with their formatting."""
    held = Text()
    struck = raised = bold = 0
    to = ""
    for place, child in enumerate(children):
        if child.type == "html_inline" and (tag := TAG.match(child.content)):
            step, name = -1 if tag[1] else 1, tag[2].lower()
            struck = max(0, struck + step * (name in page.STRIKES))
            raised = max(0, raised + step * (name == "sup"))
            bold = max(0, bold + step * (name in page.BOLD))
        elif child.type in {"strong_open", "strong_close"}:
            bold += child.nesting
        elif child.type in {"link_open", "link_close"}:
            to = str(child.attrGet("href") or "") if child.nesting > 0 else ""
        elif child.type in {"s_open", "s_close"}:
            struck += child.nesting
        elif child.type == "text" and "^" in child.content:
            is_link = place > 0 and children[place - 1].type == "link_open"
            at = 0
            for note in (LINKED_NOTE if is_link else FOOTNOTE).finditer(child.content):
                held.add(child.content[at : note.start()], struck=struck > 0, raised=raised > 0, bold=bold > 0, to=to)
                held.note(note[0])
                at = note.end()
            held.add(child.content[at:], struck=struck > 0, raised=raised > 0, bold=bold > 0, to=to)
        elif child.type in {"text", "code_inline"}:
            held.add(child.content, struck=struck > 0, raised=raised > 0, bold=bold > 0, to=to)
        elif child.type in {"softbreak", "hardbreak"} or PARTED.match(child.content or ""):
            held.add(" ", struck=struck > 0, bold=bold > 0, to=to)
    return held


def _linked(children: Sequence[Token]) -> int:
    depth = count = 0
    for child in children:
        depth += child.nesting if child.type in {"link_open", "link_close"} else 0
        count += len(child.content) if depth and child.type in {"text", "code_inline"} else 0
    return count


def _alternatives(token: Token) -> Iterator[str]:
    for child in token.children or []:
        if child.type == "image" and (alt := collapse(child.content)):
            yield alt


def _front_matter(text: str) -> tuple[str, Mapping[str, Any]]:
    """The front matter as text, with its "---" lines, and its values; "" and {} if there is none, or it is no YAML
    mapping.
    """
    if not (match := FRONT.match(text, 0, LONGEST_FRONT)):
        return "", {}
    try:
        values = yaml.load(match[1], Loader=yaml.BaseLoader)  # noqa: S506 - the base loader makes strings only
    except (yaml.YAMLError, RecursionError):  # the latter by brackets in brackets
        return "", {}
    return (match[0], values) if isinstance(values, dict) else ("", {})


def _fields(pieces: Sequence[Piece]) -> dict[str, str]:
    """The author and the date in the property rows at the top of a page, by the names "author" and "date"; empty if
    there are none.
    """
    own = {
        field["key"].lower(): field["value"]
        for piece in pieces[:TOP]
        if piece.kind is BlockKind.ROW and (field := FIELD.fullmatch(piece.text))
    }
    return {name: own[key] for name, keys in OF_NOTES.items() for key in keys[::-1] if key in own}


def _metadata(values: Mapping[str, Any]) -> Metadata:
    lower = {str(key).lower(): value for key, value in values.items()}
    titles = tuple(filter(None, (_words(dialects.parse_line(title)).whole() for title in _texts(lower, ("title",)))))
    return Metadata(titles, _texts(lower, AUTHOR_KEYS), _texts(lower, DATE_KEYS), is_written=bool(titles))


def _texts(values: Mapping[str, Any], keys: Sequence[str]) -> tuple[str, ...]:
    texts = []
    for key in keys:
        value = values.get(key)
        if isinstance(value, list) and all(isinstance(part, str) for part in value):
            value = ", ".join(value)
        if isinstance(value, str) and value.strip():
            texts.append(collapse(value))
    return tuple(texts)
