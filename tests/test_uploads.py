"""Files that were dropped on a page."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import LibraryError
from assistant.settings import Settings
from ui.work import uploads


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("report.md", "report.md"),
        ("../../etc/passwd", "passwd"),
        (r"C:\Users\ann\plan.docx", "plan.docx"),
        (".hidden.txt", "hidden.txt"),
        ("..", "file"),
        ("", "file"),
        ("con.txt", "_con.txt"),
        ("launch <b>note $y$.txt", "launch _b_note $y$.txt"),
        ("a\x00b\u202ec\n.txt", "abc.txt"),
        ("no ending at all.and then a very long one", "no ending at all.and then a very long one"),
    ],
)
def test_a_name_is_made_safe(name: str, kept: str) -> None:
    assert uploads.safe(name) == kept


@given(st.text())
def test_whatever_a_file_is_called_its_name_can_be_written_and_stays_in_its_folder(name: str) -> None:
    kept = uploads.safe(name)

    assert kept
    assert Path("folder", kept).parent == Path("folder")
    assert kept[0] != "."
    assert kept.isprintable()
    assert len(kept.encode()) < 200
    assert uploads.safe(kept) == kept


def test_two_files_of_one_name_in_one_drop_are_both_kept(settings: Settings) -> None:
    kept = uploads.keep(settings, [("a/plan.md", b"one"), ("b/Plan.md", b"two")])

    assert [path.name for path in kept] == ["plan.md", "Plan (2).md"]
    assert [path.read_bytes() for path in kept] == [b"one", b"two"]
    assert all(path.parent == uploads.folder(settings) for path in kept)


def test_what_a_file_held_before_is_put_by(settings: Settings) -> None:
    (path,) = uploads.keep(settings, [("plan.md", b"one")])
    uploads.keep(settings, [("plan.md", b"one")])
    uploads.keep(settings, [("plan.md", b"two")])

    (aside,) = (path.parent / uploads.EARLIER).iterdir()
    assert (path.read_bytes(), aside.read_bytes()) == (b"two", b"one")


def test_what_is_not_in_the_library_is_told(settings: Settings) -> None:
    assert uploads.unread(settings, []) == []
    one, two = uploads.keep(settings, [("one.md", b"1"), ("two.md", b"2")])

    assert uploads.unread(settings, [str(one)]) == [two]


def test_a_folder_that_cannot_be_written_is_told_with_what_to_do(settings: Settings) -> None:
    settings.home.parent.mkdir(exist_ok=True)
    settings.home.write_text("a file where the home should be")

    with pytest.raises(LibraryError, match=r"plan\.md cannot be kept") as told:
        uploads.keep(settings, [("plan.md", b"1")])
    assert "again" in told.value.hint


def test_a_pasted_text_is_named_by_its_first_words_and_takes_no_other_text_s_place(settings: Settings) -> None:
    one, other = "Minutes of the 3/4 meeting. " * 9, "Minutes of the 3/4 meeting. " * 10

    paths = [uploads.keep_text(settings, text) for text in (one, other, one)]

    assert [path.read_text() for path in paths] == [one, other, one]
    assert paths[0] == paths[2] != paths[1]
    assert paths[0].name.startswith("Minutes of the 3 4 meeting")
    assert uploads.keep_text(settings, "x" * 5_000).name == "Pasted text.txt"
