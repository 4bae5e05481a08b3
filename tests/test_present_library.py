"""What a page shows of a library and of what was done to it, as plain functions."""

from __future__ import annotations

from dataclasses import replace

from assistant import wire
from assistant.library.library import Listed, Problem
from assistant.types import About, Dropped
from tests.conftest import make_document, make_passages
from tests.rendered import HOSTILE
from ui.reports import terminal
from ui.views import present_library, present_work
from ui.views.present_library import Wanted
from ui.work.library_work import FileOutcome, ReadingOutcome

TAGS = ("<script", "<img", "<iframe", "</details></main>", "<!--")


def listed(number: int, **given: object) -> Listed:
    about = {
        "document": f"d{number}",
        "source": f"{number}.md",
        "media_type": "text/markdown",
        "title": f"Note {number}",
    }
    rest = {"author": None, "date": None, "language": "en", "passages": 3, "files": (), "state": "ready"}
    return Listed(**{**about, **rest, "superseded_by": None, **given})  # type: ignore[arg-type]


def test_what_a_reading_did_is_a_line() -> None:
    files = (
        FileOutcome("a.md", "added", "d"),
        FileOutcome("b.md", "added", "e"),
        FileOutcome("c.pdf", "failed", reason="holds no text."),
    )

    assert present_work.happened(ReadingOutcome(files, 31, 4.21)) == (
        "2 added, 1 could not be read · 31 passages in 4.2 s"
    )
    assert (
        present_work.happened(ReadingOutcome((), 0, 0.1, 2))
        == "Nothing to read there · 2 files of other kinds passed over"
    )
    assert (
        present_work.happened(ReadingOutcome((FileOutcome("a", "not read"),), 0, 0.1, stopped=True))
        == "Stopped: 1 not read yet"
    )


def test_what_failed_is_told_first_and_of_many_others_some() -> None:
    files = [FileOutcome(f"{n}.md", "added", "d") for n in range(20)] + [
        FileOutcome("z.pdf", "failed", reason="holds no text.")
    ]

    html = present_work.files(files, 3)

    assert html.index("z.pdf") < html.index("0.md")
    assert "OCR" in html
    assert "and 17 other files" in html
    assert "3.md" not in html


def test_what_did_not_change_is_told_when_nothing_else_is() -> None:
    assert "a.md" in present_work.files([FileOutcome("a.md", "same", "d")], 3)
    assert "a.md" not in present_work.files([FileOutcome("a.md", "same", "d"), FileOutcome("b.md", "added", "e")], 3)


def test_rows_are_narrowed_by_words_and_by_what_they_are() -> None:
    rows = present_library.table(
        [
            listed(1, author="Ann Lee"),
            listed(2, media_type="application/pdf", language="de"),
            listed(3, state="source missing"),
            listed(4, superseded_by="d1", source="Deep (1)/x.md"),
        ]
    )

    assert list(rows["kind"]) == ["Markdown", "PDF", "Markdown", "Markdown"]
    assert list(rows["language"]) == ["English", "German", "English", "English"]

    def matching_documents(wanted: Wanted) -> list[str]:
        return list(rows[present_library.matching(rows, wanted)]["document"])

    assert matching_documents(Wanted()) == ["d1", "d2", "d3", "d4"]
    assert matching_documents(Wanted("LEE note")) == ["d1"]
    assert matching_documents(Wanted("deep (1)/")) == ["d4"]
    assert matching_documents(Wanted(kinds=("PDF",))) == ["d2"]
    assert matching_documents(Wanted(languages=("English",), states=("file missing", "older version"))) == ["d3", "d4"]


def test_what_is_guessed_of_a_document_is_told_as_a_guess() -> None:
    one = listed(1, author="Ann Lee", date="2024-05", guessed=("author", "date"))
    about = About("d", "plan.md", "0", "text/markdown", "Plan", "Ann Lee", "2024-05", guessed=("title", "author"))

    assert list(present_library.table([one]).loc[0, ["title", "author", "date"]]) == [
        one.title,
        "Ann Lee (guessed)",
        "2024-05 (guessed)",
    ]
    told = present_library.head(about, [], 1)
    assert "Ann Lee (guessed)" in told
    assert "title guessed from the name of its file" in told


def test_nothing_that_was_written_elsewhere_becomes_a_part_of_the_page() -> None:
    for text in HOSTILE:
        about = About("d", text, "0", "text/plain", text, text, text, text, text)
        (passage,) = make_passages(make_document("Pears."))
        spoken = type(passage)(passage.id, about, 0, 1, text, (), (text,), text)
        html = [
            present_library.head(about, ["older version"], 1),
            present_library.passages([spoken], 1),
            present_library.dropped([Dropped(text, text, 0)]),
            present_work.files([FileOutcome(text, "failed", reason=text)], 3),
            present_work.problems([Problem(text, text)]),
        ]

        assert not [tag for tag in TAGS if tag in "".join(html)]


def test_what_a_file_holds_and_is_not_read_is_counted_by_kind_above_what_was_left_out() -> None:
    symbol, mail = (
        Dropped("", "symbol that is not read", 4),
        Dropped("a.exe", "attachment not read: a.exe, a program", 9),
    )
    document = replace(make_document("Pears."), dropped=(symbol, Dropped("Share this", "share links", 4), symbol, mail))

    html = present_library.dropped(document.dropped)

    assert "<li>2 × symbol that is not read</li><li>1 × attachment not read</li>" in html
    assert terminal.dropped(document).splitlines()[:3] == [
        "2 × symbol that is not read",
        "1 × attachment not read",
        "[4] share links",
    ]
    assert wire.document(document, passages=1, state="ready", sources=())["notices"] == {
        "symbol that is not read": 2,
        "attachment not read": 1,
    }


def test_a_line_holds_nothing_unseen() -> None:
    assert present_library.line("a\u202eb\n  c\x00 d") == "ab c d"
    assert len(present_library.line("long " * 100)) == 200
