"""Which passages are findings of an idea, and which of their sentences are quoted, as a model weighs them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest

from assistant.build import Assistant
from assistant.evidence.stance import Weight, Whole
from assistant.library.library import Library
from assistant.pressure.plain_ideas import MOST
from assistant.settings import Settings
from assistant.types import Finding, Stance
from ingest.sync import sync
from tests.fakes import WordEmbedder

IDEA = "Print leaflets for the bakery."
QUOTED = "Leaflets for the bakery are worth it. We print them on Mondays."
TOWNS = (
    "Ashton",
    "Birchley",
    "Cedarham",
    "Elmford",
    "Firwood",
    "Hazelby",
    "Larkhill",
    "Mapleton",
    "Oakfield",
    "Pinegate",
)


class Weighing:
    """A model that bears as much as the words of a sentence say, for what has "worth" in it and against all else."""

    name, shown, sure = "weighing", 0.2, 0.6

    def __init__(self, bears: Mapping[str, float]) -> None:
        self.claims: list[str] = []
        self._bears = bears

    def weigh(self, claim: str, passages: Sequence[Whole]) -> list[Weight]:
        self.claims.append(claim)
        return [self._weight(one) for one in passages]

    def _weight(self, one: Whole) -> Weight:
        texts = [one.passage[span.start : span.end] for span in one.spans]
        by = np.array(
            [max([odds for word, odds in self._bears.items() if word in text], default=-9.0) for text in texts]
        )
        supports = 0.8 if "worth" in texts[int(by.argmax())] else 0.1
        return Weight(float(1 / (1 + np.exp(-by.max()))), by, np.array([supports, 1 - supports, 0], np.float32))


@pytest.fixture
def library(tmp_path: Path, embedder: WordEmbedder) -> Iterator[Library]:
    texts = {
        "bakery": f"The shop is very old. {QUOTED} The mill is shut.",
        "other": "Nobody reads leaflets of a bakery any more.",
        **{town: f"The bakery of {town} prints leaflets for {town[::-1]}." for town in TOWNS},
        **{f"{town} again": f"Leaflets are printed by {town[::-1]}, a bakery in {town}." for town in TOWNS},
    }
    for name, text in texts.items():
        (tmp_path / f"{name}.txt").write_text(text + "\n", encoding="utf-8")
    with Library.open(Settings(home=tmp_path / "home"), embedder, create=True) as library:
        sync([tmp_path], library, Settings(home=tmp_path / "home"), embedder)
        yield library


def findings(library: Library, embedder: WordEmbedder, model: Weighing, idea: str = IDEA) -> list[Finding]:
    return list(Assistant(library, embedder, stance=model).challenge(idea).assumptions[0].findings)


def test_sentences_that_bear_nearly_as_much_as_the_best_of_a_passage_are_quoted_with_it(
    library: Library, embedder: WordEmbedder
) -> None:
    (one,) = findings(library, embedder, Weighing({"worth": 3.0, "Mondays": 1.5, "mill": 0.5}))

    assert one.citation.quote == QUOTED
    assert one.stance is Stance.SUPPORTS


def test_what_does_not_bear_is_not_shown_and_of_what_does_the_likeliest(
    library: Library, embedder: WordEmbedder
) -> None:
    every = findings(
        library, embedder, Weighing({"worth": 3.0, "any more": 2.0, "The bakery of": 0.0, "printed by": -5.0})
    )

    assert [one.citation.quote.split()[0] for one in every[:2]] == ["Leaflets", "Nobody"]
    assert [one.stance for one in every[:2]] == [Stance.SUPPORTS, Stance.CHALLENGES]
    assert len(every) == min(MOST, 2 + len(TOWNS))
    assert not [one for one in every if "printed by" in one.citation.quote]


def test_an_idea_and_its_negation_have_the_same_evidence_on_the_other_side(
    library: Library, embedder: WordEmbedder
) -> None:
    model = Weighing({"worth": 3.0, "any more": 2.0})
    sides = {one.citation.quote: one.stance for one in findings(library, embedder, model, "We should print leaflets.")}
    other = {
        one.citation.quote: one.stance for one in findings(library, embedder, model, "We should not print leaflets.")
    }

    exchanged = {Stance.SUPPORTS: Stance.CHALLENGES, Stance.CHALLENGES: Stance.SUPPORTS}
    assert other == {quote: exchanged[side] for quote, side in sides.items()}
    assert len(set(model.claims)) == 1


def test_to_stop_a_thing_is_read_as_it_is_written(library: Library, embedder: WordEmbedder) -> None:
    model = Weighing({"worth": 3.0})
    findings(library, embedder, model, "Stop printing leaflets for the bakery.")

    assert set(model.claims) == {"Stop printing leaflets for the bakery."}
