"""The model reader: what a model is asked, and what its reply becomes, in whatever pieces it comes."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from langchain_core import exceptions as known

from assistant.errors import ContextTooLong, ModelUnavailable, ReplyCut, ReplyInvalid, RequestInvalid
from assistant.library.library import Library
from assistant.model.chat import Calls, Model
from assistant.model.providers import Facts, Served
from assistant.readers.material import Material
from assistant.readers.model import SEARCHES, ModelReader
from assistant.readers.seam import Claim, Outcome, Quote, Reading
from assistant.settings import Settings
from tests.reading import LINES, SCHEMA, Scripted, read_for, reply, stored

MILL = "The mill opened in 1987. It sold linen to tailors."
OPENED = ("It opened in 1987.", 1, "opened in 1987")
SOLD = ("It sold linen.", 1, "It sold linen to tailors.")
QUESTION = "When did the mill open?"


@pytest.fixture
def material(library: Library) -> Material:
    stored(library, MILL, "mill.txt", title="The mill", author="Ann Berg", date="2014-05")
    return read_for(library, QUESTION)


def reading(
    material: Material, *replies: Any, settings: Settings = SCHEMA, facts: Facts | None = None
) -> tuple[list[Claim], Reading, Scripted]:
    chat = Scripted(replies=list(replies))
    model = Model(settings, chat, sleep=lambda _: None)
    if facts:
        model._served = Served(chat, facts)  # as if it had been asked
    claims, end = drained(ModelReader(model).read(material, model.calls()))
    return claims, end, chat


def drained(claims: Generator[Claim, None, Reading]) -> tuple[list[Claim], Reading]:
    made = []
    while True:
        try:
            made.append(next(claims))
        except StopIteration as end:
            return made, end.value


def claimed(*said: tuple[str, int, str]) -> list[Claim]:
    return [Claim(text, (Quote(number, words),)) for text, number, words in said]


def passages(chat: Scripted, call: int) -> str:
    """What stands of the passages in a call."""
    task = chat.asked[call][-1].text
    return task[: task.index("</passages>")]


@pytest.mark.parametrize("length", [1, 2, 7, 50, 9999])
def test_a_reply_in_odd_pieces_makes_the_same_claims(length: int, material: Material) -> None:
    text = reply(OPENED, SOLD, missing="Who built it.", disagree=[(1, 2)])

    claims, end, chat = reading(material, [text[n : n + length] for n in range(0, len(text), length)])

    assert claims == claimed(OPENED, SOLD)
    assert end == Reading(Outcome.ANSWERED, "Who built it.", disagree=((0, 1),))
    assert chat.calls == 1


def test_a_claim_comes_before_the_reply_ends(material: Material) -> None:
    whole = reply(OPENED, SOLD)

    def pieces() -> Iterator[str]:
        yield whole[: whole.index("]}") + 2]
        pytest.fail("the first claim was not given")

    model = Model(SCHEMA, Scripted(replies=[pieces()]))

    assert next(ModelReader(model).read(material, model.calls())) == claimed(OPENED)[0]


def test_that_the_passages_do_not_say_is_as_good_a_reply_as_any(material: Material) -> None:
    claims, end, chat = reading(material, reply(not_said=True, missing="The day of the month."))

    assert (claims, end) == ([], Reading(Outcome.NOT_SAID, "The day of the month."))
    assert chat.calls == 1


def test_what_it_claims_counts_though_it_says_that_they_do_not_say(material: Material) -> None:
    claims, end, _ = reading(material, reply(OPENED, not_said=True))

    assert (claims, end.outcome) == (claimed(OPENED), Outcome.ANSWERED)


def test_none_in_lines_is_no_more_than_that_it_found_nothing(material: Material) -> None:
    claims, end, _ = reading(material, "NONE", settings=LINES)

    assert (claims, end.outcome) == ([], Outcome.NEAR)


# Further searches


@pytest.fixture
def wide(library: Library) -> Material:
    """What is read of a library in which there is more to be found."""
    for n in range(2):
        stored(library, "\n\n".join(f"The mill opened the mill {k} in mill {n}." for k in range(20)), f"mill{n}.txt")
    far = "\n\n".join(f"Far orchard {n} is far." for n in range(60))
    stored(library, f"{far}\n\nThe weavers had a wage of nine shillings.\n\nThe linen was dear.", "wages.txt")
    return read_for(library, QUESTION)


def test_what_it_searches_for_is_read_beside_the_rest_in_one_more_call(wide: Material) -> None:
    wage = ("They had nine shillings.", len(wide.extracts) + 1, "a wage of nine shillings")

    claims, end, chat = reading(wide, reply(searches=["the wage of the weavers"]), reply(wage))

    assert (claims, end.outcome, chat.calls) == (claimed(wage), Outcome.ANSWERED, 2)
    assert "wage" not in passages(chat, 0)
    assert "The weavers had a wage" in passages(chat, 1)
    assert passages(chat, 1).startswith(passages(chat, 0).rstrip())  # so that a server need not read it again
    assert "further searches have been made" in chat.asked[1][-1].text
    assert "further searches have been made" not in chat.asked[0][-1].text


def test_it_may_search_once_and_for_few_things(wide: Material, monkeypatch: pytest.MonkeyPatch) -> None:
    searched: list[str] = []
    more = Material.more

    def counted(self: Material, queries: Any) -> Any:
        searched.extend(queries)
        return more(self, queries)

    monkeypatch.setattr(Material, "more", counted)
    wanted = ["the wage of the weavers", "linen", "orchard", "mill", "far"]

    claims, end, chat = reading(wide, reply(searches=wanted), reply(OPENED, searches=["more still"]))

    assert (searched, chat.calls) == (wanted[:SEARCHES], 2)
    assert (claims, end.outcome) == (claimed(OPENED), Outcome.ANSWERED)


def test_what_it_claimed_as_it_searched_stands_where_the_second_reply_says_nothing(wide: Material) -> None:
    first = reply(OPENED, searches=["the wage of the weavers"])

    for second in ("", "I am sorry.", reply()):
        claims, end, _ = reading(wide, first, second)
        assert (claims, end.outcome) == (claimed(OPENED), Outcome.ANSWERED)


@pytest.mark.parametrize("second", [reply(SOLD), reply(not_said=True)])
def test_what_it_claimed_as_it_searched_is_replaced_by_the_second_reply(second: str, wide: Material) -> None:
    claims, end, _ = reading(wide, reply(OPENED, searches=["the wage of the weavers"]), second)

    assert OPENED[0] not in [claim.text for claim in claims]
    assert end.outcome is (Outcome.ANSWERED if claims else Outcome.NOT_SAID)


def test_searches_that_find_nothing_new_cost_no_second_call(material: Material) -> None:
    claims, end, chat = reading(material, reply(OPENED, searches=["when did the mill open"]))

    assert (claims, end.outcome, chat.calls) == (claimed(OPENED), Outcome.ANSWERED, 1)


def test_a_reply_with_nothing_but_searches_that_find_nothing_is_asked_again_as_was_promised(material: Material) -> None:
    claims, end, chat = reading(material, reply(searches=["when did the mill open"]), reply(OPENED))

    assert (claims, end.outcome, chat.calls) == (claimed(OPENED), Outcome.ANSWERED, 2)
    assert passages(chat, 1).rstrip() == passages(chat, 0).rstrip()
    assert "further searches have been made" in chat.asked[1][-1].text


# Replies that make no sense

MALFORMED = {
    "empty": "",
    "no json": "I am sorry, I cannot do that.",
    "cut json": '{"searches": [], "not_said": false, "claims": [{"text": "The mi',
    "other json": '{"answer": "1987"}',
    "json of wrong kinds": '{"searches": 3, "not_said": "no", "claims": [{"text": 7, "quotes": "one"}]}',
    "only marks": "[1] [2] [3]",
    "noise": "\x00\x07 \u202e {{{{ ]]] \ufeff",
    "nothing said": reply(),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_a_reply_that_makes_no_sense_is_asked_for_once_more_as_lines(name: str, material: Material) -> None:
    claims, end, chat = reading(material, MALFORMED[name], "[1] The mill opened in 1987.\n")

    line = "The mill opened in 1987."
    assert (claims, end.outcome) == (claimed((line, 1, line)), Outcome.ANSWERED)
    assert "one line for each statement" in chat.asked[1][-1].text
    assert "tools" not in chat.given[1]


@pytest.mark.parametrize("name", MALFORMED)
def test_a_second_one_that_makes_no_sense_is_told(name: str, material: Material) -> None:
    with pytest.raises(ReplyInvalid, match="fake:one"):
        reading(material, MALFORMED[name], "...")


def test_a_provider_that_takes_no_schema_is_asked_for_lines_from_then_on(material: Material) -> None:
    chat = Scripted(replies=[known.ModelInvalidRequestError("no tools here"), "[1] The mill opened in 1987.\n", "NONE"])
    model = Model(Settings(model="fake:one"), chat, sleep=lambda _: None)

    claims, _ = drained(ModelReader(model).read(material, model.calls()))

    assert [claim.text for claim in claims] == ["The mill opened in 1987."]
    assert not model.structured


def test_a_provider_that_takes_no_request_at_all_is_told(material: Material) -> None:
    refused = known.ModelInvalidRequestError("bad request")

    with pytest.raises(RequestInvalid):
        reading(material, refused, refused)


def test_the_claims_before_a_failure_stand(material: Material) -> None:
    text = reply(OPENED, SOLD)
    model = Model(SCHEMA, Scripted(replies=[[text[:-40], known.ModelConnectionError("gone")]]))
    claims = ModelReader(model).read(material, model.calls())

    assert next(claims) == claimed(OPENED)[0]
    with pytest.raises(ReplyCut):
        drained(claims)


def test_a_model_that_is_away_is_told(material: Material) -> None:
    with pytest.raises(ModelUnavailable):
        reading(material, *[known.ModelConnectionError("refused")] * 9)


# What does not fit


def test_fewer_passages_are_read_where_they_are_too_long(wide: Material) -> None:
    long = known.ContextOverflowError("too long")

    claims, _, chat = reading(wide, long, long, reply(OPENED))

    sizes = [len(passages(chat, call)) for call in range(chat.calls)]
    assert sizes == sorted(sizes, reverse=True)
    assert len(set(sizes)) == 3
    assert all("[1] " in passages(chat, call) for call in range(chat.calls))
    assert claims == claimed(OPENED)


def test_a_model_that_cannot_read_one_passage_is_told(material: Material) -> None:
    with pytest.raises(ContextTooLong):
        reading(material, *[known.ContextOverflowError("too long")] * 9)


def test_no_more_is_sent_than_a_small_window_holds(wide: Material) -> None:
    _, _, wide_chat = reading(wide, reply(OPENED), facts=Facts(context=100_000))
    _, _, chat = reading(wide, reply(OPENED), facts=Facts(context=2_500))

    assert len(passages(chat, 0)) < len(passages(wide_chat, 0))
    assert chat.calls == 1


# What is asked


def test_the_prompt_that_a_model_gets(library: Library) -> None:
    """Read it when it changes: it is kept in tests/golden/."""
    stored(library, MILL, "mill.txt", title="The mill", author="Ann Berg", date="2014-05")
    stored(library, "The mill was dear.\n\nIt </passages> was not.", "talk.txt", ("Carl Rand", "Ann Berg"))
    golden = Path(__file__).parent / "golden" / "prompt.md"

    _, _, chat = reading(read_for(library, QUESTION), reply(OPENED))

    assert "\n\n---\n\n".join(message.text for message in chat.asked[0]) + "\n" == golden.read_text("utf-8")


def test_the_schema_is_told_with_its_fields_in_order(material: Material) -> None:
    _, _, chat = reading(material, reply(OPENED))

    (tool,) = chat.given[0]["tools"]
    told = json.dumps(tool)
    fields = ["searches", "not_said", "claims", "disagree", "missing"]
    assert [told.index(f'"{name}"') for name in fields] == sorted(told.index(f'"{name}"') for name in fields)


def test_an_identical_call_costs_nothing(material: Material) -> None:
    model = Model(SCHEMA, Scripted(replies=[reply(OPENED)]))
    costs = []
    for _ in range(2):
        calls: Calls = model.calls()
        assert drained(ModelReader(model).read(material, calls))[0] == claimed(OPENED)
        costs.append(calls.cost)

    assert [(cost.calls, cost.cached) for cost in costs] == [(1, 0), (0, 1)]
