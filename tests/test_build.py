from __future__ import annotations

import os
import subprocess
import sys

import pytest

from assistant.build import build_assistant, build_embedder
from assistant.errors import IndexMismatch, LibraryMissing, SettingsError
from assistant.library.library import Library
from assistant.model.embedding import SentenceTransformerEmbedder
from assistant.model.offline import stay_offline
from assistant.settings import Settings
from tests.conftest import make_document, make_new
from tests.fakes import WordEmbedder

OFFLINE = {
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "ANONYMIZED_TELEMETRY": "False",
}


@pytest.fixture
def ingested(library: Library, embedder: WordEmbedder) -> Library:
    with library.writing() as writer:
        writer.put([make_new(make_document("Trust is slow, and a brand earns it over many years."), embedder)])
    return library


def test_the_parts_meet_over_the_library_that_the_settings_name(ingested: Library, settings: Settings) -> None:
    with build_assistant(settings, WordEmbedder()) as assistant:
        answer = assistant.ask("What do these documents argue?")

        assert [statement.text for statement in answer.statements] == [
            "Trust is slow, and a brand earns it over many years."
        ]
        assert [hit.passage.about.source for hit in assistant.search("trust", k=1)] == ["note.txt"]
        assert assistant.challenge("Trust is fast.").searched == answer.searched == ingested.searched()


def test_a_model_that_cannot_be_used_is_named(ingested: Library, settings: Settings) -> None:
    with pytest.raises(SettingsError, match="'openai:'"):
        build_assistant(settings.model_copy(update={"model": "openai:"}), WordEmbedder())


@pytest.mark.parametrize("model", [None, "", "none"])
def test_no_model_is_needed(ingested: Library, settings: Settings, model: str | None) -> None:
    with build_assistant(settings.model_copy(update={"model": model}), WordEmbedder()) as assistant:
        assert assistant.ask("What do these documents argue?").model is None


def test_a_wrong_model_is_told_before_a_missing_library(settings: Settings) -> None:
    with pytest.raises(SettingsError):
        build_assistant(settings.model_copy(update={"model": "openai:"}), WordEmbedder())
    with pytest.raises(LibraryMissing):
        build_assistant(settings, WordEmbedder())


def test_another_embedding_model_than_the_librarys_is_told(ingested: Library, settings: Settings) -> None:
    with (
        build_assistant(settings, WordEmbedder("others")) as assistant,
        pytest.raises(IndexMismatch, match="'words'"),
    ):
        assistant.ask("What is trust?")


def test_the_embedder_is_named_but_not_loaded(settings: Settings) -> None:
    embedder = build_embedder(settings.model_copy(update={"embedding_model": "/nowhere"}))

    assert isinstance(embedder, SentenceTransformerEmbedder)


def test_building_the_embedder_keeps_our_libraries_from_the_network(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in OFFLINE:
        monkeypatch.delenv(name, raising=False)

    build_embedder(settings)

    assert {name: os.environ.get(name) for name in OFFLINE} == OFFLINE


def test_what_the_user_has_set_stays_set(monkeypatch: pytest.MonkeyPatch) -> None:
    theirs = dict.fromkeys(OFFLINE, "theirs")
    for name, value in theirs.items():
        monkeypatch.setenv(name, value)

    stay_offline()

    assert {name: os.environ[name] for name in OFFLINE} == theirs


@pytest.mark.slow
def test_importing_it_sets_nothing_and_loads_nothing_heavy() -> None:
    told = (
        "import os, sys; before = dict(os.environ); import assistant.build\n"
        "print(dict(os.environ) == before, {'torch', 'chromadb', 'sentence_transformers'} & set(sys.modules))"
    )
    came = subprocess.run([sys.executable, "-c", told], check=True, capture_output=True, text=True)

    assert came.stdout == "True set()\n"
