"""From a suite to its verdict, with real parts; the embedder is the double, so that nothing takes long."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from lxml import html as lxml_html

from assistant.build import Assistant
from assistant.checking import citations
from assistant.errors import CaseError
from assistant.evidence import stance
from assistant.evidence.answers import AnswerReader
from assistant.readers import material, plain
from assistant.search.retrieval import ANYWHERE
from assistant.settings import Settings
from assistant.types import Answer, Citation, Filters, Hit, Stance, Turn
from eval.gate import baseline
from eval.gate.gate import Exit
from eval.gate.summary import measures_of
from eval.harness import accept, artifacts
from eval.harness.harness import Options, measure, measure_each, merged, select
from eval.render import report
from eval.running.records import Record, read_lines
from eval.running.run import run
from eval.running.systems import System
from eval.suite import suites
from tests.fakes import WordEmbedder
from tests.suites import FORD, LAMPS, SUITE, make_record, make_run, write_small

GATED = "gate: {baseline: baseline.json, floors: {citation validity: 1.0}}\n"
MILLS = " ".join(
    f"Mill {n} made cloth of sort {n} for traders from town {n}." for n in range(40)
)  # so that a heap is one


class Wrapped:
    """The assistant with one of its ways replaced."""

    def __init__(self, assistant: Assistant, ask: Callable[[str], Answer]) -> None:
        self._assistant, self._ask = assistant, ask
        self.challenge, self.sides = assistant.challenge, assistant.sides

    def ask(self, question: str, history: Sequence[Turn] = (), filters: Filters = ANYWHERE) -> Answer:
        return self._ask(question)

    def search(self, query: str, k: int = 8, filters: Filters = ANYWHERE) -> list[Hit]:
        return self._assistant.search(query, k, filters)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Plain marks give the sides: what is tried here is the harness, and the marks take no time."""
    return settings.model_copy(update={"evidence_model": "none"})


@pytest.fixture
def gated(tmp_path: Path, settings: Settings) -> Callable[..., artifacts.StoredRun]:
    """Measures the small suite, whose baseline was accepted, and gives what came of it."""
    path = write_small(tmp_path, SUITE + GATED, **{"mills.txt": f"Mills\n\n{MILLS}\n"})
    embedder = WordEmbedder()

    def again(**options: Any) -> artifacts.StoredRun:
        wrap = options.pop("wrap", None)
        given = Options(**{"out": tmp_path / "out", **options})
        return measure(suites.load(path), settings, given, embedder, wrap=wrap)

    assert again().verdict.exit is Exit.BASELINE
    accept.accept(path, "The first one.", tmp_path / "out")
    return again


def agree(run: artifacts.StoredRun, folder: Path) -> Exit:
    """The exit code, after making sure that JUnit, Markdown, HTML and JSON say the same."""
    xml = etree.parse(folder / artifacts.JUNIT)
    red = xml.findall(".//failure") + xml.findall(".//error")
    markdown = (folder / artifacts.MARKDOWN).read_text("utf-8")
    page = lxml_html.parse(folder / artifacts.HTML).getroot().text_content()
    told = json.loads((folder / artifacts.SUMMARY).read_text("utf-8"))["gate"]
    word = "PASSED" if run.verdict.passed else "FAILED"
    assert bool(red) is not run.verdict.passed
    assert word in markdown.upper()
    assert word in page.upper()
    assert (told["passed"], told["exit"]) == (run.verdict.passed, run.verdict.exit)
    assert artifacts.read(folder) == run
    return run.verdict.exit


def test_what_was_accepted_passes_and_all_formats_say_so(gated: Callable[..., artifacts.StoredRun], tmp_path: Path):
    run = gated()

    assert agree(run, tmp_path / "out" / "small") is Exit.PASSED
    assert run.summary.outcomes == {"right": 5}
    assert run.comparison is not None
    assert {path.name for path in (tmp_path / "out" / "small").iterdir()} == {
        "results.jsonl",
        "summary.json",
        "timings.json",
        "junit.xml",
        "summary.md",
        "comment.md",
        "badge.json",
        "report.html",
        "run.lock.json",
        "earlier",  # runs before it, for the scoreboard
    }


def retrieval_off(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(material, "candidates", lambda *_: [])


def offsets_shifted(patch: pytest.MonkeyPatch) -> None:
    def shifted(*given: Any) -> Any:
        cited = citations_cite(*given)
        return replace(cited, start=cited.start + 1, end=cited.end + 1) if isinstance(cited, Citation) else cited

    citations_cite = citations.cite
    patch.setattr(citations, "cite", shifted)


def stance_swapped(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(stance, "SIDES", (Stance.CHALLENGES, Stance.SUPPORTS, Stance.UNCLEAR))


def threshold_up(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(AnswerReader, "answer", 1.01)


def refusal_off(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(plain, "reason_to_refuse", lambda *_, **__: None)


@pytest.mark.parametrize(
    ("mutation", "held"),
    [
        (retrieval_off, {"fact-price", "fact-brands", "multi-lamps"}),
        (offsets_shifted, {"fact-price", "fact-brands", "multi-lamps", "idea-cheaper"}),
        (stance_swapped, {"idea-cheaper"}),
        (threshold_up, {"fact-price", "fact-brands", "multi-lamps"}),
        (refusal_off, {"none-moon"}),
    ],
)
def test_each_mutation_turns_the_gate_red_and_names_its_cases(
    gated: Callable[..., artifacts.StoredRun],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    mutation: Callable[[pytest.MonkeyPatch], None],
    held: set[str],
):
    mutation(monkeypatch)

    run = gated()

    assert agree(run, tmp_path / "out" / "small") is Exit.QUALITY
    assert set(run.verdict.cases) == held
    assert run.comparison is not None
    assert set(run.comparison.lost) == held


def test_a_system_that_crashes_is_infrastructure(gated: Callable[..., artifacts.StoredRun], tmp_path: Path):
    def crash(question: str) -> Answer:
        raise RuntimeError(f"no answer to {question}")

    run = gated(wrap=lambda assistant: Wrapped(assistant, crash))

    assert agree(run, tmp_path / "out" / "small") is Exit.INFRASTRUCTURE
    assert run.summary.outcomes == {"right": 1, "error": 4}
    assert run.summary.measure("grounded correct") is None


def test_an_answer_that_changes_by_itself_is_found(gated: Callable[..., artifacts.StoredRun], tmp_path: Path):
    count = iter(range(99))

    def wrap(assistant: Assistant) -> System:
        return Wrapped(assistant, lambda question: replace(assistant.ask(question), reason=str(next(count))))

    run = gated(wrap=wrap)

    assert agree(run, tmp_path / "out" / "small") is Exit.QUALITY
    assert set(run.summary.differing) == {"fact-price", "fact-brands", "multi-lamps", "none-moon"}


def test_an_interrupted_run_keeps_what_is_done(tmp_path: Path, settings: Settings):
    more = "".join(f"  - {{id: none-{n}, question: 'How far is star {n}?', refuse: true}}\n" for n in range(8))
    path = write_small(tmp_path, SUITE + more)
    asked: list[str] = []

    def wrap(assistant: Assistant) -> System:
        def ask(question: str) -> Answer:
            asked.append(question)
            if len(asked) > 9:  # the first four cases, twice, and one more
                raise KeyboardInterrupt
            return assistant.ask(question)

        return Wrapped(assistant, ask)

    run = measure(suites.load(path), settings, Options(out=tmp_path / "out"), WordEmbedder(), wrap=wrap)

    assert agree(run, tmp_path / "out" / "small") is Exit.INTERRUPTED
    assert [record.id for record in run.records] == ["fact-price", "fact-brands", "multi-lamps", "none-moon"]


def test_time_that_is_spent_ends_a_run_and_keeps_what_is_done(tmp_path: Path, settings: Settings):
    run = measure(
        suites.load(write_small(tmp_path)), settings, Options(out=tmp_path / "out", seconds=0.0), WordEmbedder()
    )

    assert agree(run, tmp_path / "out" / "small") is Exit.BUDGET
    assert len(run.records) == 4  # of five; what was begun is finished


def test_a_document_that_did_not_go_in_and_gold_that_cleaning_took_are_named(tmp_path: Path, settings: Settings):
    text = SUITE.replace("it takes years until people know them", "Post a comment").replace('answer: ["years"]', "")
    text = text.replace("page.txt", "page.html")
    path = write_small(tmp_path, text, **{"page.html": "<p>Brands are slow to build.</p><p>Post a comment</p>"})
    (tmp_path / "documents" / "broken.txt").write_bytes(b"\x00\x01\x02")

    run = measure(suites.load(path), settings, Options(out=tmp_path / "out"), WordEmbedder())

    assert [one.split(":")[0] for one in run.summary.failed] == ["broken.txt"]
    assert run.summary.lost == (("fact-brands", "gold not in the kept text of page.html: “Post a comment”"),)
    assert run.verdict.exit is Exit.INFRASTRUCTURE


def test_any_number_of_jobs_gives_the_same_summary_to_the_byte(tmp_path: Path, settings: Settings):
    more = "".join(f"  - {{id: none-{n}, question: 'How far is star {n}?', refuse: true}}\n" for n in range(8))
    path = write_small(tmp_path, SUITE + more)

    written = []
    for jobs in (1, 8):
        measure(suites.load(path), settings, Options(out=tmp_path / str(jobs), jobs=jobs), WordEmbedder())
        folder = tmp_path / str(jobs) / "small"
        written.append([(folder / name).read_bytes() for name in ("summary.json", "results.jsonl", "report.html")])

    assert written[0] == written[1]


def test_the_run_is_on_a_library_of_its_own_that_is_gone_afterwards(tmp_path: Path, settings: Settings):
    done = run(suites.load(write_small(tmp_path)), settings, embedder=WordEmbedder())

    assert done.searched.documents == 3
    assert not settings.home.exists()


def test_cases_are_selected_by_id_kind_and_tag(tmp_path: Path):
    suite = suites.load(write_small(tmp_path, SUITE.replace("refuse: true}", "refuse: true, tags: [far]}")))

    def chosen(**options: Any) -> list[str]:
        return [case.id for case in select(suite, Options(**options))]

    assert chosen(kinds=("fact",)) == ["fact-price", "fact-brands"]
    assert chosen(tags=("far",)) == ["none-moon"]
    assert chosen(ids=("none-moon",), kinds=("fact",)) == []
    assert chosen(limit=2) == ["fact-price", "multi-lamps"]
    with pytest.raises(CaseError, match="small has no case fact-x"):
        chosen(ids=("fact-x",))


def test_of_repeated_runs_a_case_passes_when_enough_of_them_did():
    from eval.running.records import CaseOutcome

    runs = [
        make_run(make_record("a", one), make_record("b", two))
        for one, two in (
            (CaseOutcome.RIGHT, CaseOutcome.WRONG),
            (CaseOutcome.WRONG, CaseOutcome.WRONG),
            (CaseOutcome.RIGHT, CaseOutcome.RIGHT),
        )
    ]

    assert [[record.passed for record in merged(runs, needed).records] for needed in (1, 2, 3)] == [
        [True, True],
        [True, False],
        [False, False],
    ]


def values(records: Sequence[Record]) -> dict[str, float | None]:
    return {one.name: one.value for one in measures_of(records)}


def test_a_parrot_cites_well_and_is_far_below_us_on_the_headline(tmp_path: Path, settings: Settings):
    """The nearest sentence is always a whole and valid quotation, and seldom the whole of an answer."""
    done = run(suites.load(write_small(tmp_path)), settings, embedder=WordEmbedder())

    parrot, ours = values(done.sentinels["parrot"]), values(done.records)
    assert [parrot[name] for name in ("citation validity", "citation precision", "anchored statements")] == [1, 1, 1]
    assert (parrot["grounded correct"], ours["grounded correct"]) == (pytest.approx(2 / 3), 1)
    assert parrot["refusal recall"] == 0


def test_quoting_everything_and_taking_both_sides_is_far_below_us(tmp_path: Path, settings: Settings):
    """Long documents: on shorter ones a whole one is an answer."""
    tails = {"ford.txt": f"Ford and prices\n\n{FORD}\n\n{MILLS}\n", "lamps.txt": f"Lamps\n\n{LAMPS}\n\n{MILLS}\n"}
    done = run(suites.load(write_small(tmp_path, **tails)), settings, embedder=WordEmbedder())

    ours = values(done.records)["grounded within budget"]
    named = ("three passages", "eight passages", "thirty sentences", "three documents", "three documents, our refusals")
    dumped = {name: values(done.sentinels[name]) for name in named}
    assert ours == 1
    assert max(of["grounded within budget"] or 0 for of in dumped.values()) < ours
    assert dumped["three documents, our refusals"]["refusal recall"] == 1
    assert values(done.sentinels["both sides"])["strict stance accuracy"] == 0
    assert values(done.sentinels["sides by turns"])["strict stance accuracy"] == 0


def test_refusing_always_has_all_of_refusal_recall_and_of_over_refusal(tmp_path: Path, settings: Settings):
    done = run(suites.load(write_small(tmp_path)), settings, embedder=WordEmbedder())

    got = values(done.sentinels["always refuse"])
    assert (got["refusal recall"], got["over-refusal"], got["grounded correct"]) == (1, 1, 0)


def test_an_empty_selection_is_red_everywhere(gated: Callable[..., artifacts.StoredRun], tmp_path: Path):
    run = gated(kinds=("nonsense",))

    assert agree(run, tmp_path / "out" / "small") is Exit.NOTHING


@pytest.mark.parametrize("words", [20, 190, 380])  # the last two make passages of about 256 and 512 tokens
def test_passages_of_any_size_lose_no_gold(tmp_path: Path, settings: Settings, words: int):
    resized = settings.model_copy(update={"passage_words": words})

    done = run(suites.load(write_small(tmp_path)), resized, embedder=WordEmbedder())

    assert [gold["lost"] for record in done.records for gold in record.gold] == [None] * 5
    assert values(done.records)["recall@10"] == 1


def test_a_hostile_corpus_gives_valid_xml_and_an_inert_page(tmp_path: Path, settings: Settings):
    nasty = "Brands are slow to build <script>alert(1)</script> ]]> & \x07 it takes years until people know them."
    path = write_small(tmp_path, **{"page.txt": f"Brands\n\n{nasty}\n"})

    run = measure(suites.load(path), settings, Options(out=tmp_path / "out"), WordEmbedder())

    folder = tmp_path / "out" / "small"
    agree(run, folder)  # reads both
    page = lxml_html.parse(folder / artifacts.HTML)
    assert page.findall(".//script") == []
    assert "alert(1)" in page.getroot().text_content()


def test_the_baseline_that_is_accepted_says_why_and_a_partial_run_is_none(
    gated: Callable[..., artifacts.StoredRun], tmp_path: Path
):
    assert baseline.read(tmp_path / "baseline.json").reason == "The first one."

    gated(kinds=("fact",))

    assert accept.accept(tmp_path / "small.yaml", "The whole one before.", tmp_path / "out").buried == ()

    empty = tmp_path / "elsewhere"
    gated(kinds=("fact",), out=empty)
    with pytest.raises(CaseError, match="has not all of its cases"):
        accept.accept(tmp_path / "small.yaml", "Part of it.", empty)


def test_accepting_lists_what_was_better_before(
    gated: Callable[..., artifacts.StoredRun], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    retrieval_off(monkeypatch)
    gated()

    buried = accept.accept(tmp_path / "small.yaml", "Worse on purpose.", tmp_path / "out").buried

    assert buried[:3] == tuple(f"{id} was right and is wrong" for id in ("fact-price", "fact-brands", "multi-lamps"))
    assert "grounded within budget: 1.00 → 0.00" in buried


def test_a_document_that_changed_names_the_cases_it_broke_and_the_others_are_judged(
    gated: Callable[..., artifacts.StoredRun], tmp_path: Path
):
    (tmp_path / "documents" / "picture.png").write_bytes(b"no document")
    (tmp_path / "documents" / "page.txt").write_text("Brands\n\nBrands are slow to build, they say.\n")

    run = gated()

    assert agree(run, tmp_path / "out" / "small") is Exit.QUALITY
    assert run.verdict.cases == {"fact-brands": "gold"}


def test_a_run_that_is_killed_has_left_what_it_did(tmp_path: Path, settings: Settings):
    def wrap(assistant: Assistant) -> System:
        asked: list[str] = []

        def ask(question: str) -> Answer:
            asked.append(question)
            if len(asked) > 9:
                raise SystemExit  # as from the outside: nothing below comes to its end
            return assistant.ask(question)

        return Wrapped(assistant, ask)

    more = "".join(f"  - {{id: none-{n}, question: 'How far is star {n}?', refuse: true}}\n" for n in range(8))
    path = write_small(tmp_path, SUITE + more)
    with pytest.raises(SystemExit):
        measure(suites.load(path), settings, Options(out=tmp_path / "out"), WordEmbedder(), wrap=wrap)

    with (tmp_path / "out" / "small" / artifacts.UNFINISHED).open(encoding="utf-8") as lines:
        assert [one.id for one in read_lines(lines)] == ["fact-price", "fact-brands", "multi-lamps", "none-moon"]
    with pytest.raises(CaseError, match="killed after 4 cases"):
        artifacts.read(tmp_path / "out" / "small")


def test_a_gate_that_names_no_measure_is_an_error(tmp_path: Path, settings: Settings):
    path = write_small(tmp_path, SUITE + "gate: {floors: {grounded corect: 0.5}}\n")

    with pytest.raises(CaseError, match=r"no measure 'grounded corect'; 'grounded correct'\?"):
        measure(suites.load(path), settings, Options(out=tmp_path / "out"), WordEmbedder())


def write_lines(path: Path, *values: dict[str, Any]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(value) + "\n" for value in values), "utf-8")
    return path


def test_a_beir_folder_is_measured_as_it_lies(tmp_path: Path, settings: Settings):
    folder = tmp_path / "lamps"
    write_lines(
        folder / "corpus.jsonl",
        {"_id": "1", "title": "Lamps", "text": "The blue lamp costs forty dollars."},
        {"_id": "2", "title": "Roads", "text": "The road map is drawn in spring."},
        {"_id": "3", "title": "", "text": ""},
    )
    write_lines(folder / "queries.jsonl", {"_id": "q1", "text": "price of the blue lamp"})
    (folder / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\nq1\t1\t2\n")

    run = measure(suites.load(folder), settings, Options(out=tmp_path / "out"), WordEmbedder())

    assert run.verdict.exit is Exit.QUALITY  # with two documents, chance finds as much
    assert [check.name for check in run.verdict.failed] == ["sentinels on nDCG@10"]
    assert {one.name: one.value for one in run.summary.measures} == {"recall@10": 1, "MRR@10": 1, "nDCG@10": 1}


def test_stance_pairs_are_measured_as_they_lie(tmp_path: Path, settings: Settings):
    claim = "A cheaper Runabout will reach more people."
    path = write_lines(
        tmp_path / "pairs.jsonl",
        {"id": "1", "claim": claim, "text": "A cheaper Runabout is the best way to reach people.", "label": "support"},
        {"id": "2", "claim": claim, "text": "A cheaper Runabout will never reach more people.", "label": "oppose"},
        {"id": "3", "claim": claim, "text": "Brands are slow to build.", "label": "neutral"},
    )

    run = measure(suites.load(path), settings, Options(out=tmp_path / "out"), WordEmbedder())

    assert run.verdict.exit is Exit.PASSED
    assert run.summary.headline is not None
    assert (run.summary.headline.name, run.summary.headline.value) == ("stance macro-F1", 1)
    assert run.summary.confusion["stance"] == (
        ("challenges", "challenges", 1),
        ("neutral", "neutral", 1),
        ("supports", "supports", 1),
    )


def test_questions_with_their_paragraphs_are_measured_as_they_lie(tmp_path: Path, settings: Settings):
    path = write_lines(
        tmp_path / "ford.jsonl",
        {"id": "1", "question": "What did the Runabout cost in 1925?", "answers": ["$260"], "context": FORD},
        {"id": "2", "question": "How far is the moon from Jupiter?", "answers": [], "context": FORD},
    )

    run = measure(suites.load(path), settings, Options(out=tmp_path / "out"), WordEmbedder())

    assert [(record.kind, record.outcome.value) for record in run.records] == [("answer", "right"), ("none", "right")]


@pytest.mark.slow
def test_evidence_models_are_measured_beside_one_another_in_one_run(tmp_path: Path, settings: Settings) -> None:
    suite = suites.load(write_small(tmp_path, SUITE))
    options = Options(out=tmp_path / "out")

    (ran,) = measure_each([suite], settings, options, WordEmbedder(), models=("none", "pushback", "none"))

    assert list(ran) == ["none", "pushback"]
    assert artifacts.read(tmp_path / "out" / "small") == ran["none"]
    assert artifacts.read(tmp_path / "out" / "beside" / "pushback" / "small") == ran["pushback"]
    assert [one.made_with["settings"]["evidence_model"] for one in ran.values()] == list(ran)
    table = report.of_models({name: kept.summary for name, kept in ran.items()}).splitlines()
    assert table[0].split() == ["evidence", "model", "none", "pushback"]
    assert {one.name for one in ran["none"].summary.measures} == {row.partition("  ")[0] for row in table[1:]}
