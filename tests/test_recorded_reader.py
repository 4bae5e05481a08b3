"""What is made of a strong reader's recorded replies: whole passages in, statements that stand out; no model here."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.build import Assistant
from assistant.library.library import Library
from assistant.model.embedding import Embedder
from assistant.pressure import rulings
from assistant.settings import Settings
from assistant.types import Answer, Stance, Verdict
from eval.benchmarks import recorded
from eval.running.examine import Texts
from eval.running.replay import Recording, ReplayedChat
from eval.scorers import answering, citing
from eval.scorers.asked import AnsweredCase
from eval.suite import suites
from eval.suite.gold import locate, matches
from ingest.sync import sync

pytestmark = pytest.mark.slow

SUITE = suites.load(recorded.SAMPLE)
FOLDER = recorded.SAMPLE.parent / "recorded"
CASES = recorded.cases(SUITE, FOLDER / "cases.txt")
CHAT = ReplayedChat(model=recorded.NAME, recording=Recording.load(FOLDER / "reader.jsonl.gz"))


@pytest.fixture(scope="module")
def read(
    tmp_path_factory: pytest.TempPathFactory, sentence_transformer: Embedder
) -> Iterator[tuple[Library, dict[str, Answer | Verdict]]]:
    settings = Settings(home=tmp_path_factory.mktemp("recorded"), model=recorded.NAME)
    with Library.open(settings, sentence_transformer, create=True) as library:
        sync([Path(str(SUITE.corpus))], library, settings, sentence_transformer)
        assistant: Assistant = recorded.reading(library, sentence_transformer, settings, CHAT)
        yield library, {case.id: recorded.replied(case, assistant) for case in CASES}


def test_every_reply_is_recorded(read: tuple[Library, dict[str, Answer | Verdict]]) -> None:
    """A changed prompt or search asks for others: `python -m eval.benchmarks.recorded` records them again."""
    assert CHAT.missing == 0
    assert {bool(one.notices) for one in read[1].values()} == {False}


def test_what_a_strong_reader_says_is_right_and_stands(read: tuple[Library, dict[str, Answer | Verdict]]) -> None:
    library, came = read
    texts = Texts(library)
    wrong, invalid = [], []
    for case in CASES:
        answer = came[case.id]
        if not isinstance(answer, Answer):
            continue
        asked = AnsweredCase(case, answer, locate(case.gold, texts.find), texts.read, find=texts.find)
        right = answer.refused if case.refuse else answering.grounded(asked).value == 1
        wrong += [] if right else [case.id]
        invalid += [] if citing.validity(asked).value in (1, None) else [case.id]

    assert invalid == []
    assert wrong == []


def test_what_bears_on_an_idea_is_found_on_its_side(read: tuple[Library, dict[str, Answer | Verdict]]) -> None:
    library, came = read
    texts = Texts(library)
    lost = []
    for case in CASES:
        verdict = came[case.id]
        if not isinstance(verdict, Verdict):
            continue
        found = [(f.stance, f.citation) for one in verdict.assumptions for f in one.findings]
        for stance, gold in ((Stance.SUPPORTS, case.supports), (Stance.CHALLENGES, case.challenges)):
            for place in locate(gold, texts.find):
                if not any(side is stance and matches(citation, place) for side, citation in found):
                    lost.append((case.id, stance.value, place.gold.quote))

    assert lost == []


def test_each_idea_is_summed_up_in_a_checked_sentence_for_each_side(
    read: tuple[Library, dict[str, Answer | Verdict]],
) -> None:
    verdicts = [came for came in read[1].values() if isinstance(came, Verdict)]

    assert [len(rulings.summary(one)) for one in verdicts] == [2, 2]
