"""The settings page, and the libraries that one goes to."""

from __future__ import annotations

import pytest
import streamlit
from streamlit.testing.v1 import AppTest

from assistant import build
from assistant.library.library import Library
from assistant.model.chat import Model
from assistant.settings import Settings
from tests.chat import address, answered, cite, keep, opened, press, shown
from tests.fakes import FakeChat, WordEmbedder
from ui.screens import preferences

pytestmark = pytest.mark.usefixtures("at_this_machine", "the_words_embedder")


def choice() -> AppTest:
    """The choice of a model by itself."""

    def page() -> None:
        from assistant.settings import load
        from ui.parts.settings import model_choice

        model_choice.choose(load({}))

    return AppTest.from_function(page, default_timeout=60).run()


def settings_page() -> AppTest:
    """The settings' page; the runner of tests cannot go to the page of an address."""

    def page() -> None:
        from assistant.settings import load
        from ui.parts.settings import chosen
        from ui.screens import preferences

        preferences.show(chosen.in_force(load({})))

    return AppTest.from_function(page, default_timeout=60).run()


def test_a_model_is_named_tested_and_used_from_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    chat = FakeChat(replies=lambda _: '{"number": 7}')
    monkeypatch.setattr(build, "build_model", lambda one, **_: Model(one, chat) if one.writer else None)
    page = choice()

    page.text_input[0].set_value("ollama:small")
    assert "The model ollama:small" in shown(press(page, "Test the connection"))
    assert press(page, "Use it").session_state["model"] == "ollama:small"


def test_what_is_chosen_outlives_a_reload_until_its_setting_is_another(monkeypatch: pytest.MonkeyPatch) -> None:
    page = settings_page()
    page.text_input[0].set_value("ollama:small")
    press(page, "Use it")
    next(one for one in page.radio).set_value(2).run()

    assert "ollama:small" in settings_page().text_input[0].value
    assert settings_page().session_state["evidence_model"] == "none"
    monkeypatch.setenv("PUSHBACK_MODEL", "ollama:other")
    assert settings_page().text_input[0].value == "ollama:other"


def test_a_model_whose_address_holds_a_key_is_not_written_down(settings: Settings) -> None:
    page = settings_page()
    page.text_input[0].set_value("http://me:secret@localhost:9/v1#m")
    press(page, "Use it")

    assert not any("secret" in path.read_text("utf-8", "replace") for path in settings.home.rglob("*.json"))


def test_a_model_that_cannot_be_one_is_told_with_what_to_do() -> None:
    page = choice()

    page.text_input[0].set_value("gguf:/no/such/file.gguf")
    assert "file.gguf" in shown(press(page, "Use it"))
    assert "model" not in page.session_state


def test_who_is_served_from_elsewhere_does_not_choose_the_model(
    orchard: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PUSHBACK_HOST", "0.0.0.0")
    page = settings_page()

    assert not page.text_input
    assert not page.radio
    assert not page.selectbox
    assert any("chosen by whoever runs Pushback" in one.value for one in page.markdown)


def test_neither_does_who_is_served_by_streamlit_itself_to_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streamlit, "get_option", lambda _name: "0.0.0.0")

    assert not choice().text_input


def test_the_settings_page_tells_what_is_set_by_what_and_no_secret(
    orchard: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PUSHBACK_MODEL", "http://ann:hunter2@127.0.0.1:9/v1?key=s3cret#small")
    monkeypatch.setenv("PUSHBACK_API_KEY", "sk-t0psecret")

    page = settings_page()

    html = shown(page)
    everything = html + "".join(str(one) for one in [*page.text_input, *page.markdown, *page.caption])
    assert "PUSHBACK_HOME" in html
    assert "http://…@127.0.0.1:9/v1?…#small" in html
    assert not [secret for secret in ("hunter2", "s3cret", "t0psecret") if secret in everything]


def test_another_library_is_chosen_and_named_in_the_address(orchard: Library, settings: Settings) -> None:
    with Library.open(settings.model_copy(update={"library": "other"}), WordEmbedder(), create=True):
        page = settings_page()
    assert page.selectbox[0].options == ["default", "other"]

    page.selectbox[0].set_value("other").run()

    assert page.session_state["library"] == "other"
    assert address(page) == {"library": "other"}
    assert "No documents yet" in shown(opened(library="other"))
    page = opened(library="<b>nobody")
    assert "Ask your documents" in shown(page)
    assert "There is no library “&lt;b&gt;nobody” here. This is “default”." in shown(page)
    assert "There is no library" not in shown(opened(library="default"))


def test_of_several_libraries_one_goes_to_another_at_the_top_of_a_page(orchard: Library, settings: Settings) -> None:
    assert "Library: <strong>default</strong>" in shown(opened())  # of one there is nothing to choose
    with Library.open(settings.model_copy(update={"library": "other"}), WordEmbedder(), create=True):
        page = opened(conversation=keep(orchard, answered(cite(orchard, "cider.txt", "Nobody drinks it"))))

    page.button("library-other").click().run()

    assert address(page) == {"library": "other"}
    assert "No documents yet" in shown(page)
    assert page.button("library-default").label == "default"
    assert "Nobody drinks it" not in shown(page)


def test_who_is_served_from_elsewhere_sees_the_librarys_name_and_no_other(
    orchard: Library, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PUSHBACK_HOST", "0.0.0.0")
    monkeypatch.setenv("PUSHBACK_EVERYONE", "reader")
    with Library.open(settings.model_copy(update={"library": "other"}), WordEmbedder(), create=True):
        page = opened()

    assert "Library: <strong>default</strong>" in shown(page)
    assert not [one for one in page.button if str(one.key).startswith("library-")]


def test_an_evidence_model_that_cannot_be_is_told(orchard: Library) -> None:
    page = settings_page()

    places = list(preferences.EVIDENCE)

    page.radio[0].set_value(places.index("llm")).run()
    assert "no model is named" in shown(page)
    assert "evidence_model" not in page.session_state

    page.radio[0].set_value(places.index("none")).run()
    assert page.session_state["evidence_model"] == "none"
