"""Five real pages saved as text: their furniture is gone, and nothing that an author said is.

The pages lie beside the repository, not in it. Their lines are labelled here once, by their numbers (blank ones not
counted, from 1), since none of their text is committed; all lines that are no furniture are an author's.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.types import BlockKind, Document
from ingest.documents import load
from ingest.passages import split

CORPUS = Path(__file__).parents[2] / "shared" / "corpus"
pytestmark = pytest.mark.skipif(
    not CORPUS.is_dir(), reason="the saved pages are not beside this clone (../shared/corpus)"
)

THREAD = "000_b02d2305865bf92c.txt"
FURNITURE = {
    THREAD: {1, *range(29, 41)},
    "001_a1eb4b2f3f216188.txt": set(),
    "002_8ffc033374cfe5f3.txt": {16, 17},
    "003_727d1c1e29c4c938.txt": {23, 24, 25},
    "004_179732065745e21d.txt": set(),
}
SPEAKS = {  # whose name stands in which line, and the lines that are theirs
    2: (3, 4, 5),
    6: (7, 8, 9),
    10: (11, 12, 13, 14, 15, 16, 17),
    18: (19,),
    20: (21,),
    22: (23,),
    24: (25, 26, 27),
}
NOBODYS = 28  # the line with its author's name was not saved


def ingested(name: str) -> Document:
    return load((CORPUS / name).read_bytes(), source=name, id="0123456789")


def lines(name: str) -> dict[int, str]:
    text = (CORPUS / name).read_text("utf-8")
    return dict(enumerate((" ".join(line.split()) for line in text.splitlines() if line.strip()), start=1))


def kept(document: Document) -> list[str]:
    return [document.text[block.start : block.end] for block in document.blocks]


@pytest.mark.parametrize("name", FURNITURE)
def test_exactly_the_furniture_is_dropped(name: str) -> None:
    document = ingested(name)

    assert [piece.text for piece in document.dropped] == [lines(name)[number] for number in sorted(FURNITURE[name])]
    assert all(piece.reason for piece in document.dropped)


@pytest.mark.parametrize("name", FURNITURE)
def test_every_line_of_an_author_is_a_block(name: str) -> None:
    own = [line for number, line in lines(name).items() if number not in FURNITURE[name]]

    assert kept(ingested(name)) == own


@pytest.mark.parametrize("name", [name for name in FURNITURE if name != THREAD])
def test_titles_are_found(name: str) -> None:
    assert ingested(name).about.title == lines(name)[1]


def test_the_date_line_is_kept_and_read() -> None:
    document = ingested("004_179732065745e21d.txt")

    assert document.about.date == "2012-10-05"
    assert lines("004_179732065745e21d.txt")[17] in document.text


def test_only_the_thread_has_speakers() -> None:
    names = {lines(THREAD)[number] for number in SPEAKS}

    assert {b.speaker for b in ingested(THREAD).blocks if b.kind is BlockKind.SPEAKER} == names
    assert not any(block.speaker for name in FURNITURE if name != THREAD for block in ingested(name).blocks)


@pytest.mark.parametrize(
    ("line", "speaker"), [*((own, said) for said, owns in SPEAKS.items() for own in owns), (NOBODYS, None)]
)
def test_the_threads_passages_know_who_speaks(line: int, speaker: int | None) -> None:
    start = lines(THREAD)[line][:40]  # a long line may be in two passages
    name = lines(THREAD)[speaker] if speaker else None

    assert name in {passage.speaker for passage in split(ingested(THREAD), 80) if start in passage.text}


def test_a_comment_that_repeats_anothers_words_quotes_them() -> None:
    blocks = [
        block
        for block, text in zip(ingested(THREAD).blocks, kept(ingested(THREAD)), strict=True)
        if text == lines(THREAD)[8]
    ]

    assert [(block.speaker, block.kind) for block in blocks] == [
        (lines(THREAD)[2], BlockKind.PARAGRAPH),
        (lines(THREAD)[6], BlockKind.QUOTE),
    ]
