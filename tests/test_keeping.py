"""What cleaning takes for boilerplate is kept where a team says so, and from then on."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from assistant import build
from assistant.errors import SettingsError
from assistant.library.library import Library
from assistant.settings import Settings
from ingest.folder import keeping
from ingest.pipeline.documents import load
from ingest.sync import sync
from tests.conftest import on_both_databases
from tests.fakes import WordEmbedder
from tests.test_cleaning import PAGE
from tests.test_sync import PROSE, counts, folder, write
from ui.cli import cli

__all__ = ["folder"]

LINES = ("A title", PROSE, f"{PROSE} And so on.", "Subscribe to our newsletter", "Share this:")
NOTE = f"<html><body>{''.join(f'<p>{line}</p>' for line in LINES)}</body></html>"


def texts(library: Library) -> dict[str, str]:
    return {entry.about.source: library.document(entry.about.id).text for entry in library.entries()}


@on_both_databases
def test_a_reason_is_kept_in_one_folder_and_stays_so(folder: Path, library: Library, settings: Settings) -> None:
    write(folder / "a" / "one.html", NOTE)
    write(folder / "b" / "two.html", NOTE.replace("A title", "Another title"))
    embedder = WordEmbedder()
    sync([folder], library, settings, embedder)
    keeping.remember(library, [folder / "a"], keeping.checked(["Newsletter"]))

    reports = [counts(sync([folder], library, settings, embedder)) for _ in range(2)]
    write(folder / "a" / "one.html", NOTE.replace("so on", "so forth"))
    reports.append(counts(sync([folder], library, settings, embedder)))

    assert reports == [(0, 1, 0, 1, 0), (0, 0, 0, 2, 0), (0, 1, 0, 1, 0)]
    assert {name: ("newsletter" in text, "Share" in text) for name, text in texts(library).items()} == {
        "a/one.html": (True, False),
        "b/two.html": (False, False),
    }


@on_both_databases
def test_none_forgets_for_a_folder_and_what_is_in_it(folder: Path, library: Library, settings: Settings) -> None:
    write(folder / "a" / "one.html", NOTE)
    keeping.remember(library, [folder / "a"], ("all",))
    sync([folder], library, settings, WordEmbedder())
    kept = texts(library)
    keeping.remember(library, [folder], ())
    sync([folder], library, settings, WordEmbedder())

    assert ["Share this" in text for text in (*kept.values(), *texts(library).values())] == [True, False]


@on_both_databases
def test_the_same_bytes_kept_otherwise_are_a_document_of_their_own(
    folder: Path, library: Library, settings: Settings
) -> None:
    write(folder / "a" / "one.html", NOTE)
    write(folder / "b" / "one.html", NOTE)
    keeping.remember(library, [folder / "a"], ("newsletter",))

    sync([folder], library, settings, WordEmbedder())

    assert sorted("newsletter" in text for text in texts(library).values()) == [False, True]


def test_all_keeps_what_a_reader_of_the_page_sees_and_no_more() -> None:
    document = load(PAGE.encode(), source="page.html", id="0123456789", keep=("all",))

    assert "Something else entirely" in document.text
    assert "We like cookies a lot." in document.text
    assert {piece.reason for piece in document.dropped} <= keeping.NEVER


def test_what_is_no_reason_is_told_with_those_that_are() -> None:
    with pytest.raises(SettingsError, match="'newsleter'") as caught:
        keeping.checked(["newsleter"])

    assert "newsletter" in caught.value.hint
    with pytest.raises(SettingsError, match="stands alone"):
        keeping.checked(["none", "newsletter"])


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(cli, [str(word) for word in words])


def test_the_command_keeps_and_forgets(folder: Path, monkeypatch: pytest.MonkeyPatch, embedder: WordEmbedder) -> None:
    monkeypatch.setattr(build, "build_embedder", lambda settings: embedder)
    write(folder / "one.html", NOTE)
    runs = [
        run("ingest", folder),
        run("show", "one.html", "--dropped"),
        run("ingest", folder, "--keep", "newsletter", "--keep", "share links"),
        run("show", "one.html", "--dropped"),
        run("ingest", folder, "--keep", "none"),
        run("show", "one.html", "--dropped"),
        run("ingest", folder, "--keep", "nothing"),
    ]

    assert [one.exit_code for one in runs] == [0, 0, 0, 0, 0, 0, 2]
    assert "newsletter\n    Subscribe" in runs[1].stdout
    assert runs[3].stdout == "Nothing was dropped from this document.\n"
    assert runs[5].stdout == runs[1].stdout
