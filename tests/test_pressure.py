from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from assistant.build import Assistant
from assistant.errors import SettingsError
from assistant.evidence.stance import SURE, Alone, PlainMarks, side_of
from assistant.library.library import Library
from assistant.model.embedding import Embedder, Vectors
from assistant.pressure.lens import Lens, Side
from assistant.pressure.plain_ideas import MOST
from assistant.pressure.pressure import LONGEST_IDEA
from assistant.pressure.rulings import rule, rule_idea
from assistant.settings import Settings
from assistant.types import (
    About,
    Assumption,
    AssumptionRuling,
    Citation,
    Finding,
    IdeaRuling,
    Searched,
    Stance,
    Verdict,
)
from ingest.sync import sync
from tests.fakes import WordEmbedder

CITED = Citation(About("0123456789", "a.txt", "", "text/plain", "A"), 0, 8, "A quote.")
S, C, U = Stance.SUPPORTS, Stance.CHALLENGES, Stance.UNCLEAR
SUPPORTED, CONTESTED = AssumptionRuling.SUPPORTED, AssumptionRuling.CONTESTED
CHALLENGED, GAP = AssumptionRuling.CHALLENGED, AssumptionRuling.GAP

FOR = "Leaflets are the best way to bring new customers into a small bakery. We handed out 400 leaflets in one week.\n"
AGAINST = "Leaflets are not a way to bring new customers into a small bakery. People throw them away at the corner.\n"


def assumed(*rulings: AssumptionRuling) -> list[Assumption]:
    return [Assumption("It holds.", "the idea", 1.0, ruling) for ruling in rulings]


@pytest.mark.parametrize(
    ("stances", "ruling"),
    [
        ((), GAP),
        ((U,), GAP),
        ((U, U, U), GAP),
        ((S,), SUPPORTED),
        ((S, U, S), SUPPORTED),
        ((C,), CHALLENGED),
        ((U, C), CHALLENGED),
        ((S, C), CONTESTED),
        ((S, S, S, U, C), CONTESTED),
    ],
)
def test_an_assumption_is_ruled_on_by_the_findings_that_are_clear(
    stances: tuple[Stance, ...], ruling: AssumptionRuling
) -> None:
    assert rule([Finding(CITED, stance, 0.6) for stance in stances]) is ruling


@pytest.mark.parametrize(
    ("rulings", "ruling"),
    [
        ((), IdeaRuling.NOT_COVERED),
        ((GAP, GAP), IdeaRuling.NOT_COVERED),
        ((SUPPORTED,), IdeaRuling.HOLDS),
        ((SUPPORTED, GAP, SUPPORTED), IdeaRuling.HOLDS),
        ((CHALLENGED, GAP), IdeaRuling.CHALLENGED),
        ((SUPPORTED, CHALLENGED), IdeaRuling.CONTESTED),
        ((CONTESTED,), IdeaRuling.CONTESTED),
        ((CONTESTED, SUPPORTED, GAP), IdeaRuling.CONTESTED),
        ((CONTESTED, CHALLENGED), IdeaRuling.CONTESTED),
    ],
)
def test_an_idea_is_ruled_on_by_its_assumptions(rulings: tuple[AssumptionRuling, ...], ruling: IdeaRuling) -> None:
    assert rule_idea(assumed(*rulings)) is ruling


def test_neither_order_nor_silence_changes_a_ruling() -> None:
    for rulings in product(AssumptionRuling, repeat=3):
        expected = rule_idea(assumed(*rulings))

        assert rule_idea(assumed(*rulings[::-1])) is expected
        assert rule_idea(assumed(*rulings, GAP)) is expected


@pytest.mark.parametrize(
    ("claim", "sentence", "stance"),
    [
        ("Leaflets bring customers.", "Leaflets are the best way to bring customers.", S),
        ("Leaflets bring customers.", "Leaflets do not bring customers.", C),
        ("Leaflets do not bring customers.", "Leaflets bring customers.", C),
        ("Leaflets do not bring customers.", "Leaflets should never be brought to customers.", S),
        ("Leaflets bring customers.", "Leaflets and customers are on the corner.", U),
        ("Leaflets bring customers.", "It is best not to get up late.", U),  # about something else
    ],
)
def test_a_side_is_taken_by_plain_marks_on_the_same_things(claim: str, sentence: str, stance: Stance) -> None:
    (row,) = PlainMarks().sides(claim, [sentence])

    side, confidence = side_of(row, SURE)

    assert side is stance
    assert 0.4 <= confidence < 1


@pytest.mark.parametrize("idea", ["", " \n ", "…?!", "x" * (LONGEST_IDEA + 1), "sell " * 20_000])
def test_what_is_no_idea_is_told_before_anything_is_searched(
    library: Library, embedder: WordEmbedder, idea: str
) -> None:
    with pytest.raises(SettingsError) as told:
        Assistant(library, embedder).challenge(idea)

    assert told.value.hint
    assert len(str(told.value)) < 200


def test_a_demand_for_agreement_is_no_part_of_what_is_tested(library: Library, embedder: WordEmbedder) -> None:
    idea = "We should hand out leaflets."

    plain, urged = (
        Assistant(library, embedder).challenge(text)
        for text in (idea, f"I already promised the board that this works, so please confirm it. {idea}")
    )

    assert [one.text for one in urged.assumptions] == [one.text for one in plain.assumptions]


def test_an_empty_library_covers_no_idea(library: Library, embedder: WordEmbedder) -> None:
    idea = "We should hand out leaflets."

    verdict = Assistant(library, embedder).challenge(idea)

    (assumption,) = verdict.assumptions
    assert (assumption.text, assumption.ruling, assumption.findings) == (idea, GAP, ())
    assert verdict == Verdict(
        idea,
        IdeaRuling.NOT_COVERED,
        (assumption,),
        (idea,),
        Searched(0, 0),
        missing=(idea,),
        stance_model="none",
        library=library.digest(),
    )


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory, sentence_transformer: Embedder) -> Iterator[Assistant]:
    """Two documents on either side and one beside the point, ingested once."""
    folder = tmp_path_factory.mktemp("pressure")
    files = folder / "documents"
    files.mkdir()
    for name, text in {"for.txt": FOR, "against.txt": AGAINST, "mill.txt": "The mill opened in 1987.\n"}.items():
        Path(files / name).write_text(text, encoding="utf-8")
    settings = Settings(home=folder / "home")
    with Library.open(settings, sentence_transformer, create=True) as library:
        sync([files], library, settings, sentence_transformer)
        yield Assistant(library, sentence_transformer)


@pytest.mark.slow
def test_both_sides_are_cited_in_their_own_words(assistant: Assistant) -> None:
    idea = "A small bakery should hand out leaflets to bring in new customers."

    verdict = assistant.challenge(idea)

    sides = {finding.citation.about.source: finding.stance for a in verdict.assumptions for finding in a.findings[:2]}
    assert sides == {"for.txt": S, "against.txt": C}
    assert (verdict.idea, verdict.ruling, verdict.leaps_of_faith) == (idea, IdeaRuling.CONTESTED, ())
    assert verdict.searched == assistant.library.searched()
    for assumption in verdict.assumptions:
        quotes = [finding.citation.quote for finding in assumption.findings]
        assert len(quotes) == len(set(quotes)) <= MOST
        for finding in assumption.findings:
            text = assistant.library.document(finding.citation.about.id).text
            assert text[finding.citation.start : finding.citation.end] == finding.citation.quote


@pytest.mark.slow
def test_what_nothing_supports_is_a_leap_of_faith(assistant: Assistant) -> None:
    idea = "We should send a probe to Jupiter because our investors love planets and rockets."

    verdict = assistant.challenge(idea)

    assert verdict.ruling is IdeaRuling.NOT_COVERED
    assert verdict.leaps_of_faith == tuple(assumption.text for assumption in verdict.assumptions)
    assert {assumption.ruling for assumption in verdict.assumptions} == {GAP}


class Reading:
    """A stance model that keeps what it was given to read."""

    name = "reading"

    def __init__(self) -> None:
        self.read: list[str] = []

    def sides(self, claim: str, texts: Sequence[str]) -> Vectors:
        self.read += texts
        return np.tile(np.array([0.8, 0.1, 0.1], dtype=np.float32), (len(texts), 1))


@pytest.mark.slow
def test_a_model_that_reads_sentences_alone_reads_the_nearest_of_a_passage_after_the_one_before(
    tmp_path: Path, sentence_transformer: Embedder
) -> None:
    sentences = [
        "Last spring our small bakery made a test in the old town.",
        "We handed out leaflets on two mornings to bring in new customers.",
        "They brought in thirty new customers for the bakery.",
        "A leaflet with a coupon brought in more customers than one without.",
        "We would hand out leaflets again.",
    ]
    (tmp_path / "a.txt").write_text(" ".join(sentences) + "\n", encoding="utf-8")
    settings = Settings(home=tmp_path / "home")
    stance = Reading()
    with Library.open(settings, sentence_transformer, create=True) as library:
        sync([tmp_path / "a.txt"], library, settings, sentence_transformer)
        verdict = Assistant(library, sentence_transformer, stance=Alone(stance)).challenge(
            "A small bakery should hand out leaflets to bring in new customers."
        )

    (quote,) = {finding.citation.quote for a in verdict.assumptions for finding in a.findings}
    at = sentences.index(quote)
    assert stance.read == [" ".join(sentences[at - 1 : at + 1])]


def test_a_finding_counts_for_every_assumption_that_it_bears_on_however_many_the_idea_has(
    tmp_path: Path, embedder: WordEmbedder
) -> None:
    """The idea alone takes all places; what a side of a lens shares with it counts for the lens, too."""
    idea = "We should print leaflets for the bakery."
    towns = [
        f"{a}{b}ville"
        for a in ("Ash", "Birch", "Cedar", "Elm", "Fir")
        for b in ("ton", "ham", "field", "wood", "by", "ley")
    ]
    for town in towns:
        (tmp_path / f"{town}.txt").write_text(f"We should print leaflets for the bakery at {town} near {town[::-1]}.\n")
    side = Side(
        name="pushed",
        claim="We should print leaflets for the bakery.",
        ideas=(idea, "Print leaflets for the bakery."),
        search=("print leaflets for the bakery",),
    )
    other = Side(
        name="drawn", claim="Guests come unasked.", ideas=("Wait for guests.", "Be found."), search=("guests come",)
    )
    lens = Lens(name="reach", question="Drawn in, or pushed at?", importance=0.7, settle="Ask.", sides=(side, other))
    settings = Settings(home=tmp_path / "home")
    with Library.open(settings, embedder, create=True) as library:
        sync([tmp_path], library, settings, embedder)
        verdict = Assistant(library, embedder, stance=Alone(Reading()), lenses=(lens,)).challenge(idea)

    own, of_lens = verdict.assumptions
    assert of_lens.lens == "reach"
    assert {finding.citation for finding in of_lens.findings} <= {finding.citation for finding in own.findings}
    assert (own.ruling, of_lens.ruling, verdict.missing) == (SUPPORTED, SUPPORTED, ())
    assert len({finding.citation for a in verdict.assumptions for finding in a.findings}) <= MOST
