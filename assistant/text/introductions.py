"""Finds the sentence that introduces a list.

A list item cannot be understood without it. For example, "A signed contract." means the opposite under "Pro does not
need:".
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant.types import Block, BlockKind, Passage, Sentence

LONGEST = 240  # characters; of what is longer the end is told, which is what leads into the list. A guess, not measured
ABOVE = frozenset({BlockKind.PARAGRAPH, BlockKind.QUOTE})
HEADS = frozenset({BlockKind.TITLE, BlockKind.HEADING})
CONTINUED = "continued"  # how a passage is marked in which a list or table goes on
LISTED = frozenset({BlockKind.ITEM, BlockKind.ROW})


def part_of(block: Block | Sentence) -> BlockKind | None:
    """Return whether a block or sentence is part of a list or a table: ``ITEM`` if it is part of a list, even if it is
    code, a quote or a table row in the list; ``ROW`` if it is a row of a table outside of lists; None if it is part of
    neither."""
    return BlockKind.ITEM if block.depth else block.kind if block.kind in LISTED else None


def introduces(text: str, *, alone: bool) -> bool:
    """Whether ``text``, the last sentence above a list, introduces the list. A sentence that ends with a full stop, an
    exclamation mark or the like introduces the list only if it is a whole paragraph (``alone``). A sentence with any
    other ending, such as a colon, always introduces it."""
    return alone or text.rstrip("\"”’')]»*_ ")[-1:] not in tuple(".!?。！？…")


def as_heading(text: str) -> str:
    """Return ``text``, the sentence that introduces a list, as a heading for the items of the list: on one line and
    without a colon at its end. If it has more than ``LONGEST`` characters, an ellipsis replaces its beginning."""
    bare = " ".join(text.split()).rstrip(":： ")
    return bare if len(bare) <= LONGEST else f"… {bare[-LONGEST:].partition(' ')[2]}"


def is_continued(passage: Passage) -> bool:
    """Whether a passage seems to begin in the middle of a list or table: its first sentence is a list item or table
    row, and the passage is not at the beginning of the document.

    The result is wrongly true if a whole list, without a sentence that introduces it, begins the passage. This is so
    for 53 of 2,114 passages of handbooks for which the result is true.
    """
    return passage.start > 0 and bool(passage.sentences) and part_of(passage.sentences[0]) is not None


def above(passage: Passage, sentence: Sentence) -> tuple[Sentence, ...]:
    """The sentences of a passage that introduce the list item ``sentence``, outermost first: the heading or the
    sentence before the list, then the items under which it is nested. Empty if ``sentence`` is not a list item."""
    at = _place(passage.sentences, sentence)
    if at is None:
        return ()
    over: list[Sentence] = []
    depth = passage.sentences[at].depth
    while at >= 0 and part_of(one := passage.sentences[at]) is BlockKind.ITEM:
        if one.kind is BlockKind.ITEM and one.depth < depth and introduces(_text(passage, one), alone=one.opens):
            over.append(one)
            depth = one.depth
        at -= 1
    if at >= 0:
        found = passage.sentences[at]
        is_open = found.kind in ABOVE and introduces(_text(passage, found), alone=found.opens)
        over += [found] if found.kind in HEADS or is_open else []
    return tuple(reversed(over))


def path(passage: Passage, start: int) -> tuple[str, ...]:
    """Return the headings above the text at the offset ``start``, outermost first. If this text is a list item, the
    sentences that introduce the item follow the headings."""
    sentence = next((one for one in passage.sentences if one.start <= start < one.end), None)
    found = above(passage, sentence) if sentence else ()
    return (*passage.headings, *(as_heading(_text(passage, one)) for one in found if one.kind not in HEADS))


def judged(passage: Passage, sentence: Sentence, text: str) -> str:
    """Return ``text``, which begins with ``sentence`` or with a part of it, in a form that a model can judge out of
    context. If ``sentence`` is a list item, the sentences that introduce the list are put in front of ``text``, joined
    with colons; if the list began in an earlier passage, headings of ``passage`` are put before these. Otherwise
    ``text`` is returned unchanged."""
    at = _place(passage.sentences, sentence)
    if at is None:
        return text
    leads = [_text(passage, one) for one in above(passage, sentence)]
    if all(part_of(one) is BlockKind.ITEM for one in passage.sentences[:at]):
        leads = [*passage.headings[-1 - passage.sentences[0].depth :], *leads]
    return ": ".join([*map(as_heading, leads), text])


def _text(passage: Passage, sentence: Sentence) -> str:
    return passage.text[sentence.start - passage.start : sentence.end - passage.start]


def _place(sentences: Sequence[Sentence], sentence: Sentence) -> int | None:
    """The index of the list item in ``sentences`` that contains the start of ``sentence``. None if there is no list
    item."""
    at = next((n for n, one in enumerate(sentences) if one.start <= sentence.start < one.end), None)
    return at if at is not None and sentences[at].kind is BlockKind.ITEM else None
