"""Turns AsciiDoc and reStructuredText into a draft without markup: headings, paragraphs, list items, rows and code.

We do this without a library: the maintained one for AsciiDoc is under the GPL, and docutils refuses slightly broken
texts.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import groupby
from textwrap import dedent

from assistant.errors import SourceError
from assistant.types import BlockKind
from ingest.drafts import Draft, Metadata, Piece, collapse
from ingest.reading import rows
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
    """The words of a matched link; the whole link if it has none."""
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
CELL_ADOC = re.compile(  # what a cell begins with: how many columns and rows it spans, how it is set, and a bar
    r"(?:(?<!\S)(?:(?P<across>\d{1,3})?(?:\.(?P<down>\d{1,3}))?\+)?(?:\.?[<^>]){0,2}[adehlms]?)?(?<!\\)\|"
)
SET_ADOC = re.compile(r"\[[^\[\]]*\]")  # how the block below is set
COLUMNS_ADOC = re.compile(r"\bcols\s*=\s*(?:\"(?P<several>[^\"]*)\"|(?P<one>[^\s,\]]+))")
MOST = 500  # columns of a table: a bound
SIMPLE = re.compile(r"=+(?: +=+)+ *")  # the border of a simple table
BORDER = re.compile(r"=[= ]*")
LONGEST = 5_000  # lines of a simple table: a bound, since its end is looked for at each of its borders
DEPTH = 20  # blocks in blocks: a bound, since each is a call within a call


def read_rst(data: bytes) -> Draft:
    """Read a reStructuredText file as a draft; the fields at its top give author and date."""
    lines = _lines(data)
    found = _metadata(lines)
    return Draft("text/x-rst", tuple(_rst(lines)), found)


def read_adoc(data: bytes) -> Draft:
    """Read an AsciiDoc file as a draft; the attributes at its top give author and date.

    Raises:
        SourceError: its blocks are nested too deeply.
    """
    lines = _lines(data)
    found = _metadata(lines)
    return Draft("text/asciidoc", tuple(_adoc(lines)), found)


def _lines(data: bytes) -> list[str]:
    return [line.expandtabs(4).rstrip() for line in decode(data).splitlines()]


def _metadata(lines: Sequence[str]) -> Metadata:
    told = {m["key"].lower(): m["value"] for line in lines[:40] if (m := FIELD.fullmatch(line)) and m["value"]}
    authors = tuple(told[key] for key in ("author", "authors") if key in told)
    return Metadata(authors=authors, dates=tuple(told[key] for key in ("date", "revdate") if key in told))


def _rst(lines: Sequence[str]) -> Iterator[Piece]:
    styles: list[str] = []  # of headings: an underline, with a line above or not, in the order in which they come
    at = 0
    while at < len(lines):
        line = lines[at]
        if not line:
            at += 1
            continue
        if SIMPLE.fullmatch(line) and (end := _ended(lines, at)):
            yield from _simple(lines[at:end])
            at = end
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


def _ended(lines: Sequence[str], at: int) -> int:
    """The index after the end of the simple table that begins at ``at``: after a border that is followed by a blank
    line. 0 if there is no such border.
    """
    for place in range(at + 1, min(len(lines), at + LONGEST)):
        if BORDER.fullmatch(lines[place]) and (place + 1 == len(lines) or not lines[place + 1].strip()):
            return place + 1
    return 0


def _simple(lines: Sequence[str]) -> Iterator[Piece]:
    """Yield the rows of a simple table; its columns begin at the same positions as the parts of its border."""
    starts = [part.start() for part in re.finditer(r"=+", lines[0])][:MOST]
    grid: list[list[str]] = []
    borders = heads = 0
    above = ""
    is_new = True  # whether the next line begins a row, whatever its first cell
    for line in lines:
        if BORDER.fullmatch(line):
            borders += 1
            heads = len(grid) if borders == 2 and line is not lines[-1] else heads
            is_new = True
        elif re.fullmatch(r"[\s-]*-[\s-]*", line) and grid:  # which columns the cells above it span
            begins = [part.start() for part in re.finditer(r"-+", line)][:MOST]
            spans = dict(zip(begins, _cut(above, begins), strict=True))
            grid[-1] = [spans.get(start, rows.SAME) for start in starts]
            is_new = True
        elif not line.strip():
            is_new = True
        else:
            cells, above = _cut(line, starts), line
            if is_new or cells[0] or not grid:
                grid.append(["" if cell == "\\" else cell for cell in cells])
            else:
                grid[-1] = [f"{one} {more}".strip() for one, more in zip(grid[-1], cells, strict=True)]
            is_new = False
    yield from _rows(grid, heads, INLINE_RST)


def _cut(line: str, starts: Sequence[int]) -> list[str]:
    """Cut a line into cells, which begin at the positions ``starts``."""
    return [line[start:end].strip() for start, end in zip(starts, [*starts[1:], None], strict=True)]


def _underlines(line: str, text: str) -> bool:
    return bool(UNDERLINE.fullmatch(line)) and len(line) >= len(text.rstrip()) and not UNDERLINE.fullmatch(text)


def _indented(lines: Sequence[str], at: int, depth: int) -> int:
    """The index after the block that begins at ``at`` and is indented by more than ``depth`` characters."""
    while at < len(lines) and (not lines[at].strip() or len(lines[at]) - len(lines[at].lstrip()) > depth):
        at += 1
    return at


def _directive(directive: re.Match[str], inner: Sequence[str]) -> Iterator[Piece]:
    name, rest = directive["name"].lower(), directive["rest"].strip()
    start = next((n for n, line in enumerate(inner) if not FIELD.fullmatch(line.strip())), len(inner))
    body = [line.strip() for line in inner[start:]]
    if not (name in CODES or name in NOTES or "table" in name):
        if text := collapse(" ".join([rest, *inner])):
            yield Piece(text, reason=f"directive: {name}")
        return
    options = {field["key"].lower(): field["value"] for one in inner[:start] if (field := FIELD.fullmatch(one.strip()))}
    header = options.pop("header", "") if name == "csv-table" else ""
    if told := collapse(
        " ".join(line for line in inner[:start] if not (header and line.strip().startswith(":header:")))
    ):
        yield Piece(told, reason=f"directive: {name}")
    if name in CODES:
        if text := collapse(" ".join(body)):
            yield Piece(text, BlockKind.CODE)
    elif name in {"list-table", "csv-table"}:
        yield from _plain([rest], INLINE_RST)
        grid = _listed(inner[start:]) if name == "list-table" else _separated([header, *body] if header else body)
        yield from _rows(grid, _number(options.get("header-rows", "")) + bool(header), INLINE_RST)
    elif SIMPLE.fullmatch(next(filter(None, body), "")):
        yield from _plain([rest], INLINE_RST)
        yield from _simple(dedent("\n".join(inner[start:])).strip("\n").splitlines())
    else:
        yield from _plain([rest, *body], INLINE_RST)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 3 else 0


def _listed(lines: Sequence[str]) -> list[list[str]]:
    """The rows of a table that is written as a list of lists; lines before the first row become rows of one cell."""
    grid: list[list[str]] = []
    at = 0  # where the cells of a row begin
    for line in lines:
        begins = re.match(r"(\s*\*\s+)-(?:\s|$)", line)
        if begins:
            at = len(begins[1])
            grid.append([line[begins.end() :]])
        elif grid and line[:at].isspace() and re.match(r"-(?:\s|$)", line[at:]):
            grid[-1].append(line[at + 1 :])
        elif grid:
            grid[-1][-1] += f" {line.strip()}"
        elif line.strip():
            grid.append([line])
    return grid


def _separated(lines: Sequence[str]) -> list[list[str]]:
    """The rows of a table in CSV; if the lines are not valid CSV, each becomes a row of one cell."""
    with suppress(csv.Error):
        return list(filter(None, csv.reader(lines, skipinitialspace=True)))
    return [[line] for line in lines]


def _rows(
    grid: Sequence[Sequence[str]], heads: int, inline: Sequence[tuple[re.Pattern[str], Shown]]
) -> Iterator[Piece]:
    """Yield a piece for each row of a table; the first ``heads`` rows name the columns. ``inline`` are the patterns
    that remove markup from a cell.
    """
    held = [rows.Row([_inline(cell, inline) for cell in row], number) for number, row in enumerate(grid, 1)]
    for piece in rows.pieces(held, range(1, heads + 1)):
        yield replace(piece, page=None)


def _plain(lines: Sequence[str], inline: Sequence[tuple[re.Pattern[str], Shown]]) -> Iterator[Piece]:
    text = "\n".join(line for line in lines if not re.fullmatch(r"[\s+=|-]{3,}", line))
    ruled = [line for line in lines if line.strip().startswith("|") and line.strip().endswith("|") and len(line) > 2]
    if ruled and len(ruled) == len([line for line in lines if line.strip(" +-=|")]):
        yield from _grid(lines, inline)
        return
    for piece in plain_pieces(text):
        shown = piece.text if piece.reason else _inline(piece.text, inline)
        yield Piece(shown, piece.kind, reason=piece.reason, alone=False, depth=piece.depth)


def _grid(lines: Sequence[str], inline: Sequence[tuple[re.Pattern[str], Shown]]) -> Iterator[Piece]:
    """Yield the rows of a table drawn with "+", "-" and "|". The lines between two rules are one row, and a rule of "="
    ends the rows that name the columns.
    """
    grid: list[list[str]] = []
    heads = 0
    is_ruled = any(line.lstrip().startswith("+") for line in lines)
    is_new = True
    for line in map(str.strip, lines):
        if not line.strip("+-=|: "):
            is_new = True
            heads = len(grid) if "=" in line and not heads else heads
            continue
        cells = line.strip("|").split("|")
        if is_new or not is_ruled or len(cells) != len(grid[-1]):
            grid.append(cells)
        else:
            grid[-1] = [f"{above} {cell}" for above, cell in zip(grid[-1], cells, strict=True)]
        is_new = False
    yield from _rows(grid, heads, inline)


def _inline(text: str, forms: Sequence[tuple[re.Pattern[str], Shown]]) -> str:
    text = re.sub(r"[^\S\n]+", " ", text)  # long runs would take the square of their length
    for pattern, shown in forms:
        text = pattern.sub(shown, text)
    return collapse(text)


def _adoc(lines: Sequence[str], depth: int = 0) -> Iterator[Piece]:
    at = 0
    setting = ""  # of the block that follows
    item = under = 0  # how deep the last item is, and what follows it by a "+"
    while at < len(lines):
        line = lines[at]
        if not line:
            at += 1
        elif head := HEAD_ADOC.fullmatch(line):
            yield Piece(_inline(head["text"], INLINE_ADOC), BlockKind.HEADING, len(head["level"]))
            at += 1
        elif (fence := BLOCK_ADOC.fullmatch(line)) is not None:
            end = next((n for n in range(at + 1, len(lines)) if lines[n].rstrip() == fence[1]), len(lines))
            inner = lines[at + 1 : end]
            for piece in _table(inner, setting) if fence[1][0] == "|" else _fenced(fence[1], inner, depth):
                yield replace(piece, depth=under) if under and piece.kind is not BlockKind.ITEM else piece
            at, setting, under = end + 1, "", 0
        elif line.startswith("//"):
            yield Piece(collapse(line), reason="comment")
            at += 1
        elif FIELD.fullmatch(line):
            yield Piece(collapse(line), reason="metadata")
            at += 1
        elif SET_ADOC.fullmatch(line) or re.match(r"(?:image|include|toc)::?\S*\[", line):
            yield Piece(collapse(line), reason="directive")
            setting = line
            at += 1
        else:
            end = _end_of_text(lines, at)
            for piece in _text_adoc(lines[at:end], item):
                item = piece.depth if not piece.reason else item
                yield piece
            under = item if lines[end - 1].strip() == "+" else 0
            at = end


def _end_of_text(lines: Sequence[str], at: int) -> int:
    """The index after the lines of text that begin at ``at``: up to an empty line, a heading or a block."""
    end = at + 1
    while end < len(lines) and lines[end].strip():
        if any(form.fullmatch(lines[end]) for form in (HEAD_ADOC, BLOCK_ADOC, SET_ADOC)):
            break
        end += 1
    return end


def _text_adoc(lines: Sequence[str], item: int) -> Iterator[Piece]:
    """Yield the paragraphs and list items of some lines. A paragraph after a line "+" is part of the item before;
    ``item`` is the depth of the last item before these lines.
    """
    is_hung = False
    for kind, group in groupby(lines, key=lambda one: "+" if one.strip() == "+" else bool(ITEM_ADOC.match(one))):
        if kind == "+":
            is_hung = True
            yield from (Piece("+", reason="directive") for _ in group)
            continue
        for part in list(group) if kind else ["\n".join(group)]:
            bare = re.sub(r"^(?:\.(?=\w)|(?:NOTE|TIP|WARNING|IMPORTANT|CAUTION):\s)", "", part)
            shown = ITEM_ADOC.sub("", bare) if kind else bare
            item = len(part) - len(shown) if kind else item if is_hung else 0
            if text := _inline(shown, INLINE_ADOC):
                yield Piece(text, BlockKind.ITEM if item else BlockKind.PARAGRAPH, alone=False, depth=item)
        is_hung = False


def _fenced(fence: str, inner: Sequence[str], depth: int) -> Iterator[Piece]:
    if depth > DEPTH:
        raise SourceError("its blocks are nested too deeply to be read.")
    text = collapse(" ".join(inner))
    if fence[0] == "/":
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


def _table(inner: Sequence[str], setting: str) -> Iterator[Piece]:
    """Yield the rows of a table; ``setting`` is the line above it, which may give the number of columns, and say that
    the first row names them.

    Raises:
        SourceError: its cells span more rows and columns than are safe to hold.
    """
    text = "\n".join(inner)
    found = list(CELL_ADOC.finditer(text))
    if before := collapse(text[: found[0].start()] if found else text):
        yield Piece(before, BlockKind.ROW)
    if not found:
        return
    first = next((line for line in inner if line.strip()), "")
    columns = _columns(setting) or max(1, min(MOST, len(CELL_ADOC.findall(first))))
    taken: dict[tuple[int, int], str] = {}
    row = column = 0
    for cell, end in zip(found, [*(one.start() for one in found[1:]), len(text)], strict=True):
        while column >= columns or (row, column) in taken:
            row, column = (row, column + 1) if column < columns else (row + 1, 0)
        across = min(int(cell["across"] or 1) or 1, columns - column)
        for down in range(int(cell["down"] or 1) or 1):
            for right in range(across):
                taken[row + down, column + right] = rows.SAME if right else text[cell.end() : end].replace("\\|", "|")
        rows.limit(len(taken))
        column += across
    is_headed = re.search(r"[%\"',]header\b|\boptions=\"?header", setting) is not None
    is_apart = len(inner) > 1 and bool(inner[0].strip()) and not inner[1].strip()
    is_apart &= len(CELL_ADOC.findall(first)) == columns
    grid = [[taken.get((at, n), "") for n in range(columns)] for at in range(max(at for at, _ in taken) + 1)]
    yield from _rows(grid, int(is_headed or is_apart), INLINE_ADOC)


def _columns(setting: str) -> int:
    """The number of columns that the line above a table gives (``cols=...``); 0 if it gives none."""
    match = COLUMNS_ADOC.search(setting)
    if match is None:
        return 0
    told = (match["several"] or match["one"] or "").split(",")
    return min(MOST, sum(max(1, _number(one.strip().partition("*")[0])) if "*" in one else 1 for one in told))
