"""Joins lines in reading order into paragraphs, headings, list items and rows, across lines, columns and pages."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise
from statistics import quantiles

from assistant.types import BlockKind
from ingest.drafts import Lettered, Piece, collapse, visible
from ingest.reading.pdf.pdf_lines import Line, shifted
from ingest.reading.plain import ITEM, RULE

Block = list[Line]
BULLET = re.compile(r"(?:[-*•‣▪◦○●■□–—]|o(?=\s+[A-Z]))\s+")
MARKED = re.compile(r"[•‣▪◦○●■□]\s*\S")  # marks that need no space after them
ENDED = re.compile(r"(?:[.!?:…][)\]\"'”’»]*|(?<!\d)[.!?…][)\]\"'”’»\d]*)$")  # a footnote's number may follow
LEADERS = re.compile(r"\s*(?:\.\s?){5,}")  # from an entry of a table of contents to its page
WHOLE = re.compile(r"(?<![^\W\d_])[^\W\d_]++(?:-[^\W\d_]++)*(?!-?$)\b")  # begins and goes back at whole words only
ALWAYS = frozenset({"self", "non", "well", "cross"})  # first parts that keep their hyphen
LONGEST_WORD = 80  # characters of a line's end that are looked at: no word is longer, and no pattern is tried on more
HEADING_WORDS = 20  # a longer line is a sentence, however large
BOLD_WORDS = 12  # the same of a line that is bold and no larger, which is a heading less often
# Not measured one by one; tests/test_reading_pdf.py and eval/benchmarks/formats.py hold their outcome.
LARGER = 1.08  # times the usual size: a heading
ALIKE = 0.04  # of the size: the same, whatever was rounded
APART = 1.25  # times the usual distance of lines: a new paragraph
FEW = 3  # lines of a page that is a slide: a statement seldom goes on after it
BEFORE = 8  # blocks before a new page among which the paragraph is that goes on there


def body(lines: Iterable[Line]) -> float:
    """The type size, in points, of most characters outside of tables and boilerplate; 0 if there are no such
    characters.
    """
    sizes: Counter[float] = Counter()
    for line in lines:
        if line.cells == 1 and not line.reason:
            sizes[line.size] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def blocks(lines: Sequence[Line], usual: float) -> list[Block]:
    """Group the lines into blocks: each is a paragraph, heading, list item or row. ``usual`` is the type size of most
    text.
    """
    pitch = _pitches(lines)
    found: list[Block] = []
    for line in lines:
        if (block := _continued(found, line, usual, pitch)) is not None:
            block.append(line)
        else:
            found.append([line])
    return found


def largest(found: Sequence[Block], usual: float) -> str | None:
    """The text of the block with the largest type on the first page that has text; None if this type is hardly larger
    than ``usual``, the type size of most text. Tables and boilerplate do not count.
    """
    shown = [block for block in found if not block[0].reason and block[0].cells == 1]
    first = [block for block in shown if block[0].page == shown[0][0].page]
    best = max(first, key=lambda block: block[0].size, default=None)
    if best is None or best[0].size <= LARGER * usual:
        return None
    return _text(best, Counter())


def pieces(found: Sequence[Block], usual: float) -> list[Piece]:
    """Make a piece of each block. The level of a heading is the rank of its type among the types of all headings:
    larger type ranks higher, and bold type ranks above other type of the same size. ``usual`` is the type size of most
    text.
    """
    vocabulary = Counter(word for block in found for line in block for word in _words(line.text))
    bold_tells = not _is_mostly_bold(found)
    heads = [_is_heading(block, usual, bold_tells=bold_tells) for block in found]
    looks = {_look(block) for block, is_head in zip(found, heads, strict=True) if is_head}
    levels = {look: min(rank, 6) for rank, look in enumerate(sorted(looks, reverse=True), start=1)}
    return [
        _piece(block, levels[_look(block)] if is_head else 0, vocabulary)
        for block, is_head in zip(found, heads, strict=True)
    ]


def _piece(block: Block, level: int, vocabulary: Counter[str]) -> Piece:
    text, page, column = _text(block, vocabulary), block[0].page, block[0].column
    if block[0].reason:
        return Piece(text, reason=block[0].reason, page=page, column=column)
    if RULE.fullmatch(text):
        return Piece(text, reason="ornament", page=page, column=column)
    if level:
        return Piece(text, BlockKind.HEADING, level, page=page, column=column, lettered=_inline(block, vocabulary))
    if block[0].cells > 1:
        return Piece(text, BlockKind.ROW, page=page, column=column)
    if _is_item(block[0].text):
        item = BULLET.sub("", _spaced(text), count=1)
        lettered = tuple(shifted(_inline(block, vocabulary), visible(item) - visible(text)))
        return Piece(item, BlockKind.ITEM, page=page, column=column, lettered=lettered)
    return Piece(text, page=page, column=column, lettered=_inline(block, vocabulary))


def _spaced(text: str) -> str:
    return f"{text[0]} {text[1:]}" if MARKED.match(text) else text


def _is_item(text: str) -> bool:
    return bool(ITEM.match(text) or BULLET.match(text) or MARKED.match(text))


def _pitches(lines: Sequence[Line]) -> dict[float, float]:
    """The usual distance between the lines of a paragraph, for each type size."""
    steps: dict[float, list[float]] = defaultdict(list)
    for before, line in pairwise(lines):
        step = line.bottom - before.bottom
        if before.page == line.page and before.size == line.size and 0.8 * line.size <= step <= 3 * line.size:
            steps[line.size].append(step)
    return {
        size: quantiles(some, n=5)[0] if len(some) > 1 else min(some[0], 1.5 * size) for size, some in steps.items()
    }


def _continued(found: Sequence[Block], line: Line, usual: float, pitch: dict[float, float]) -> Block | None:
    """The block that the line continues; None if the line begins a new block.

    ``usual`` is the type size of most text, ``pitch`` the usual distance between lines for each type size.
    """
    recent = [block for block in found[-BEFORE:] if not block[0].reason]
    if not recent or line.cells > 1 or line.reason:
        return None
    before = recent[-1][-1]
    if before.page == line.page and before.bottom < line.bottom:
        return recent[-1] if before.cells == 1 and _follows(recent[-1], line, usual, pitch) else None
    few = before.page != line.page and sum(one.page == before.page for block in recent for one in block) <= FEW
    for block in reversed(recent):  # over a column or a page; notes at the foot of it stand between
        if _is_alike(block[-1], line):
            return block if block[0].cells == 1 and _goes_over(block, line, usual, few=few) else None
        if block[-1].size > line.size:
            return None
    return None


def _follows(block: Block, line: Line, usual: float, pitch: dict[float, float]) -> bool:
    """Whether a line right below a block is part of the block.

    ``usual`` is the type size of most text, ``pitch`` the usual distance between lines for each type size.
    """
    before = block[-1]
    step = line.bottom - before.bottom
    if not _is_alike(before, line) or _begins_item(block, line):
        return False
    if line.size > LARGER * usual:  # of a heading: lines that stand close
        return step <= 1.5 * line.size
    if step > APART * pitch.get(line.size, 1.2 * line.size):
        return False
    starts_low = line.text[0].islower()
    has_ended = _has_ended(before)
    if has_ended and not starts_low and not _is_item(block[0].text) and _is_set_off(block, line):
        return False
    return _is_full(before, line) or (starts_low and not has_ended)


def _begins_item(block: Block, line: Line) -> bool:
    """Whether the line begins a list item. It does not if it only looks like one: a full line may continue with "2." or
    a dash.
    """
    before = block[-1]
    return _is_item(line.text) and (_is_item(block[0].text) or _has_ended(before) or not _is_full(before, line))


def _is_set_off(block: Block, line: Line) -> bool:
    """Whether the line's indentation shows that it begins a new paragraph: it begins further right than the line
    before, or further left, as the first line of the block does.
    """
    before, least = block[-1], 0.8 * line.size
    if len(block) == 1:
        return False
    return line.left - before.left > least or (before.left - line.left > least and before.left - block[0].left > least)


def _goes_over(block: Block, line: Line, usual: float, *, few: bool) -> bool:
    """Whether the line, at the top of a column or page, continues ``block``, whose last sentence has not ended.

    ``few`` says that the page before has so few lines that it is a slide; then the evidence must be stronger. ``usual``
    is the type size of most text.
    """
    before = block[-1]
    if _is_item(line.text) or line.size > LARGER * usual or _has_ended(before):
        return False
    is_full = _is_full(before, line) and (before.page == line.page or len(block) > 1)  # alone it tells no width
    return (is_full and line.text[0].islower()) if few else (is_full or line.text[0].islower())


def _is_alike(before: Line, line: Line) -> bool:
    """Whether two lines have the same type size, and both or neither are bold."""
    return abs(before.size - line.size) <= ALIKE * line.size + 0.05 and before.bold == line.bold


def _has_ended(line: Line) -> bool:
    """Whether a sentence ends at the end of the line."""
    return bool(ENDED.search(line.text[-LONGEST_WORD:]))


def _is_full(before: Line, line: Line) -> bool:
    """Whether the line before is full, so that the first word of the next line had no room in it."""
    word = re.split(r"[\s-]", line.text, maxsplit=1)[0]
    width = (before.right - before.left) / max(1, len(before.text))
    return before.right + (len(word) + 1) * width >= before.edge - 0.02 * (before.edge - before.left)


def _is_heading(block: Block, usual: float, *, bold_tells: bool) -> bool:
    text = " ".join(line.text for line in block)
    first = block[0]
    words = len(text.split())
    if (
        first.cells > 1
        or first.reason
        or words > HEADING_WORDS
        or not re.search(r"[^\W\d_]", text)
        or text[-1] in ".,;"
    ):
        return False
    if first.size > LARGER * usual:
        return not MARKED.match(text)
    is_marked = bool(BULLET.match(text) or MARKED.match(text))
    is_bold = bold_tells and first.bold and first.size >= 0.95 * usual and not is_marked
    return is_bold and words <= BOLD_WORDS


def _is_mostly_bold(found: Sequence[Block]) -> bool:
    bold = sum(len(line.text) for block in found for line in block if line.bold)
    return bold > 0.5 * sum(len(line.text) for block in found for line in block)


def _look(block: Block) -> tuple[float, bool]:
    """The key that ranks headings: their type size, rounded to half a point, and whether they are bold."""
    return round(block[0].size * 2) / 2, block[0].bold


def _text(block: Block, vocabulary: Counter[str]) -> str:
    text = block[0].text
    for line in block[1:]:
        text = _with(text, line.text, vocabulary)
    return collapse(LEADERS.sub(" … ", text))


def _inline(block: Block, vocabulary: Counter[str]) -> tuple[Lettered, ...]:
    """The bold words and links of a block; those that go over a line's end are in parts, one for each line."""
    found: list[Lettered] = []
    seen, before = 0, ""
    for line in block if any(line.lettered for line in block) else ():
        if before and len(_with(before, line.text, vocabulary)) < len(before) + len(line.text):
            seen -= 1  # the hyphen of a word that is whole again
        found += shifted(line.lettered, seen)
        seen += visible(line.text)
        before = line.text
    return tuple(found)


def _with(text: str, following: str, vocabulary: Counter[str]) -> str:
    """Join two lines; a word that was hyphenated at the end of the first becomes whole again.

    ``vocabulary`` counts the words of the document.
    """
    end = text[-LONGEST_WORD:]
    head, tail = re.search(r"(?<![\w-])([^\W\d_]+)-$", end), re.match(r"([^\W\d_]+)(?![\w-])", following)
    if head and tail and not _is_compound(head[1], tail[1], vocabulary):
        return text[:-1] + following
    return text + ("" if re.search(r"\w[-—–/]$", end) else " ") + following


def _is_compound(head: str, tail: str, vocabulary: Counter[str]) -> bool:
    """Whether "head-tail" is written with a hyphen: the document has it with a hyphen elsewhere, or both parts are
    words of their own.
    """
    if not tail[0].islower() or head.lower() in ALWAYS:
        return True
    whole, parted = (head + tail).lower(), f"{head}-{tail}".lower()
    if vocabulary[whole] or vocabulary[parted]:
        return vocabulary[parted] >= vocabulary[whole]
    return bool(vocabulary[head.lower()] and vocabulary[tail.lower()])


def _words(text: str) -> list[str]:
    """The words of a line in lower case. A compound with hyphens is one word; a word that is cut off at the line's end
    is left out.
    """
    return [word.lower() for word in WHOLE.findall(text)]
