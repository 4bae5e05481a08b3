"""Splits a document into passages: whole sentences of one section and one speaker, with exact offsets in the text.

A heading belongs to the text that follows it. Lines that only name a speaker, and headings without text, are in no
passage, since they say nothing by themselves. No passage is longer than the embedding model can read at once.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from operator import itemgetter

from assistant.text.introductions import ABOVE, HEADS, as_heading, introduces, part_of
from assistant.types import Block, BlockKind, Document, Passage, Sentence
from ingest.text import sentences
from ingest.text.sentences import MOST_PIECES

Leads = Sequence[tuple[int, tuple[Sentence, ...]]]
BULLET = "-*•‣▪–— "  # of an item: the sentence begins after it
OVER = 1.25  # times the words asked for: as far as a passage may grow to keep a paragraph whole; a guess, not measured
# Times the words asked for: a passage that is shorter says too little alone, and joins its neighbour; a guess, not
# measured.
TINY = 0.25


def split(document: Document, words: int) -> tuple[Passage, ...]:
    """Split the document into passages of about ``words`` words each, in order.

    For every passage ``p``, ``document.text[p.start:p.end] == p.text``, and ``p.sentences`` are the sentences in this
    text, in order.
    """
    passages: list[Passage] = []
    leads = _leads(document)
    for run in _runs(document.blocks):
        block = next(block for block in run if block.kind not in HEADS)
        for group in _groups(document.text, run, words):
            passages.append(_passage(document, block, group, leads))
    return tuple(passages)


def _leads(document: Document) -> Leads:
    """Return for each block of a list or table its start and the sentences that introduce it, outermost first: the
    sentence above the list or table, then those of the list items that the block stands under.
    """
    leads: list[tuple[int, tuple[Sentence, ...]]] = []
    lead: list[Sentence] = []
    over: list[Sentence] = []
    item: Block | None = None  # the last one of the list in hand
    for before, block in pairwise(document.blocks):
        kind = part_of(block)
        if kind is not BlockKind.ITEM:
            item = None
        if kind is None:
            continue
        if item is None and part_of(before) is not kind:
            is_above = before.kind in ABOVE and before.speaker == block.speaker
            lead, over = _lead(document.text, before) if is_above else [], []
        over = over[: block.depth]
        if item is not None and block.depth > max(item.depth, len(over)):
            over += _lead(document.text, item)
        leads.append((block.start, (*lead, *over)))
        item = block if block.kind is BlockKind.ITEM else item
    return leads


def _leads_of(sentence: Sentence, leads: Leads) -> tuple[Sentence, ...]:
    """The sentences that introduce a sentence of a list or table; empty if there are none."""
    at = bisect_right(leads, sentence.start, key=itemgetter(0))
    return leads[at - 1][1] if at else ()


def _lead(text: str, block: Block) -> list[Sentence]:
    """The last sentence of the block if it introduces the list or table below, as in "We tried:"; else an
    empty list.
    """
    cut = list(_sentences(text, block))
    cut = cut if block.kind is BlockKind.ITEM else cut[-1:]
    return [one for one in cut if introduces(text[one.start : one.end], alone=one.opens)][-1:]


def _runs(blocks: Sequence[Block]) -> Iterator[list[Block]]:
    """Yield runs of consecutive blocks that have the same section, speaker, day, page and column; a heading begins a
    run.
    """
    run: list[Block] = []
    for block in blocks:
        if block.kind is BlockKind.SPEAKER:
            yield from _unless_empty(run)
            run = []
            continue
        if run and _parts(run[-1], block):
            yield from _unless_empty(run)
            run = []
        run.append(block)
    yield from _unless_empty(run)


def _parts(before: Block, block: Block) -> bool:
    """Whether ``block`` begins a new run."""
    if before.kind in HEADS:
        return before.speaker != block.speaker
    if block.kind in HEADS or (before.headings, before.speaker) != (block.headings, block.speaker):
        return True
    if before.date != block.date:
        return True
    rows = before.kind is block.kind is BlockKind.ROW  # of a sheet each has a number of its own
    return (before.page, before.column) != (block.page, block.column) and not rows


def _unless_empty(run: list[Block]) -> Iterator[list[Block]]:
    if any(block.kind not in HEADS for block in run):
        yield run


def _groups(text: str, run: Sequence[Block], words: int) -> list[list[Sentence]]:
    """Group the sentences of a run into passages of about ``words`` words each; a paragraph stays whole if it fits."""
    groups = [_Group()]
    for block in run:
        own = [(sentence, _words(text, sentence), _pieces(text, sentence)) for sentence in _sentences(text, block)]
        whole = sum(length for _, length, _ in own)
        is_long = groups[-1].words >= words / 2 and groups[-1].words + whole > OVER * words
        if groups[-1].said and (is_long or groups[-1].is_left_by(own[0][0])):
            groups.append(_Group())
            _keep_lead(text, groups, own[0])
        for sentence, length, pieces in own:
            is_full = groups[-1].said and groups[-1].words + length > OVER * words
            if is_full or not groups[-1].takes(pieces):
                groups.append(_Group())
                _keep_lead(text, groups, (sentence, length, pieces))
            groups[-1].add(sentence, length, pieces)
    return [group.sentences for group in _joined(groups, TINY * words)]


def _keep_lead(text: str, groups: Sequence[_Group], first: tuple[Sentence, int, int]) -> None:
    """If the last sentence of the previous group introduces a list, move it to the group of the list's first item.

    ``first`` is the item's sentence, with its length in words and in tokens.
    """
    item, _, pieces = first
    *others, last = groups[-2].sentences
    own = _pieces(text, last)
    is_over = last.kind is BlockKind.ITEM and last.depth < item.depth
    is_lead = item.kind is BlockKind.ITEM and (last.kind in ABOVE or is_over)
    if not (is_lead and others and others[-1].kind not in HEADS and own + pieces <= MOST_PIECES):
        return
    if introduces(text[last.start : last.end], alone=last.opens):
        groups[-2].sentences.pop()
        groups[-2].words -= _words(text, last)
        groups[-2].pieces -= own
        groups[-1].add(last, _words(text, last), own)


@dataclass(slots=True)
class _Group:
    """The sentences collected for one passage; ``said`` is true once one of them is not a heading."""

    sentences: list[Sentence] = field(default_factory=list)
    words: int = 0
    pieces: int = 0
    said: bool = False

    def takes(self, pieces: int) -> bool:
        return not self.sentences or self.pieces + pieces <= MOST_PIECES

    def is_left_by(self, sentence: Sentence) -> bool:
        """Whether ``sentence`` must not join this group (the sentences collected for one passage), because the group
        begins inside a list item and the sentence is outside of that item.
        """
        depth = self.sentences[0].depth if self.sentences else 0
        return sentence.depth < depth

    def add(self, sentence: Sentence, words: int, pieces: int) -> None:
        self.sentences.append(sentence)
        self.words += words
        self.pieces += pieces
        self.said = self.said or sentence.kind not in HEADS


def _joined(groups: Sequence[_Group], tiny: float) -> list[_Group]:
    """Return the groups, with each group of fewer than ``tiny`` words joined to a neighbour, if both fit in one
    passage.
    """
    joined: list[_Group] = []
    for group in groups:
        before = joined[-1] if joined else None
        is_tiny = before and (group.words < tiny or before.words < tiny)
        if before and is_tiny and before.takes(group.pieces) and not any(map(before.is_left_by, group.sentences)):
            before.sentences += group.sentences
            before.words, before.pieces = before.words + group.words, before.pieces + group.pieces
        else:
            joined.append(group)
    return joined


def _sentences(text: str, block: Block) -> Iterator[Sentence]:
    own = text[block.start : block.end]
    start = block.start
    if block.kind is BlockKind.ITEM and own[0] in BULLET and (bare := own.lstrip(BULLET)):
        start = block.end - len(bare)
    cut = sentences.whole if block.kind is BlockKind.ROW else sentences.telling
    for place, span in enumerate(cut(text[start : block.end])):
        yield Sentence(start + span.start, start + span.end, block.kind, place == 0, block.page, block.depth)


def _words(text: str, sentence: Sentence) -> int:
    """The sentence's length in words; a very long word counts as several, and so does text in a script
    without spaces.
    """
    return max(text.count(" ", sentence.start, sentence.end) + 1, (sentence.end - sentence.start) // 12)


def _pieces(text: str, sentence: Sentence) -> int:
    return sentences.pieces(text, sentence.start, sentence.end)


def _passage(document: Document, block: Block, group: Sequence[Sentence], leads: Leads) -> Passage:
    """Make a passage of a group of sentences; ``block`` gives its headings, speaker, page and, in a chat, its date.

    If the passage begins in the middle of a list or table, the sentences that introduce it become its last headings.
    """
    start, end = group[0].start, group[-1].end
    told = _leads_of(group[0], leads) if part_of(group[0]) else ()
    over = [as_heading(document.text[lead.start : lead.end]) for lead in told if lead.end <= start]
    text, headings = document.text[start:end], (*block.headings, *over)
    key = "\0".join((document.id, str(start), str(end), text, document.about.title, *headings))  # what its vector knows
    return Passage(
        id=hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest(),
        about=document.about.dated(block.date),
        start=start,
        end=end,
        text=text,
        sentences=tuple(group),
        headings=headings,
        speaker=block.speaker,
        page=block.page,
    )
