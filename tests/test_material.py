"""What is read for a question: whole passages, joined where they follow on each other, each once, numbered."""

from __future__ import annotations

import pytest

from assistant.library.library import Library
from assistant.readers.material import BEST, BEYOND, FOR_MORE, OF_A_LIST, READ, Material, named_voice
from assistant.search.question import read
from assistant.types import Span
from tests.conftest import make_marked
from tests.reading import read_for, stored

MILL = "The mill sold linen."
MANY = 60  # passages: more than are read of one document


def texts(material: Material) -> list[str]:
    return [extract.passage.text for extract in material.extracts]


def far(count: int, about: str = "orchard") -> str:
    """Paragraphs that have nothing to do with anything that is asked."""
    return "\n\n".join(f"Far {about} number {n} is far away." for n in range(count))


def test_neighbours_in_one_document_are_one_extract(library: Library) -> None:
    document = stored(library, "The mill sold linen.\n\nThe mill sold wool.\n\nThe mill sold felt.", "mill.txt")

    (extract,) = read_for(library, "What did the mill sell?").extracts

    assert extract.number == 1
    assert extract.passage.text == document.text
    assert [part.text for part in extract.parts] == document.text.split("\n\n")
    assert len(extract.passage.sentences) == 3


def test_a_stretch_is_of_the_part_that_holds_it_else_of_the_whole(library: Library) -> None:
    document = stored(library, "The mill sold linen.\n\nThe mill sold wool.", "mill.txt")
    (extract,) = read_for(library, "What did the mill sell?").extracts
    wool = document.text.index("The mill sold wool")

    assert extract.part(Span(wool + 4, wool + 8), wool + 4).text == "The mill sold wool."
    assert extract.part(Span(4, wool + 8), 4).text == document.text
    assert [s.start for s in extract.sentences(Span(wool, wool + 8))] == [wool]


@pytest.mark.parametrize(("between", "extracts"), [(1, 1), (2, 2)])
def test_one_passage_between_two_is_read_with_them(library: Library, between: int, extracts: int) -> None:
    ends = "A blue velvet stall needs velvet.", "A red velvet stall needs velvet."
    text = "\n\n".join([far(30), ends[0], far(between, "meadow"), ends[1], far(30, "hill")])
    stored(library, text, "long.txt")
    for n in range(BEST):
        stored(library, "\n\n".join(f"A velvet stall needs velvet {k} {n}." for k in range(11)), f"best{n}.txt")

    material = read_for(library, "What velvet does a velvet stall need?")

    assert sum("blue velvet" in one or "red velvet" in one for one in texts(material)) == extracts


def test_speakers_are_never_joined(library: Library) -> None:
    text = "The mill sold linen.\n\nThe mill sold wool.\n\nThe mill sold felt."
    stored(library, text, "talk.txt", ("Ann", "Ann", "Ben"))

    extracts = read_for(library, "What did the mill sell?").extracts

    assert [(one.passage.speaker, len(one.parts)) for one in extracts] == [("Ann", 2), ("Ben", 1)]


def test_documents_come_in_the_order_in_which_they_rank_and_each_is_read_from_its_beginning(library: Library) -> None:
    stored(library, f"{far(2)}\n\nThe mill was old.", "other.txt")
    stored(
        library,
        f"The mill was red.\n\nFar away.\n\nStill far.\n\n{far(3)}\n\nThe mill sold linen to tailors.",
        "best.txt",
    )

    material = read_for(library, "To which tailors was linen sold by the mill?")

    sources = [extract.passage.about.source for extract in material.extracts]
    assert material.candidates[0].passage.about.source == "best.txt"
    assert sources == sorted(sources)
    starts = [one.passage.start for one in material.extracts if one.passage.about.source == "best.txt"]
    assert starts == sorted(starts)
    assert [extract.number for extract in material.extracts] == list(range(1, len(material.extracts) + 1))


def test_a_passage_is_in_one_extract_only(library: Library) -> None:
    stored(library, far(MANY), "far.txt")
    stored(library, f"{far(3, 'hill')}\n\n{MILL}", "mill.txt")

    parts = [part.id for extract in read_for(library, "What did the mill sell?").extracts for part in extract.parts]

    assert len(parts) == len(set(parts))


def test_of_the_best_documents_more_is_read_than_ranks(library: Library) -> None:
    """Where the right passage is missed, its document is most often found."""
    other = "\n\n".join(f"Quiet water runs under bridge {n}." for n in range(MANY))
    stored(library, f"The mill sold linen to the tailors of the county.\n\n{other}", "mill.txt")
    stored(library, "\n\n".join(f"The mill sold {n} linen." for n in range(MANY)), "sales.txt")

    material = read_for(library, "What linen did the mill sell to tailors in the county?")

    ranked = {candidate.passage.id for candidate in material.candidates[:24]}
    beyond = {part.id for one in material.extracts for part in one.parts if part.about.source == "mill.txt"} - ranked
    assert len(beyond) >= BEYOND


def test_a_list_is_read_whole(library: Library) -> None:
    items = "\n\n".join(f"- thing {word} of others" for word in "abcde")
    stored(library, f"{far(30)}\n\nA stall needs velvet:\n\n- velvet\n\n{items}\n\nAfter it rains.", "stall.txt")
    for n in range(BEST):
        stored(library, "\n\n".join(f"A velvet stall needs velvet {k} {n}." for k in range(12)), f"best{n}.txt")

    material = read_for(library, "What velvet does a velvet stall need?")

    (found,) = [text for text in texts(material) if "- velvet" in text]
    assert all(f"- thing {word} of others" in found for word in "abcde")


def test_a_list_without_an_end_is_read_as_far_as_it_helps(library: Library) -> None:
    items = "\n\n".join(f"- thing {n} of others" for n in range(40))
    stored(library, f"{far(30)}\n\n- velvet for a stall\n\n{items}", "stall.txt")
    for n in range(BEST):
        stored(library, "\n\n".join(f"A velvet stall needs velvet {k} {n}." for k in range(12)), f"best{n}.txt")

    material = read_for(library, "What velvet does a velvet stall need?")

    (found,) = [one for one in material.extracts if "- velvet" in one.passage.text]
    assert len([part for part in found.parts if "thing" in part.text]) == OF_A_LIST


DOUBLE = "A loyalty card with ten stamps buys one loaf of rye bread in each of our four shops."


def test_near_duplicates_are_read_once(library: Library) -> None:
    for n in range(3):
        stored(library, f"{far(2, f'note{n}')}\n\n{DOUBLE}", f"{n}.txt")

    assert "\n".join(texts(read_for(library, "What does a loyalty card buy?"))).count(DOUBLE) == 1


def test_what_further_searches_find_is_numbered_on_and_read_once(library: Library) -> None:
    for n in range(BEST):
        stored(library, "\n\n".join(f"The mill sold {k} linen {n}." for k in range(20)), f"mill{n}.txt")
    stored(library, f"{far(80)}\n\nThe weavers had a wage.", "wages.txt")
    material = read_for(library, "What did the mill sell?")
    assert not any("wage" in text for text in texts(material))
    before = material.extracts

    added = material.more(["the wage of the weavers", "weavers had a wage"])

    assert before == material.extracts[: len(before)]
    assert [one.number for one in added] == list(range(len(before) + 1, len(before) + 1 + len(added)))
    assert sum("wage" in one.passage.text for one in added) == 1
    assert sum(len(one.parts) for one in added) <= 4 * FOR_MORE
    assert material.more(["the wage of the weavers"]) == ()


def test_what_says_the_same_as_something_read_is_not_found_again(library: Library) -> None:
    stored(library, f"{DOUBLE}\n\n{far(1)}", "one.txt")
    material = read_for(library, "What does a loyalty card buy?")
    stored(library, f"{DOUBLE} Really.\n\n{far(1, 'hill')}", "other.txt")

    added = material.more(["a loyalty card with ten stamps"])

    assert not any("loyalty" in one.passage.text for one in added)


def test_what_does_not_fit_is_left_out_from_the_worst(library: Library) -> None:
    stored(library, f"The mill sold linen to tailors.\n\n{far(1)}", "best.txt")
    stored(library, "The mill was old.", "worse.txt")
    stored(library, "Nothing to do with it.", "worst.txt")
    material = read_for(library, "To which tailors did the mill sell linen?")
    sizes = [len(one.passage.text) for one in material.extracts]
    ranked = [candidate.passage.about.source for candidate in material.candidates]
    best = list(dict.fromkeys(ranked))

    assert material.within(sum(sizes)) == material.extracts
    assert [one.passage.about.source for one in material.within(sum(sizes) - 1)] == best[:2]
    assert [one.passage.about.source for one in material.within(0)] == best[:1]
    assert [one.number for one in material.within(0)] == [1]


def test_what_was_searched_for_ranks_with_the_best_where_not_all_fits(library: Library) -> None:
    for n in range(60):
        stored(library, f"The mill sold {n} linen. {'The mill sold linen. ' * 9}", f"mill{n}.txt")
    for n in range(20):
        stored(library, f"Far orchard {n} is far.", f"far{n}.txt")
    stored(library, "The weavers had a wage.", "wages.txt")
    material = read_for(library, "What linen did the mill sell?")
    before = material.extracts
    assert not any("wage" in one.passage.text for one in before)

    material.more(["the wage of the weavers"])

    kept_now = material.within(sum(len(one.passage.text) for one in before) // 2)
    assert "The weavers had a wage." in [one.passage.text for one in kept_now]
    assert material.candidates[0].passage.text in [one.passage.text for one in kept_now]


def test_an_extract_too_long_for_its_reader_is_cut_to_what_stands_around_the_best_of_it(library: Library) -> None:
    text = f"{far(6)}\n\nThe mill sold linen to tailors.\n\n{far(6, 'hill')}"
    stored(library, text, "mill.txt")
    material = read_for(library, "To which tailors did the mill sell linen?")
    (whole,) = material.extracts

    sizes = []
    for characters in (len(text), 150, 40, 0):
        (one,) = material.within(characters)
        assert "sold linen to tailors" in one.passage.text
        assert one.passage.text == text[one.passage.start : one.passage.end]
        assert set(one.parts) <= set(whole.parts)
        assert len(one.passage.text) <= max(characters, len("The mill sold linen to tailors."))
        sizes.append(len(one.parts))

    assert sizes[0] == len(whole.parts) > sizes[1] > sizes[2] == sizes[3] == 1


def test_the_voice_that_a_question_names_comes_first(library: Library) -> None:
    stored(library, "Repairs are cheap.\n\nRepairs are dear.", "talk.txt", ("Shop Owner", "Category Manager"))
    stored(library, "Repairs are repairs of repairs.", "other.txt")

    material = read_for(library, "What does the category manager say about repairs?")

    assert material.extracts[0].passage.about.source == "talk.txt"
    assert {candidate.passage.speaker for candidate in material.candidates} == {"Category Manager"}
    assert "other.txt" in {one.passage.about.source for one in material.extracts}  # the others are read, too


def test_a_question_about_all_documents_is_read_by_what_leads_each(library: Library) -> None:
    stored(library, MILL, "mill.txt")
    stored(library, "Trust is slow.", "trust.txt")

    material = read_for(library, "What do these documents argue?")

    assert sorted(passage.text for passage, _ in material.leading) == [MILL, "Trust is slow."]
    assert material.candidates == ()


@pytest.mark.parametrize(
    ("question", "voice"),
    [
        ("What does the repair shop manager say?", "Repair Shop Manager"),
        ("What does the shop manager think of it?", "Repair Shop Manager"),
        ("What did Hatter say?", "Hatter"),
        ("What do managers say?", None),
        ("What does the manager sell?", None),
        ("What does bread cost?", None),
    ],
)
def test_a_voice_is_named_by_most_words_of_its_name(question: str, voice: str | None) -> None:
    passages = [
        make_marked("We repair.", speaker="Repair Shop Manager", author="A steward"),
        make_marked("We sell.", author="Hatter"),
        make_marked("It rains."),
    ]

    assert named_voice(read(question), passages) == voice


def test_of_a_long_name_more_than_half_is_a_name_and_half_of_it_may_be_anybodys() -> None:
    passages = [make_marked("We sell.", speaker="Northern Kitchenware Brand Director")]

    assert named_voice(read("What does the kitchenware brand director say?"), passages) == passages[0].speaker
    assert named_voice(read("What does a brand director do?"), passages) is None


def test_the_voice_named_most_fully_is_meant() -> None:
    passages = [make_marked("We sell.", speaker=name) for name in ("Shop Floor Manager", "Shop Manager")]

    assert named_voice(read("What does the shop manager say?"), passages) == "Shop Manager"


def test_the_passages_of_a_document_that_is_named_lead_all_others(library: Library) -> None:
    """Else what all other documents say of the same thing stands before it."""
    stored(library, f"{far(3)}\n\nThe mill sold linen, it is said.", "old.txt", title="Notes of a steward")
    for n in range(30):
        stored(library, f"The mill sold linen to tailors {n}.", f"mill{n}.txt", title=f"Mill {n}")

    material = read_for(library, "What do the “Notes of a steward” say about linen that the mill sold?")

    sources = [candidate.passage.about.source for candidate in material.candidates]
    assert sources[:4] == ["old.txt"] * 4
    assert "linen, it is said" in material.candidates[0].passage.text
    assert len(sources) > 20
    assert material.extracts[0].passage.about.source == "old.txt"


def test_of_a_long_document_that_is_named_most_is_read_and_what_others_say_is_read_too(library: Library) -> None:
    """Its answer may rank low, since all of it is about what is asked; and another document may correct it."""
    steward = "\n\n".join(f"The mill sold linen to {n} tailors." for n in range(MANY))
    stored(library, steward, "old.txt", title="Notes of a steward")
    stored(library, "\n\n".join(f"The mill sold linen to buyer {n}." for n in range(MANY)), "mill.txt", title="Mill")

    material = read_for(library, "What do the “Notes of a steward” say about linen that the mill sold?")

    sources = [candidate.passage.about.source for candidate in material.candidates[:READ]]
    assert READ / 2 < sources.count("old.txt") < READ
    assert sources == sorted(sources, key=lambda source: source != "old.txt")


def test_a_document_that_is_named_is_looked_for_within_what_is_asked(library: Library) -> None:
    for n in range(2):
        stored(library, f"The mill sold linen {n}.", f"notes{n}.txt", title="Notes of a steward", author=f"Steward {n}")

    material = read_for(library, "What do the “Notes of a steward” say?", authors=("Steward 1",))

    assert material.named
    assert [about.source for about in material.named.documents] == ["notes1.txt"]
