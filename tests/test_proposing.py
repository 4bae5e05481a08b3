"""What a model proposes that an idea rests on: tied to its words, nothing strange, and not what is assumed already."""

import json
from collections.abc import Sequence
from typing import Any

import pytest

from assistant.assumptions import PROPOSED, Assumed, of_words
from assistant.model import Model
from assistant.proposing import MOST, Proposed, fault, proposed, tied
from assistant.settings import Settings
from assistant.types import Rejected
from tests.fakes import FakeChat, WordEmbedder

IDEA = "We should hire ten more callers to reach new accounts, because calls reach accounts."
KNOWN = of_words(IDEA)


def asked(*proposals: dict[str, Any], weights: Sequence[tuple[int, str]] = ()) -> Proposed:
    given = [{"number": number, "importance": grade} for number, grade in weights]
    chat = FakeChat(replies=[json.dumps({"assumptions": proposals, "weights": given})])
    model = Model(Settings(model="fake:one", model_reply="schema"), chat)
    return proposed(IDEA, KNOWN, model.calls(), WordEmbedder())


def one(assumption: str, words: str = "new accounts", **more: str) -> dict[str, Any]:
    return {"words": words, "assumption": assumption, **more}


TRUE = "There are new accounts that callers can reach."


def test_a_proposal_is_tied_to_words_of_the_idea_as_they_stand_there() -> None:
    made = asked(one(TRUE, "New  Accounts", question="Which accounts?", settle="Call ten.", importance="decisive"))

    assert made.assumed[len(KNOWN) :] == [
        Assumed(TRUE, PROPOSED, 0.9, False, "new accounts", "Which accounts?", made.assumed[-1].settle, (), "model")
    ]
    assert made.dropped == ()


@pytest.mark.parametrize(
    ("proposal", "why"),
    [
        (one(TRUE, "old accounts"), "it is tied to no words of the idea"),
        (one(TRUE, ""), "it is tied to no words of the idea"),
        (one(TRUE, "to"), "it is tied to no words of the idea"),
        (one("At least 300 new accounts can be reached by callers."), "its figure “300” is not in the idea"),
        (one("New accounts at Siemens can be reached by callers."), "its name “Siemens” is not in the idea"),
        (
            one("Callers reach new accounts by www.example.org first."),
            "its address “www.example.org” is not in the idea",
        ),
        (one("Do callers reach new accounts?"), "it claims nothing"),
        (one("The ruling is that the idea to reach new accounts holds."), "it rules on the idea"),
        (one("Umbrellas dry slowly during wet winters."), "it is about something else"),
        (one(" ".join(["callers reach accounts"] * 20)), "it is longer than 40 words"),
    ],
)
def test_what_cannot_be_assumed_of_the_idea_is_dropped_with_its_reason(proposal: dict[str, Any], why: str) -> None:
    made = asked(proposal)

    assert made.assumed == KNOWN
    assert made.dropped == (Rejected(proposal["assumption"], why),)


def test_what_is_assumed_already_is_folded() -> None:
    made = asked(one("Calls reach accounts."), one(TRUE), one("There are new accounts which callers can reach."))

    assert [each.text for each in made.assumed[len(KNOWN) :]] == [TRUE]
    assert made.dropped == ()


def test_no_more_are_tested_than_a_reader_can_follow() -> None:
    words = ("alpha", "beta", "gamma", "delta", "kappa", "omega", "sigma", "theta", "zeta")
    made = asked(*(one(f"The callers and {word}{word} {word} accounts {word}ing reach.") for word in words))

    assert len(made.assumed) <= len(KNOWN) + MOST


def test_the_model_weighs_what_is_assumed_but_not_the_idea_itself() -> None:
    made = asked(weights=[(1, "minor"), (2, "decisive"), (3, "minor"), (99, "minor")])

    given = {number: (each.importance, each.importance_by) for number, each in enumerate(made.assumed, 1)}
    assert given[1] == (1.0, "lens")
    assert given[2] == (0.9, "model")


def test_one_weight_for_all_weighs_nothing() -> None:
    assert asked(weights=[(number, "minor") for number in range(1, 9)]).assumed == KNOWN


def test_a_question_or_a_way_to_settle_it_that_brings_in_a_name_is_left_out() -> None:
    (made,) = asked(one(TRUE, question="Does Siemens buy?", settle="Ask Siemens.")).assumed[len(KNOWN) :]

    assert made.question == ""
    assert "Siemens" not in made.settle
    assert made.settle


def test_words_are_found_whatever_their_case_and_space_and_nothing_else() -> None:
    assert tied("NEW\naccounts", IDEA) == "new accounts"
    assert tied("accounts new", IDEA) is None
    assert tied("the of", "the of") is None


def test_a_plain_claim_has_no_fault() -> None:
    assert fault(TRUE, IDEA) is None
