"""No file and no passage is without end; how long reading takes is measured by ``eval/benchmarks/linear.py``."""

from __future__ import annotations

import pytest

from assistant.errors import SourceError
from assistant.types import Passage
from eval.benchmarks.linear import INPUTS, LONGER, PROSE
from ingest.pipeline import documents
from ingest.pipeline.parsing import Task, parse
from ingest.reading.pdf import pdf_blocks
from ingest.text.sentences import MOST_PIECES, pieces

NO_TEXT = ("links.html", "brackets.md")


def read(name: str) -> int:
    """How many passages."""
    return len(parse(Task(INPUTS[name](LONGER).encode(), name, "0123456789", 80))[1])


@pytest.mark.slow
@pytest.mark.usefixtures("ending")
@pytest.mark.parametrize("name", [name for name in INPUTS if name not in NO_TEXT])
def test_text_that_repeats_without_end_is_read(name: str) -> None:
    assert read(name) > 0


@pytest.mark.slow
@pytest.mark.usefixtures("ending")
@pytest.mark.parametrize("name", NO_TEXT)
def test_links_and_brackets_without_end_are_no_text(name: str) -> None:
    with pytest.raises(SourceError, match="holds no text"):
        read(name)


@pytest.mark.usefixtures("ending")
def test_an_unending_word_of_a_pdf_is_no_whole_word() -> None:
    assert pdf_blocks.WHOLE.findall("word" * 50_000) == []
    assert pdf_blocks.WHOLE.findall("One-off words, cut-") == ["One-off", "words"]


UNENDING = {
    "han.txt": "東京は大きい。" * 500,
    "letters.txt": "x" * 20_000,
    "signs.txt": "word?!.;: " * 500,
    "yes.txt": "Yes. " * 3_000,
    "heads.md": "# Heading of a section\n\n" * 300 + PROSE,
    "head.md": f"# {'word ' * 2_000}\n\n{PROSE}",
    "title.md": f"---\ntitle: {'word ' * 2_000}\nauthor: {'Ann ' * 2_000}\n---\n\n{PROSE}",
    "title.html": f"<title>{'word ' * 2_000}</title><p>{PROSE}",
    "references.md": "".join(f"[{n}] http://example.org/{n}\n" for n in range(2_000)),
    "references.txt": "".join(f"[{n}]: http://example.org/{n}\n" for n in range(2_000)),
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
