"""A document to passages: whole sentences of one section and one speaker, at exact offsets.

A heading goes with what follows it. Speakers' lines, and a heading with nothing under it, are in no passage:
by themselves they say nothing. No passage is longer than the embedding model reads at a time.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from operator import itemgetter

from assistant.text.introductions import ABOVE, HEADS, LISTED, as_heading, introduces
from assistant.types import Block, BlockKind, Document, Passage, Sentence
from ingest.text import sentences
from ingest.text.sentences import MOST_PIECES

Leads = Sequence[tuple[int, Sentence | None]]
BULLET = "-*•‣▪–— "  # of an item: the sentence begins after it
OVER = 1.25  # times the words asked for: as far as a passage may grow to keep a paragraph whole
TINY = 0.25  # times the words asked for: a passage that is shorter joins its neighbour


def split(document: Document, words: int) -> tuple[Passage, ...]:
    """The document's passages, of about ``words`` words each, in order.

    For every passage, ``document.text[start:end] == text``, and its sentences lie in it in order.
    """
    passages: list[Passage] = []
    leads = _leads(document)
    for run in _runs(document.blocks):
        block = next(block for block in run if block.kind not in HEADS)
        for group in _groups(document.text, run, words):
            passages.append(_passage(document, block, group, leads))
    return tuple(passages)


def _leads(document: Document) -> Leads:
    """The start of each block that is an item or a row, and what introduces its list or table."""
    leads: list[tuple[int, Sentence | None]] = []
    lead: Sentence | None = None
    for before, block in pairwise(document.blocks):
        if block.kind not in LISTED:
            continue
        if before.kind is not block.kind:
            lead = _lead(document.text, before) if before.speaker == block.speaker else None
        leads.append((block.start, lead))
    return leads


def _lead_of(sentence: Sentence, leads: Leads) -> Sentence | None:
    """What introduces the list or table that a sentence stands in, an item's or a row's."""
    at = bisect_right(leads, sentence.start, key=itemgetter(0))
    return leads[at - 1][1] if at else None


def _lead(text: str, block: Block) -> Sentence | None:
    """The sentence of a block that introduces a list or a table below it."""
    if block.kind not in ABOVE:
        return None
    last = list(_sentences(text, block))[-1]
    return last if introduces(text[last.start : last.end], alone=last.opens) else None


def _runs(blocks: Sequence[Block]) -> Iterator[list[Block]]:
    """Stretches of blocks of one section, one speaker and one page, heading first."""
    run: list[Block] = []
    for block in blocks:
        if block.kind is BlockKind.SPEAKER:
            yield from _said(run)
            run = []
            continue
        if run and _parts(run[-1], block):
            yield from _said(run)
            run = []
        run.append(block)
    yield from _said(run)


def _parts(before: Block, block: Block) -> bool:
    """Whether a new stretch begins with ``block``."""
    if before.kind in HEADS:
        return before.speaker != block.speaker
    if block.kind in HEADS or (before.headings, before.speaker) != (block.headings, block.speaker):
        return True
    rows = before.kind is block.kind is BlockKind.ROW  # of a sheet each has a number of its own
    return before.page != block.page and not rows


def _said(run: list[Block]) -> Iterator[list[Block]]:
    if any(block.kind not in HEADS for block in run):
        yield run


def _groups(text: str, run: Sequence[Block], words: int) -> list[list[Sentence]]:
    """The run's sentences, grouped to about ``words`` words; paragraphs stay whole where they fit."""
    groups = [_Group()]
    for block in run:
        own = [(sentence, _words(text, sentence), _pieces(text, sentence)) for sentence in _sentences(text, block)]
        whole = sum(length for _, length, _ in own)
        if groups[-1].said and groups[-1].words >= words / 2 and groups[-1].words + whole > OVER * words:
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
    """Let what introduces a list go with its first item, and not end the passage before."""
    item, _, pieces = first
    *others, last = groups[-2].sentences
    own = _pieces(text, last)
    is_lead = last.kind in ABOVE and item.kind is BlockKind.ITEM
    if not (is_lead and others and others[-1].kind not in HEADS and own + pieces <= MOST_PIECES):
        return
    if introduces(text[last.start : last.end], alone=last.opens):
        groups[-2].sentences.pop()
        groups[-2].words -= _words(text, last)
        groups[-2].pieces -= own
        groups[-1].add(last, _words(text, last), own)


@dataclass(slots=True)
class _Group:
    """Sentences of a passage to be; ``said`` once there is more than headings."""

    sentences: list[Sentence] = field(default_factory=list)
    words: int = 0
    pieces: int = 0
    said: bool = False

    def takes(self, pieces: int) -> bool:
        return not self.sentences or self.pieces + pieces <= MOST_PIECES

    def add(self, sentence: Sentence, words: int, pieces: int) -> None:
        self.sentences.append(sentence)
        self.words += words
        self.pieces += pieces
        self.said = self.said or sentence.kind not in HEADS


def _joined(groups: Sequence[_Group], tiny: float) -> list[_Group]:
    """The groups, a tiny one joined to the one before it (the first to the one after) where both fit."""
    joined: list[_Group] = []
    for group in groups:
        before = joined[-1] if joined else None
        if before and (group.words < tiny or before.words < tiny) and before.takes(group.pieces):
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
        yield Sentence(start + span.start, start + span.end, block.kind, place == 0, block.page)


def _words(text: str, sentence: Sentence) -> int:
    """The sentence's length in words; a word of many characters, or of a script without spaces, counts as several."""
    return max(text.count(" ", sentence.start, sentence.end) + 1, (sentence.end - sentence.start) // 12)


def _pieces(text: str, sentence: Sentence) -> int:
    return sentences.pieces(text, sentence.start, sentence.end)


def _passage(document: Document, block: Block, group: Sequence[Sentence], leads: Leads) -> Passage:
    """A passage; one that begins in the middle of a list or table has what introduces it as the last heading."""
    start, end = group[0].start, group[-1].end
    lead = _lead_of(group[0], leads) if group[0].kind in LISTED else None
    over = [as_heading(document.text[lead.start : lead.end])] if lead and lead.end <= start else []
    text = document.text[start:end]
    key = f"{document.id}\0{start}\0{end}\0{text}"
    return Passage(
        id=hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest(),
        about=document.about,
        start=start,
        end=end,
        text=text,
        sentences=tuple(group),
        headings=(*block.headings, *over),
        speaker=block.speaker,
        page=block.page,
    )
