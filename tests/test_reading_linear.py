"""Twice as long a file takes about twice as long: no file is slow for its size, and no passage is without end."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest

from assistant.errors import SourceError
from assistant.types import Passage
from ingest import documents
from ingest.parsing import Task, parse
from ingest.reading import pdf_blocks
from ingest.sentences import MOST_PIECES, pieces

PROSE = "The buyer compares the offers, and then she picks the one that she can explain to her colleagues. "
REPEATED = {  # what is said again and again, and how often takes some tenths of a second
    "han.txt": ("東京は大きい。", 8_000),
    "marks.txt": ("a\u0301\u0302\u0303", 60_000),
    "short.txt": ("Yes. ", 8_000),
    "titles.txt": ("A Heading That Stands Alone\n\n", 1_000),
    "two-words.txt": ("A word\n\n", 1_000),
    "links.html": ("<ul><li><a href='/'>A link to a page</a></li></ul>", 3_000),
    "data.html": ("{},", 150_000),
    "quote.csv": ("c,d\n", 40_000),
    "brackets.md": ("[", 2_000),
}
BEFORE = {"data.html": "<script type='application/ld+json'>[", "quote.csv": 'a,b\n1,"'}
AFTER = {"data.html": f"0]</script><p>{PROSE}"}


def read(name: str, times: int) -> float:
    """Seconds of processor time."""
    unit, number = REPEATED[name]
    data = (BEFORE.get(name, "") + unit * (number * times) + AFTER.get(name, "")).encode()
    started = time.process_time()
    with suppress(SourceError):
        parse(Task(data, name, "0123456789", 80))
    return time.process_time() - started


@pytest.mark.slow
@pytest.mark.parametrize("name", REPEATED)
def test_four_times_as_much_takes_about_four_times_as_long(name: str) -> None:
    read(name, 1)  # whatever is loaded with the first

    assert read(name, 4) < 8 * min(read(name, 1) for _ in range(3)) + 0.2


def test_many_voices_are_told_in_linear_time() -> None:
    def spoken(voices: int) -> float:
        text = "".join(f"Ann{n % voices} Lee: {PROSE}\n\n" for n in range(2 * voices))
        started = time.process_time()
        parse(Task(text.encode(), "voices.txt", "0123456789", 80))
        return time.process_time() - started

    spoken(500)

    assert spoken(4_000) < 8 * spoken(1_000) + 0.2


def test_an_unending_word_of_a_pdf_is_looked_at_once() -> None:
    started = time.process_time()

    assert pdf_blocks.WHOLE.findall("word" * 50_000) == []
    assert pdf_blocks.WHOLE.findall("One-off words, cut-") == ["One-off", "words"]
    assert time.process_time() - started < 1


UNENDING = {
    "han.txt": "東京は大きい。" * 500,
    "letters.txt": "x" * 20_000,
    "signs.txt": "word?!.;: " * 500,
    "yes.txt": "Yes. " * 3_000,
    "heads.md": "# Heading of a section\n\n" * 300 + PROSE,
    "head.md": f"# {'word ' * 2_000}\n\n{PROSE}",
    "title.md": f"---\ntitle: {'word ' * 2_000}\nauthor: {'Ann ' * 2_000}\n---\n\n{PROSE}",
    "title.html": f"<title>{'word ' * 2_000}</title><p>{PROSE}",
    "cell.csv": f"a,b\nc,{'12345.678 ' * 2_000}",
}


@pytest.mark.parametrize("name", UNENDING)
def test_no_passage_is_longer_than_the_embedder_reads(name: str) -> None:
    _, passages = parse(Task(UNENDING[name].encode(), name, "0123456789", 80))

    assert max(map(above, passages)) <= 600
    assert max(pieces(p.text, 0, len(p.text)) for p in passages) <= MOST_PIECES
    assert max(pieces(p.text, s.start - p.start, s.end - p.start) for p in passages for s in p.sentences) <= MOST_PIECES


def above(passage: Passage) -> int:
    """Characters of what stands above a passage, and is kept with each."""
    about = passage.about
    return len(about.title) + len(about.author or "") + sum(map(len, passage.headings)) + len(passage.speaker or "")


def test_a_sentence_of_a_script_without_spaces_stands_alone() -> None:
    text = "この会社は割引をしませんし、これからもするつもりはありません。" * 3

    _, passages = parse(Task(text.encode(), "a.txt", "0123456789", 80))

    assert [len(passage.sentences) for passage in passages] == [3]


@pytest.mark.parametrize(("text", "what"), [("- a\n" * 11, "paragraphs"), ("|a|b|\n|-|-|\n" + "|c|d|\n" * 11, "rows")])
def test_a_file_of_more_pieces_than_are_read_is_refused(text: str, what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "PARAGRAPHS", 10)
    monkeypatch.setattr(documents, "ROWS", 10)

    with pytest.raises(SourceError, match=rf"^a\.md: it holds more than 10 {what}; save the part that matters"):
        parse(Task(text.encode(), "a.md", "0123456789", 80))
