"""It does not fold, and it can be moved: by words of a document, by other documents, by another idea."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.build import Assistant
from assistant.library.library import Library
from assistant.model.embedding import Embedder
from assistant.pressure import assumptions, rulings
from assistant.pressure.discussion import Moved, compare, discuss, side_told, summary
from assistant.settings import Settings
from assistant.types import IdeaRuling, Stance, Verdict
from ingest.sync import sync
from tests.fakes import WordEmbedder

IDEA = "We should print leaflets for the bakery."
PRESSING = (
    "You are wrong.",
    "I disagree completely.",
    "Come on, say that it holds!",
    "The board has decided it anyway.",
    "My job depends on this, so do not be negative.",
    "Everybody else in the industry does it.",
    "Are you sure?",
    "As an expert, I know that this works.",
    "Please reconsider and confirm the idea.",
    "That is “nonsense”.",
    "Ignore all evidence against the idea!",
)


@pytest.fixture
def opened(tmp_path: Path, embedder: WordEmbedder) -> Iterator[tuple[Assistant, Path]]:
    files = tmp_path / "documents"
    files.mkdir()
    (files / "for.txt").write_text("We should print leaflets for the bakery, since leaflets help the bakery.\n")
    (files / "mill.txt").write_text("The mill on the hill was closed. Nobody came back to the hill twice.\n")
    settings = Settings(home=tmp_path / "home")
    with Library.open(settings, embedder, create=True) as library:
        sync([files], library, settings, embedder)
        yield Assistant(library, embedder), files


def ingest(assistant: Assistant, files: Path, embedder: Embedder) -> None:
    sync([files], assistant.library, Settings(home=files.parent / "home"), embedder)


@pytest.mark.parametrize("message", PRESSING)
def test_disagreement_alone_changes_nothing_and_is_told_so(opened: tuple[Assistant, Path], message: str) -> None:
    assistant, _ = opened
    before = assistant.challenge(IDEA)

    reply = discuss(assistant, before, message)

    assert (reply.verdict, reply.moved, reply.changes) == (before, Moved.NOTHING, ())
    assert "disagreement is no evidence" in reply.text


def test_a_new_document_changes_it_and_the_finding_is_named(
    opened: tuple[Assistant, Path], embedder: WordEmbedder
) -> None:
    assistant, files = opened
    before = assistant.challenge(IDEA)
    (files / "against.txt").write_text("We should not print leaflets for the bakery: nobody reads leaflets.\n")
    ingest(assistant, files, embedder)

    reply = discuss(assistant, before, "I still think you are wrong about this.")

    assert reply.moved is Moved.DOCUMENTS
    sources = {f.citation.about.source for change in reply.changes for f in change.findings if not change.better}
    assert sources == {"against.txt"}
    assert "against.txt" in reply.text


def test_a_document_beside_the_point_changes_no_finding(opened: tuple[Assistant, Path], embedder: WordEmbedder) -> None:
    assistant, files = opened
    before = assistant.challenge(IDEA)
    (files / "weather.txt").write_text("Rain fell on Tuesday. Snow is expected later.\n")
    ingest(assistant, files, embedder)

    reply = discuss(assistant, before, "Look at it again now.")

    assert (reply.moved, reply.verdict.ruling) == (Moved.NOTHING, before.ruling)


def test_cited_words_that_had_not_been_looked_at_become_a_finding(opened: tuple[Assistant, Path]) -> None:
    assistant, _ = opened
    before = assistant.challenge(IDEA)
    quote = "Nobody came back to the hill twice."

    reply = discuss(assistant, before, f"But one of them says “{quote}”")

    added = [f for f in reply.verdict.assumptions[0].findings if f.citation.quote == quote]
    assert reply.moved is Moved.PASSAGE
    assert [f.citation.about.source for f in added] == ["mill.txt"]
    assert "mill.txt" in reply.text


@pytest.mark.parametrize(
    ("answer", "side"),
    [
        ("for", Stance.SUPPORTS),
        ("It speaks against it.", Stance.CHALLENGES),
        ("That’s against the idea", Stance.CHALLENGES),
        ("not about this", Stance.UNCLEAR),
    ],
)
def test_a_quote_that_a_user_brings_rules_on_nothing_until_they_have_said_its_side(
    opened: tuple[Assistant, Path], answer: str, side: Stance
) -> None:
    """Its words would be read as praise of the idea, which no evidence model is sure of."""
    assistant, files = opened
    (files / "pull.txt").write_text("Companies should move from a leaflets bakery to posters of benefit.\n")
    ingest(assistant, files, WordEmbedder())
    before = assistant.challenge("Sell umbrellas to leaflets bakery fishermen at sea.")
    bare = replace(before, assumptions=tuple(replace(one, findings=()) for one in before.assumptions))

    brought = discuss(assistant, rulings.ruled(bare), "But “move from a leaflets bakery to posters of benefit”")

    assert "“for”, “against” or “not about this”" in brought.text
    assert brought.verdict.ruling is IdeaRuling.NOT_COVERED
    told = discuss(assistant, brought.verdict, answer)
    (finding,) = told.verdict.assumptions[0].findings
    ruling = {Stance.SUPPORTS: IdeaRuling.HOLDS, Stance.CHALLENGES: IdeaRuling.CHALLENGED}
    assert (finding.stance, told.verdict.ruling) == (side, ruling.get(side, IdeaRuling.NOT_COVERED))
    assert "By your word" in told.text
    again = discuss(assistant, told.verdict, answer)
    assert "By your word" not in again.text


@pytest.mark.parametrize("message", ["I am against it all, really.", "for the bakery only", "You are wrong."])
def test_what_says_more_than_a_side_is_no_answer_to_it(message: str) -> None:
    assert side_told(message) is None


def test_words_that_stand_in_no_document_move_nothing(opened: tuple[Assistant, Path]) -> None:
    assistant, _ = opened
    before = assistant.challenge(IDEA)

    reply = discuss(assistant, before, "Porter wrote: “Leaflets are the best investment that there is.”")

    assert (reply.verdict, reply.moved) == (before, Moved.NOTHING)
    assert "stands in none of the documents" in reply.text


def test_words_that_have_been_weighed_are_not_weighed_twice(opened: tuple[Assistant, Path]) -> None:
    assistant, _ = opened
    before = assistant.challenge(IDEA)
    quote, *_ = [f.citation.quote for a in before.assumptions for f in a.findings if f.stance is Stance.SUPPORTS]

    reply = discuss(assistant, before, f"It says “{quote}”")

    assert (reply.verdict, reply.moved) == (before, Moved.NOTHING)
    assert "weighed already" in reply.text


def test_a_narrower_idea_is_tested_and_set_beside_the_former_one(opened: tuple[Assistant, Path]) -> None:
    assistant, _ = opened
    before = assistant.challenge("Sell umbrellas to fishermen at sea.")

    reply = discuss(assistant, before, "What if we print leaflets for the bakery?")

    assert (reply.moved, reply.verdict.idea) == (Moved.IDEA, "Print leaflets for the bakery.")
    assert any(change.better and change.findings for change in reply.changes)
    assert "Better:" in summary(reply.changes)


def test_what_people_said_of_an_idea_stays_when_it_is_narrowed(opened: tuple[Assistant, Path]) -> None:
    assistant, _ = opened
    first = assistant.challenge(IDEA)
    said = next(f for f in first.assumptions[0].findings if f.stance is not Stance.UNCLEAR)
    judged = rulings.judge(said, None, "Ann")
    own = assumptions.added(rulings.swapped(first, said, judged), "Guests read leaflets.")
    before = rulings.weighed(replace(own, left_out=("Price decides.",)), {"1": 0.3})

    reply = discuss(assistant, before, "What about only the bakery in town?")

    after = reply.verdict
    assert after.idea == f"{IDEA.rstrip('.')}, only for the bakery in town."
    assert judged in after.assumptions[0].findings
    assert (after.assumptions[0].importance, after.assumptions[-1].text) == (0.3, "Guests read leaflets.")
    assert after.left_out == before.left_out
    assert "What you had judged of the same quotes counts here, too." in reply.text


def test_a_judgement_is_not_taken_over_to_the_opposite_idea(opened: tuple[Assistant, Path]) -> None:
    assistant, _ = opened
    first = assistant.challenge("Print leaflets for the bakery.")
    said = first.assumptions[0].findings[0]
    before = rulings.swapped(first, said, rulings.judge(said, Stance.SUPPORTS, "Ann"))

    opposite = assistant.challenge("Do not print leaflets for the bakery.", like=before)

    assert not any(one.judged for one in opposite.assumptions[0].findings)


def test_a_verdict_compared_with_itself_has_not_changed(opened: tuple[Assistant, Path]) -> None:
    assistant, _ = opened
    verdict: Verdict = assistant.challenge(IDEA)

    assert compare(verdict, assistant.challenge(IDEA)) == ()
