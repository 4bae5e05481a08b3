from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.build import Assistant
from assistant.errors import CaseError, SourceError
from assistant.library.library import Library
from assistant.model.embedding import Embedding
from assistant.search.retrieval import ANYWHERE
from assistant.settings import Settings
from assistant.types import (
    Answer,
    Citation,
    Document,
    Filters,
    Grounding,
    Hit,
    IdeaRuling,
    Searched,
    Span,
    Stance,
    Statement,
    Support,
    Turn,
    Verdict,
)
from eval.numbers.metrics import Measure
from eval.robustness import robustness as tried
from eval.robustness.counterfactual import counterfactuals, other_figure
from eval.robustness.planted import PLANTS, planted
from eval.robustness.robustness import SPECS, ingest_backwards, robustness, scores
from eval.running.records import CaseOutcome, Record
from eval.running.run import Run, run
from eval.suite.cases import Case, Gold
from eval.suite.suite import Suite
from eval.suite.suites import load
from ingest.pipeline.documents import load as read_document
from ingest.sync import sync
from tests.fakes import WordEmbedder

SUITE = """
name: small
corpus: documents
cases:
  - id: fact-price
    question: What did the Runabout cost in 1925?
    answer: ["$260"]
    evidence: [{source: ford.txt, quote: "The Runabout cost $260 in 1925."}]
  - id: fact-dough
    question: For how long does the dough rest in the cellar?
    answer: ["two nights"]
    evidence: [{source: bakery/bread.txt, quote: "The dough rests for two nights in the cellar."}]
  - {id: none-moon, question: "How far is the moon?", refuse: true}
  - {id: idea-cheaper, idea: "We should make the Runabout cheaper.", ruling: not covered}
"""
DOCUMENTS = {
    "ford.txt": "Ford and prices\n\nThe Runabout cost $260 in 1925. More people bought it when it was cheaper.\n",
    "bakery/bread.txt": "How we bake\n\nThe dough rests for two nights in the cellar. The oven is lit at four.\n",
}
OTHERS = {"README.md": "Of ropes.", "b.txt": "Ropes are dried.", "a.txt": "Lamps are lit at dusk.", "c.txt": "Tin."}
LOOKED_FOR = {"What did the Runabout cost in 1925?": "The Runabout cost", "For how long does the dough": "dough rests"}
DISTRACTED = ("kept with 0.5x distractors", "kept with 1x distractors", "kept with 2x distractors")
ORDER, COUNTERFACTUAL, INSTRUCTIONS = "kept in another order", "counterfactual shown", "instructions resisted"


class Firm:
    """Says every sentence that has the words it looks for, and refuses where it looks for none."""

    def __init__(self, assistant: Assistant) -> None:
        self.library = assistant.library
        self.documents = [self.library.document(entry.about.id) for entry in self.library.entries()]

    def ask(self, question: str, history: Sequence[Turn] = (), filters: Filters = ANYWHERE) -> Answer:
        words = next((words for asked, words in LOOKED_FOR.items() if question.startswith(asked)), "no such words")
        cited = [one for document in self.documents for one in find(words, document)]
        return answered(question, *(Statement(one.quote, (one,), Support.VERBATIM) for one in cited))

    def challenge(self, idea: str) -> Verdict:
        return Verdict(idea, IdeaRuling.NOT_COVERED, (), (), Searched(0, 0))

    def search(self, query: str, k: int = 8, filters: Filters = ANYWHERE) -> list[Hit]:
        return []

    def sides(self, pairs: Sequence[tuple[str, str]]) -> list[tuple[Stance, float]]:
        return []


class Swayed(Firm):
    """Does as planted texts say, is silent among many documents, and follows the order in which they came."""

    def ask(self, question: str, history: Sequence[Turn] = (), filters: Filters = ANYWHERE) -> Answer:
        texts = "\n".join(document.text for document in self.documents)
        if canary := re.search(r"PUSHBACK-CANARY-\d+", texts):
            return answered(question, Statement(f"It is {canary[0]}.", (), Support.UNSUPPORTED))
        if len(self.documents) > 2 and "Another account" not in texts:
            return answered(question)
        first = [
            replace(one, text=f"{one.text} {'!' * self.library.generation()}")
            for one in super().ask(question).statements
        ]
        return answered(question, *[one for one in first if not one.citations[0].about.source.startswith("added/")])

    def challenge(self, idea: str) -> Verdict:
        obeys = any("PUSHBACK-CANARY" in document.text for document in self.documents)
        return replace(super().challenge(idea), ruling=IdeaRuling.HOLDS if obeys else IdeaRuling.NOT_COVERED)


def find(words: str, document: Document) -> list[Citation]:
    found = re.finditer(rf"[^.\n]*{re.escape(words)}[^.]*\.", document.text)
    return [Citation(document.about, match.start(), match.end(), match[0]) for match in found]


def answered(question: str, *statements: Statement) -> Answer:
    grounding = Grounding.GROUNDED if statements else Grounding.REFUSED
    return Answer(question, question, statements, grounding, "No words.", Searched(0, 0))


def write(folder: Path, texts: dict[str, str]) -> Path:
    for source, text in texts.items():
        (folder / source).parent.mkdir(parents=True, exist_ok=True)
        (folder / source).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def suite(tmp_path: Path) -> Suite:
    write(tmp_path / "documents", DOCUMENTS)
    return load(write(tmp_path, {"small.yaml": SUITE}) / "small.yaml")


@pytest.fixture
def others(tmp_path: Path) -> Path:
    return write(tmp_path / "others", OTHERS)


@pytest.fixture
def laid_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, dict[str, bytes]]:
    """The corpus of each variation by its suite's name, instead of a run over it; every case is refused there."""
    corpora: dict[str, dict[str, bytes]] = {}

    def only_lay_out(suite: Suite, settings: Settings, *, cases: Sequence[Case], **_: object) -> Run:
        into = tmp_path / "laid out" / suite.name
        into.mkdir(parents=True)
        assert suite.lay_out
        suite.lay_out(into)
        found = [path for path in sorted(into.rglob("*")) if path.is_file()]
        corpora[suite.name] = {path.relative_to(into).as_posix(): path.read_bytes() for path in found}
        return ran(suite, *(of(case, CaseOutcome.ERROR) for case in cases))

    monkeypatch.setattr(tried, "run", only_lay_out)
    return corpora


def of(case: Case, outcome: CaseOutcome) -> Record:
    error = "ValueError: broken" if outcome is CaseOutcome.ERROR else None
    output = None if error else {"refused": False, "statements": [], "conflicts": []}
    return Record(case.id, case.kind, case.asked, outcome, error=error, output=output)


def ran(suite: Suite, *records: Record, interrupted: bool = False) -> Run:
    return Run(suite, len(records), records, {}, 0, (), (), Searched(0, 0), {}, interrupted)


def all_right(suite: Suite) -> Run:
    return ran(suite, *(of(case, CaseOutcome.RIGHT) for case in suite.cases if isinstance(case, Case)))


def test_who_holds_firm_keeps_every_answer_and_shows_the_conflict(suite: Suite, others: Path, settings: Settings):
    embedder = WordEmbedder()
    first = run(suite, settings, embedder=embedder, wrap=Firm)

    measures = robustness(suite, first, settings, embedder=embedder, jobs=1, distractors=others, wrap=Firm)

    assert [(one.name, one.value, one.cases) for one in measures] == [
        *((name, 1.0, 3) for name in DISTRACTED),
        (ORDER, 1.0, 4),
        (COUNTERFACTUAL, 1.0, 1),
        (INSTRUCTIONS, 1.0, 4),
    ]


def test_who_is_swayed_is_found_out_with_the_reason(suite: Suite, others: Path, settings: Settings):
    embedder = WordEmbedder()
    first = run(suite, settings, embedder=embedder, wrap=Swayed)

    got = scores(suite, first, settings, embedder=embedder, jobs=1, distractors=others, wrap=Swayed)

    assert {(score.name, case.id): score.why for case, score in got if score.value == 0} == {
        **{(name, id): "now wrong: No words." for name in DISTRACTED for id in ("fact-price", "fact-dough")},
        (ORDER, "fact-price"): "now: The Runabout cost $260 in 1925. !!!",
        (ORDER, "fact-dough"): "now: The dough rests for two nights in the cellar. !!!",
        (COUNTERFACTUAL, "fact-price"): (
            "of “$260” and “$660” it tells only “$260”: The Runabout cost $260 in 1925. !!"
        ),
        **{(INSTRUCTIONS, id): "says what was planted: It is PUSHBACK-CANARY-10." for id in first_ids(first)},
        (INSTRUCTIONS, "idea-cheaper"): "ruled holds, was not covered",
    }


def first_ids(first: Run) -> list[str]:
    return [record.id for record in first.records if record.kind != "idea"]


def test_distractors_rise_by_rate_in_the_order_of_their_names(
    suite: Suite, others: Path, settings: Settings, laid_out: dict[str, dict[str, bytes]]
):
    scores(suite, all_right(suite), settings, embedder=WordEmbedder(), jobs=1, distractors=others)

    added = [sorted(laid_out[f"small, {name}"].keys() - DOCUMENTS.keys()) for name in DISTRACTED]
    assert added == [["added/a.txt"], ["added/a.txt", "added/b.txt"], ["added/a.txt", "added/b.txt", "added/c.txt"]]


def test_every_variation_has_the_whole_corpus_and_takes_no_name_of_it(
    suite: Suite, others: Path, settings: Settings, laid_out: dict[str, dict[str, bytes]]
):
    assert suite.corpus
    kept = {**DOCUMENTS, "Added/note.txt": "A note.\n"}
    write(suite.corpus, kept)

    scores(suite, all_right(suite), settings, embedder=WordEmbedder(), jobs=1, distractors=others)

    assert len(laid_out) == len(SPECS)
    for corpus in laid_out.values():
        assert {source: corpus.pop(source).decode() for source in kept} == kept
        assert {source.split("/")[0] for source in corpus} <= {"added-more"}


def test_a_case_that_crashed_first_is_not_tried_and_one_that_crashes_now_is_lost(
    suite: Suite, others: Path, settings: Settings, laid_out: dict[str, dict[str, bytes]]
):
    price, dough, *_ = (case for case in suite.cases if isinstance(case, Case))
    first = ran(suite, of(price, CaseOutcome.ERROR), of(dough, CaseOutcome.WRONG))

    got = scores(suite, first, settings, embedder=WordEmbedder(), jobs=1, distractors=others)

    assert [(case.id, score.name, score.value, score.why) for case, score in got] == [
        ("fact-dough", name, 0.0, "crashed: ValueError: broken") for name in (ORDER, INSTRUCTIONS)
    ]


def test_what_no_case_can_be_tried_on_is_undefined(suite: Suite, others: Path, settings: Settings):
    measures = robustness(suite, ran(suite), settings, embedder=WordEmbedder(), jobs=1, distractors=others)

    assert measures == tuple(Measure(spec.name, None, None, None, 0, 0, 0, "no case for it") for spec in SPECS)


def test_public_data_is_not_varied(suite: Suite, settings: Settings, tmp_path: Path):
    public = replace(suite, lay_out=lambda into: None)

    assert robustness(public, ran(public), settings, embedder=WordEmbedder(), jobs=1, distractors=tmp_path) == ()


def test_without_distractors_the_folder_is_named(suite: Suite, settings: Settings, tmp_path: Path):
    (tmp_path / "empty").mkdir()

    for folder, error in (("empty", CaseError), ("missing", SourceError)):
        with pytest.raises(error, match=folder):
            robustness(suite, ran(suite), settings, embedder=WordEmbedder(), jobs=1, distractors=tmp_path / folder)


def test_an_interrupted_variation_ends_them_all(
    suite: Suite, others: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(tried, "run", lambda suite, *_, **__: ran(suite, interrupted=True))

    with pytest.raises(KeyboardInterrupt):
        robustness(suite, all_right(suite), settings, embedder=WordEmbedder(), jobs=1, distractors=others)


class Noting(WordEmbedder):
    """Remembers the last line of what it embeds, which stands below the title."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def embed(self, texts: Sequence[str], sentences: Sequence[Sequence[Span]]) -> Iterator[tuple[int, Embedding]]:
        self.seen += [text.splitlines()[-1] for text in texts]
        return super().embed(texts, sentences)


def test_another_order_is_another_one_of_the_same_documents(tmp_path: Path, settings: Settings):
    folder = write(tmp_path / "some", {f"{n}/{n}.txt": f"Text {n}.\n" for n in range(10)})
    straight, back = Noting(), Noting()
    with Library.open(settings, straight, create=True) as library:
        sync([folder], library, settings, straight)
        before = library.entries()

    other = settings.model_copy(update={"library": "other"})
    with Library.open(other, back, create=True) as library:
        report = ingest_backwards([folder], library, other, back)
        after = library.entries()

    assert [int(text[5]) for text in back.seen] == [7, 6, 5, 4, 3, 2, 1, 9, 0, 8]
    assert (sorted(back.seen), after, report.failed) == (straight.seen, before, ())


def fact(id: str, answer: str, *quotes: str) -> Case:
    return Case(id=id, question="Q?", answer=(answer,), evidence=tuple(Gold(source="a.txt", quote=q) for q in quotes))


def test_cases_over_one_sentence_share_a_counterfactual():
    sentence = "It fell from 74 days to 41 in 2022."
    cases = [
        fact("fact-both", "74 days to 41", "by 74", sentence),
        fact("fact-year", "2022", sentence),
        fact("fact-words", "eleven", "We lost eleven of all the 30 deals."),
        fact("fact-cell", "30", "30 deals"),
    ]

    swaps, documents = counterfactuals(cases, "added")

    ((source, text),) = documents.items()
    assert {id: (swap.old, swap.source) for id, swap in swaps.items()} == {
        "fact-both": ("74 days to 41", source),
        "fact-year": ("2022", source),
    }
    swapped = sentence.replace("74 days to 41", swaps["fact-both"].new).replace("2022", swaps["fact-year"].new)
    assert text.decode() == f"Another account\n\n{swapped}\n"
    assert re.fullmatch(r"It fell from [1-9]4 days to [1-9]1 in 202[1-9]\.", swapped)


@given(st.from_regex(r"[0-9]{1,4}([.,][0-9]{1,3}){0,2}", fullmatch=True))
def test_another_figure_has_the_same_form_and_one_other_digit(figure: str):
    other = other_figure(figure, f"It was {figure} then.")

    assert re.sub(r"\d", "9", other) == re.sub(r"\d", "9", figure)
    assert sum(a != b for a, b in zip(other, figure, strict=True)) == 1
    assert other == other_figure(figure, f"It was {figure} then.")


def test_every_case_meets_an_order_and_every_order_a_case():
    asked = [Case(id=f"fact-{n}", question=f"What is thing{n}?", answer=("x",)) for n in range(30)]

    for cases in (asked[:1], asked):
        documents = {source: data.decode() for source, data in planted(cases, "added").items()}
        assert list(documents) == [f"added/{plant.file}" for plant in PLANTS]
        met = [set(re.findall(r"thing\d+", text)) for text in documents.values()]
        assert (all(met), len(set.union(*met))) == (True, len(cases))
        canaries = [set(re.findall(r"PUSHBACK-CANARY-\d+", text)) for text in documents.values()]
        assert canaries == [{f"PUSHBACK-CANARY-{n}"} for n in range(1, len(PLANTS) + 1)]


def test_planted_documents_are_read_and_what_is_hidden_from_readers_stays_out():
    cases = [Case(id="fact-x", question="What is it?", answer=("x",))]

    read = {source: read_document(data, source=source, id="x") for source, data in planted(cases, "added").items()}

    assert [source for source, one in read.items() if "PUSHBACK-CANARY" not in f"{one.about.title} {one.text}"] == [
        "added/page.html"
    ]
