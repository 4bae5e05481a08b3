"""The main job with its real parts: small documents go in, and what is said to a question comes out."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from assistant.answer.answering import LONGEST_QUESTION, Answering
from assistant.build import Assistant, build_embedder
from assistant.errors import SettingsError
from assistant.evidence.answers import AnswerReader, Fit
from assistant.library.library import Library
from assistant.model.embedding import Embedder
from assistant.readers import material
from assistant.readers.excerpts import CHARACTERS, OF_A_LIST, STRETCHES
from assistant.readers.plain import PlainReader
from assistant.search.retrieval import ANYWHERE, Candidate, candidates
from assistant.settings import Settings
from assistant.types import Answer, Conflict, Filters, Passage, Role, Searched, Support, Turn
from ingest.sync import sync
from tests.fakes import WordEmbedder
from tests.reading import stored

MILL = """The mill at Ashford
May 2014

The mill at Ashford opened in 1987 with four looms and eleven weavers. It sold linen to tailors in the county.

Its first steward paid the weavers by the piece until 1993. After that they had a monthly wage, and fewer of them left.

Tailors came back to the mill because the cloth kept its colour for years.
"""
LEAFLETS = """---
title: Leaflets fill a bakery
author: The baker's apprentice
date: 2015-03
---

# Leaflets fill a bakery

Leaflets are the best way to bring new customers into a small bakery. We handed out 400 leaflets in one week.
"""
WINDOW = """---
title: The window does the work
author: A window dresser
date: 2019-11
---

# The window does the work

Leaflets are not the best way to bring new customers into a small bakery. People throw them away before the corner.
"""
STALL = """---
title: Opening a market stall
author: A market steward
date: 2018
---

# Opening a market stall

Before the first morning there is some work to do. A market stall needs four things:

- a licence from the town hall
- a table that two people can carry
- a price list that can be read from three steps away
- a box of small change

Nobody sells much on the first day.
"""
THREAD = """Should a small shop discount?

A small shop that discounts every week teaches its customers to wait for the next discount.

Category Manager says:

I disagree: a weekly discount filled my candle shop on Tuesdays, which used to be empty.

Shop Owner says:

I raised the price of repairs instead, and lost two customers out of ninety.

Category Manager says:

Repairs are not candles, and nobody gives a repair to a friend.
"""
DOCUMENTS = {"mill.txt": MILL, "leaflets.md": LEAFLETS, "window.md": WINDOW, "stall.md": STALL, "thread.txt": THREAD}


@contextmanager
def opened(folder: Path, embedder: Embedder, documents: dict[str, str]) -> Iterator[Assistant]:
    """An assistant over these files."""
    files = folder / "documents"
    files.mkdir()
    for name, text in documents.items():
        (files / name).write_text(text, encoding="utf-8")
    settings = Settings(home=folder / "home")
    with Library.open(settings, embedder, create=True) as library:
        assert sync([files], library, settings, embedder).failed == ()
        yield Assistant(library, embedder)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, sentence_transformer: Embedder) -> Iterator[Assistant]:
    """The five documents, ingested once; no test that asks of them changes them."""
    with opened(tmp_path_factory.mktemp("shared"), sentence_transformer, DOCUMENTS) as assistant:
        yield assistant


def texts(answer: Answer) -> list[str]:
    return [statement.text for statement in answer.statements]


def keys(answer: Answer) -> list[str]:
    """The sentence of each statement that seems to answer."""
    return [statement.citations[0].key_quote for statement in answer.statements]


def check(assistant: Assistant, answer: Answer, filters: Filters = ANYWHERE) -> None:
    """What holds for every answer: each citation is read from its document, the sentence that seems to answer is marked
    in it, what was searched is told, and a refusal says nothing else."""
    shown = [citation for statement in answer.statements for citation in statement.citations]
    for citation in [*shown, *answer.nearest]:
        document = assistant.library.document(citation.about.id)
        assert document.about == citation.about
        assert document.text[citation.start : citation.end] == citation.quote
        assert citation.key
        assert citation.key_quote == document.text[citation.key.start : citation.key.end]
        assert citation.key_quote in citation.quote
    for statement in answer.statements:
        assert statement.support is Support.VERBATIM
        assert all(citation.quote in statement.text for citation in statement.citations)
    assert answer.searched == assistant.library.searched(filters)
    assert answer.refused == (not answer.statements)
    assert answer.refused or not answer.nearest
    assert answer.reason


@pytest.mark.slow
@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("When did the mill at Ashford open?", "opened in 1987"),
        ("How many looms did the mill at Ashford have?", "four looms"),
        ("Why did tailors come back to the mill?", "because the cloth kept its colour"),
        ("How many leaflets were handed out?", "400 leaflets"),
    ],
)
def test_a_fact_is_told_first_in_the_words_of_its_document(shared: Assistant, question: str, said: str) -> None:
    answer = shared.ask(question)

    check(shared, answer)
    assert said in keys(answer)[0]
    assert len(answer.statements) <= STRETCHES
    assert (answer.rejected, answer.conflicts) == ((), ())


@pytest.mark.slow
def test_a_citation_carries_the_title_the_author_and_the_date(shared: Assistant) -> None:
    first, *_ = shared.ask("How many leaflets were handed out?").statements

    (citation,) = first.citations
    about = citation.about
    assert (about.source, about.title, citation.voice, about.date) == (
        "leaflets.md",
        "Leaflets fill a bakery",
        "The baker's apprentice",
        "2015-03",
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("question", "speaker"),
    [
        ("Who says that a weekly discount filled a shop?", "Category Manager"),
        ("Who raised the price of repairs?", "Shop Owner"),
        ("Who says that people throw leaflets away?", "A window dresser"),
    ],
)
def test_who_is_answered_by_the_name_of_whom_said_it(shared: Assistant, question: str, speaker: str) -> None:
    answer = shared.ask(question)

    check(shared, answer)
    assert answer.statements[0].text.startswith(f"{speaker}: “")
    assert answer.statements[0].citations[0].voice == speaker
    told = [(statement.text, statement.citations[0].voice) for statement in answer.statements]
    assert all(text.startswith(f"{voice}: “") for text, voice in told if voice)


@pytest.mark.slow
def test_what_a_named_voice_says_is_said_by_it_alone(shared: Assistant) -> None:
    answer = shared.ask("What did the shop owner do with the price of repairs?")

    check(shared, answer)
    assert {citation.speaker for statement in answer.statements for citation in statement.citations} == {"Shop Owner"}


@pytest.mark.slow
@pytest.mark.parametrize("question", ["What four things does a market stall need?", "What does a market stall need?"])
def test_a_list_is_told_by_what_introduces_it_and_all_its_items(shared: Assistant, question: str) -> None:
    answer = shared.ask(question)

    check(shared, answer)
    (told,) = texts(answer)
    items = [line[2:] for line in STALL.splitlines() if line.startswith("- ")]
    assert [line for line in told.splitlines() if line] == ["A market stall needs four things:", *items]


@pytest.mark.slow
def test_sources_that_disagree_are_both_shown_with_their_voices_and_dates(shared: Assistant) -> None:
    answer = shared.ask("Are leaflets the best way to bring new customers into a bakery?")

    check(shared, answer)
    sides = [[side.citations[0] for side in conflict.sides] for conflict in answer.conflicts]
    assert [{(side.voice, side.about.date) for side in both} for both in sides] == [
        {("The baker's apprentice", "2015-03"), ("A window dresser", "2019-11")}
    ]
    assert all(side in answer.statements for conflict in answer.conflicts for side in conflict.sides)


@pytest.mark.slow
def test_speakers_of_one_thread_that_disagree_are_a_conflict(tmp_path: Path, sentence_transformer: Embedder) -> None:
    thread = (
        "What is it?\n\nShop Owner says:\n\nThe starter kit costs 10 euros.\n\nSales Rep says:\n\n"
        "The starter kit costs 12 euros.\n\nShop Owner says:\n\nNobody told me.\n"
    )

    with opened(tmp_path, sentence_transformer, {"thread.txt": thread}) as assistant:
        answer = assistant.ask("What does the starter kit cost?")

        check(assistant, answer)
        assert sorted(texts(answer)) == [
            "Sales Rep: “The starter kit costs 12 euros.”",
            "Shop Owner: “The starter kit costs 10 euros.”",
        ]
        assert answer.conflicts == (Conflict(answer.statements),)


@pytest.mark.slow
def test_a_rule_and_its_denial_are_a_conflict_though_nearly_the_same_words(
    tmp_path: Path, sentence_transformer: Embedder
) -> None:
    rule = "Every weekly discount in our shops should {}be announced on the window and in the letter before Monday.\n"

    documents = {"old.txt": rule.format(""), "new.txt": rule.format("not ")}
    with opened(tmp_path, sentence_transformer, documents) as assistant:
        answer = assistant.ask("Should a weekly discount be announced in the letter?")

        check(assistant, answer)
        assert sorted(texts(answer)) == sorted(text.strip() for text in documents.values())
        assert answer.conflicts == (Conflict(answer.statements),)


@pytest.mark.slow
@pytest.mark.parametrize("question", ["What do these documents argue?", "Give me an overview."])
def test_a_broad_question_gets_one_leading_statement_for_each_document(shared: Assistant, question: str) -> None:
    answer = shared.ask(question)

    check(shared, answer)
    told = [citation.about.source for statement in answer.statements for citation in statement.citations]
    assert sorted(told) == sorted(DOCUMENTS)
    assert not any(text.endswith("?") for text in texts(answer))


@pytest.mark.slow
@pytest.mark.parametrize(
    "question",
    [
        "How far is the moon from the earth?",
        "What did Hildegard say about looms?",
        "How many weavers did the mill have in 2001?",
        "What is the best software for invoices?",
        "Who invented the telescope?",
    ],
)
def test_what_the_documents_do_not_say_is_refused_with_the_nearest_and_what_was_searched(
    shared: Assistant, question: str
) -> None:
    answer = shared.ask(question)

    check(shared, answer)
    assert answer.refused
    assert answer.searched == Searched(5, shared.library.searched().passages)
    assert 1 <= len(answer.nearest) <= STRETCHES
    assert (answer.statements, answer.conflicts) == ((), ())


@pytest.mark.slow
def test_filters_bound_what_is_answered_from(shared: Assistant) -> None:
    question = "Are leaflets the best way to bring new customers into a bakery?"
    filters = Filters(documents=("window.md",))

    answer = shared.ask(question, filters=filters)

    check(shared, answer, filters)
    assert answer.searched.documents == 1
    assert {c.about.source for statement in answer.statements for c in statement.citations} == {"window.md"}
    assert shared.ask(question, filters=Filters(documents=("nowhere.md",))).refused


@pytest.mark.slow
def test_a_follow_up_is_asked_as_what_it_means(shared: Assistant) -> None:
    first = shared.ask("When did the mill at Ashford open?")
    history = [Turn(Role.USER, first.question), Turn(Role.ASSISTANT, texts(first)[0])]

    answer = shared.ask("And how many looms did it have?", history)

    check(shared, answer)
    assert (answer.question, answer.standalone_question) == (
        "And how many looms did it have?",
        "And how many looms did Ashford have?",
    )
    assert texts(answer)[0] == texts(first)[0]
    assert "four looms" in keys(answer)[0]


@pytest.mark.slow
def test_a_follow_up_is_refused_by_its_own_evidence(shared: Assistant) -> None:
    """That the turn before was answered is no evidence for this one."""
    history = [Turn(Role.USER, "When did the mill at Ashford open?"), Turn(Role.ASSISTANT, "In 1987.")]

    answer = shared.ask("And how many looms did it have in 2001?", history)

    check(shared, answer)
    assert answer.refused


@pytest.mark.slow
@pytest.mark.parametrize(
    "question",
    [
        "When did the mill at Ashford open?",
        "What does a market stall need?",
        "What do these documents argue?",
        "How far is the moon from the earth?",
    ],
)
def test_the_stream_gives_the_statements_and_then_the_answer(shared: Assistant, question: str) -> None:
    *statements, answer = shared.stream(question)

    assert isinstance(answer, Answer)
    assert tuple(statements) == answer.statements
    assert answer == shared.ask(question)
    assert answer.timings_ms["total"] >= answer.timings_ms["search"] > 0


@pytest.mark.slow
def test_the_same_sentence_in_two_documents_is_shown_in_each_and_is_no_conflict(
    tmp_path: Path, sentence_transformer: Embedder
) -> None:
    sentence = "A loyalty card with ten stamps buys a loaf."
    documents = {
        "rules.txt": f"These are the rules of the till for the new.\n\n{sentence}\n\nThe drawer stays shut.\n",
        "flyer.txt": f"Come in on Saturday, the oven is lit at four!\n\n{sentence}\n\nBring your children.\n",
    }

    with opened(tmp_path, sentence_transformer, documents) as assistant:
        answer = assistant.ask("What does a loyalty card with ten stamps buy?")

        check(assistant, answer)
        assert keys(answer) == [sentence, sentence]
        assert {one.citations[0].about.source for one in answer.statements} == set(documents)
        assert answer.conflicts == ()


@pytest.mark.slow
def test_who_is_answered_by_all_who_say_the_same(tmp_path: Path, sentence_transformer: Embedder) -> None:
    thread = (
        "Is it worth it?\n\nShop Owner says:\n\nThe newsletter is worth the work.\n\nSales Rep says:\n\n"
        "The newsletter is worth the work.\n\nShop Owner says:\n\nThen we agree for once.\n"
    )

    with opened(tmp_path, sentence_transformer, {"thread.txt": thread}) as assistant:
        answer = assistant.ask("Who says that the newsletter is worth the work?")

        check(assistant, answer)
        said = "The newsletter is worth the work."
        assert set(texts(answer)[:2]) == {f"Shop Owner: “{said}”", f"Sales Rep: “{said}”"}
        assert {one.citations[0].speaker for one in answer.statements[:2]} == {"Shop Owner", "Sales Rep"}


class Meanwhile(AnswerReader):
    """Reads as shipped, and lets something happen to the library before what it read is used."""

    def __init__(self, happens: Callable[[], object]) -> None:
        self._happens = happens

    def fits(self, question: str, passages: Sequence[Passage]) -> list[Fit]:
        found = super().fits(question, passages)
        self._happens()
        return found


def answering(assistant: Assistant, embedder: Embedder, happens: Callable[[], object]) -> Answering:
    """Answers from the assistant's library, in which something happens before what was found is cited."""
    return Answering(assistant.library, embedder, PlainReader(Meanwhile(happens)))


@pytest.mark.slow
@pytest.mark.parametrize("change", ["removed", "changed"])
def test_what_changed_between_search_and_citing_is_rejected_and_not_shown(
    tmp_path: Path, sentence_transformer: Embedder, change: str
) -> None:
    with opened(tmp_path, sentence_transformer, {"leaflets.md": LEAFLETS, "window.md": WINDOW}) as assistant:
        files = tmp_path / "documents"

        def happens() -> None:
            if change == "removed":
                (files / "window.md").unlink()
            else:
                (files / "window.md").write_text(WINDOW.replace("Leaflets are", "Handbills are"), encoding="utf-8")
            sync([files], assistant.library, Settings(home=tmp_path / "home"), sentence_transformer)

        late = answering(assistant, sentence_transformer, happens)

        *streamed, answer = late.stream("Are leaflets the best way to bring new customers into a bakery?")

        assert isinstance(answer, Answer)
        assert tuple(streamed) == answer.statements
        assert {c.about.source for s in answer.statements for c in s.citations} == {"leaflets.md"}
        assert [rejected.quote[:16] for rejected in answer.rejected] == ["Leaflets are not"]
        assert answer.conflicts == ()
        assert not answer.refused


@pytest.mark.slow
def test_when_all_that_was_found_is_gone_the_answer_is_a_refusal(
    tmp_path: Path, sentence_transformer: Embedder
) -> None:
    with opened(tmp_path, sentence_transformer, {"mill.txt": MILL}) as assistant:
        file = tmp_path / "documents" / "mill.txt"

        def happens() -> None:
            with assistant.library.writing() as writer:
                writer.remove([str(file)])

        late = answering(assistant, sentence_transformer, happens)

        (answer,) = late.stream("When did the mill at Ashford open?")

        assert isinstance(answer, Answer)
        assert answer.refused
        assert (answer.statements, answer.nearest) == ((), ())
        assert {one.why for one in answer.rejected} == {"its document is no longer in the library"}


def test_a_document_that_goes_while_it_is_searched_for_leaves_a_refusal(
    library: Library, embedder: WordEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between its candidates being candidates_then_removed and their neighbours being read."""
    stored(library, "The mill sold linen.\n\nThe mill sold wool.", "mill.txt")

    def candidates_then_removed(*given: Any) -> list[Candidate]:
        all_found = candidates(*given)
        with library.writing() as writer:
            writer.remove(["/docs/mill.txt"])
        return all_found

    monkeypatch.setattr(material, "candidates", candidates_then_removed)

    answer = Assistant(library, embedder).ask("What did the mill sell?")

    assert answer.refused
    assert (answer.statements, answer.nearest) == ((), ())
    assert answer.rejected


@pytest.mark.slow
def test_the_main_job_asks_nothing_of_the_network(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From files to a cited answer with parts that are all new, so that none has fetched anything before."""
    attempts = []

    def attempt(*args: object) -> None:
        attempts.append(args)
        raise OSError("the network is closed")

    for owner, name in ((socket, "getaddrinfo"), (socket.socket, "connect"), (socket.socket, "connect_ex")):
        monkeypatch.setattr(owner, name, attempt)

    with opened(tmp_path, build_embedder(settings), {"mill.txt": MILL}) as assistant:
        answer = assistant.ask("When did the mill at Ashford open?")

        check(assistant, answer)
        assert not answer.refused
    assert attempts == []


@pytest.mark.parametrize(
    "question", ["", "   \n", "?!", "— … —", "why " * 25_000, "x" * 100_000, "x" * (LONGEST_QUESTION + 1)]
)
def test_what_is_no_question_is_told_before_anything_is_searched(
    library: Library, embedder: WordEmbedder, question: str
) -> None:
    with pytest.raises(SettingsError) as told:
        Assistant(library, embedder).ask(question)

    assert told.value.hint
    assert len(str(told.value)) < 200


def test_a_question_of_the_greatest_length_is_read(library: Library, embedder: WordEmbedder) -> None:
    question = ("why does bread rise when who is baking it, and " * LONGEST_QUESTION)[:LONGEST_QUESTION]

    assert Assistant(library, embedder).ask(question).question == question


def test_an_empty_library_refuses_and_says_that_it_is_empty(library: Library, embedder: WordEmbedder) -> None:
    for question in ("What is bread?", "What do these documents argue?"):
        answer = Assistant(library, embedder).ask(question)

        assert (answer.refused, answer.searched, answer.nearest) == (True, Searched(0, 0), ())


def test_white_space_does_not_make_another_question(library: Library, embedder: WordEmbedder) -> None:
    answer = Assistant(library, embedder).ask("  What\n is \t bread? ")

    assert answer.standalone_question == "What is bread?"


@pytest.mark.slow
@pytest.mark.parametrize("question", ["When did the mill at Ashford open?", "What does a market stall need?"])
def test_an_answer_is_a_few_stretches_of_whole_sentences(shared: Assistant, question: str) -> None:
    answer = shared.ask(question)

    quotes = [citation.quote for statement in answer.statements for citation in statement.citations]
    assert sum(map(len, quotes)) <= (OF_A_LIST if "need" in question else CHARACTERS)
    assert len(quotes) <= max(STRETCHES, 4)
    assert all(quote[-1] in ".!?" or "need" in question for quote in quotes)
