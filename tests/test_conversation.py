from __future__ import annotations

import pytest

from assistant.dialogue.conversation import standalone
from assistant.types import Role, Turn

LIST = "Make something, make words, share words, attract, attune, educate, close."
BULLETS = "- Find a niche.\n- Say one thing.\n- Say it again."
NUMBERED = "1. Find a niche. 2. Say one thing. 3. Say it again."


def turns(*contents: str) -> list[Turn]:
    """Question and answer in turn."""
    return [Turn(Role.ASSISTANT if place % 2 else Role.USER, content) for place, content in enumerate(contents)]


@pytest.mark.parametrize(
    ("question", "told", "meant"),
    [
        ("What does the fifth one mean?", LIST, "What does attune mean?"),
        ("What does the 1st mean?", LIST, "What does Make something mean?"),
        ("And the last?", LIST, "And close?"),
        ("What about number 2?", LIST, "What about make words?"),
        ("What about the third point?", BULLETS, "What about Say it again.?"),
        ("What about the former?", BULLETS, "What about Find a niche.?"),
        ("What does the second one mean?", NUMBERED, "What does Say one thing mean?"),
    ],
)
def test_a_place_in_the_list_that_was_given_becomes_the_thing_that_stands_there(
    question: str, told: str, meant: str
) -> None:
    assert standalone(question, turns("List the processes.", told)) == meant


@pytest.mark.parametrize(
    "question", ["What is the first rule of pricing for new products?", "What happened in the second quarter of 2019?"]
)
def test_an_ordinal_with_a_thing_of_its_own_is_no_place_in_the_list(question: str) -> None:
    assert standalone(question, turns("List the processes.", LIST)) == question


@pytest.mark.parametrize(
    ("question", "asked", "meant"),
    [
        ("What example does he give?", "Who is Stephen Newton?", "What example does Stephen Newton give?"),
        ("What is her view on price?", "What did Jane Doe say?", "What is Jane Doe's view on price?"),
        ("Why did they fire her?", "What did Jane Doe say?", "Why did they fire Jane Doe?"),
        ("Where is its largest factory?", "How fast does Shein design?", "Where is Shein's largest factory?"),
        ("And how many shops does it run?", "How fast does Shein design?", "And how many shops does Shein run?"),
    ],
)
def test_a_pronoun_becomes_the_name_in_the_question_before(question: str, asked: str, meant: str) -> None:
    assert standalone(question, turns(asked, "The documents do not say.")) == meant


def test_a_person_named_only_in_the_answer_is_who_a_pronoun_means() -> None:
    history = turns("Who disagrees with the thread's author?", "It is Stephen Newton who disagrees.")

    assert standalone("What does he sell?", history) == "What does Stephen Newton sell?"


@pytest.mark.parametrize("question", ["When was that?", "Why did they do it?", "Is it still so?", "What else?", "Why?"])
def test_a_question_that_refers_to_the_whole_of_the_one_before_gets_its_words(question: str) -> None:
    meant = standalone(question, turns("When did the bakery raise prices in Kent and Essex?", "In May."))

    assert meant.startswith(question)
    assert all(word in meant for word in ("bakery", "raise", "prices", "Kent", "Essex"))


def test_a_new_number_takes_the_place_of_the_old_one() -> None:
    meant = standalone("And in 1915?", turns("How many cars did Ford sell in 1914?", "250,000."))

    assert "1915" in meant
    assert "Ford" in meant
    assert "1914" not in meant


def test_a_follow_up_of_a_follow_up_still_knows_what_it_is_about() -> None:
    history = turns("How many cars did Ford sell in 1913?", "168,000.", "And in 1914?", "250,000.")

    meant = standalone("And in 1915?", history)

    assert all(word in meant for word in ("1915", "cars", "Ford", "sell"))


@pytest.mark.parametrize(
    "question",
    [
        "How do teams measure the value of a brand?",
        "Who was Henry Ford?",
        "How do companies price a product when it is new?",
        "How can a brand keep its promise to buyers?",
        "What share of buyers say that they trust brands?",
        "What is the price that is paid for lost trust?",
    ],
)
def test_a_question_that_stands_alone_is_left_as_it_is(question: str) -> None:
    assert standalone(question, turns("Why did Shein grow?", "It uploads 1000 items a day.")) == question


@pytest.mark.parametrize(
    "question",
    [
        "What do these documents argue?",
        "And what do the documents say?",
        "Summarise the documents.",
        "Give an overview.",
    ],
)
def test_a_question_about_all_the_documents_stands_alone(question: str) -> None:
    assert standalone(question, turns("How many items does Shein upload daily?", "1000.")) == question


def test_the_main_points_of_something_are_not_those_of_all_the_documents() -> None:
    meant = standalone("What are its main points?", turns("Where is the pricing policy?", "In the handbook."))

    assert "pricing policy" in meant


@pytest.mark.parametrize("question", ["Why?", "What does he mean?", "What about the second one?"])
def test_with_nothing_said_before_there_is_nothing_to_put_in(question: str) -> None:
    assert standalone(question, []) == standalone(question, turns("")) == question


WHO = ("Who disagrees with the thread's author?", "Stephen Newton: “Businesses already talk to their customers.”")
STATED = "- Ann Lee: “Outreach is dead.”\n- Bob Ray: “Calls still work.”"


@pytest.mark.parametrize(
    ("question", "meant"),
    [
        ("What is his company called?", "What is Stephen Newton's company called?"),
        ("What does that person sell?", "What does Stephen Newton sell?"),
        ("Where did this commenter work?", "Where did Stephen Newton work?"),
    ],
)
def test_a_speaker_with_whom_an_answer_opens_is_who_is_meant(question: str, meant: str) -> None:
    assert standalone(question, turns(*WHO)) == meant


@pytest.mark.parametrize(
    ("question", "told", "meant"),
    [
        ("What does that company sell?", "Most are made by Shein, an online shop.", "What does Shein sell?"),
        ("Who wrote that document?", "It is told in “Pricing at Work”, on page 2.", "Who wrote Pricing at Work?"),
        ("What is her company called?", "Northwind Ltd was founded by Jane Doe.", "What is Jane Doe's company called?"),
    ],
)
def test_a_thing_is_what_the_answer_names_of_its_kind(question: str, told: str, meant: str) -> None:
    assert standalone(question, turns("Where are most sales made?", told)) == meant


def test_a_short_name_is_put_in_as_it_was_said_in_full() -> None:
    history = turns("Who is Stephen Newton?", "A commenter.", "What does Newton argue?", "That firms talk.")

    assert standalone("Where does he work?", history) == "Where does Stephen Newton work?"


def test_the_person_goes_on_being_meant_when_an_answer_names_another() -> None:
    history = turns("What does Jane Doe say about price?", "She quotes Bob Ray and agrees with him.")

    assert standalone("Where does she work?", history) == "Where does Jane Doe work?"


@pytest.mark.parametrize(
    ("question", "meant"),
    [
        ("Where does the second one come from?", "Where does Bob Ray's “Calls still work” come from?"),
        ("What does the second person sell?", "What does Bob Ray sell?"),
        ("What about the first?", "What about Ann Lee's “Outreach is dead”?"),
    ],
)
def test_of_several_statements_the_place_is_one_with_its_speaker(question: str, meant: str) -> None:
    assert standalone(question, turns("What do they say about outreach?", STATED)) == meant


def test_a_long_statement_is_put_in_as_a_quote() -> None:
    long = "- Calls still work if the list is good and somebody has read it.\n- Letters do not."

    meant = standalone("Who says the first one?", turns("What works?", long))

    assert meant == "Who says “Calls still work if the list is good and somebody has read it”?"


def test_the_other_one_of_two_is_the_one_not_asked_about_before() -> None:
    history = turns(
        "Which offices are there?",
        "There are two: the Lisbon office and the Porto office.",
        "How big is the Lisbon office?",
        "It has 40 desks.",
    )

    assert standalone("And the other one?", history) == "And the Porto office?"


def test_two_who_are_named_have_places_too() -> None:
    history = turns("Who wrote it?", "It was written by Ann Lee and Bob Ray.")

    assert standalone("Where does the second one work?", history) == "Where does Bob Ray work?"


@pytest.mark.parametrize(
    ("question", "asked", "meant"),
    [
        ("And in 2019?", "How many cars did Ford sell in 2018?", "How many cars did Ford sell in 2019?"),
        ("And in 2019?", "How many cars did Ford sell?", "How many cars did Ford sell in 2019?"),
        ("What about 2019?", "How many cars did Ford sell in 2018?", "How many cars did Ford sell in 2019?"),
        ("What about Zara?", "How many shops does Shein run?", "How many shops does Zara run?"),
    ],
)
def test_a_year_or_a_name_alone_asks_the_question_before_of_it(question: str, asked: str, meant: str) -> None:
    assert standalone(question, turns(asked, "Many.")) == meant


@pytest.mark.parametrize(
    ("question", "asked", "meant"),
    [
        ("Why?", "Did the bakery raise prices?", "Why? (bakery raise prices)"),
        ("And for newsletters?", "Which rate is good for mail?", "And for newsletters? (rate is good for mail)"),
        (
            "Does he think so too?",
            "Does Ann Lee think outreach is dead?",
            "Does Ann Lee think so too? (outreach is dead)",
        ),
        ("Summarise that.", "Did the bakery raise prices?", "Summarise that. (bakery raise prices)"),
    ],
)
def test_what_was_asked_is_added_in_its_own_words(question: str, asked: str, meant: str) -> None:
    assert standalone(question, turns(asked, "Yes.")) == meant


@pytest.mark.parametrize(
    ("question", "meant"),
    [
        ("What should that policy say?", "What should the 2023 policy say?"),
        ("Does it say that policy matters?", "Does it say that policy matters? (manager grant under the 2023 policy)"),
    ],
)
def test_that_thing_is_called_as_it_was_called_before(question: str, meant: str) -> None:
    assert standalone(question, turns("What may a manager grant under the 2023 policy?", "15%.")) == meant


def test_what_it_is_about_lasts_as_long_as_it_is_meant() -> None:
    history = turns("Tell me about the loyalty scheme.", "It began in May.", "What does it cost?", "£4 a head.")

    assert standalone("And who runs it?", history) == "And who runs the loyalty scheme?"


@pytest.mark.parametrize("question", ["Thanks!", "Great, thank you very much.", "ok", "Thanks, that helps.", "Hello"])
def test_a_courtesy_asks_nothing(question: str) -> None:
    assert standalone(question, turns(*WHO)) == question


@pytest.mark.parametrize(
    "question",
    [
        "When a buyer is in doubt and a price is shown, does it help?",
        "Is it wise to cut prices in a bad quarter?",
        "What is a niche?",
    ],
)
def test_a_pronoun_that_needs_nothing_from_before_gets_nothing(question: str) -> None:
    assert standalone(question, turns("Why did Shein grow?", "It uploads 1000 items a day.")) == question


def test_a_word_that_tells_which_thing_is_meant_and_a_place_are_no_company() -> None:
    history = turns("How did Lumen Works enter the German market?", "It hired resellers in Munich.")

    assert standalone("What does that company make?", history) == "What does Lumen Works make?"


@pytest.mark.parametrize(("question", "meant"), [("the former", "Blue Lantern"), ("the latter", "Kestrel Media")])
def test_the_former_and_the_latter_are_places_wherever_they_stand(question: str, meant: str) -> None:
    history = turns("Which agencies did we hire?", "There were two: Blue Lantern and Kestrel Media.")

    assert standalone(f"Is {question} still under contract?", history) == f"Is {meant} still under contract?"


@pytest.mark.usefixtures("ending")
@pytest.mark.parametrize("text", [" " * 4000, "\n" * 4000, "A." * 2000, "- A\n" * 1000, "“A " * 1300, "x (y) " * 600])
def test_text_made_to_be_slow_is_read_to_its_end(text: str) -> None:
    standalone("Does he think that red one too?", turns(*[text] * 6))
    standalone(text, turns("What did Ann Lee say?", text * 3))


@pytest.mark.parametrize(
    ("question", "asked", "meant"),
    [
        ("Who wrote it?", "What does the refund policy say about digital goods?", "Who wrote the refund policy?"),
        ("And when was it published?", "Who wrote the refund policy?", "And when was the refund policy published?"),
        ("Who is the author of this?", "When was “Of mills” written?", "Who is the author of “Of mills”?"),
        (
            "What does it say about meetings?",
            "Who wrote “Why we stopped cold calling”?",
            "What does “Why we stopped cold calling” say about meetings?",
        ),
    ],
)
def test_what_was_written_or_says_something_is_the_document_that_was_asked(
    question: str, asked: str, meant: str
) -> None:
    """And not what it was asked about, as else."""
    assert standalone(question, turns(asked, "Nothing.")) == meant
