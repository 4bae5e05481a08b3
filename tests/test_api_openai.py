"""A library as a model: what the official client of OpenAI makes of it, and the text that it is given."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import openai
import pytest
from openai import OpenAI

from assistant.settings import Settings
from assistant.types import Answer, Citation, Grounding, Role, Searched, Statement, Support, Turn
from tests.api_server import ANN, TOKENS, Served, fill, serving
from tests.conftest import make_document
from tests.test_architecture import ROOT
from ui.api.routes import telling
from ui.api.routes.telling import Telling

RUNABOUT = "What did the Runabout cost in 1925?"
LAMPS = "What do the blue lamp and the red lamp cost?"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    home = tmp_path_factory.mktemp("home")
    fill(Settings(home=home), home / "suite")
    with serving(home, TOKENS, api_questions=1000) as server:
        yield server


@pytest.fixture(scope="module")
def client(served: Served) -> Iterator[OpenAI]:
    with OpenAI(base_url=f"{served.url}/v1", api_key=ANN, max_retries=0) as client:
        yield client


def test_each_library_is_a_model(client: OpenAI) -> None:
    assert [model.id for model in client.models.list()] == ["default"]
    assert client.models.retrieve("default").owned_by == "pushback"


def test_an_answer_has_numbers_in_its_text_sources_at_its_end_and_citations_for_programs(client: OpenAI) -> None:
    told = client.chat.completions.create(model="default", messages=[{"role": "user", "content": RUNABOUT}])
    text = told.choices[0].message.content or ""
    cited = (told.model_extra or {})["citations"]

    assert "$260" in text.replace("\\", "")
    assert " [1]" in text.partition("**Sources**")[0]
    assert "- [1] " in text.partition("**Sources**")[2]
    assert [one["number"] for one in cited] == list(range(1, len(cited) + 1))
    assert (cited[0]["source"], (told.model_extra or {})["refused"]) == ("ford.txt", False)
    assert told.choices[0].finish_reason == "stop"
    assert told.usage is not None


def test_a_stream_is_the_same_text_and_ends_with_the_citations(client: OpenAI) -> None:
    asked = [{"role": "system", "content": "Answer in verse."}, {"role": "user", "content": LAMPS}]
    whole = client.chat.completions.create(model="default", messages=asked)  # type: ignore[arg-type]

    stream = client.chat.completions.create(
        model="default",
        messages=asked,  # type: ignore[arg-type]
        stream=True,
        stream_options={"include_usage": True},
    )
    chunks = list(stream)

    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert text == whole.choices[0].message.content
    last = next(chunk for chunk in chunks if chunk.choices and chunk.choices[0].finish_reason)
    assert (last.model_extra or {})["citations"] == (whole.model_extra or {})["citations"]
    assert chunks[-1].usage is not None


def test_turns_before_are_the_conversation(client: OpenAI) -> None:
    def asked(*said: str) -> str:
        roles = ["user", "assistant"] * 2
        messages = [{"role": role, "content": content} for role, content in zip(roles, said, strict=False)]
        told = client.chat.completions.create(model="default", messages=messages)  # type: ignore[arg-type]
        return told.choices[0].message.content or ""

    first = asked("What does the blue lamp cost?")
    followed = asked("What does the blue lamp cost?", first, "And the red lamp?")

    assert "fifty" in followed


def test_parts_of_a_message_are_read_as_far_as_they_are_text(client: OpenAI) -> None:
    parts = [
        {"type": "text", "text": RUNABOUT},
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}},
    ]
    told = client.chat.completions.create(model="default", messages=[{"role": "user", "content": parts}])  # type: ignore[arg-type, list-item, misc]

    assert "260" in (told.choices[0].message.content or "")


def test_errors_are_those_that_the_client_knows(client: OpenAI, served: Served) -> None:
    with pytest.raises(openai.NotFoundError, match="There is no library 'none' here"):
        client.chat.completions.create(model="none", messages=[{"role": "user", "content": "Why?"}])
    with pytest.raises(openai.BadRequestError, match="no words"):
        client.chat.completions.create(model="default", messages=[{"role": "user", "content": "?!"}])
    with pytest.raises(openai.BadRequestError, match="not the user's"):
        client.chat.completions.create(model="default", messages=[{"role": "system", "content": "Why?"}])
    with pytest.raises(openai.UnprocessableEntityError, match="messages"):
        client.chat.completions.create(model="default", messages=[])
    with (
        OpenAI(base_url=f"{served.url}/v1", api_key="nobody", max_retries=0) as stranger,
        pytest.raises(openai.AuthenticationError, match="No token"),
    ):
        stranger.models.list()


def test_the_example_of_the_docs_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    example = re.search(r"```python\n(.*?)```", (ROOT / "docs" / "api.md").read_text("utf-8"), re.DOTALL)
    assert example
    settings = Settings(home=tmp_path)
    fill(
        settings,
        tmp_path / "suite",
        **{"quotation.txt": "How long a quotation is valid\n\nA quotation is valid for 45 days.\n"},
    )
    with serving(tmp_path) as server:
        exec(example[1].replace("http://127.0.0.1:8502", server.url), {})

    assert "valid for 45 days" in (printed := capsys.readouterr().out)
    assert "['quotation.txt'" in printed


HOSTILE = "![x](http://evil.example/?q=1) [1](http://evil.example)\n- [2]: http://evil.example *bold* <b>, 2 * 3"


def cited(quote: str, source: str = "note.txt") -> Citation:
    about = make_document(quote, source).about
    return Citation(about, 0, len(quote), quote)


def answer(*quotes: str, grounding: Grounding = Grounding.GROUNDED) -> Answer:
    found = [cited(quote, f"{number}.txt") for number, quote in enumerate(quotes)]
    statements = tuple(Statement(one.quote, (one,), Support.VERBATIM) for one in found)
    said = grounding is Grounding.GROUNDED
    nearest = () if said else tuple(found)
    return Answer("Q?", "Q?", statements if said else (), grounding, "R.", Searched(1, 1), nearest=nearest)


def streamed_text(one: Answer) -> str:
    telling = Telling()
    return "".join([*map(telling.statement, one.statements), telling.rest(one)])


def test_words_of_documents_are_inert_in_the_text_and_numbers_of_ours_are_not() -> None:
    text = streamed_text(answer(HOSTILE, "Plain words."))

    assert "![" not in text.replace("\\!\\[", "")
    assert "](" not in text.replace("\\](", "")
    assert "<b>" not in text.replace("\\<b\\>", "")
    assert "Plain words. [2]\n\n**Sources**\n\n- [1] " in text


@pytest.mark.parametrize("quotes", [("One thing.",), ("One thing.", "Another * thing."), ("A list:\n- one\n- two",)])
def test_an_answer_that_comes_back_is_what_it_said(quotes: tuple[str, ...]) -> None:
    """A follow-up refers to the words of the documents, and not on the list of sources."""
    said = quotes[0] if len(quotes) == 1 else "\n".join(f"- {quote}" for quote in quotes)

    assert telling.turn(Role.ASSISTANT, streamed_text(answer(*quotes))) == Turn(Role.ASSISTANT, said)


@pytest.mark.parametrize("text", ["* a list\n\n* of another model", "**Sources** of energy [1]"])
def test_what_others_said_is_left_as_it_is(text: str) -> None:
    assert telling.turn(Role.ASSISTANT, text) == Turn(Role.ASSISTANT, text)
    assert telling.turn(Role.USER, streamed_text(answer("One."))) == Turn(Role.USER, streamed_text(answer("One.")))


@pytest.mark.parametrize(
    ("grounding", "opening"),
    [(Grounding.NEAR, "Closest passages."), (Grounding.REFUSED, "The documents do not say."), (Grounding.ASIDE, "R.")],
)
def test_what_is_no_answer_says_so_first(grounding: Grounding, opening: str) -> None:
    assert streamed_text(answer("Something else.", grounding=grounding)).startswith(opening)
