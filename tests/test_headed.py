"""Passages are embedded under their titles and headings, in libraries that were made before only after a reindex."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import numpy as np
import pytest

from assistant.library.library import Library
from assistant.settings import Settings
from assistant.text.headed import embedded, under_headings
from ingest.sync import sync
from tests.conftest import make_marked
from tests.fakes import WordEmbedder

PAGE = "# Leave\n\n## Birth of a child\n\nEvery parent may stay at home.\n\nTwelve weeks are paid.\n"


def test_a_passage_is_read_under_its_title_and_headings() -> None:
    passage = make_marked("Twelve weeks are paid. More are not.", "leave.md", title="Leave")

    vectors, sentences = dict(embedded(WordEmbedder(), [passage], headed=True))[0]

    asked = WordEmbedder().query("leave")
    alone = dict(embedded(WordEmbedder(), [passage], headed=False))[0]
    assert under_headings(passage) == "Leave\nTwelve weeks are paid. More are not."
    assert vectors @ asked > alone.passage @ asked
    assert np.allclose(sentences, alone.sentences)  # a sentence's vector is of its own words


def test_a_passage_whose_headings_change_gets_another_vector(tmp_path: Path, settings: Settings) -> None:
    page = tmp_path / "docs" / "leave.md"
    page.parent.mkdir()
    page.write_text(PAGE, "utf-8")
    with Library.open(settings, WordEmbedder(), create=True) as library:
        sync([page.parent], library, settings, WordEmbedder())
        page.write_text(PAGE.replace("Birth of a child", "Death in the family"), "utf-8")
        sync([page.parent], library, settings, WordEmbedder())

        assert library.doctor() == []
        found = library.dense(WordEmbedder().query("death in the family"), 1)
        assert found[0][1] > 0.3


@pytest.fixture
def before(tmp_path: Path, settings: Settings) -> Path:
    """A folder of documents, in a library of version 11, whose vectors know no headings."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "leave.md").write_text(PAGE, "utf-8")
    with Library.open(settings, WordEmbedder(), create=True) as library:
        sync([tmp_path / "docs"], library, settings, WordEmbedder())
    with sqlite3.connect(settings.folder / "catalog.sqlite3") as catalog:
        catalog.execute("ALTER TABLE state DROP COLUMN headed")
        catalog.execute("PRAGMA user_version = 11")
    catalog.close()
    return tmp_path / "docs"


def test_a_library_from_before_keeps_its_kind_of_vectors_until_a_reindex(before: Path, settings: Settings) -> None:
    with Library.open(settings, WordEmbedder()) as library:
        assert [(one.reindex, one.repaired) for one in library.doctor()] == [(True, False)]
        (before / "fees.md").write_text("# Fees\n\nNobody pays any.\n", "utf-8")
        sync([before], library, settings, WordEmbedder())
        assert not library.headed()

        library.reindex()

        assert library.headed()
        assert library.doctor() == []
