"""From AsciiDoc and reStructuredText to a draft without markup: headings, paragraphs, items, rows and code.

Own code: the kept library for AsciiDoc is under the GPL, and docutils refuses what is slightly broken.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

from assistant.errors import SourceError
from assistant.types import BlockKind
from ingest.drafts import Draft, Found, Piece, collapse
from ingest.reading.decoding import decode
from ingest.reading.plain import pieces as plain_pieces

UNDERLINE = re.compile(r"([=\-~^\"'`#*+.:_<>])\1{2,}\s*")
FIELD = re.compile(r":(?P<key>[\w -]{1,40}):\s*(?P<value>.*)")
DIRECTIVE = re.compile(r"\.\.\s+(?:\|[^|]+\|\s+)?(?P<name>[\w:-]+)::\s*(?P<rest>.*)")
NOTES = frozenset(
    "note warning tip important caution danger hint attention admonition seealso versionadded deprecated".split()
)
CODES = frozenset("code code-block sourcecode literalinclude parsed-literal math".split())
Shown = str | Callable[[re.Match[str]], str]


def _label(link: re.Match[str]) -> str:
    """The words of a link; an address without any is taken whole, so that it is looked at once."""
    return link[1] or link[0]


INLINE_RST: tuple[tuple[re.Pattern[str], Shown], ...] = (
    (re.compile(r":[\w:+.-]{1,60}:`([^`<]+?)\s*(?:<[^<>`]*>)?`"), r"\1"),
    (re.compile(r"`([^`<]+?)\s*<[^<>`]*>`__?"), r"\1"),
    (re.compile(r"``([^`]+)``|`([^`]+)`_{0,2}"), r"\1\2"),
    (re.compile(r"(?<![\w*])\*\*?(?=\S)([^*\n]+?)(?<=\S)\*\*?(?![\w*])"), r"\1"),
    (re.compile(r"\|([^|\s][^|]*)\|_?(?=\W|$)"), r"\1"),
)
INLINE_ADOC: tuple[tuple[re.Pattern[str], Shown], ...] = (
    (re.compile(r"(?:link:|https?://)[^\s\[\]]*+(?:\[([^\[\]]+)\])?"), _label),
    (re.compile(r"<<[^<>,]+,\s*([^<>]+)>>"), r"\1"),
    (re.compile(r"xref:[^\s\[\]]*+(?:\[([^\[\]]+)\])?"), _label),
    (re.compile(r"(?<![\w*])\*(?=\S)([^*\n]+?)(?<=\S)\*(?![\w*])"), r"\1"),
    (re.compile(r"(?<![\w`])`(?=\S)([^`\n]+?)(?<=\S)`(?![\w`])"), r"\1"),
    (re.compile(r"(?<!\w)_(?=\S)([^_\n]+?)(?<=\S)_(?!\w)"), r"\1"),
)
HEAD_ADOC = re.compile(r"(?P<level>={1,6})\s+(?P<text>\S.*)")
BLOCK_ADOC = re.compile(r"(-{4,}|\.{4,}|={4,}|_{4,}|\*{4,}|/{4,}|\+{4,}|\|={3,})\s*")
ITEM_ADOC = re.compile(r"\s*(?:[*.-]{1,5}|\d+\.)\s+(?=\S)")
DEPTH = 20  # blocks in blocks: a bound, since each is a call within a call


def read_rst(data: bytes) -> Draft:
    """Read a reStructuredText file; its fields at the top give author and date."""
    lines = _lines(data)
    found = _found(lines)
    return Draft("text/x-rst", tuple(_rst(lines)), found)


def read_adoc(data: bytes) -> Draft:
    """Read an AsciiDoc file; its attributes at the top give author and date.

    Raises:
        SourceError: its blocks are nested too deeply.
    """
    lines = _lines(data)
    found = _found(lines)
    return Draft("text/asciidoc", tuple(_adoc(lines)), found)


def _lines(data: bytes) -> list[str]:
    return [line.expandtabs(4).rstrip() for line in decode(data).splitlines()]


def _found(lines: Sequence[str]) -> Found:
    told = {m["key"].lower(): m["value"] for line in lines[:40] if (m := FIELD.fullmatch(line)) and m["value"]}
    authors = tuple(told[key] for key in ("author", "authors") if key in told)
    return Found(authors=authors, dates=tuple(told[key] for key in ("date", "revdate") if key in told))


def _rst(lines: Sequence[str]) -> Iterator[Piece]:
    styles: list[str] = []  # of headings: an underline, with a line above or not, in the order in which they come
    at = 0
    while at < len(lines):
        line = lines[at]
        if not line:
            at += 1
            continue
        above = bool(UNDERLINE.fullmatch(line)) and at + 2 < len(lines) and bool(UNDERLINE.fullmatch(lines[at + 2]))
        text = at + above
        if text + 1 < len(lines) and lines[text].strip() and _underlines(lines[text + 1], lines[text]):
            style = lines[text + 1][0] + "above" * above
            styles += [style] if style not in styles else []
            yield Piece(_inline(lines[text], INLINE_RST), BlockKind.HEADING, min(6, styles.index(style) + 1))
            at = text + 2
        elif (directive := DIRECTIVE.match(line.lstrip())) is not None:
            end = _indented(lines, at + 1, len(line) - len(line.lstrip()))
            yield from _directive(directive, lines[at + 1 : end])
            at = end
        elif line.startswith(".. "):
            end = _indented(lines, at + 1, 0)
            is_target = re.match(r"\.\. (?:_|\[)", line)
            yield Piece(collapse(" ".join(lines[at:end])), reason="address of a link" if is_target else "comment")
            at = end
        elif FIELD.fullmatch(line):
            yield Piece(collapse(line), reason="metadata" if at < 40 else None)
            at += 1
        else:
            end = at + 1
            while (
                end < len(lines)
                and lines[end].strip()
                and not (end + 1 < len(lines) and _underlines(lines[end + 1], lines[end]))
            ):
                end += 1
            yield from _plain(lines[at:end], INLINE_RST)
            at = end


def _underlines(line: str, text: str) -> bool:
    return bool(UNDERLINE.fullmatch(line)) and len(line) >= len(text.rstrip()) and not UNDERLINE.fullmatch(text)


def _indented(lines: Sequence[str], at: int, depth: int) -> int:
    """The end of the indented block below a line."""
    while at < len(lines) and (not lines[at].strip() or len(lines[at]) - len(lines[at].lstrip()) > depth):
        at += 1
    return at


def _directive(directive: re.Match[str], inner: Sequence[str]) -> Iterator[Piece]:
    name, rest = directive["name"].lower(), directive["rest"].strip()
    body = [line.strip() for line in inner if not FIELD.fullmatch(line.strip())]
    if name in CODES:
        if text := collapse(" ".join(body)):
            yield Piece(text, BlockKind.CODE)
    elif name in NOTES or "table" in name:
        yield from _plain([rest, *body], INLINE_RST)
    elif text := collapse(" ".join([rest, *inner])):
        yield Piece(text, reason=f"directive: {name}")


def _plain(lines: Sequence[str], inline: Sequence[tuple[re.Pattern[str], Shown]]) -> Iterator[Piece]:
    text = "\n".join(line for line in lines if not re.fullmatch(r"[\s+=|-]{3,}", line))
    rows = [line for line in lines if line.strip().startswith("|") and line.strip().endswith("|") and len(line) > 2]
    if rows and len(rows) == len([line for line in lines if line.strip(" +-=|")]):
        for row in rows:
            cells = [_inline(cell, inline) for cell in row.strip().strip("|").split("|")]
            if told := " | ".join(filter(None, cells)):
                yield Piece(told, BlockKind.ROW)
        return
    for piece in plain_pieces(text):
        shown = piece.text if piece.reason else _inline(piece.text, inline)
        yield Piece(shown, piece.kind, reason=piece.reason, alone=False, depth=piece.depth)


def _inline(text: str, forms: Sequence[tuple[re.Pattern[str], Shown]]) -> str:
    text = re.sub(r"[^\S\n]+", " ", text)  # long runs would take the square of their length
    for pattern, shown in forms:
        text = pattern.sub(shown, text)
    return collapse(text)


def _adoc(lines: Sequence[str], depth: int = 0) -> Iterator[Piece]:
    at = 0
    while at < len(lines):
        line = lines[at]
        if not line:
            at += 1
        elif head := HEAD_ADOC.fullmatch(line):
            yield Piece(_inline(head["text"], INLINE_ADOC), BlockKind.HEADING, len(head["level"]))
            at += 1
        elif (fence := BLOCK_ADOC.fullmatch(line)) is not None:
            end = next((n for n in range(at + 1, len(lines)) if lines[n].rstrip() == fence[1]), len(lines))
            yield from _fenced(fence[1], lines[at + 1 : end], depth)
            at = end + 1
        elif line.startswith("//"):
            yield Piece(collapse(line), reason="comment")
            at += 1
        elif FIELD.fullmatch(line):
            yield Piece(collapse(line), reason="metadata")
            at += 1
        elif re.fullmatch(r"\[[^\[\]]*\]", line) or re.match(r"(?:image|include|toc)::?\S*\[", line):
            yield Piece(collapse(line), reason="directive")
            at += 1
        else:
            end = at + 1
            while (
                end < len(lines)
                and lines[end].strip()
                and not HEAD_ADOC.fullmatch(lines[end])
                and not (BLOCK_ADOC.fullmatch(lines[end]))
            ):
                end += 1
            for is_item, group in groupby(lines[at:end], key=lambda one: bool(ITEM_ADOC.match(one))):
                for part in list(group) if is_item else ["\n".join(group)]:
                    bare = re.sub(r"^(?:\.(?=\w)|(?:NOTE|TIP|WARNING|IMPORTANT|CAUTION):\s)", "", part)
                    shown = ITEM_ADOC.sub("", bare) if is_item else bare
                    kind = BlockKind.ITEM if is_item else BlockKind.PARAGRAPH
                    if text := _inline(shown, INLINE_ADOC):
                        yield Piece(text, kind, alone=False, depth=len(part) - len(shown) if is_item else 0)
            at = end


def _fenced(fence: str, inner: Sequence[str], depth: int) -> Iterator[Piece]:
    if depth > DEPTH:
        raise SourceError("its blocks are nested too deeply to be read.")
    text = collapse(" ".join(inner))
    if fence[0] == "|":
        for row in inner:
            cells = [_inline(cell, INLINE_ADOC) for cell in row.split("|")]
            if told := " | ".join(filter(None, cells)):
                yield Piece(told, BlockKind.ROW)
    elif fence[0] == "/":
        yield Piece(text, reason="comment")
    elif fence[0] in "-.+":
        if text:
            yield Piece(text, BlockKind.CODE)
    else:
        for piece in _adoc(inner, depth + 1):
            yield Piece(
                piece.text,
                BlockKind.QUOTE if fence[0] == "_" and not piece.reason else piece.kind,
                piece.level,
                piece.reason,
            )
