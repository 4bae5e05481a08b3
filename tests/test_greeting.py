"""What a library greets with, made from real documents in a real library."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.answer.greeting import (
    ASKED,
    QUESTIONS,
    TRIED,
    asked,
    candidates,
    further,
    holding,
    of_cited,
    questions,
)
from assistant.library.library import Library
from assistant.types import (
    About,
    Answer,
    Block,
    BlockKind,
    Citation,
    Document,
    Grounding,
    Searched,
    Statement,
    Support,
)
from tests.conftest import make_document, make_new, on_both_databases
from tests.fakes import WordEmbedder

VERBS = ("Planting", "Selling", "Pruning", "Watering")
BELOW = "Ninety pear trees stand in it, and every one of them was planted in the year 1931 by the same three people."


def headed(title: str, *heads: str, below: str = BELOW, source: str = "a.md") -> Document:
    """A document with a paragraph below each heading."""
    text, blocks = "", []
    for head in heads:
        for kind, words in ((BlockKind.HEADING, head), (BlockKind.PARAGRAPH, f"{head}: {below}")):
            path = () if kind is BlockKind.HEADING else (head,)
            blocks.append(Block(kind, len(text), len(text) + len(words), path))
            text += words + "\n\n"
    return Document(About(source, source, "0" * 64, "text/markdown", title), text, tuple(blocks))


def test_a_heading_that_is_a_question_is_taken_as_it_stands() -> None:
    document = headed("The pear orchard", "Who planted the trees?", "Trees and people")

    assert list(asked(document)) == [
        "Who planted the trees?",
        "What does “The pear orchard” say about “Trees and people”?",
        "What does “The pear orchard” say?",
    ]


@pytest.mark.parametrize(
    ("title", "head", "below"),
    [
        ("The pear orchard", "Rules", BELOW),  # of one word
        ("The pear orchard", "Trees and people", "Few."),  # nothing is said there
        ("The pear orchard", "Trees " * 40, BELOW),
        ("The pear orchard", "???", BELOW),
    ],
)
def test_a_heading_that_says_little_is_not_asked_about(title: str, head: str, below: str) -> None:
    assert list(asked(headed(title, head, below=below))) == ["What does “The pear orchard” say?"]


@pytest.mark.parametrize("source", ["pear_orchard notes.md", "pear-orchard-notes.txt"])
def test_a_title_that_is_a_file_name_is_not_asked_about(source: str) -> None:
    assert list(asked(headed("pear orchard notes", "Trees and people", source=source))) == []


def answered(question: str, grounding: Grounding = Grounding.GROUNDED) -> Answer:
    said = (Statement("So.", (), Support.VERBATIM),) if grounding is Grounding.GROUNDED else ()
    return Answer(question, question, said, grounding, "", Searched(1, 1))


@pytest.fixture
def orchards(library: Library, embedder: WordEmbedder) -> Library:
    documents = [
        headed(f"The {tree} orchard", *(f"{verb} a {tree}" for verb in VERBS), source=f"{tree}.md")
        for tree in ("pear", "apple", "quince", "medlar")
    ]
    documents.append(make_document("No heading.", "note.txt", date="2021-05", author="Gardener"))
    with library.writing() as writer:
        writer.put([make_new(document, embedder) for document in documents])
    return library


def test_a_library_is_greeted_with_three_questions_of_different_documents(orchards: Library) -> None:
    found = questions(orchards, answered)

    assert found == questions(orchards, answered)
    assert len({question.split("”")[0] for question in found}) == QUESTIONS == len(found)


def test_a_question_is_offered_only_where_its_own_answer_says_something(orchards: Library) -> None:
    first, second, *_ = candidates(orchards)
    graded = {first: Grounding.NEAR, second: Grounding.REFUSED}
    put: list[str] = []

    def answer(question: str) -> Answer:
        put.append(question)
        return answered(question, graded.get(question, Grounding.GROUNDED))

    found = questions(orchards, answer)

    assert {first, second} & set(found) == set()
    assert len(found) == QUESTIONS
    assert len(put) == QUESTIONS + 2  # no more than is needed
    assert questions(orchards, lambda question: answered(question, Grounding.NEAR)) == ()


def test_questions_to_go_on_with_were_not_asked_and_are_first_of_what_the_last_answer_cites() -> None:
    known = [f"What does “The {tree} orchard” say?" for tree in ("pear", "apple", "quince")]
    citation = Citation(About("q", "q.md", "", "text/markdown", "The quince orchard"), 0, 3, "So.")
    last = replace(answered(known[0]), statements=(Statement("So.", (citation,), Support.VERBATIM),))

    assert further(known, [answered("Why?"), last]) == (known[2], known[1])
    assert further(known[:1], [last]) == ()


def test_questions_about_what_an_answer_cites_are_of_other_headings_and_hold() -> None:
    pears, apples = (
        headed(f"The {tree} orchard", *(f"{verb} a {tree}" for verb in VERBS)) for tree in ("pear", "apple")
    )
    cited = Citation(pears.about, 0, 3, "So.", heading=f"Trees › {VERBS[0]} a pear")
    asked_before = f"What does “The pear orchard” say about “{VERBS[1]} a pear”?"
    last = replace(answered(asked_before), statements=(Statement("So.", (cited,), Support.VERBATIM),))

    found = of_cited([last], [pears, apples])

    assert len(found) == TRIED
    assert asked_before not in found
    assert not any(f"“{VERBS[0]} a pear”" in one for one in found)
    assert ["apple" in one for one in found[:2]] in ([False, True], [True, False])  # one of each document first
    assert of_cited([last], [make_document("No heading.", "note.txt")]) == ()
    graded = {found[0]: Grounding.NEAR}
    assert holding(found, lambda one: answered(one, graded.get(one, Grounding.GROUNDED))) == found[1:3]


def test_only_so_many_questions_are_put(orchards: Library) -> None:
    put: list[str] = []

    def answer(question: str) -> Answer:
        put.append(question)
        return answered(question, Grounding.REFUSED)

    assert questions(orchards, answer) == ()
    assert len(put) == ASKED < len(candidates(orchards))


@on_both_databases
def test_a_question_whose_words_lead_elsewhere_is_not_offered(library: Library, embedder: WordEmbedder) -> None:
    """The words of the second document's title are said more plainly in the first."""
    plain = make_document(
        "Selling pears: selling pears is selling pears. Pears, pears.", "plain.txt", title="Selling pears"
    )
    other = make_document("Something else entirely stands here.", "other.txt", title="Selling of pears?")
    with library.writing() as writer:
        writer.put([make_new(document, embedder) for document in (plain, other)])

    assert candidates(library) == ("What does “Selling pears” say?",)


@on_both_databases
def test_an_empty_library_is_greeted_with_nothing(library: Library) -> None:
    assert questions(library, answered) == ()
