"""What ``.pushbackignore`` keeps out, as git reads its own."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pathspec import GitIgnoreSpec

from assistant.library.library import Library
from assistant.settings import Settings
from ingest.folder import files
from ingest.folder.ignoring import _pattern
from ingest.sync import sync
from tests.fakes import WordEmbedder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of four notes."""
    folder = tmp_path / "docs"
    for name in ("a.txt", "b.md", "drafts/c.txt", "drafts/deep/d.txt"):
        write(folder / name, f"Words of {name}.")
    return folder


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def sources(folder: Path) -> set[str]:
    return {file.source for file in files.find([folder]).files}


@pytest.mark.parametrize(
    ("patterns", "left"),
    [
        ("", {"a.txt", "b.md", "drafts/c.txt", "drafts/deep/d.txt"}),
        ("# a comment\n\n*.txt\n", {"b.md"}),
        ("*.txt\n!a.txt", {"a.txt", "b.md"}),
        ("drafts/", {"a.txt", "b.md"}),
        ("drafts/\n!drafts/c.txt", {"a.txt", "b.md"}),  # git: nothing comes back out of a folder that is left out
        ("drafts/*\n!drafts/c.txt", {"a.txt", "b.md", "drafts/c.txt"}),
        ("/a.txt\n/c.txt", {"b.md", "drafts/c.txt", "drafts/deep/d.txt"}),
        ("**/deep/*.txt", {"a.txt", "b.md", "drafts/c.txt"}),
        ("a.txt/", {"a.txt", "b.md", "drafts/c.txt", "drafts/deep/d.txt"}),
        ("\ufeffa.txt\r\nb.md\r\n", {"drafts/c.txt", "drafts/deep/d.txt"}),
    ],
)
def test_patterns_mean_what_they_mean_to_git(folder: Path, patterns: str, left: set[str]) -> None:
    write(folder / ".pushbackignore", patterns)

    assert sources(folder) == left


@example("*a*b", ["aab", "ab"])
@example("a*a/*b", ["aaa", "abb"])
@given(st.text("a*?/.b!", max_size=12), st.lists(st.text("ab.", min_size=1, max_size=6), min_size=1, max_size=4))
def test_bounded_patterns_match_what_unbounded_ones_do(pattern: str, parts: list[str]) -> None:
    path = "/".join(parts)
    try:
        theirs = GitIgnoreSpec.from_lines([pattern]).check_file(path).include
    except ValueError:
        return

    assert GitIgnoreSpec([_pattern(pattern, 1)]).check_file(path).include == theirs


@pytest.mark.usefixtures("ending")
@pytest.mark.parametrize("pattern", ["*a" * 60 + "b", ("*a" * 10 + "*/") * 6 + "x", "**/a/**/a/**/a/**/x"])
def test_no_pattern_takes_for_ever(folder: Path, pattern: str) -> None:
    write(folder / ".pushbackignore", pattern)
    write(folder / "/".join(["a" * 100] * 8) / "c.txt", "Words of c.")
    write(folder / "/".join("a" * 90) / "d.txt", "Words of d.")

    assert len(sources(folder)) == 6


@pytest.mark.parametrize(
    ("line", "times", "why"), [("x\n", 2_000, "1,000 lines"), ("x", 300_000, "200,000 characters")]
)
def test_a_file_of_patterns_without_end_leaves_its_folder_alone(folder: Path, line: str, times: int, why: str) -> None:
    write(folder / "drafts/.pushbackignore", line * times)

    listing = files.find([folder])

    assert [failed.source for failed in listing.failed] == ["drafts/.pushbackignore"]
    assert why in listing.failed[0].reason
    assert {file.source for file in listing.files} == {"a.txt", "b.md"}


def test_a_deeper_file_has_the_last_word(folder: Path) -> None:
    write(folder / ".pushbackignore", "*.txt")
    write(folder / "drafts/.pushbackignore", "!*.txt\n/deep/")

    assert sources(folder) == {"b.md", "drafts/c.txt"}


def test_a_file_above_the_folder_that_is_named_says_nothing(folder: Path) -> None:
    write(folder / ".pushbackignore", "*")

    assert sources(folder / "drafts") == {"c.txt", "deep/d.txt"}


def test_a_file_that_is_named_is_read(folder: Path) -> None:
    write(folder / ".pushbackignore", "*")

    assert sources(folder / "a.txt") == {"a.txt"}


def test_what_is_left_out_is_counted(folder: Path) -> None:
    write(folder / ".pushbackignore", "drafts/\na.txt")

    listing = files.find([folder])

    assert (listing.ignored, listing.skipped, listing.failed) == (2, 0, ())


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"*.md\n!\n", "line 2 is no pattern: '!'. Write one pattern a line, as in a .gitignore."),
        (b"a[z-a]", "line 1 is no pattern: 'a[z-a]'. Write one pattern a line, as in a .gitignore."),
        (b"caf\xe9/", "is not in UTF-8. Write one pattern a line, as in a .gitignore."),
        (b"[[:alpha:]]*", "line 1 has [:alpha:], which is not known here: write the letters, as in [a-z]."),
    ],
)
def test_a_folder_whose_file_cannot_be_understood_is_left_alone(folder: Path, content: bytes, reason: str) -> None:
    (folder / "drafts/.pushbackignore").write_bytes(content)

    listing = files.find([folder])

    assert {file.source for file in listing.files} == {"a.txt", "b.md"}
    assert listing.failed == (("drafts/.pushbackignore", reason),)


@pytest.mark.posix
def test_a_pipe_of_that_name_is_not_waited_for(folder: Path) -> None:
    os.mkfifo(folder / ".pushbackignore")

    assert files.find([folder]).failed == ((".pushbackignore", "not a regular file."),)


def test_what_becomes_ignored_leaves_the_library_and_what_cannot_be_looked_at_stays(
    folder: Path, library: Library, settings: Settings, embedder: WordEmbedder
) -> None:
    sync([folder], library, settings, embedder)
    write(folder / ".pushbackignore", "*.md")
    write(folder / "drafts/.pushbackignore", "!")

    report = sync([folder], library, settings, embedder)

    assert (report.removed, report.ignored, len(report.failed)) == (1, 1, 1)
    assert {entry.about.source for entry in library.entries()} == {"a.txt", "drafts/c.txt", "drafts/deep/d.txt"}

    write(folder / ".pushbackignore", "")
    write(folder / "drafts/.pushbackignore", "")
    assert sync([folder], library, settings, embedder).added == 1
