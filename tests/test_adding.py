"""Where documents are put into the library, run by Streamlit's own test runner."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit
from streamlit.testing.v1 import AppTest

from assistant import build
from assistant.library.library import Library
from assistant.settings import Settings
from ingest.web import fetching
from tests.fakes import WordEmbedder
from ui.work import jobs, library_work

pytestmark = pytest.mark.usefixtures("at_this_machine")

PEARS = ("pears.md", b"The orchard has ninety pear trees.", "text/markdown")


@pytest.fixture(autouse=True)
def the_words_embedder(monkeypatch: pytest.MonkeyPatch, embedder: WordEmbedder) -> Iterator[None]:
    monkeypatch.setattr(build, "build_embedder", lambda _settings: embedder)
    yield
    streamlit.cache_resource.clear()


def opened() -> AppTest:
    def page() -> None:
        from assistant.settings import load
        from ui.parts.documents import adding

        adding.show(load({}), "add")

    return AppTest.from_function(page, default_timeout=60).run()


def finished(page: AppTest, settings: Settings) -> AppTest:
    """The page after all work on the library has ended."""
    for _ in range(3000):
        if all(job.done for job in jobs.of_kind(library_work.kind(settings))):
            return page.run()
        time.sleep(0.01)
    raise AssertionError("the work did not end")


def shown(page: AppTest) -> str:
    assert not page.exception
    return "\n".join(element.body for element in page.get("html"))


def test_a_dropped_file_makes_the_library_and_its_outcome_is_told(settings: Settings) -> None:
    page = opened()

    page.file_uploader[0].set_value([PEARS, ("<b>.exe", b"MZ", "")]).run()
    html = shown(finished(page, settings))

    assert "1 added, 1 could not be read · 1 passage" in html
    assert "<code>pears.md</code> added" in html
    assert "<code>_b_.exe</code>" in html
    assert "Save it as PDF" in html
    with Library.open(settings, WordEmbedder()) as library:
        assert [entry.about.source for entry in library.entries()] == ["pears.md"]
    assert "pears.md" in shown(opened())  # in another tab, or after a reload


def paste(page: AppTest, text: str) -> AppTest:
    page.text_area("add-paste").set_value(text)
    return next(one for one in page.button if one.label == "Add it").click().run()


def test_a_pasted_text_is_kept_as_a_document(settings: Settings) -> None:
    page = paste(opened(), "Plums <b>ripen</b> in August.")

    finished(page, settings)

    with Library.open(settings, WordEmbedder()) as library:
        assert library.document("Plums b ripen b in.txt").text == "Plums <b>ripen</b> in August."
    assert "Nothing was pasted." in shown(paste(opened(), "  "))


def test_a_page_is_fetched_and_kept_under_its_address(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def fetch(url: str) -> fetching.Fetched:
        asked.append(url)
        if "gone" in url:
            raise fetching.PageUnreachable(f"{url}: <b>gone</b>.")
        data = b"<title>Pears</title><p>The orchard has ninety pear trees.</p>"
        return fetching.Fetched("https://far.example/a/pears?n=1", data, "text/html", ".html", None, None, "")

    monkeypatch.setattr(fetching, "fetch", fetch)
    page = paste(opened(), " https://far.example/pears ")
    finished(page, settings)
    html = shown(finished(paste(page, "https://far.example/gone"), settings))

    assert asked == ["https://far.example/pears", "https://far.example/gone"]
    assert "&lt;b&gt;gone&lt;/b&gt;" in html
    with Library.open(settings, WordEmbedder()) as library:
        assert library.document("far.example-a-pears-n-1.html").about.title == "Pears"


def test_an_outcome_is_put_away(settings: Settings) -> None:
    page = opened()
    page.file_uploader[0].set_value([PEARS]).run()
    finished(page, settings)

    next(one for one in page.button if one.label == "Put away").click().run()

    assert "pears.md" not in shown(page)
    assert "pears.md" not in shown(page.run())


def read_folder(page: AppTest, folder: str) -> None:
    next(one for one in page.text_input if one.label == "Folder or file").set_value(folder)
    next(one for one in page.button if one.label == "Read it").click().run()


def test_a_folder_of_this_machine_is_read(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "pears.md").write_bytes(PEARS[1])
    page = opened()

    read_folder(page, str(tmp_path / "docs"))

    assert "<code>pears.md</code> added" in shown(finished(page, settings))


def test_a_folder_that_has_lost_its_files_is_asked_about(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "pears.md").write_bytes(PEARS[1])
    page = opened()
    for _ in range(2):
        read_folder(page, str(tmp_path / "docs"))
        finished(page, settings)
        (tmp_path / "docs" / "pears.md").unlink(missing_ok=True)
    assert "1 file of this folder, over a third of it, cannot be found any more." in shown(page)
    with Library.open(settings, WordEmbedder()) as library:
        assert library.searched().documents == 1

    with monkeypatch.context() as served:
        served.setenv("PUSHBACK_HOST", "0.0.0.0")
        served.setenv("PUSHBACK_EVERYONE", "reader")
        reader = opened()
    assert "over a third of it" in shown(reader)
    assert not reader.button  # who only reads is told, and takes nothing out

    next(one for one in page.button if one.label == "Take them out").click().run()
    finished(page, settings)

    with Library.open(settings, WordEmbedder()) as library:
        assert library.searched().documents == 0


def test_a_folder_that_is_not_there_is_told(settings: Settings) -> None:
    page = opened()

    read_folder(page, "/no/such/folder")

    assert "There is no folder or file &#x27;/no/such/folder&#x27;" in shown(page)
    assert not settings.folder.exists()


@pytest.mark.parametrize(("everyone", "drops"), [("reader", False), ("editor", True)])
def test_who_is_served_from_elsewhere_names_no_folder_and_an_editor_drops_files(
    monkeypatch: pytest.MonkeyPatch, everyone: str, drops: bool
) -> None:
    monkeypatch.setenv("PUSHBACK_HOST", "0.0.0.0")
    monkeypatch.setenv("PUSHBACK_EVERYONE", everyone)

    page = opened()

    assert bool(page.file_uploader) is drops
    assert not page.text_input
