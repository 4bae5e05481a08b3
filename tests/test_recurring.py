"""Lines that recur over the documents of a site or an author go, whenever that becomes known, and come back with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.library.library import Library
from assistant.settings import Settings
from ingest.documents import load
from ingest.recurring import REASON, line_hash
from ingest.sync import sync
from tests.fakes import WordEmbedder
from tests.test_sync import counts, folder, write

__all__ = ["folder"]

BOX = "Every May the whole team cooks by the lake for its readers and their friends."
SUBJECTS = ("lamps", "shelves", "chairs", "tables", "curtains", "carpets", "mirrors", "clocks")


def article(subject: str, *, box: str = BOX, author: str = "Ann Lee") -> str:
    own = f"We sell {subject} in spring, since buyers of {subject} move house then and look around for them."
    more = f"In autumn the {subject} stay where they are, and a discount would change nothing about it at all."
    return f"---\nauthor: {author}\n---\n\n# On {subject}\n\n{own}\n\n{more}\n\n{box}\n"


def taken_in(folder: Path, library: Library, settings: Settings) -> list[tuple[str, bool]]:
    """Of each file in order, whether its box was dropped for its recurring; what a second sync would do is nothing."""
    sync([folder], library, settings, WordEmbedder())
    assert counts(sync([folder], library, settings, WordEmbedder()))[:3] == (0, 0, 0)
    documents = [library.document(entry.about.id) for entry in library.entries()]
    return [
        (document.about.source, any(piece.reason == REASON for piece in document.dropped)) for document in documents
    ]


def test_a_line_is_furniture_when_it_stands_in_five_documents_of_an_author(
    folder: Path, library: Library, settings: Settings
) -> None:
    for subject in SUBJECTS[:4]:
        write(folder / f"{subject}.md", article(subject))
    four = taken_in(folder, library, settings)
    write(folder / "curtains.md", article("curtains"))
    five = taken_in(folder, library, settings)

    assert not any(gone for _, gone in four)
    assert all(gone for _, gone in five)
    assert all(BOX not in library.document(entry.about.id).text for entry in library.entries())


def test_it_is_so_in_one_run_and_counts_each_file_once(folder: Path, library: Library, settings: Settings) -> None:
    for subject in SUBJECTS:
        write(folder / f"{subject}.md", article(subject))

    report = sync([folder], library, settings, WordEmbedder())

    assert counts(report) == (8, 0, 0, 0, 0)
    assert report.dropped[REASON] == 8
    assert counts(sync([folder], library, settings, WordEmbedder())) == (0, 0, 0, 8, 0)


def test_it_comes_back_when_it_recurs_no_more(folder: Path, library: Library, settings: Settings) -> None:
    for subject in SUBJECTS[:5]:
        write(folder / f"{subject}.md", article(subject))
    taken_in(folder, library, settings)
    (folder / "lamps.md").unlink()

    assert not any(gone for _, gone in taken_in(folder, library, settings))


def test_authors_are_counted_apart_and_half_of_them_must_say_it(
    folder: Path, library: Library, settings: Settings
) -> None:
    for number, subject in enumerate(SUBJECTS):
        write(folder / f"{subject}.md", article(subject, author=("Ann Lee", "Bob Roy")[number % 2]))
    for number, subject in enumerate("shirts coats hats gloves scarves socks".split()):
        write(folder / f"c{number}.md", article(subject, author="Cem Ay", box="Nothing of the sort."))
    for number, subject in enumerate("pens inks papers rulers stamps".split()):  # of eleven, five
        write(folder / f"d{number}.md", article(subject, author="Cem Ay"))

    gone = {name for name, gone in taken_in(folder, library, settings) if gone}

    assert gone == {f"c{number}.md" for number in range(6)}


def test_versions_of_one_piece_count_once(folder: Path, library: Library, settings: Settings) -> None:
    long = " ".join(f"Reason {word} is why buyers of {word} stay." for word in "abcdefghijklmnopqrstuvwxyz")
    for number in range(7):
        write(folder / f"plan-{number}.md", article("lamps", box=f"{long}\n\nVersion {number}.\n\n{BOX}"))

    assert not any(gone for _, gone in taken_in(folder, library, settings))


def test_a_killed_run_is_made_good_by_the_next(
    folder: Path, library: Library, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for subject in SUBJECTS:
        write(folder / f"{subject}.md", article(subject))
    monkeypatch.setattr("ingest.sync._Run._clean_again", lambda self: None)
    sync([folder], library, settings, WordEmbedder())
    monkeypatch.undo()

    assert all(gone for _, gone in taken_in(folder, library, settings))


def page(subject: str, head: str) -> str:
    return (
        f"<html><head>{head}</head><body><article><h1>On {subject}</h1><p>We sell {subject} in spring, since buyers "
        f"of {subject} move house then.</p><p>In autumn nobody wants {subject}, whatever they cost.</p>"
        f"<h2>A day at the lake</h2><p>{BOX}</p></article></body></html>"
    )


@pytest.mark.parametrize(
    ("head", "source", "origin"),
    [
        ("<link rel='canonical' href='https://www.example.org/x'>", "a.html", "example.org"),
        ("<meta property='og:site_name' content='The Lamp'>", "a.html", "the lamp"),
        ("", "saved/a.html", "folder saved"),
        ("", "a.html", "folder ."),
    ],
)
def test_a_page_belongs_to_its_site_and_a_heading_over_nothing_goes_too(head: str, source: str, origin: str) -> None:
    known = frozenset({line_hash(BOX, origin)})

    document = load(page("lamps", head).encode(), source=source, id="0123456789", recurring=known)

    assert document.about.origin == origin
    assert [(d.text, d.reason) for d in document.dropped if d.reason == REASON] == [
        ("A day at the lake", REASON),
        (BOX, REASON),
    ]


def test_a_document_that_consists_of_what_recurs_keeps_it() -> None:
    text = f"---\nauthor: Ann Lee\n---\n\n# Lamps\n\n{BOX}\n\nBut not in June.\n"
    known = frozenset({line_hash(BOX, "ann lee")})

    assert BOX in load(text.encode(), source="a.md", id="0123456789", recurring=known).text
