"""Which sentences seem to answer, on judgements made by hand; "alike" is what has the same words."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import pytest

from assistant.evidence.choice import BESIDE, LONGEST_LIST, LOOKED_AT, OF_ONE_VOICE, Chosen, best, listed
from assistant.search.question import read
from assistant.types import Passage
from tests.conftest import judged, make_marked

ONE = read("How does a loyalty card work?")
SEVERAL_THINGS = read("What are the rules of a stall?")
WHETHER = read("Should a shop discount?")
STALL = make_marked(
    "# Stalls\nA stall needs three things:\n- a table\n- a licence. The hall gives it.\n- change\nIt rains."
)


def texts(found: Sequence[Chosen]) -> list[str]:
    return [passage.text[sentence.start - passage.start : sentence.end - passage.start] for passage, sentence in found]


def chosen(question_text: str, *passages: tuple[Passage, Sequence[float]]) -> list[str]:
    """The texts of the list that answers, else of the sentences that seem to, the best first; the passages are all
    that their documents hold. A sentence without a score is no candidate."""

    def passages_of(document: str) -> list[Passage]:
        return [passage for passage, _ in passages if passage.about.id == document]

    question, scored = read(question_text), judged(*passages)
    items = listed(question, scored, passages_of)
    found = best(question, scored)
    return texts(items if items is not None else [one for one, score in found if score > -99.0])


def after(page: Passage, text: str, speaker: str | None = None) -> Passage:
    """The passage that follows ``page`` in its document."""
    start = page.end + 2
    next_ = make_marked(text, page.about.source, speaker)
    sentences = tuple(s._replace(start=s.start + start, end=s.end + start) for s in next_.sentences)
    return dataclasses.replace(next_, start=start, end=start + next_.end, about=page.about, sentences=sentences)


def test_the_best_come_first_with_their_scores() -> None:
    page = make_marked("Cards are stamped. Ten stamps are a loaf. Rain is wet.")

    found = best(ONE, judged((page, (1.0, 3.0, -2.0))))

    assert texts([one for one, _ in found]) == ["Ten stamps are a loaf.", "Cards are stamped.", "Rain is wet."]
    assert [score for _, score in found] == [3.0, 1.0, -2.0]


def test_an_older_version_says_beside_the_newest_only_what_had_other_figures() -> None:
    old = make_marked("Cards are stamped by hand. A loaf of rye takes 10 stamps on a card.", "old.txt")
    new = make_marked("Cards are stamped by us. A loaf of rye takes 12 stamps on a card.", "new.txt")
    superseded = {old.about.id: new.about.id}

    def best_texts(*passages: tuple[Passage, Sequence[float]]) -> list[str]:
        return texts([one for one, _ in best(ONE, judged(*passages), superseded)])

    both = best_texts((old, (3.0, 0.1)), (new, (2.0, 1.0)))
    alone = best_texts((old, (3.0, 0.1)))

    assert set(both) == {*texts_of(new), *texts_of(old)[1:]}
    assert alone == texts_of(old)


def test_of_a_sentence_and_its_revision_the_later_comes_first() -> None:
    old, new = (make_marked(f"A loaf of rye takes {n} stamps on a card.", f"{n}.txt") for n in (10, 12))
    old, new = (
        dataclasses.replace(page, about=dataclasses.replace(page.about, date=date))
        for page, date in ((old, "2023-01"), (new, "2025-02-03"))
    )

    for first, second in (((old, (3.0,)), (new, (1.0,))), ((new, (3.0,)), (old, (1.0,)))):
        assert texts([one for one, _ in best(ONE, judged(first, second))]) == [*texts_of(new), *texts_of(old)]


def texts_of(page: Passage) -> list[str]:
    return texts([(page, sentence) for sentence in page.sentences])


def test_a_passage_that_is_far_less_likely_than_the_best_is_not_shown_beside_it() -> None:
    pages = [make_marked(text, f"{text[:4]}.txt") for text in ("Cards are stamped.", "Ten loaves.", "It has a number.")]
    passages = [(page, (score,)) for page, score in zip(pages, (3.0, 2.0, 1.0), strict=True)]

    shown = best(ONE, judged(*passages, likely=(0.5, BESIDE / 2 + 0.01, BESIDE / 2 - 0.01)))

    assert texts([one for one, _ in shown]) == ["Cards are stamped.", "Ten loaves."]


def test_what_was_said_better_is_not_said_again() -> None:
    page = make_marked("Ten stamps are a loaf. A loaf are ten stamps.")

    assert chosen(ONE.text, (page, (2.0, 1.9))) == ["Ten stamps are a loaf."]


def test_the_same_words_of_two_documents_both_stay() -> None:
    """They are cited together."""
    one, other = (make_marked("Ten stamps are a loaf.", source) for source in ("one.txt", "other.txt"))

    assert chosen(ONE.text, (one, (2.0,)), (other, (1.9,))) == ["Ten stamps are a loaf."] * 2


def test_two_documents_that_differ_in_a_figure_both_stay() -> None:
    """They disagree; within one document, or with one figure in other words, they would only repeat each other."""
    one = make_marked("A full card with all of its 10 stamps buys one loaf of rye bread in our shop.", "one.txt")
    other = make_marked("A full card with all of its 12 stamps buys one loaf of rye bread in our shop.", "other.txt")
    agreeing = make_marked("A full card with its 10 stamps all buys one loaf of rye bread in our shop.", "third.txt")

    assert chosen(ONE.text, (one, (2.0,)), (agreeing, (1.95,)), (other, (1.9,))) == [one.text, other.text]


def test_the_other_version_of_a_sentence_is_told_however_it_ranks() -> None:
    """A revised document contradicts the old one; that it is not among the best does not make it untrue."""
    one = make_marked("A full card with all of its 10 stamps buys one loaf.", "one.txt")
    revised = make_marked("Now a full card with all of its 12 stamps buys one loaf.", "revised.txt")
    repeated = make_marked("Now a full card with its 12 stamps all buys one loaf.", "third.txt")
    others = make_marked(" ".join(f"Rain fell on {n} days of {n}." for n in range(40, 40 + LOOKED_AT)), "other.txt")

    told = chosen(ONE.text, (one, (2.0,)), (others, [1.0] * LOOKED_AT), (revised, (-8.0,)), (repeated, (-8.5,)))

    assert [text for text in told if "card" in text] == [one.text, revised.text]


def test_two_speakers_of_one_thread_who_differ_in_a_figure_both_stay() -> None:
    one = make_marked("A full card with all of its 10 stamps buys one loaf of rye bread in our shop.", speaker="Draper")
    other = after(one, one.text.replace("10", "12"), "Hatter")
    same = after(one, one.text.replace("10", "12"), "Draper")

    assert chosen(ONE.text, (one, (2.0,)), (other, (1.9,))) == [one.text, other.text]
    assert chosen(ONE.text, (one, (2.0,)), (same, (1.9,))) == [one.text]


def test_of_one_voice_only_a_few_sentences_say_whether_something_is_so() -> None:
    """A disputed question is not answered by the longest speech."""
    speech = make_marked("Discounts teach. Reductions fail. Buyers wait. Sales bore.", speaker="Draper")
    reply = after(speech, "Mine filled the shop.", "Hatter")

    told = chosen(WHETHER.text, (speech, (2.0, 1.9, 1.8, 1.7)), (reply, (1.0,)))

    assert told == ["Discounts teach.", "Reductions fail.", "Mine filled the shop."]
    assert len(told) == OF_ONE_VOICE + 1


@pytest.mark.parametrize("line", ["# How cards work", "How do cards work?", "“Do cards work?”", "By the baker"])
def test_a_line_that_tells_nothing_is_no_answer(line: str) -> None:
    page = make_marked(f"{line}\nTen stamps are a loaf.")

    assert chosen(ONE.text, (page, (3.0, 1.0))) == ["Ten stamps are a loaf."]


def test_where_nothing_else_is_there_such_a_line_is_better_than_none() -> None:
    page = make_marked("# How cards work")

    assert chosen(ONE.text, (page, (3.0,))) == ["How cards work"]


def test_a_date_line_answers_when_and_nothing_else() -> None:
    page = make_marked("12 May 2014\nThe mill opened.")

    assert chosen("When did it open?", (page, (3.0, 1.0))) == ["12 May 2014", "The mill opened."]
    assert chosen("How did it open?", (page, (3.0, 1.0))) == ["The mill opened."]


def test_a_message_of_a_chat_needs_no_full_stop() -> None:
    message = make_marked("ten stamps are a loaf", "chat.txt", "Ida")
    page = make_marked("Rain is wet.", "page.txt")

    assert chosen(ONE.text, (message, (2.0,)), (page, (1.0,)))[0] == "ten stamps are a loaf"


def test_an_item_needs_no_full_stop() -> None:
    page = make_marked("- stamps of ink\nRain is wet.")

    assert chosen(ONE.text, (page, (3.0, 1.0))) == ["stamps of ink", "Rain is wet."]


def test_what_a_commenter_quotes_is_not_said_by_them() -> None:
    text = "> Discounts always work.\nThey never do."
    comment, article = make_marked(text, speaker="Draper"), make_marked(text)

    assert chosen(WHETHER.text, (comment, (3.0, 2.9))) == ["They never do."]
    assert chosen(WHETHER.text, (article, (3.0, 2.9))) == ["Discounts always work.", "They never do."]


def test_a_number_that_is_asked_for_is_in_the_answer() -> None:
    page = make_marked("The mill had many looms. The mill had 4 looms.")

    assert chosen("How many looms did it have?", (page, (3.0, 2.0))) == ["The mill had 4 looms."]


def test_without_any_number_the_best_sentence_is_kept() -> None:
    page = make_marked("The mill had many looms. Rain is wet.")

    assert chosen("How many looms did it have?", (page, (3.0, 2.0)))[0] == "The mill had many looms."


@pytest.mark.parametrize("question", ["How does a stall work?", "What are the rules of a stall?"])
def test_a_list_that_a_colon_leads_into_is_told_by_its_items(question: str) -> None:
    scores = (0.0, 3.0)

    assert chosen(question, (STALL, scores)) == ["a table", "a licence. The hall gives it.", "change"]


@pytest.mark.parametrize(
    ("lead", "question", "listed"),
    [
        ("A stall needs three things.", "What are the rules of a stall?", True),
        ("A stall needs three things.", "How does a stall work?", False),
        ("There are reasons for it.", "Why do people like a stall?", True),
    ],
)
def test_a_lead_without_a_colon_counts_where_several_things_or_reasons_are_asked_for(
    lead: str, question: str, listed: bool
) -> None:
    page = make_marked(f"{lead}\n- a table\n- a licence\nIt rains.")

    assert (chosen(question, (page, (3.0,))) == ["a table", "a licence"]) is listed


def test_the_list_under_a_second_best_lead_is_told_when_the_lead_speaks_of_what_is_asked() -> None:
    best = make_marked("Markets are old.", "best.txt")
    about = make_marked("These are our stall rules.\n- a table\n- a licence", "about.txt")
    other = make_marked("These are our holidays.\n- a week in June\n- a day in May", "other.txt")

    assert chosen(SEVERAL_THINGS.text, (best, (3.0,)), (about, (2.0,))) == ["a table", "a licence"]
    assert chosen(SEVERAL_THINGS.text, (best, (3.0,)), (other, (2.0,))) == [
        "Markets are old.",
        "These are our holidays.",
    ]


def test_a_heading_leads_into_its_list() -> None:
    page = make_marked("# Rules of a stall\nThis is agreed.\n- Bring a table.\n- Bring change.")

    assert chosen(SEVERAL_THINGS.text, (page, (3.0,))) == ["Bring a table.", "Bring change."]


def test_two_good_items_bring_the_rest_of_their_list() -> None:
    page = make_marked("It rains.\n- Bring a table.\n- Bring change.\n- Smile.\nGo home.")

    assert chosen(SEVERAL_THINGS.text, (page, (-5.0, 3.0, 2.9, -4.0, -5.0))) == [
        "Bring a table.",
        "Bring change.",
        "Smile.",
    ]


def test_a_list_of_another_document_does_not_hide_the_passage_that_answers() -> None:
    page = make_marked("It rains.\n- Bring a table.\n- Bring change.\n- Smile.\nGo home.")
    told = make_marked("The guild asked for a stove and a tent.", "told.txt")
    scored = judged((page, (-5.0, 3.0, 2.9, -4.0, -5.0)), (told, (4.0,)), likely=(0.3, 0.6))

    flows = {page.about.id: [page], told.about.id: [told]}

    assert listed(SEVERAL_THINGS, scored, flows.__getitem__) is None
    assert listed(SEVERAL_THINGS, judged((page, (-5.0, 3.0, 2.9))), flows.__getitem__)


def test_one_good_item_does_not() -> None:
    page = make_marked("It rains.\n- Bring a table.\n- Bring change.\nGo home.\nOne. Two. Three. Four.")

    assert chosen(SEVERAL_THINGS.text, (page, (-5.0, 3.0, -9.0, -5.0, -4.0, -4.0, -4.0, -4.0))) != [
        "Bring a table.",
        "Bring change.",
    ]


def test_a_list_too_far_below_its_lead_is_not_its_list() -> None:
    page = make_marked("A stall needs things. It rains. It rains again. Still.\n- a table\n- a licence")

    assert chosen(SEVERAL_THINGS.text, (page, (3.0,))) == ["A stall needs things."]


def test_a_list_goes_on_from_one_passage_into_the_next() -> None:
    first = make_marked("A stall needs:\n- a table\n- a licence")

    told = chosen(SEVERAL_THINGS.text, (first, (3.0,)), (after(first, "- change\n- a friend\nIt rains."), ()))

    assert told == ["a table", "a licence", "change", "a friend"]


def test_a_long_item_is_told_by_its_first_sentence() -> None:
    page = make_marked(f"A stall needs:\n- a table. It must be {'very ' * 60}red.\n- change")

    assert chosen(SEVERAL_THINGS.text, (page, (3.0,))) == ["a table.", "change"]


def test_a_list_has_its_limit() -> None:
    items = "\n".join(f"- thing {place}" for place in range(LONGEST_LIST + 3))

    assert len(chosen(SEVERAL_THINGS.text, (make_marked(f"A stall needs:\n{items}"), (3.0,)))) == LONGEST_LIST


def test_a_list_that_left_the_library_meanwhile_is_no_list() -> None:
    assert listed(SEVERAL_THINGS, judged((STALL, (0.0, 3.0))), lambda _: []) is None
