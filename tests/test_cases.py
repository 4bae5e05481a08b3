from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from assistant.errors import CaseError
from assistant.types import Filters, Role, Turn
from eval.suite.cases import Case, Gold, parse
from eval.suite.suites import load

HEAD = "corpus: .\ncases:\n"


def faults(text: str) -> list[str]:
    with pytest.raises(CaseError) as caught:
        parse(text, "suite.yaml")
    return str(caught.value).splitlines()


def case(text: str) -> Case:
    return parse(HEAD + textwrap.indent(textwrap.dedent(text).strip(), "  "), "suite.yaml").file.cases[0]


def test_a_question_is_read_with_all_that_it_can_have():
    read = case("""
        - id: follow-price
          history:
            - {role: user, content: "What is the Runabout?"}
            - {role: assistant, content: "A car."}
          question: And what did it cost?
          answer: ["$260"]
          evidence:
            - {source: a.txt, quote: "for $260"}
          require: all
    """)

    assert (read.kind, read.asked) == ("follow", "And what did it cost?")
    assert read.turns == (Turn(Role.USER, "What is the Runabout?"), Turn(Role.ASSISTANT, "A car."))
    assert (read.answer, read.require, read.refuse) == ((("$260",),), "all", False)
    assert read.gold == (Gold(source="a.txt", quote="for $260"),)
    assert read.narrowed == Filters()


def test_a_question_may_be_limited_to_documents_authors_and_dates():
    read = case("""
        - id: within-price
          question: What did it cost?
          filters: {documents: [a.txt], authors: [Ford], since: 2024-02, until: "2025", kinds: [chat], pages: [2]}
          answer: ["$260"]
    """)

    assert read.narrowed == Filters(
        documents=("a.txt",), authors=("Ford",), since="2024-02", until="2025", kinds=("chat",), pages=(2,)
    )


def test_an_idea_is_read_with_both_of_its_sides():
    read = case("""
        - id: idea-double
          idea: Double it.
          supports: []
          challenges:
            - {source: a.txt, quote: "too much"}
    """)

    assert (read.kind, read.asked, len(read.supports), len(read.challenges)) == ("idea", "Double it.", 0, 1)


def test_an_unknown_key_is_named_with_its_case_and_line():
    text = HEAD + "  - id: fact-a\n    question: What?\n    refuse: true\n    evidense: []\n"

    assert faults(text) == ["suite.yaml:6: fact-a: unknown key 'evidense'"]


def test_an_unknown_key_inside_a_quote_is_named_with_its_place():
    text = HEAD + '  - id: fact-a\n    question: What?\n    evidence:\n      - {source: a.txt, quoted: "x"}\n'

    assert faults(text) == [
        "suite.yaml:6: fact-a: the key 'evidence.0.quote' is missing",
        "suite.yaml:6: fact-a: unknown key 'evidence.0.quoted'",
    ]


def test_a_key_that_stands_twice_is_an_error():
    assert faults(HEAD + "  - id: a\n    question: One?\n    question: Two?\n") == [
        "suite.yaml:5: the key 'question' stands twice"
    ]


@pytest.mark.parametrize(
    ("body", "what"),
    [
        ("question: What?\n    idea: This.\n    refuse: true", "needs either a question or an idea"),
        ("answer: [x]", "needs either a question or an idea"),
        ("question: What?", "needs evidence, an answer or refuse: true; there is nothing to measure"),
        ("question: What?\n    refuse: true\n    answer: [x]", "what is to be refused has neither answer nor evidence"),
        ("idea: This.\n    answer: [x]", "an idea has no answer"),
        ("question: What?\n    answer: [x]\n    supports: []", "a question has no supports"),
        ("idea: This.\n    filters: {documents: [a.txt]}", "an idea has no filters"),
    ],
)
def test_a_case_that_is_not_of_one_piece_is_an_error(body: str, what: str):
    assert faults(f"{HEAD}  - id: fact-a\n    {body}\n") == [f"suite.yaml:3: fact-a: {what}"]


@pytest.mark.parametrize(
    "body",
    [
        "question: What?\n    refuse: 1",
        "question: What?\n    answer: [260]",
        "question: What?\n    answer: x",
        "question: ' '\n    refuse: true",
        "question: What?\n    answer: [x]\n    require: most",
        "question: What?\n    answer: [x]\n    filters: {kinds: [film]}",
        "question: What?\n    answer: [x]\n    filters: {since: May}",
        "question: What?\n    answer: [x]\n    filters: {within: [a.txt]}",
        "question: What?\n    answer: [x]\n    history: [{role: boss, content: x}]",
    ],
)
def test_a_value_of_another_kind_is_an_error(body: str):
    (fault,) = faults(f"{HEAD}  - id: fact-a\n    {body}\n")

    assert fault.startswith("suite.yaml:")
    assert ": fact-a: " in fault


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "corpus: [\n", "corpus: .\ncases: &a [*a]\n"])
def test_what_is_no_suite_is_an_error_in_our_words(text: str):
    assert all(fault.startswith("suite.yaml") for fault in faults(text))


# A suite with its corpus


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    corpus = tmp_path / "documents"
    corpus.mkdir()
    (corpus / "a.txt").write_text("The price came\n  down to $260 in 1925.", encoding="utf-8")
    (corpus / "b.html").write_text("<p>Fish &amp; chips <b>sell</b> well here.</p>", encoding="utf-8")
    return tmp_path


def write(folder: Path, *cases: str, corpus: str = "documents") -> Path:
    path = folder / "small.yaml"
    path.write_text("\n".join([f"corpus: {corpus}", "cases:", *(f"  - {one}" for one in cases)]), encoding="utf-8")
    return path


def asks(id: str, source: str, quote: str) -> str:
    return f'{{id: {id}, question: "What?", evidence: [{{source: {source}, quote: "{quote}"}}]}}'


def test_a_suite_is_found_with_its_corpus_beside_it(folder: Path):
    suite = load(write(folder, asks("fact-a", "a.txt", "came down to $260")))

    assert (suite.name, suite.corpus, [one.id for one in suite.cases]) == ("small", folder / "documents", ["fact-a"])


def test_a_quote_may_stand_in_the_source_or_in_what_its_reader_shows(folder: Path):
    cases = [asks("a", "b.html", "Fish &amp; chips <b>sell</b>"), asks("b", "b.html", "Fish & chips sell well")]

    assert len(load(write(folder, *cases)).cases) == 2


def test_every_quote_that_is_missing_is_named_with_its_line(folder: Path):
    cases = [
        asks("fact-a", "a.txt", "went down"),
        asks("fact-b", "c.txt", "came down"),
        asks("fact-c", "../small.yaml", "corpus"),
    ]

    with pytest.raises(CaseError) as caught:
        load(write(folder, *cases))

    assert str(caught.value).splitlines() == [
        "small.yaml:3: fact-a: not in a.txt: 'went down'; nearest is 'came down'",
        "small.yaml:4: fact-b: there is no c.txt in the corpus",
        "small.yaml:5: fact-c: there is no ../small.yaml in the corpus",
    ]


def test_an_id_that_stands_twice_is_an_error(folder: Path):
    with pytest.raises(CaseError, match=r"small\.yaml:4: fact-a: the id stands twice"):
        load(write(folder, asks("fact-a", "a.txt", "price"), asks("fact-a", "a.txt", "down")))


def test_a_corpus_or_a_suite_that_is_not_there_is_an_error(folder: Path):
    with pytest.raises(CaseError, match="is no folder"):
        load(write(folder, asks("fact-a", "a.txt", "price"), corpus="nowhere"))
    with pytest.raises(CaseError, match="cannot be read"):
        load(folder / "none.yaml")
