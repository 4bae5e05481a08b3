"""Lines that recur over the pages of a site go, whenever that becomes known, and come back with it; one copy stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.library.library import Library
from assistant.settings import Settings
from ingest.cleaning.recurring import REASON, line_hash
from ingest.pipeline.documents import load
from ingest.sync import sync
from tests.conftest import on_both_databases
from tests.fakes import WordEmbedder
from tests.test_sync import counts, folder, write

__all__ = ["folder"]

BOX = "Every spring the whole team cooks by the lake for its readers and their friends."
SUBJECTS = ("lamps", "shelves", "chairs", "tables", "curtains", "carpets", "mirrors", "clocks")


def article(subject: str, *, box: str = BOX, site: str = "www.example.org") -> str:
    own = f"We sell {subject} in spring, since buyers of {subject} move house then and look around for them."
    more = f"In autumn the {subject} stay where they are, and a discount would change nothing about it at all."
    return (
        f"<html><head><link rel='canonical' href='https://{site}/{subject}'></head><body><article><h1>On {subject}</h1>"
        f"<p>{own}</p><p>{more}</p>{''.join(f'<p>{line}</p>' for line in box.splitlines() if line)}"
        "</article></body></html>"
    )


def taken_in(folder: Path, library: Library, settings: Settings) -> list[tuple[str, bool]]:
    """Of each file in order, whether its box was dropped for its recurring; what a second sync would do is nothing."""
    sync([folder], library, settings, WordEmbedder())
    assert counts(sync([folder], library, settings, WordEmbedder()))[:3] == (0, 0, 0)
    documents = [library.document(entry.about.id) for entry in library.entries()]
    return [
        (document.about.source, any(piece.reason == REASON for piece in document.dropped)) for document in documents
    ]


@on_both_databases
def test_a_line_is_boilerplate_when_it_stands_in_five_pages_of_a_site_and_one_keeps_it(
    folder: Path, library: Library, settings: Settings
) -> None:
    for subject in SUBJECTS[:4]:
        write(folder / f"{subject}.html", article(subject))
    four = taken_in(folder, library, settings)
    write(folder / "curtains.html", article("curtains"))
    five = taken_in(folder, library, settings)

    assert not any(gone for _, gone in four)
    assert sum(gone for _, gone in five) == 4
    assert sum(BOX in library.document(entry.about.id).text for entry in library.entries()) == 1


@on_both_databases
def test_it_is_so_in_one_run_and_counts_each_file_once(folder: Path, library: Library, settings: Settings) -> None:
    for subject in SUBJECTS:
        write(folder / f"{subject}.html", article(subject))

    report = sync([folder], library, settings, WordEmbedder())

    assert counts(report) == (8, 0, 0, 0, 0)
    assert report.dropped[REASON] == 7
    assert counts(sync([folder], library, settings, WordEmbedder())) == (0, 0, 0, 8, 0)


@on_both_databases
def test_it_comes_back_when_it_recurs_no_more(folder: Path, library: Library, settings: Settings) -> None:
    for subject in SUBJECTS[:5]:
        write(folder / f"{subject}.html", article(subject))
    taken_in(folder, library, settings)
    (folder / "lamps.html").unlink()

    assert not any(gone for _, gone in taken_in(folder, library, settings))


@on_both_databases
def test_sites_are_counted_apart_and_half_of_them_must_say_it(
    folder: Path, library: Library, settings: Settings
) -> None:
    for number, subject in enumerate(SUBJECTS):
        write(folder / f"{subject}.html", article(subject, site=("one.org", "two.org")[number % 2]))
    for number, subject in enumerate("shirts coats hats gloves scarves socks".split()):
        write(folder / f"c{number}.html", article(subject, site="three.org", box="Nothing of the sort."))
    for number, subject in enumerate("pens inks papers rulers stamps".split()):  # of eleven, five
        write(folder / f"d{number}.html", article(subject, site="three.org"))

    gone = {name for name, gone in taken_in(folder, library, settings) if gone}

    assert gone <= {f"c{number}.html" for number in range(6)}
    assert len(gone) == 5


@on_both_databases
def test_versions_of_one_piece_count_once(folder: Path, library: Library, settings: Settings) -> None:
    long = " ".join(f"Reason {word} is why buyers of {word} stay." for word in "abcdefghijklmnopqrstuvwxyz")
    for number in range(7):
        write(folder / f"plan-{number}.html", article("lamps", box=f"{long}\n\nVersion {number}.\n\n{BOX}"))

    assert not any(gone for _, gone in taken_in(folder, library, settings))


@on_both_databases
def test_a_killed_run_is_made_good_by_the_next(
    folder: Path, library: Library, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for subject in SUBJECTS:
        write(folder / f"{subject}.html", article(subject))
    monkeypatch.setattr("ingest.sync._Run._clean_again", lambda self: None)
    sync([folder], library, settings, WordEmbedder())
    monkeypatch.undo()

    assert sum(gone for _, gone in taken_in(folder, library, settings)) == len(SUBJECTS) - 1


def page(subject: str, head: str) -> str:
    return (
        f"<html><head>{head}</head><body><article><h1>On {subject}</h1><p>We sell {subject} in spring, since buyers "
        f"of {subject} move house then.</p><p>In autumn nobody wants {subject}, whatever they cost.</p>"
        f"<h2>A day at the lake</h2><p>{BOX}</p></article></body></html>"
    )


@pytest.mark.parametrize(
    ("head", "origin"),
    [
        ("<link rel='canonical' href='https://www.example.org/x'>", "example.org"),
        ("<meta property='og:site_name' content='The Lamp'>", "the lamp"),
    ],
)
def test_a_page_belongs_to_its_site_and_a_heading_over_nothing_goes_too(head: str, origin: str) -> None:
    known = frozenset({line_hash(BOX, origin)})

    document = load(page("lamps", head).encode(), source="a.html", id="0123456789", recurring=known)

    assert document.about.origin == origin
    assert [(d.text, d.reason) for d in document.dropped if d.reason == REASON] == [
        ("A day at the lake", REASON),
        (BOX, REASON),
    ]


def test_a_page_that_consists_of_what_recurs_keeps_it() -> None:
    text = f"<link rel='canonical' href='https://example.org/a'><h1>Lamps</h1><p>{BOX}</p><p>But not in summer.</p>"
    known = frozenset({line_hash(BOX, "example.org")})

    assert BOX in load(text.encode(), source="a.html", id="0123456789", recurring=known).text


@pytest.mark.parametrize(
    "line",
    [
        "The launch budget is 240,000 euros.",
        "Until autumn it is Ines Roth who signs what we spend.",
        "Nothing is sent out before Legal has read it.",
        "We do not sell in March, whatever the buyers say.",
    ],
)
def test_what_tells_a_figure_a_name_or_a_date_stays_however_often_it_is_said(
    line: str, folder: Path, library: Library, settings: Settings
) -> None:
    for subject in SUBJECTS:
        write(folder / f"{subject}.html", article(subject, box=line))

    assert not any(gone for _, gone in taken_in(folder, library, settings))


@pytest.mark.parametrize("suffix", [".md", ".txt"])
def test_what_recurs_in_other_files_than_web_pages_stays(
    suffix: str, folder: Path, library: Library, settings: Settings
) -> None:
    for number in range(7):
        text = f"---\nauthor: Ann Lee\n---\n\n# Week {number}\n\n{BOX}\n\nWe opened {number} more shops this week.\n"
        write(folder / f"week-{number}{suffix}", text)

    assert not any(gone for _, gone in taken_in(folder, library, settings))
