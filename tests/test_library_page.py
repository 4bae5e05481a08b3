"""The library page, run by Streamlit's own test runner over a real library."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import streamlit
from streamlit.testing.v1 import AppTest

from assistant import build
from assistant.library.library import Library
from assistant.settings import Settings
from assistant.types import Dropped
from tests.chat import UnloadedEmbedder, address
from tests.conftest import make_document, make_new
from tests.fakes import WordEmbedder
from tests.test_adding import PEARS, finished, shown
from ui.parts.documents import work
from ui.work import uploads
from ui.work.jobs import Job
from ui.work.library_work import take_in

pytestmark = pytest.mark.usefixtures("at_this_machine")

HOSTILE = "<script>alert(1)</script> <img src=x onerror=alert(2)> ![a](http://far.example/b.png)"


@pytest.fixture(autouse=True)
def the_words_embedder(monkeypatch: pytest.MonkeyPatch, embedder: WordEmbedder) -> Iterator[None]:
    monkeypatch.setattr(build, "build_embedder", lambda _settings: embedder)
    yield
    streamlit.cache_resource.clear()


def opened(**query: str) -> AppTest:
    def page() -> None:
        from assistant.settings import load
        from ui.screens import documents

        documents.show(load({}))

    test = AppTest.from_function(page, default_timeout=60)
    for name, value in query.items():
        test.query_params[name] = value
    return test.run()


def press(page: AppTest, name: str) -> AppTest:
    return next(one for one in page.button if one.label == name).click().run()


def put(library: Library, embedder: WordEmbedder, *documents: object) -> None:
    with library.writing() as writer:
        writer.put([make_new(document, embedder) for document in documents])  # type: ignore[arg-type]


def test_where_there_is_no_library_a_first_file_begins_one(settings: Settings) -> None:
    page = opened()
    assert "Nothing in it yet" in shown(page)
    assert not page.dataframe

    page.file_uploader[0].set_value([PEARS]).run()
    finished(page, settings)

    assert "1 document, 1 passage" in shown(page)
    assert list(page.dataframe[0].value["title"]) == ["Pears (guessed)"]
    press(page, "Open pears\\.md")
    assert "The orchard has ninety pear trees." in shown(page)


def test_the_first_paint_loads_no_model(
    library: Library, embedder: WordEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(library, embedder, make_document("Pears.", "pears.md"))
    monkeypatch.setattr(build, "build_embedder", lambda _settings: UnloadedEmbedder())

    assert len(opened().dataframe[0].value) == 1


@pytest.mark.usefixtures("library")
def test_an_outcome_leaves_into_the_log_when_another_comes_or_its_page_is_left(settings: Settings) -> None:
    page = opened()
    for name in ("pears", "plums"):
        page.file_uploader[0].set_value([(f"{name}.md", f"Of {name} there are ninety.".encode(), "")]).run()
        finished(page, settings)
    (log,) = [one for one in page.expander if one.label.startswith("What was done before")]
    assert log.label.endswith("· 1")
    assert "pears.md" in "".join(one.body for one in log.get("html"))

    press(page, "Open plums\\.md")

    assert "1 added" not in shown(page)


def outcomes(page: AppTest) -> tuple[int, int]:
    """How often the page says that a file was added or not read: outside the log, and in it."""
    logs = [one for one in page.expander if one.label.startswith("What was done before")]
    logged, all_said = "".join(one.body for log in logs for one in log.get("html")), shown(page)
    counts = [sum(said.count(what) for what in ("1 added", "1 could not be read")) for said in (all_said, logged)]
    return counts[0] - counts[1], counts[1]


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize("way", ["put away", "after a while"])
def test_an_outcome_leaves_into_the_log(settings: Settings, monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    page = opened()
    page.file_uploader[0].set_value([PEARS]).run()
    assert outcomes(finished(page, settings)) == (1, 0)

    if way == "put away":
        press(page, "Put away")
    else:
        monkeypatch.setattr(work, "LASTS", 0)
        page.run()

    assert outcomes(page) == (0, 1)
    assert outcomes(page.run()) == (0, 1)
    assert not [one for one in page.button if one.label == "Put away"]


@pytest.mark.usefixtures("library")
def test_an_outcome_that_asks_for_something_does_not_leave_by_itself(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "LASTS", 0)
    page = opened()

    page.file_uploader[0].set_value([("pears.xyz", b"Pears.", "")]).run()

    assert outcomes(finished(page, settings)) == (1, 0)


LONG = "".join(
    f"Of the {n} trees in row {n}, we pruned those that stood in the shade of the barn.\n\n" for n in range(20)
)


@pytest.mark.usefixtures("library")
def test_a_document_that_comes_alone_is_told_in_short(settings: Settings) -> None:
    page = opened()
    page.file_uploader[0].set_value([("trees.md", LONG.encode(), "")]).run()

    assert "In short" in shown(finished(page, settings))


@pytest.mark.usefixtures("library")
def test_of_documents_that_come_together_each_is_told_in_short_below_its_title(settings: Settings) -> None:
    page = opened()
    page.file_uploader[0].set_value(
        [(f"{name}.md", f"# {name} trees\n\n{LONG}{name}".encode(), "") for name in ("Old", "New")]
    )

    page = finished(page.run(), settings)

    assert {one.label for one in page.expander} >= {"In short: Old trees", "In short: New trees"}
    assert shown(page).count('<section class="short">') == 2


def test_a_model_sums_a_document_up(
    library: Library, embedder: WordEmbedder, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(library, embedder, make_document("Of pears.", "pears.md", title="Pears"))
    id = id_of(settings, "pears.md")
    assert not [one for one in opened(document=id).button if one.label == "Let the model sum it up"]
    gone_to: list[Any] = []
    monkeypatch.setenv("PUSHBACK_MODEL", "fake:one")
    monkeypatch.setattr(streamlit, "switch_page", lambda _page, query_params: gone_to.append(query_params))

    page = press(opened(document=id), "Let the model sum it up")

    assert gone_to == [{"within": [id]}]
    assert page.session_state["asked"] == ("What are the main points of “Pears”?", None)


def test_documents_are_found_by_words_kind_language_and_state(library: Library, embedder: WordEmbedder) -> None:
    texts = [make_document(f"Words {n}.", f"{n}.txt", author="Ann Lee", language="en") for n in range(9)]
    pdf = make_document("Birnen.", "birnen.pdf", media_type="application/pdf", language="de", title="Birnen")
    put(library, embedder, *texts, pdf)
    page = opened()
    assert len(page.dataframe[0].value) == 10

    page.text_input(key="documents-words").set_value("lee 3.TXT").run()
    assert list(page.dataframe[0].value["source"]) == ["3.txt"]
    assert "1 of 10 documents" in shown(page)

    page.text_input(key="documents-words").set_value("").run()
    kinds = next(one for one in page.button_group if one.key == "documents-kind")
    assert kinds.options == ["Text 9", "PDF 1"]
    kinds.set_value(["PDF"]).run()
    assert list(page.dataframe[0].value["title"]) == ["Birnen"]


def test_ticked_documents_are_asked_about(library: Library, embedder: WordEmbedder) -> None:
    """What is ticked stays so where the table is narrowed."""
    documents = [make_document(f"Note {number}.", f"{number}.md") for number in range(10)]
    put(library, embedder, *documents)
    page = opened()
    assert not page.get("page_link")

    page.session_state["documents-ticked"] = [documents[2].id, documents[5].id, "gone"]
    page.text_input(key="documents-words").set_value("5.md").run()

    (link,) = page.get("page_link")
    assert link.proto.label == "Ask about these 2"
    assert link.proto.query_string == f"within={documents[2].id}&within={documents[5].id}"
    (table,) = page.dataframe
    assert list(table.value["source"]) == ["5.md"]
    assert "Open it" not in [one.label for one in page.button]
    press(page, "Untick all")
    assert not page.get("page_link")
    page.session_state["documents-ticked"] = [documents[7].id]
    page.run()
    (link,) = press(page, "Open it").get("page_link")
    assert "<h1>7.md</h1>" in shown(page)
    assert (link.proto.label, link.proto.query_string) == ("Ask about this document", f"within={documents[7].id}")


def test_the_address_says_which_document_is_shown(library: Library, embedder: WordEmbedder) -> None:
    put(library, embedder, make_document("Apples.", "apples.md"), make_document("Pears.", "pears.md"))
    id = library.document("pears.md").id

    for shows in (opened(document=id),):
        assert "<h1>pears.md</h1>" in shown(shows)
        assert '<p class="paragraph">Pears.</p>' in shown(shows)
    assert address(press(opened(document=id), "All documents")) == {}


def test_a_document_shows_its_passages_what_was_left_out_and_its_versions(
    library: Library, embedder: WordEmbedder
) -> None:
    words = "The plan is to plant ninety pear trees in the orchard by the river and to press cider in October of "
    words += (
        "every year, to sell none of it before May, and to keep the books of all that it costs and all that it earns "
    )
    words += "in the office of the head gardener, who shows them to whoever asks, for the year"
    one = make_document(
        f"{HOSTILE}.\n\n{words} 2021.", "<b>one.md", title="<i>Plan", author="<u>Ann", date="2021-05-04"
    )
    dropped = (Dropped("<a>Home</a>", "menu", 0), Dropped("About", "menu", 0), Dropped("Tracked", "script", 3))
    two = make_document(f"{HOSTILE}.\n\n{words} 2022.", "two.md", date="2022")
    put(library, embedder, type(one)(one.about, one.text, one.blocks, dropped), two)
    page = opened(document=one.about.id)
    assert "4 May 2021" in shown(page)
    assert "There is a newer version" in shown(page)
    (part,) = page.button_group
    assert part.options == ["Text", "Passages 2", "Left out 3", "Versions 2"]

    html = shown(page)
    for name, words in (("Passages", "pear trees"), ("Left out", "menu · 2 pieces"), ("Versions", "the newest first")):
        page.button_group[0].set_value(name).run()
        assert words in shown(page)
        html += shown(page)

    assert not [tag for tag in ("<script>", "<img", "<i>", "<b>one", "<u>", "<a>") if tag in html]
    next(button for button in page.button if button.label.startswith("two")).click().run()
    assert address(page) == {"document": two.about.id}


def test_a_document_that_is_not_there_is_told_with_a_way_back(library: Library) -> None:
    page = opened(document="<b>nothing")

    assert "There is no document" in shown(page)
    assert "<b>nothing" not in shown(page)
    assert address(press(page, "All documents")) == {}


@pytest.fixture
def dropped(settings: Settings, embedder: WordEmbedder) -> list[Path]:
    kept = uploads.keep(settings, [("pears.md", PEARS[1]), ("cider.md", b"Cider is pressed in October.")])
    take_in(Job("", None, ""), settings, embedder, kept, uploads.folder(settings))
    return kept


def id_of(settings: Settings, source: str) -> str:
    with Library.open(settings, WordEmbedder()) as library:
        return library.document(source).id


def test_a_removed_document_comes_back_with_one_click(settings: Settings, dropped: list[Path]) -> None:
    id = id_of(settings, "pears.md")
    page = opened(document=id)

    press(page, "Remove")
    finished(page, settings)
    assert "Removed: Pears" in shown(page)
    assert list(page.dataframe[0].value["source"]) == ["cider.md"]

    press(page, "Undo")
    finished(page, settings)
    assert list(page.dataframe[0].value["source"]) == ["cider.md", "pears.md"]
    assert id_of(settings, "pears.md") == id


def test_a_document_is_replaced_by_a_dropped_file(settings: Settings, dropped: list[Path]) -> None:
    page = opened(document=id_of(settings, "pears.md"))

    page.file_uploader[0].set_value([("new pears.md", b"There are a hundred pear trees now.", "")]).run()
    finished(page, settings)

    assert "a hundred pear trees" in shown(page)
    assert address(page) == {"document": id_of(settings, "pears.md")}


def test_title_author_and_date_are_set_by_hand_and_stay_when_the_file_is_read_again(
    settings: Settings, dropped: list[Path]
) -> None:
    id = id_of(settings, "pears.md")
    page = opened(document=id)

    page.text_input(key=f"correct-date-{id}").set_value("soon")
    press(page, "Set")
    assert "“soon” is no date." in shown(page)
    page.text_input(key=f"correct-title-{id}").set_value("Pears " * 60)
    press(page, "Set")
    assert "The new title has 359 characters; at most 300 can be kept." in shown(page)
    page.text_input(key=f"correct-title-{id}").set_value("Pears")
    page.text_input(key=f"correct-author-{id}").set_value("Mona <b>Ous</b>")
    page.text_input(key=f"correct-date-{id}").set_value("2024-05")
    press(page, "Set")
    assert "Mona &lt;b&gt;Ous" in shown(page)
    assert "set by hand" in shown(page)

    dropped[0].write_bytes(b"The orchard was felled last winter.")
    press(page, "Read again")
    told = shown(finished(page, settings))
    assert "felled last winter" in told
    assert "May 2024" in told

    press(page, "As its file says")
    assert "Mona" not in shown(page)
    assert "set by hand" not in shown(page)


def test_a_file_that_changed_is_read_again(settings: Settings, dropped: list[Path]) -> None:
    dropped[0].write_bytes(b"The orchard was felled last winter.")
    page = opened(document=id_of(settings, "pears.md"))

    press(page, "Read again")

    assert "felled last winter" in shown(finished(page, settings))


def test_health_is_checked_and_what_is_missing_is_offered(settings: Settings, dropped: list[Path]) -> None:
    uploads.keep(settings, [("late.md", b"Nobody has read this.")])
    dropped[0].unlink()
    page = opened()
    assert "1 file that you dropped is not in the library: late.md" in shown(page)
    assert "The files of 1 document are no longer there" in shown(page)

    page.button(key="unread-read").click().run()
    finished(page, settings)
    page.button(key="gone-out").click().run()
    finished(page, settings)
    assert list(page.dataframe[0].value["source"]) == ["cider.md", "late.md"]

    press(page, "Check the library")
    assert "All is well" in shown(finished(page, settings))


def test_a_library_of_another_model_is_repaired_with_one_click(
    settings: Settings, dropped: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build, "build_embedder", lambda _settings: WordEmbedder("others"))
    page = opened()
    press(page, "Check the library")
    assert "was made with the embedding model" in shown(finished(page, settings))

    next(one for one in page.button if "-reindex-" in str(one.key)).click().run()

    assert "2 passages embedded again" in shown(finished(page, settings))
