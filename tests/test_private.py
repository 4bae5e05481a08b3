"""Nobody else on the machine reads a library, its files or what commands write."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.library.library import Library
from assistant.settings import Settings
from tests.conftest import make_document, make_new
from tests.fakes import WordEmbedder

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has other rights")
ROOT = Path(__file__).parents[1]


@pytest.fixture(autouse=True)
def usual_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def open_to_others(folder: Path) -> list[str]:
    paths = [folder, *folder.rglob("*")]
    return [path.name for path in paths if not path.is_symlink() and path.stat().st_mode & 0o077]


def fill(settings: Settings, embedder: WordEmbedder) -> None:
    with Library.open(settings, embedder, create=True) as library, library.writing() as writer:
        writer.put([make_new(make_document("Apples."), embedder)])


def test_a_new_librarys_folder_and_catalog_are_closed_to_others(settings: Settings, embedder: WordEmbedder) -> None:
    fill(settings, embedder)

    modes = [path.stat().st_mode & 0o777 for path in (settings.folder, settings.folder / "catalog.sqlite3")]
    assert modes == [0o700, 0o600]


def test_a_library_that_others_could_read_is_put_right_and_that_is_told(
    settings: Settings, embedder: WordEmbedder, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    fill(settings, embedder)
    elsewhere = tmp_path / "elsewhere.txt"
    elsewhere.write_text("Not ours.")
    (settings.folder / "uploads").mkdir()
    (settings.folder / "uploads" / "a.txt").write_text("Words of a.")
    (settings.folder / "uploads" / "link.txt").symlink_to(elsewhere)
    settings.folder.chmod(0o755)

    with caplog.at_level(logging.WARNING):
        Library.open(settings, embedder).close()
        Library.open(settings, embedder).close()

    assert open_to_others(settings.folder) == []
    assert elsewhere.stat().st_mode & 0o777 == 0o644
    assert [record.levelname for record in caplog.records if "could read" in record.getMessage()] == ["WARNING"]


@pytest.mark.slow
def test_what_the_command_writes_is_for_its_user_alone(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.txt").write_text("A discount is given to those who pay within thirty days of the invoice.")
    home, out = tmp_path / "home", tmp_path / "report.md"
    for arguments in (["ingest", tmp_path / "docs"], ["challenge", "Give a discount.", "--out", out]):
        command = [sys.executable, "-m", "ui.cli", "--quiet", "--home", home, *arguments]
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)

    assert open_to_others(home) == []
    assert out.stat().st_mode & 0o777 == 0o600
