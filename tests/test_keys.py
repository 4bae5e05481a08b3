"""A key typed on the page: held for the session that typed it, told to its server, and nowhere else to be seen."""

from __future__ import annotations

import logging
import os
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit
from streamlit.runtime.secrets import Secrets
from streamlit.testing.v1 import AppTest

from assistant import build
from assistant.errors import ModelDenied, ModelError, ModelUnavailable
from assistant.library.library import Library
from assistant.model import local_models, providers
from assistant.model.chat import Model, Prompt
from assistant.model.local_models import KnownPort
from assistant.settings import Settings
from tests.conftest import make_document, make_new
from tests.fakes import WordEmbedder
from tests.model_server import ModelServer, model_server

pytestmark = pytest.mark.usefixtures("at_this_machine")

KEY = "sk-Qx7typedByAVisitor9Zz"
QUESTION = "How many pear trees has the orchard?"
ORCHARD = "The orchard has ninety pear trees. They were planted in 1931."


@pytest.fixture(autouse=True)
def orchard(library: Library, embedder: WordEmbedder, monkeypatch: pytest.MonkeyPatch, home: Path) -> Iterator[Library]:
    with library.writing() as writer:
        writer.put([make_new(make_document(ORCHARD, "orchard.txt"), embedder)])
    monkeypatch.setattr(build, "build_embedder", lambda _settings: embedder)
    monkeypatch.setenv("PUSHBACK_MODEL_REPLY", "lines")
    yield library
    streamlit.cache_resource.clear()
    streamlit.cache_data.clear()


@pytest.fixture
def server() -> Iterator[ModelServer]:
    """A model server that asks for the key."""
    with model_server("chat", key=KEY) as one:
        yield one


def address(server: ModelServer) -> str:
    return f"http://127.0.0.1:{server.port}/v1#chat"


def app() -> AppTest:
    """Settings above the chat, since the runner of tests cannot go from page to page in one session."""

    def page() -> None:
        from assistant.settings import load
        from ui.parts.settings import chosen
        from ui.screens import chat, preferences

        settings = chosen.in_force(load({}))
        preferences.show(settings)
        chat.show(settings)

    return AppTest.from_function(page, default_timeout=60).run()


def field(page: AppTest) -> str:
    """What the key's field holds."""
    value = next(one for one in page.text_input if one.label == "Key").value
    assert isinstance(value, str)
    return value


def use(page: AppTest, model: str, key: str, button: str = "Use it") -> AppTest:
    for one in page.text_input:
        if one.label in ("Model", "Key"):
            one.set_value(model if one.label == "Model" else key)
    return press(page, button)


def press(page: AppTest, name: str) -> AppTest:
    return next(one for one in page.button if one.label == name).click().run()


def everything(page: AppTest) -> str:
    """All that a page sends to its browser, as it is read: without what keeps words from being Markdown."""
    assert not page.exception
    return re.sub(r"[\u2060\\]", "", "\n".join(str(getattr(one, "proto", "")) for one in page.main))


def ask(page: AppTest) -> AppTest:
    return page.chat_input[0].set_value(QUESTION).run()


def test_a_typed_key_is_used_and_is_in_no_file_no_page_no_log_and_no_error(
    server: ModelServer, home: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG, "assistant")
    page = app()
    seen = [everything(use(page, address(server), KEY))]
    seen += [field(page), everything(ask(page))]
    assert "The orchard has ninety pear trees." in seen[-1]
    assert "Written with" in seen[-1]
    assert set(server.keys) == {KEY}

    assert "A key is set for this session" in seen[0]
    streams = capfd.readouterr()
    seen += [caplog.text, streams.out, streams.err, str(page.query_params), repr(os.environ)]
    assert not [text for text in seen if KEY in text]
    assert not [path for path in home.rglob("*") if path.is_file() and KEY.encode() in path.read_bytes()]


@pytest.mark.parametrize("button", ["Use it", "Test the connection"])
def test_a_key_that_is_rejected_is_in_no_error_not_even_in_part(server: ModelServer, home: Path, button: str) -> None:
    """The server repeats what it was given, and the ends of it."""
    wrong = "sk-Wr0ngOnesToo8Yy"
    page = use(app(), address(server), wrong, button)
    if button == "Use it":
        ask(page)

    seen = everything(page)
    assert wrong in server.keys
    assert "cannot be used" in seen
    assert not [part for part in (wrong, wrong[:6], wrong[-4:]) if part in seen]
    kept = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())
    assert wrong.encode() not in kept
    assert wrong[:6].encode() not in kept


def test_a_key_is_one_sessions_alone(server: ModelServer) -> None:
    one, other = app(), app()
    use(one, address(server), KEY)
    use(other, address(server), "")
    ask(one)
    before = len(server.keys)

    assert "own words" in everything(ask(other))
    assert set(server.keys[before:]) == {"", "none"}
    assert "A key is set" not in everything(other)


def test_a_key_goes_to_nobody_but_whom_it_was_typed_for(server: ModelServer) -> None:
    with model_server("chat") as another:
        page = use(app(), address(server), KEY)
        use(page, address(another), "")
        ask(page)

        assert another.asked
        assert set(another.keys) <= {"", "none"}
        assert "A key is set" not in everything(page)


def test_a_key_can_be_forgotten(server: ModelServer) -> None:
    page = press(use(app(), address(server), KEY), "Forget it")

    assert "A key is set" not in everything(page)
    assert "own words" in everything(ask(page))


@pytest.mark.parametrize(
    ("model", "key", "told"),
    [
        ("", KEY, "no model named"),
        ("ollama:small", KEY, "takes no key"),
        ("openai:gpt", "two words", "cannot be a key"),
        ("openai:gpt", "schlüssel-geheim", "cannot be a key"),
    ],
)
def test_what_cannot_be_a_key_is_told_without_it(model: str, key: str, told: str) -> None:
    page = use(app(), model, key)

    assert told in everything(page)
    assert key not in everything(page)
    assert field(page) == ""


def test_who_is_served_from_elsewhere_may_bring_a_key_for_the_model_that_was_chosen(
    server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PUSHBACK_MODEL", address(server))
    monkeypatch.setenv("PUSHBACK_HOST", "0.0.0.0")
    page = app()
    assert [one.label for one in page.text_input if one.label in ("Model", "Key")] == ["Key"]

    assert "Written with" in everything(ask(use(page, "", KEY)))


def test_a_provider_without_a_key_is_told_before_it_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("openai", "anthropic"):
        for variable in providers.KEYS[name]:
            monkeypatch.delenv(variable, raising=False)
        with pytest.raises(ModelDenied, match="needs a key") as told:
            list(Model(Settings(model=f"{name}:x")).calls().stream(Prompt("a", "b")))
        assert providers.KEYS[name][0] in told.value.hint


@pytest.mark.parametrize("key", [f"{KEY}\n", KEY])
def test_the_environments_key_is_in_no_error(server: ModelServer, monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    """One ends in a line feed, which HTTP cannot send and whose library says so with the whole of it."""
    monkeypatch.setenv("PUSHBACK_API_KEY", key)
    server.key = "another"

    with pytest.raises(ModelError) as told:
        list(Model(Settings(model=address(server)), sleep=lambda _: None).calls().stream(Prompt("a", "b")))
    with pytest.raises(ModelUnavailable) as of_list:
        _ = Model(Settings(model=address(server).partition("#")[0])).facts
    assert KEY not in f"{told.value} {told.value.hint} {of_list.value}"


def test_a_key_in_streamlits_secrets_is_used(
    server: ModelServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Streamlit puts what stands at their top into the environment, before the first page."""
    monkeypatch.setenv("PUSHBACK_API_KEY", "")
    file = tmp_path / "secrets.toml"
    file.write_text(f'PUSHBACK_API_KEY = "{KEY}"\n')
    assert tomllib.loads(file.read_text())
    monkeypatch.setattr(streamlit.config, "get_option", lambda name: [str(file)] if name == "secrets.files" else None)
    Secrets().load_if_toml_exists()

    reply = "".join(Model(Settings(model=address(server))).calls().stream(Prompt("a", "b")))

    assert "ninety" in reply
    assert set(server.keys) == {KEY}


def test_a_model_that_is_found_is_used_with_one_click(server: ModelServer, monkeypatch: pytest.MonkeyPatch) -> None:
    server.key = ""
    monkeypatch.setattr(local_models, "PLACES", (KnownPort("LM Studio", server.port),))
    page = app()
    assert "Quotes only; add a model for written answers" in everything(page)

    press(page, "Use chat")

    assert page.session_state["model"] == address(server)
    assert f"Written by chat at 127.0.0.1:{server.port}" in everything(page)
    assert "Written with" in everything(ask(page))


def test_nothing_is_looked_for_where_others_are_served(server: ModelServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local_models, "PLACES", (KnownPort("LM Studio", server.port),))
    monkeypatch.setenv("PUSHBACK_HOST", "0.0.0.0")

    app()

    assert not server.asked
