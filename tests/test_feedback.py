"""Suites drafted from what users called wrong, over a real library."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from assistant import wire
from assistant.dialogue.conversation import spoken
from assistant.errors import CaseError
from assistant.library.library import Library, Opinion
from assistant.types import About, Answer, Citation, Grounding, Searched, Span, Statement, Support
from eval.drafting.feedback import cases_of, proposed
from eval.suite.cases import Case, EarlierTurn, Gold, parse

HOSTILE = (
    "end\"\n  - id: mine\n    refuse: true # \r\u2028\x85 {a: [b}] '\\\t\0 😀 ---\n...\n&a *a !!python/object:os.system"
)


def cite(source: str, quote: str) -> Citation:
    return Citation(About(source[:8], source, "0" * 64, "text/plain", "A title"), 5, 5 + len(quote), quote)


def answered(question: str, *citations: Citation, standalone: str | None = None) -> Answer:
    statements = tuple(Statement(f"So: {one.quote}", (one,), Support.VERBATIM) for one in citations)
    return Answer(question, standalone or question, statements, Grounding.GROUNDED, "", Searched(2, 2))


def refused(question: str, *nearest: Citation) -> Answer:
    return Answer(question, question, (), Grounding.REFUSED, "Nobody is named.", Searched(2, 2), nearest=nearest)


def keep(library: Library, *answers: Answer) -> str:
    conversation = library.conversations.begin()
    for answer in answers:
        library.conversations.add_turn(conversation, json.dumps(wire.answer(answer)))
    return conversation


def drafted(library: Library) -> str:
    text = cases_of(library)
    assert text is not None
    return text


def offered(text: str, key: str) -> list[str]:
    """The draft with one of the lines of this key taken out of its comment, for each of them in turn."""
    places = [match.start() for match in re.finditer(rf"(?<=^    )# (?={key}:)", text, re.M)]
    return [text[:place] + text[place + 2 :] for place in places]


TREES = cite("orchard.txt", "The orchard has ninety pear trees.")
PLANTED = cite("orchard.txt", "They were planted in 1931.")


def test_without_anything_called_wrong_there_is_no_draft(library: Library) -> None:
    conversation = keep(library, answered("How many trees?", TREES))
    assert cases_of(library) is None

    library.conversations.give_feedback(conversation, 1, Opinion.GOOD)
    library.conversations.give_feedback(conversation, 1, Opinion.GOOD, citation=1)

    assert cases_of(library) is None


def test_a_draft_says_what_was_asked_answered_and_called_wrong(library: Library) -> None:
    conversation = keep(library, answered("How many trees?", TREES, PLANTED))
    library.conversations.give_feedback(conversation, 1, Opinion.BAD, note="A year is no number of trees.")
    library.conversations.give_feedback(conversation, 1, Opinion.WRONG_EVIDENCE, citation=2)

    _, case = drafted(library).split("cases:\n")

    place, when = r"feedback-[0-9a-f]{8}", r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00"
    assert re.sub(place, "ID", re.sub(when, "WHEN", case)) == (
        """\
  - id: ID
    question: "How many trees?"
    tags: [from-feedback]
    why: "A year is no number of trees."
    # Answered: "So: The orchard has ninety pear trees."
    # Answered: "So: They were planted in 1931."
    # [1] "orchard.txt": "The orchard has ninety pear trees."
    # [2] "orchard.txt", called WRONG EVIDENCE: "They were planted in 1931."
    # Said of the answer, "WHEN": bad, "A year is no number of trees."
    # Said of citation 2, "WHEN": wrong evidence
    # TO DO: what is right? Words that the answer must have, the evidence (one list for several), or a refusal:
    # answer: ["TO DO"]
    # evidence: [{source: "orchard.txt", quote: "The orchard has ninety pear trees."}]
    # refuse: true
"""
    )


def test_what_was_called_good_is_a_case_and_what_was_called_wrong_a_draft_of_one(library: Library) -> None:
    when = answered("And when?", PLANTED, TREES, standalone="When were the trees planted?")
    conversation = keep(library, answered("How many trees?", TREES), when, refused("Who?"), answered("Is it?", TREES))
    for turn in (1, 3):
        library.conversations.give_feedback(conversation, turn, Opinion.GOOD)
    library.conversations.give_feedback(conversation, 2, Opinion.BAD, note="The month was asked for.")
    library.conversations.give_feedback(conversation, 2, Opinion.WRONG_EVIDENCE, citation=2)

    cases = [one.model_dump(mode="json", exclude_defaults=True, exclude={"id", "tags"}) for one in proposed(library)]

    trees, planted = ({"source": one.about.source, "quote": one.quote} for one in (TREES, PLANTED))
    history = [
        {"role": turn.role.value, "content": turn.content} for turn in spoken([answered("How many trees?", TREES)])
    ]
    assert cases == [
        {"question": "How many trees?", "evidence": [trees]},
        {
            "question": "And when?", "history": history, "evidence": [planted], "severity": "draft",
            "why": "The month was asked for.",
        },
        {"question": "Who?", "refuse": True},
    ]  # fmt: skip


def test_a_draft_is_no_suite_until_somebody_says_what_is_right(library: Library) -> None:
    first = keep(library, answered("How many trees?", TREES), answered("And when?", PLANTED))
    second = keep(library, refused("Who?", TREES))
    for conversation, turn in ((first, 1), (second, 1)):
        library.conversations.give_feedback(conversation, turn, Opinion.BAD)
    ids = re.findall(r"- id: (\S+)", drafted(library))

    with pytest.raises(CaseError) as told:
        parse(drafted(library), "draft.yaml")

    faults = str(told.value).splitlines()
    assert [fault.split(": ")[1] for fault in faults] == ids
    assert all("needs evidence, an answer or refuse: true" in fault for fault in faults)


def test_any_line_that_is_offered_makes_it_a_suite(library: Library) -> None:
    conversation = keep(library, answered("How many trees?", TREES, PLANTED))
    library.conversations.give_feedback(conversation, 1, Opinion.BAD, note="Old.")
    text = drafted(library)

    def filled(key: str) -> list[Case]:
        return [case for one in offered(text, key) for case in parse(one, "draft.yaml").file.cases]

    (id,) = re.findall(r"- id: (\S+)", text)
    known = {"id": id, "question": "How many trees?", "tags": ("from-feedback",), "why": "Old."}
    assert filled("refuse") == [Case(**known, refuse=True)]
    assert filled("answer") == [Case(**known, answer=("TO DO",))]
    assert filled("evidence") == [
        Case(**known, evidence=(Gold(source=one.about.source, quote=one.quote),)) for one in (TREES, PLANTED)
    ]


def test_evidence_called_wrong_is_not_offered_and_needs_no_thumb(library: Library) -> None:
    conversation = keep(library, answered("How many trees?", TREES, PLANTED, TREES))
    library.conversations.give_feedback(conversation, 1, Opinion.GOOD)
    library.conversations.give_feedback(conversation, 1, Opinion.WRONG_EVIDENCE, citation=1)

    (text,) = offered(drafted(library), "evidence")

    (case,) = parse(text, "draft.yaml").file.cases
    assert case.evidence == (Gold(source="orchard.txt", quote=PLANTED.quote),)
    assert case.why is None


def test_the_nearest_passages_of_a_refusal_are_offered(library: Library) -> None:
    library.conversations.give_feedback(keep(library, refused("Who?", TREES)), 1, Opinion.BAD)

    assert "Refused: " in drafted(library)
    assert len(offered(drafted(library), "evidence")) == 1


def test_the_closest_passages_are_told_as_such_and_their_sentences_are_offered(library: Library) -> None:
    near = replace(TREES, key=Span(TREES.start, TREES.start + 11))
    closest = replace(refused("Who?", near), grounding=Grounding.NEAR)
    library.conversations.give_feedback(keep(library, closest), 1, Opinion.BAD)

    text = drafted(library)

    assert '# Closest passages only: "Nobody is named."\n    # [1] closest, "orchard.txt": "The orchard has' in text
    assert '# evidence: [{source: "orchard.txt", quote: "The orchard"}]' in text


def test_a_follow_up_comes_with_what_was_said_before_as_the_page_tells_it(library: Library) -> None:
    before = (answered("How many trees?", TREES, PLANTED), refused("Who?"))
    follow_up = answered("When were they planted?", PLANTED, standalone="When were they planted? (trees)")
    conversation = keep(library, *before, follow_up, answered("Why?"))
    library.conversations.give_feedback(conversation, 3, Opinion.BAD)

    (case,) = parse(offered(drafted(library), "refuse")[0], "draft.yaml").file.cases

    history = tuple(EarlierTurn(role=turn.role, content=turn.content) for turn in spoken(before))
    assert (case.question, case.history) == ("When were they planted?", history)
    assert '# Understood as: "When were they planted? (trees)"' in drafted(library)


def test_a_question_that_referred_to_nothing_has_no_history(library: Library) -> None:
    conversation = keep(library, answered("How many trees?", TREES), answered("Who owns the cellar?", PLANTED))
    library.conversations.give_feedback(conversation, 2, Opinion.BAD)

    assert "history" not in drafted(library)


def test_citations_have_the_numbers_of_the_chat_page(library: Library) -> None:
    for answer in (answered("How many?", PLANTED, TREES, PLANTED), refused("Who?", TREES, PLANTED)):
        library.conversations.give_feedback(keep(library, answer), 1, Opinion.BAD)
        numbers = re.findall(r'# \[(\d)\].*: "(.*)"', drafted(library).rpartition("- id:")[2])

        assert numbers == [(str(number), one.quote) for number, one in enumerate(answer.cited, 1)]


def test_a_case_keeps_its_id_whatever_else_is_said(library: Library) -> None:
    conversation = keep(library, answered("How many trees?", TREES), answered("Who?", PLANTED))
    library.conversations.give_feedback(conversation, 2, Opinion.BAD)
    (id,) = re.findall(r"- id: (\S+)", drafted(library))

    library.conversations.give_feedback(conversation, 1, Opinion.BAD)
    library.conversations.give_feedback(conversation, 2, Opinion.WRONG_EVIDENCE, citation=1)

    assert re.findall(r"- id: (\S+)", drafted(library))[1] == id


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=60)
@given(st.text().map(lambda text: f"x{text}"))
@example(f"x{HOSTILE}")
@example(f"x{'long words ' * 500}")
def test_whatever_was_written_is_a_value_and_nothing_more(library: Library, text: str) -> None:
    """In the draft no text adds a line; and each comes back from YAML as it was, also out of a comment."""
    quote = cite(text, text)
    asked = answered(text, quote, standalone=f"{text}?")
    conversation = keep(library, asked, asked)
    library.conversations.give_feedback(conversation, 2, Opinion.BAD, note=text)
    library.conversations.give_feedback(conversation, 2, Opinion.WRONG_EVIDENCE, citation=7, note=text)

    draft = drafted(library)
    library.conversations.delete(conversation)

    written = yaml.safe_load(draft)["cases"]
    assert [set(case) for case in written] == [{"id", "history", "question", "tags", "why"}]
    (case,) = parse(offered(draft, "evidence")[0], "draft.yaml").file.cases
    assert (case.question, case.history[0].content, case.evidence, case.why) == (
        text,
        text,
        (Gold(source=text, quote=text),),
        f"{text} {text}",
    )
    assert all(re.match(r"  (?:- id:|    - \{|  \w+:|  # )", line) for line in draft.split("cases:\n")[1].splitlines())
