"""Passages are embedded under their titles and headings where the settings say so."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from assistant.errors import IndexMismatch
from assistant.library.library import Library
from assistant.settings import Settings
from assistant.text.headed import embedded, under_headings
from ingest.sync import sync
from tests.conftest import make_marked
from tests.fakes import WordEmbedder

PAGE = "# Leave\n\n## Birth of a child\n\nEvery parent may stay at home.\n\nTwelve weeks are paid.\n"


@pytest.fixture
def headed(settings: Settings) -> Settings:
    return settings.model_copy(update={"embed_headings": True})


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "leave.md").write_text(PAGE, "utf-8")
    return tmp_path / "docs"


def test_a_passage_is_read_under_its_title_and_headings() -> None:
    passage = make_marked("Twelve weeks are paid. More are not.", "leave.md", title="Leave")

    vectors, sentences = dict(embedded(WordEmbedder(), [passage], headed=True))[0]

    asked = WordEmbedder().query("leave")
    alone = dict(embedded(WordEmbedder(), [passage], headed=False))[0]
    assert under_headings(passage) == "Leave\nTwelve weeks are paid. More are not."
    assert vectors @ asked > alone.passage @ asked
    assert np.allclose(sentences, alone.sentences)  # a sentence's vector is of its own words


def test_a_passage_whose_headings_change_gets_another_vector(docs: Path, headed: Settings) -> None:
    with Library.open(headed, WordEmbedder(), create=True) as library:
        sync([docs], library, headed, WordEmbedder())
        (docs / "leave.md").write_text(PAGE.replace("Birth of a child", "Death in the family"), "utf-8")
        sync([docs], library, headed, WordEmbedder())

        assert library.doctor() == []
        found = library.dense(WordEmbedder().query("death in the family"), 1)
        assert found[0][1] > 0.3


def test_a_library_made_otherwise_is_refused_until_a_reindex(docs: Path, settings: Settings, headed: Settings) -> None:
    with Library.open(settings, WordEmbedder(), create=True) as library:
        sync([docs], library, settings, WordEmbedder())

    with Library.open(headed, WordEmbedder()) as library:
        with pytest.raises(IndexMismatch, match="made without titles and headings"):
            library.dense(WordEmbedder().query("leave"), 1)
        assert [(one.reindex, one.repaired) for one in library.doctor()] == [(True, False)]

        library.reindex()

        assert library.doctor() == []
        assert library.dense(WordEmbedder().query("birth of a child"), 1)[0][1] > 0.3

    with Library.open(settings, WordEmbedder()) as library, pytest.raises(IndexMismatch, match="say without"):
        library.dense(WordEmbedder().query("leave"), 1)
