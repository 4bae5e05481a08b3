"""What asks the documents nothing, and what is told to it."""

from __future__ import annotations

import pytest

from assistant.build import Assistant
from assistant.dialogue.asides import IN_OTHER_WORDS, NO_QUESTION, WELCOME, reply
from assistant.dialogue.conversation import spoken
from assistant.library.library import Library
from assistant.types import Answer, Grounding, Role, Searched, Turn
from tests.conftest import make_document, make_new
from tests.fakes import WordEmbedder
from ui.reports import conversation_export, terminal


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("Thanks!", WELCOME),
        ("Great, thank you very much.", WELCOME),
        ("Hello", NO_QUESTION),
        ("ok", NO_QUESTION),
        ("Summarise that", IN_OTHER_WORDS),
        ("Summarize that, please.", IN_OTHER_WORDS),
        ("Can you summarise this in one sentence?", IN_OTHER_WORDS),
        ("Give me a summary of that", IN_OTHER_WORDS),
        ("TL;DR", IN_OTHER_WORDS),
        ("Translate it into German", IN_OTHER_WORDS),
        ("Could you rephrase your last answer?", IN_OTHER_WORDS),
        ("Say that in simpler words", IN_OTHER_WORDS),
        ("Summarise the documents", None),
        ("Summarise what they say about this", None),
        ("What does the summary say?", None),
        ("What is a summary of the results of this year?", None),
        ("Thanks! And what does it cost?", None),
        ("Why?", None),
    ],
)
def test_thanks_and_a_wish_for_other_words_are_told_from_questions(said: str, told: str | None) -> None:
    assert reply(said, model=False) == told


def test_a_model_can_put_things_into_other_words() -> None:
    assert reply("Summarise that", model=True) is None
    assert reply("Thanks!", model=True) == WELCOME


@pytest.mark.parametrize("said", ["Thanks!", "Summarise that"])
def test_an_aside_is_no_refusal_and_the_next_question_refers_to_what_was_asked(
    library: Library, embedder: WordEmbedder, said: str
) -> None:
    aside = Assistant(library, embedder).ask(said)

    assert (aside.grounding, aside.refused, aside.cited) == (Grounding.ASIDE, False, ())
    assert spoken([aside]) == []
    assert "do not say" not in terminal.answer(aside)
    assert [line.text for line in conversation_export.lines(aside)] == [aside.reason]


def told_before(answer: Answer) -> list[Turn]:
    return [Turn(Role.USER, answer.question), *(Turn(Role.ASSISTANT, one.text) for one in answer.statements)]


def test_what_was_told_before_is_told_once_more_at_most_and_not_as_more(
    library: Library, embedder: WordEmbedder
) -> None:
    texts = ("The orchard has ninety pear trees.", "Ninety pear trees stand in the orchard by the river.")
    with library.writing() as writer:
        writer.put([make_new(make_document(text, f"{number}.txt"), embedder) for number, text in enumerate(texts)])
    assistant = Assistant(library, embedder)
    first = assistant.ask("How many pear trees has the orchard?")
    assert len(first.statements) == 2

    again = assistant.ask("How many pear trees has the orchard?", told_before(first))
    more = assistant.ask("Is there anything more about ninety pear trees in the orchard?", told_before(first))

    assert again.statements == first.statements[:1]
    assert again.notices == ("These words stand above already.",)
    assert (more.grounding, more.statements, more.nearest) == (Grounding.REFUSED, (), ())
    assert more.searched == Searched(2, 2)
    assert "more on this than stands above" in more.reason
