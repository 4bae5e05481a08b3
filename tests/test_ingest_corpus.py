"""Five real pages saved as text: no line of them is lost, whatever it says, and who speaks is read off.

The pages lie beside the repository, not in it. Their lines are named here by their numbers (blank ones not counted,
from 1), since none of their text is committed.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.types import BlockKind, Document
from ingest.pipeline.documents import load
from ingest.pipeline.passages import split

CORPUS = Path(__file__).parents[2] / "shared" / "corpus"
pytestmark = pytest.mark.skipif(
    not CORPUS.is_dir(), reason="the saved pages are not beside this clone (../shared/corpus)"
)

PAGES = (
    "000_b02d2305865bf92c.txt",
    "001_a1eb4b2f3f216188.txt",
    "002_8ffc033374cfe5f3.txt",
    "003_727d1c1e29c4c938.txt",
    "004_179732065745e21d.txt",
)
THREAD = PAGES[0]
SPEAKS = {  # whose name stands in which line, and the lines that are theirs
    2: (3, 4, 5),
    6: (7, 8, 9),
    10: (11, 12, 13, 14, 15, 16, 17),
    18: (19,),
    20: (21,),
    22: (23,),
    24: (25, 26, 27),
}
NOBODYS = (28, 37)  # a comment whose author's name was not saved, and a button


def ingested(name: str) -> Document:
    return load((CORPUS / name).read_bytes(), source=name, id="0123456789")


def lines(name: str) -> dict[int, str]:
    text = (CORPUS / name).read_text("utf-8")
    return dict(enumerate((" ".join(line.split()) for line in text.splitlines() if line.strip()), start=1))


def block_texts(document: Document) -> list[str]:
    return [document.text[block.start : block.end] for block in document.blocks]


@pytest.mark.parametrize("name", PAGES)
def test_every_line_is_a_block_and_none_is_dropped(name: str) -> None:
    document = ingested(name)

    assert block_texts(document) == list(lines(name).values())
    assert not document.dropped


@pytest.mark.parametrize("name", [name for name in PAGES if name != THREAD])
def test_titles_are_found(name: str) -> None:
    assert ingested(name).about.title == lines(name)[1]


def test_the_date_line_is_kept_and_read() -> None:
    document = ingested("004_179732065745e21d.txt")

    assert document.about.date == "2012-10-05"
    assert lines("004_179732065745e21d.txt")[17] in document.text


def test_only_the_thread_has_speakers() -> None:
    names = {lines(THREAD)[number] for number in SPEAKS}

    assert {b.speaker for b in ingested(THREAD).blocks if b.kind is BlockKind.SPEAKER} == names
    assert not any(block.speaker for name in PAGES if name != THREAD for block in ingested(name).blocks)


@pytest.mark.parametrize(
    ("line", "speaker"),
    [*((own, said) for said, owns in SPEAKS.items() for own in owns), *((own, None) for own in NOBODYS)],
)
def test_the_threads_passages_know_who_speaks(line: int, speaker: int | None) -> None:
    start = lines(THREAD)[line][:40]  # a long line may be in two passages
    name = lines(THREAD)[speaker] if speaker else None

    assert name in {passage.speaker for passage in split(ingested(THREAD), 80) if start in passage.text}


def test_a_comment_that_repeats_anothers_words_quotes_them() -> None:
    blocks = [
        block
        for block, text in zip(ingested(THREAD).blocks, block_texts(ingested(THREAD)), strict=True)
        if text == lines(THREAD)[8]
    ]

    assert [(block.speaker, block.kind) for block in blocks] == [
        (lines(THREAD)[2], BlockKind.PARAGRAPH),
        (lines(THREAD)[6], BlockKind.QUOTE),
    ]
