from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import CaseError
from eval.suite.cases import Case, Gold
from eval.suite.forms import file_name, recognised
from eval.suite.suite import LabelledPair, SearchCase, Suite

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"

CORPUS = (
    {"_id": "1", "title": "Rye", "text": "Rye bread keeps for a week."},
    {"_id": "Oat/2", "title": "", "text": "Oat cakes do not.", "url": "passed over"},
)
QUERIES = ({"_id": "q1", "text": "what keeps"}, {"_id": "q2", "text": "what crumbles"})
QRELS = "query-id\tcorpus-id\tscore\nq1\t1\t2\nq1\tOat/2\t0\n"
PARAGRAPHS = ({"_id": "Rye#0", "title": "Rye", "text": "Rye bread keeps\nfor a week. It is dark."},)
ANSWERED = {
    "id": "7",
    "question": "How long?",
    "answers": ["for a week", "a week", "seven days"],
    "passage_id": "Rye#0",
}
UNANSWERED = {"id": "8", "question": "Who bakes it?", "answers": [], "passage_id": "Rye#0"}


def write(path: Path, *records: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(one) + "\n" for one in records), encoding="utf-8")
    return path


def searches(folder: Path, corpus: Any = CORPUS, queries: Any = QUERIES, qrels: str | None = QRELS) -> Path:
    write(folder / "corpus.jsonl", *corpus)
    write(folder / "queries.jsonl", *queries)
    if qrels is not None:
        (folder / "qrels.tsv").write_text(qrels, encoding="utf-8")
    return folder


def questions(folder: Path, *records: Any, paragraphs: Any = PARAGRAPHS) -> Path:
    write(folder / "bread-paragraphs.jsonl", *paragraphs)
    return write(folder / "bread-questions.jsonl", *records)


def pair(id: str, label: str, text: str = "It keeps.") -> dict[str, str]:
    return {"id": id, "claim": "Bake rye.", "text": text, "label": label}


def recognised_suite(path: Path) -> Suite:
    suite = recognised(path)
    assert suite is not None
    return suite


def laid_out(suite: Suite, into: Path) -> dict[str, str]:
    assert suite.lay_out
    into.mkdir()
    suite.lay_out(into)
    return {file.relative_to(into).as_posix(): file.read_text("utf-8") for file in into.rglob("*")}


def fault(path: Path) -> str:
    with pytest.raises(CaseError) as caught:
        recognised(path)
    return str(caught.value)


def test_a_beir_folder_is_a_suite_of_its_judged_queries(tmp_path: Path):
    folder = searches(tmp_path / "bread")

    suite = recognised_suite(folder)

    assert suite == Suite(
        "bread without 1 unjudged",
        folder,
        folder,
        (SearchCase("q1", "what keeps", {"1.txt": 2}),),
        corpus_sha256=hashlib.sha256((folder / "corpus.jsonl").read_bytes()).hexdigest(),
        lines={"q1": ("queries.jsonl", 1)},
        lay_out=suite.lay_out,
    )


@pytest.mark.parametrize("header", ["", "query-id\tcorpus-id\tscore\n"])
def test_judgements_may_lie_where_beir_has_them_and_need_no_header(tmp_path: Path, header: str):
    folder = searches(tmp_path / "bread", qrels=None)
    (folder / "qrels").mkdir()
    (folder / "qrels" / "test.tsv").write_text(f"{header}q2\tOat/2\t1\r\nq1\t1\t1\r\nq1\t1\t1\n", encoding="utf-8")

    assert recognised_suite(folder).cases == (
        SearchCase("q1", "what keeps", {"1.txt": 1}),
        SearchCase("q2", "what crumbles", {file_name("Oat/2"): 1}),
    )


def test_each_entry_of_the_corpus_is_laid_out_as_a_document(tmp_path: Path):
    suite = recognised_suite(searches(tmp_path / "bread"))

    assert laid_out(suite, tmp_path / "into") == {
        "1.txt": "Rye\n\nRye bread keeps for a week.\n",
        file_name("Oat/2"): "Oat cakes do not.\n",
    }


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ({"qrels": None}, "qrels.tsv cannot be read"),
        ({"qrels": "q1\t1\t1\nq1 1 1\n"}, "qrels.tsv:2: needs a query, a document and a whole number"),
        ({"qrels": "q1\t1\tmuch\n"}, "qrels.tsv:1: needs a query, a document and a whole number"),
        ({"qrels": "q9\t1\t1\n"}, "qrels.tsv:1: there is no query 'q9' in queries.jsonl"),
        ({"qrels": "q1\t9\t1\n"}, "qrels.tsv:1: there is no document '9' in corpus.jsonl"),
        ({"qrels": "q1\t1\t1\nq1\t1\t2\n"}, "qrels.tsv:2: the document '1' has two scores for the query 'q1'"),
        ({"corpus": CORPUS[:1] * 2}, "corpus.jsonl:2: the id '1' stands twice, first in line 1"),
        ({"corpus": [{"text": "No id."}]}, "corpus.jsonl:1: the key '_id' is missing"),
        ({"corpus": [{"_id": 1, "text": "A number."}]}, "corpus.jsonl:1: _id: not a string: 1"),
        ({"queries": QUERIES[:1] * 2}, "queries.jsonl:2: the id 'q1' stands twice, first in line 1"),
        ({"queries": [{"_id": "q1", "text": " "}]}, "queries.jsonl:1: text: is blank"),
    ],
)
def test_what_does_not_fit_in_a_beir_folder_is_named_with_its_line(tmp_path: Path, parts: Any, told: str):
    assert told in fault(searches(tmp_path / "bread", **parts))


def test_stance_pairs_are_read_whatever_their_labels_are_called(tmp_path: Path):
    labels = "support supported SUPPORTS oppose refutes contradict refuted neutral not_enough_info unsupported".split()
    path = write(tmp_path / "said.jsonl", *(pair(label, label) for label in [*labels, "NOT ENOUGH INFO"]))

    suite = recognised_suite(path)

    assert [one.label for one in suite.cases if isinstance(one, LabelledPair)] == [
        *["supports"] * 3,
        *["challenges"] * 4,
        *["neutral"] * 4,
    ]
    assert (suite.name, suite.path, suite.corpus, suite.lay_out) == ("said", path, None, None)


def test_what_is_supported_in_part_is_left_out_and_the_name_says_so(tmp_path: Path):
    suite = recognised_suite(write(tmp_path / "wice.jsonl", pair("a", "partial"), pair("b", "supported")))

    assert (suite.name, suite.cases, suite.lines) == (
        "wice without 1 partial",
        (LabelledPair("b", "Bake rye.", "It keeps.", "supports"),),
        {"b": ("wice.jsonl", 2)},
    )


def test_a_pair_that_stands_there_twice_counts_twice_as_it_does_in_others_figures(tmp_path: Path):
    suite = recognised_suite(write(tmp_path / "said.jsonl", *[pair("a", "support")] * 3))

    assert [one.id for one in suite.cases] == list(suite.lines) == ["a", "a#2", "a#3"]


@pytest.mark.parametrize(
    ("second", "told"),
    [
        (pair("a", "oppose"), "said.jsonl:2: the id 'a' stands twice, first in line 1"),
        (pair("b", "maybe"), "said.jsonl:2: unknown label 'maybe'; known are support, "),
        ({"id": "b", "claim": "Bake rye.", "label": "oppose"}, "said.jsonl:2: the key 'text' is missing"),
        (pair("b", "oppose") | {"text": 3}, "said.jsonl:2: text: not a string: 3"),
        (pair("b", "oppose", "\ud800"), "said.jsonl:2: text: holds half a character"),
        (["b"], "said.jsonl:2: needs an object with keys"),
    ],
)
def test_what_does_not_fit_among_pairs_is_named_with_its_line(tmp_path: Path, second: Any, told: str):
    assert told in fault(write(tmp_path / "said.jsonl", pair("a", "support"), second))


@pytest.mark.parametrize("broken", [b"{", b'{"id": "\xff"}', b"[" * 100_000])
def test_a_line_that_is_no_json_is_named(tmp_path: Path, broken: bytes):
    path = write(tmp_path / "said.jsonl", pair("a", "support"))
    path.write_bytes(path.read_bytes() + b"\n" + broken)

    assert fault(path).startswith("said.jsonl:3: this is no JSON")


def test_questions_are_asked_of_the_paragraphs_beside_them(tmp_path: Path):
    path = questions(tmp_path, ANSWERED, UNANSWERED)
    source = file_name("Rye#0")

    suite = recognised_suite(path)

    assert suite.cases == (
        Case(
            id="answer-7",
            question="How long?",
            answer=(("for a week", "a week", "seven days"),),
            evidence=(Gold(source=source, quote="for a week"), Gold(source=source, quote="a week")),
            cluster="Rye",
        ),
        Case(id="none-8", question="Who bakes it?", refuse=True, cluster="Rye"),
    )
    assert (suite.name, suite.corpus) == ("bread-questions", tmp_path)
    assert suite.corpus_sha256 == hashlib.sha256((tmp_path / "bread-paragraphs.jsonl").read_bytes()).hexdigest()
    assert suite.lines == {"answer-7": (path.name, 1), "none-8": (path.name, 2)}
    assert laid_out(suite, tmp_path / "into") == {source: "Rye\n\nRye bread keeps\nfor a week. It is dark.\n"}


def test_an_answer_counts_as_evidence_where_only_its_line_breaks_differ(tmp_path: Path):
    suite = recognised_suite(questions(tmp_path, {**ANSWERED, "answers": ["keeps for a week", "keeps  for a week"]}))

    assert [[gold.quote for gold in one.evidence] for one in suite.cases if isinstance(one, Case)] == [
        ["keeps for a week"]
    ]


def test_a_question_may_bring_its_paragraph_with_it(tmp_path: Path):
    inline = {"id": "7", "question": "How long?", "title": "Rye", "context": "It keeps for a week."}
    path = write(
        tmp_path / "bread.jsonl",
        inline | {"answers": {"text": ["a week"], "answer_start": [13]}},
        inline | {"id": "8", "answers": {"text": [], "answer_start": []}},
        inline | {"id": "9", "context": "Another text.", "answerable": False},
    )

    suite = recognised_suite(path)
    documents = laid_out(suite, tmp_path / "into")

    assert [one.id for one in suite.cases] == ["answer-7", "none-8", "none-9"]
    assert sorted(documents.values()) == ["Rye\n\nAnother text.\n", "Rye\n\nIt keeps for a week.\n"]
    assert {gold.source for one in suite.cases if isinstance(one, Case) for gold in one.gold} <= documents.keys()


@pytest.mark.parametrize(
    ("second", "told"),
    [
        (ANSWERED, "the id 'answer-7' stands twice, first in line 1"),
        (UNANSWERED | {"passage_id": "Rye#9"}, "there is no paragraph 'Rye#9' in bread-paragraphs.jsonl"),
        (UNANSWERED | {"answerable": True}, "is answerable, but has no answers"),
        (UNANSWERED | {"answerable": "no"}, "answerable: neither true nor false: 'no'"),
        (UNANSWERED | {"answers": "a week"}, "answers: not a list: 'a week'"),
        (UNANSWERED | {"answers": [7]}, "answers: not a string: 7"),
        (UNANSWERED | {"question": None}, "the key 'question' is missing"),
    ],
)
def test_what_does_not_fit_among_questions_is_named_with_its_line(tmp_path: Path, second: Any, told: str):
    assert fault(questions(tmp_path, ANSWERED, second)) == f"bread-questions.jsonl:2: {told}"


def test_questions_without_their_paragraphs_are_an_error(tmp_path: Path):
    assert "no paragraphs" in fault(write(tmp_path / "bread.jsonl", ANSWERED))
    assert "bread-paragraphs.jsonl cannot be read" in fault(write(tmp_path / "bread-questions.jsonl", ANSWERED))


def test_what_is_no_public_data_is_left_to_others(tmp_path: Path):
    (tmp_path / "suite.yaml").write_text("cases: []", encoding="utf-8")

    assert [recognised(tmp_path / name) for name in ("suite.yaml", "none.jsonl", ".")] == [None, None, None]


def test_a_jsonl_of_no_form_that_is_known_is_an_error_that_tells_the_forms(tmp_path: Path):
    assert "Known are: claim, text and label" in fault(write(tmp_path / "other.jsonl", {"file": "a.pdf"}))
    assert "is empty" in fault(write(tmp_path / "empty.jsonl"))


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), unique=True))
def test_each_id_has_a_file_name_of_its_own_that_stays_in_its_folder(ids: list[str]):
    names = [file_name(id) for id in ids]

    assert len({name.lower() for name in names}) == len(ids)
    assert all(re.fullmatch(r"[\w~-]{1,80}\.txt", name, re.ASCII) for name in names)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the public data sets are not here: ../shared/data is missing")
@pytest.mark.parametrize(
    ("path", "kinds"),
    [
        ("retrieval/cisi", {"query": 76}),
        ("retrieval/cranfield", {"query": 225}),
        ("retrieval/msmarco_5k", {"query": 43}),
        ("stance/perspectrum-dev.jsonl", {"stance": 2071}),
        ("stance/climate_fever.jsonl", {"stance": 6210}),
        ("answering/squad2-dev-questions.jsonl", {"answer": 918, "none": 817}),
        ("support/wice.jsonl", {"stance": 563}),
    ],
)
def test_public_data_is_a_suite_as_it_lies(path: str, kinds: dict[str, int]):
    suite = recognised_suite(SHARED / path)

    assert Counter(case.kind for case in suite.cases) == kinds
    assert suite.lines.keys() == {case.id for case in suite.cases}
