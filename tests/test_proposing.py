"""What a model proposes that an idea rests on: tied to its words, nothing strange, with searches for it and against."""

import json
from collections.abc import Sequence
from typing import Any

import pytest

from assistant.model.chat import Model
from assistant.pressure.assumptions import PROPOSED, Assumed, of_words
from assistant.pressure.proposing import MOST, OF_A_SEARCH, SEARCHES, WEIGHT, ProposedAssumptions, fault, proposed, tied
from assistant.settings import Settings
from assistant.types import Rejected
from tests.fakes import FakeChat

IDEA = "We should hire ten more callers to reach new accounts, because calls reach accounts."
WHOLE = of_words(IDEA)[0]
QUESTION = "Who says so?"


def asked(*proposals: dict[str, Any], chat: FakeChat | None = None, **whole: Sequence[str]) -> ProposedAssumptions:
    chat = chat or FakeChat(replies=[json.dumps({**whole, "assumptions": proposals})])
    model = Model(Settings(model="fake:one", model_reply="schema"), chat)
    return proposed(IDEA, WHOLE, [QUESTION], model.calls())


def proposal(assumption: str, words: str = "new accounts", **more: Any) -> dict[str, Any]:
    return {"words": words, "assumption": assumption, **more}


TRUE = "There are new accounts that callers can reach."


def test_the_model_is_given_the_idea_and_the_questions_of_strategists() -> None:
    chat = FakeChat(replies=[json.dumps({"assumptions": []})])

    assert asked(chat=chat) == ProposedAssumptions([WHOLE], ())
    assert IDEA in chat.asked[0][-1].text
    assert f"- {QUESTION}" in chat.asked[0][-1].text


def test_a_proposal_is_tied_to_words_of_the_idea_as_they_stand_there() -> None:
    settle = "Call ten of the accounts."
    made = asked(proposal(TRUE, "New  Accounts", question="Which accounts?", settle=settle, importance="decisive"))

    assert made.assumed[1:] == [
        Assumed(TRUE, PROPOSED, 0.9, False, "new accounts", "Which accounts?", settle, (), "model")
    ]
    assert made.dropped == ()


@pytest.mark.parametrize(
    ("proposal", "why"),
    [
        (proposal(TRUE, "old accounts"), "it is tied to no words of the idea"),
        (proposal(TRUE, ""), "it is tied to no words of the idea"),
        (proposal(TRUE, "to"), "it is tied to no words of the idea"),
        (proposal("At least 300 new accounts can be reached by callers."), "its figure “300” is not in the idea"),
        (proposal("New accounts at Siemens can be reached by callers."), "its name “Siemens” is not in the idea"),
        (
            proposal("Callers reach new accounts by www.example.org first."),
            "its address “www.example.org” is not in the idea",
        ),
        (proposal("Do callers reach new accounts?"), "it claims nothing"),
        (proposal("The ruling is that the idea to reach new accounts holds."), "it rules on the idea"),
        (proposal(" ".join(["callers reach accounts"] * 20)), "it is longer than 40 words"),
    ],
)
def test_what_cannot_be_assumed_of_the_idea_is_dropped_with_its_reason(proposal: dict[str, Any], why: str) -> None:
    made = asked(proposal)

    assert made.assumed == [WHOLE]
    assert made.dropped == (Rejected(proposal["assumption"], why),)


def test_what_is_proposed_twice_is_tested_once() -> None:
    made = asked(proposal(TRUE), proposal(f" {TRUE.replace(' ', '  ')}\n", "accounts"))

    assert [each.text for each in made.assumed[1:]] == [TRUE]
    assert made.dropped == ()


def test_no_more_are_tested_than_a_reader_can_follow() -> None:
    words = "alpha beta gamma delta kappa omega sigma theta zeta".split()
    made = asked(*(proposal(f"The callers and {word} accounts are reached.") for word in words))

    assert [each.text.split()[3] for each in made.assumed[1:]] == words[:MOST]


@pytest.mark.parametrize("grade", WEIGHT)
def test_a_word_says_how_much_hangs_on_it_and_of_the_idea_itself_nothing_is_asked(grade: str) -> None:
    whole, made = asked(proposal(TRUE, importance=grade)).assumed

    assert (made.importance, made.importance_by) == (WEIGHT[grade], "model")
    assert (whole.importance, whole.importance_by) == (1.0, "lens")


def test_searches_for_and_against_take_turns_and_none_is_put_twice() -> None:
    given = {"searches_for": ["calls work", "new  accounts"], "searches_against": ["calls fail", "calls work", "cost"]}
    whole, made = asked(proposal(TRUE, **given), **given).assumed

    assert whole.searches == made.searches == ("calls work", "calls fail", "new accounts", "cost")


def test_searches_are_few_short_and_have_words_that_can_be_found() -> None:
    many = [f"calls {number}" for number in range(3 * SEARCHES)]
    long = " ".join(["calls"] * 2 * OF_A_SEARCH)

    (whole,) = asked(searches_for=["of the", long, *many], searches_against=many).assumed

    assert len(whole.searches) <= 2 * SEARCHES
    assert "of the" not in whole.searches
    assert max(len(search.split()) for search in whole.searches) == OF_A_SEARCH


def test_a_question_or_a_way_to_settle_it_that_brings_in_a_name_is_left_out() -> None:
    (_, made) = asked(proposal(TRUE, question="Does Siemens buy?", settle="Ask Siemens.")).assumed

    assert made.question == ""
    assert made.settle == ""


def test_words_are_found_whatever_their_case_and_space_and_nothing_else() -> None:
    assert tied("NEW\naccounts", IDEA) == "new accounts"
    assert tied("accounts new", IDEA) is None
    assert tied("the of", "the of") is None


def test_a_plain_claim_has_no_fault() -> None:
    assert fault(TRUE, IDEA) is None
