"""What other programs import from ``assistant``."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from pydantic import BaseModel

import assistant
from assistant.errors import LibraryMissing, SettingsError
from assistant.library.library import Library
from assistant.model.embedding import SentenceTransformerEmbedder
from assistant.settings import Settings
from ingest.sync import sync
from tests.fakes import FakeChat

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize("name", assistant.__all__)
def test_every_name_is_there_and_documented(name: str) -> None:
    thing = getattr(assistant, name)

    assert thing.__doc__
    assert thing.__doc__ != BaseModel.__doc__
    assert name in dir(assistant)


def test_a_name_that_is_not_there_is_named() -> None:
    with pytest.raises(AttributeError, match="'Librarian'"):
        _ = assistant.Librarian  # type: ignore[attr-defined]


def test_importing_the_face_imports_nothing_else() -> None:
    code = (
        "import json, sys; before = set(sys.modules); import assistant; print(json.dumps([*set(sys.modules) - before]))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)

    assert {name for name in json.loads(done.stdout) if name.partition(".")[0] == "assistant"} == {"assistant"}
    assert "pydantic" not in json.loads(done.stdout)


def test_a_library_that_is_not_there_is_told(home: Path) -> None:
    with pytest.raises(LibraryMissing):
        assistant.open_library(home=home)


def test_a_setting_that_is_none_is_told() -> None:
    with pytest.raises(SettingsError, match="passages"):
        assistant.open_library(passages=3)


@pytest.mark.slow
def test_a_library_is_opened_by_its_name_and_asked(
    settings: Settings, sentence_transformer: SentenceTransformerEmbedder, tmp_path: Path
) -> None:
    (tmp_path / "terms.md").write_text("# Terms\n\nA quotation is valid for 45 days.\n", "utf-8")
    named = settings.model_copy(update={"library": "sales"})
    with Library.open(named, sentence_transformer, create=True) as library:
        sync([tmp_path / "terms.md"], library, named, sentence_transformer)

    with assistant.open_library("sales") as sales:
        answer = sales.ask("How long is a quotation valid?")

    chat = FakeChat(replies=lambda _: "no reply that can be read")
    with assistant.open_library("sales", chat=chat) as sales:
        sales.ask("How long is a quotation valid?")

    assert "A quotation is valid for 45 days." in str(chat.asked[0])
    assert isinstance(answer, assistant.Answer)
    assert [statement.citations[0].about.source for statement in answer.statements] == ["terms.md"]


def test_every_package_of_the_rooms_is_in_the_wheel() -> None:
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]["packages"]
    rooms = [name for name in listed if "." not in name]
    folders = {path.parent for room in rooms for path in (ROOT / room).rglob("*.py")}
    packages = {".".join(folder.relative_to(ROOT).parts) for folder in folders}
    not_shipped = {name for name in packages if {"training", "benchmarks", "scripts"} & set(name.split("."))}

    assert set(listed) == packages - not_shipped


def test_every_room_ships_its_types() -> None:
    packages = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]
    rooms = {name for name in packages["packages"] if "." not in name}

    assert {room for room in rooms if (ROOT / room / "py.typed").exists()} == rooms
    assert {room for room in rooms if "py.typed" in packages["package-data"][room]} == rooms
