"""Five real pages saved as text: their furniture is gone, and nothing that an author said is.

The pages lie beside the repository, not in it. Every line of theirs that is furniture is listed here once; all
other lines are an author's.
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
    THREAD: (
        "« Modern Marketing in NYC | Main | You Don't Own Your Brand »",
        "Verify your Comment",
        "Previewing your Comment",
        "This is only a preview. Your comment has not yet been posted.",
        "Your comment could not be posted. Error type:",
        "Your comment has been saved. Comments are moderated and will not appear until approved by the author. "
        "Post another comment",
        "The letters and numbers you entered did not match the image. Please try again.",
        "As a final step before posting your comment, enter the letters and numbers you see in the image below. "
        "This prevents automated programs from posting comments.",
        "Having trouble reading this image? View an alternate.",
        "Post a comment",
        "Comments are moderated, and will not appear until the author has approved them.",
        "Your Information",
        "(Name is required. Email address will not be displayed with the comment.)",
    ),
    "001_a1eb4b2f3f216188.txt": (),
    "002_8ffc033374cfe5f3.txt": ("About StratoServe Digital Marketing Services.", "%d bloggers like this:"),
    "003_727d1c1e29c4c938.txt": (
        "Please enter your comment!",
        "Please enter your name here",
        "This site uses Akismet to reduce spam. Learn how your comment data is processed.",
    ),
    "004_179732065745e21d.txt": (),
}
TITLES = {
    "001_a1eb4b2f3f216188.txt": "Moving Beyond “Marketing” and “Sales”",
    "002_8ffc033374cfe5f3.txt": "Marketing vs. Sales- What’s the difference?",
    "003_727d1c1e29c4c938.txt": "Sales and Marketing are not the same",
    "004_179732065745e21d.txt": "Marketing and Sales Are Not The Same Thing",
}


def ingested(name: str) -> Document:
    return load((CORPUS / name).read_bytes(), source=name, id="0123456789")


def lines(name: str) -> list[str]:
    text = (CORPUS / name).read_text("utf-8")
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]


@pytest.mark.parametrize("name", FURNITURE)
def test_exactly_the_furniture_is_dropped(name: str) -> None:
    document = ingested(name)

    assert tuple(piece.text for piece in document.dropped) == FURNITURE[name]
    assert all(piece.reason for piece in document.dropped)


@pytest.mark.parametrize("name", FURNITURE)
def test_every_line_of_an_author_is_a_block(name: str) -> None:
    document = ingested(name)
    kept = [document.text[block.start : block.end] for block in document.blocks]

    assert kept == [line for line in lines(name) if line not in FURNITURE[name]]


@pytest.mark.parametrize("name", TITLES)
def test_titles_are_found(name: str) -> None:
    assert ingested(name).about.title == TITLES[name]


def test_the_date_line_is_kept_and_read() -> None:
    document = ingested("004_179732065745e21d.txt")

    assert document.about.date == "2012-10-05"
    assert "Posted on October 5, 2012 and filed under Direct Marketing Strategy, General." in document.text


def test_only_the_thread_has_speakers() -> None:
    assert {b.speaker for b in ingested(THREAD).blocks if b.kind is BlockKind.SPEAKER} == {
        "Stephen Newton",
        "James Cherkoff",
        "Johnnie Moore",
        "Bruce DeBoer",
    }
    assert not any(block.speaker for name in TITLES for block in ingested(name).blocks)


@pytest.mark.parametrize(
    ("speaker", "said"),
    [
        ("Stephen Newton", "Marketers have always enabled consumers to direct their brands."),
        ("James Cherkoff", "Could you elaborate ?"),
        ("James Cherkoff", "Nice text book stuff Stephen"),
        ("Johnnie Moore", "There's a major blurring of the line between producer and buyer"),
        ("Bruce DeBoer", "A brand owner needs to harness this new tool"),
        (None, "that's true becuased i was one of them"),  # the line with its author's name was not saved
    ],
)
def test_the_threads_passages_know_who_speaks(speaker: str | None, said: str) -> None:
    assert [passage.speaker for passage in split(ingested(THREAD), 80) if said in passage.text] == [speaker]


def test_a_comment_that_repeats_anothers_words_quotes_them() -> None:
    document = ingested(THREAD)
    blocks = [b for b in document.blocks if document.text[b.start : b.end].startswith("I think you mean sales when")]

    assert [(block.speaker, block.kind) for block in blocks] == [
        ("Stephen Newton", BlockKind.PARAGRAPH),
        ("James Cherkoff", BlockKind.QUOTE),
    ]
