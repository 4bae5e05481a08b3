"""Runs public benchmarks whose data are on this machine, and writes a page of our figures and published ones.

    python -m eval.benchmarks.public --data ../shared/data --cases 200
    python -m eval.benchmarks.public --only ClapNQ --only QED

Of each data set, at most ``--cases`` cases are run, evenly spread, over a library of its own documents and without a
model. The figures are kept in ``public.json`` beside this file, so that data sets can be measured one by one; the page
is written from all figures in it.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from assistant.build import Assistant, build_embedder
from assistant.model.embedding import Embedder
from assistant.model.offline import stay_offline
from assistant.settings import Settings, load
from eval.benchmarks import public_page
from eval.gate.summary import summarise
from eval.harness.harness import Options, select
from eval.numbers.statistics import wilson
from eval.running import made_with
from eval.running.records import CaseOutcome, Record
from eval.running.run import run
from eval.suite import suites
from eval.suite.cases import Case, EarlierTurn, Gold
from eval.suite.forms import CorpusText, file_name, lay_out
from eval.suite.suite import Suite
from ingest.drafts import collapse

KEPT = Path(__file__).with_name("public.json")
PAGE = Path(__file__).parents[2] / "docs" / "benchmarks.md"
LIBRARIES = Path("artifacts") / "libraries"
FIRST = 5  # passages among which a reference document is looked for
Json: TypeAlias = dict[str, Any]


class Set(NamedTuple):
    """A public data set: its path in the data folder, and the function that makes a suite (test cases and documents)
    from the files at this path.
    """

    path: str
    suite: Callable[[Path], Suite]


def sentences(path: Path) -> Suite:
    """Make a suite from a data set of questions, each with a paragraph in which people have marked the sentences that
    answer the question. If the question has no answer, the paragraph only seems to answer it, and the case expects a
    refusal. ``path`` is the file of questions; the file of paragraphs is beside it.
    """
    paragraphs = {one["_id"]: one for one in _rows(path.with_name(path.name.replace("questions", "paragraphs")))}
    cases = []
    for row in _rows(path):
        held = paragraphs[row["passage_id"]]
        marked = [held["sentences"][index] for index in row["answer_sentences"]]
        golds = [Gold(source=file_name(held["_id"]), quote=collapse(held["text"][start:end])) for start, end in marked]
        cases.append(_case(row["id"], row["question"], golds, refuse=not row["answerable"], cluster=held["title"]))
    return _suite(path, cases, [CorpusText(one["_id"], one["title"], one["text"]) for one in paragraphs.values()])


def conversations(path: Path) -> Suite:
    """Make a suite from a data set of conversations. The suite's cases are the last questions of the conversations, and
    its documents are the passages that the data set names as references. Questions that are too vague are left out.
    ``path`` is the file of conversations.
    """
    entries: dict[str, CorpusText] = {}
    cases = []
    for row in _rows(path):
        entries |= {one["_id"]: CorpusText(one["_id"], one["title"] or "", one["text"]) for one in row["contexts"]}
        if row["answerability"] != "UNDERSPECIFIED":
            golds = [Gold(source=file_name(one["_id"]), quote=collapse(one["text"])) for one in row["contexts"]]
            refuse = row["answerability"] == "UNANSWERABLE"
            cases.append(_case(row["id"], row["question"], golds, history=_earlier_turns(row), refuse=refuse))
    return _suite(path, cases, list(entries.values()))


def pages(path: Path) -> Suite:
    """Make a suite from a data set of questions about a folder of pages; ``path`` is the file of questions. If a
    question names several passages as its evidence, the last one is taken, since it has the answer.
    """
    cases = []
    for row in _rows(path):
        gold = Gold(source=row["gold"][-1]["file"], quote=collapse(row["gold"][-1]["evidence"]))
        cases.append(_case(row["id"], row["question"], [gold], history=_earlier_turns(row)))
    return Suite(path.parent.name, path, path.parent / "handbook", tuple(cases))


SETS = {
    "ClapNQ": Set("answering/clapnq/dev-questions.jsonl", sentences),
    "QED": Set("answering/qed/dev-questions.jsonl", sentences),
    "SelQA": Set("answering/selqa/dev-questions.jsonl", sentences),
    "MTRAG-UN": Set("answering/mtrag_un/dev.jsonl", conversations),
    "GitLab handbook": Set("answering/gitlab_handbook_qa/dev.jsonl", pages),
    "Cranfield": Set("retrieval/cranfield", suites.load),
    "CISI": Set("retrieval/cisi", suites.load),
    "MS MARCO, 5,000 passages": Set("retrieval/msmarco_5k", suites.load),
    "Perspectrum": Set("stance/perspectrum-dev.jsonl", suites.load),
    "ArgKP 2021": Set("stance/argkp-dev.jsonl", suites.load),
}


def measured(suite: Suite, settings: Settings, embedder: Embedder, most: int, kept_in: Path | None = None) -> Json:
    """Run at most ``most`` cases of a suite on our assistant. Returns the suite's measures with their confidence
    intervals, the numbers of cases, documents and passages, the seconds per case, and the commit of our code.

    The seconds are processor time, which other programs do not lengthen. ``kept_in`` is a folder in which libraries are
    stored between runs; None to store none.
    """
    started = 0.0

    def asked(assistant: Assistant) -> Assistant:
        nonlocal started  # when the documents are read
        started = time.process_time()
        return assistant

    cases = select(suite, Options(limit=most))
    ran = run(suite, settings, embedder=embedder, cases=cases, alone=True, kept_in=kept_in, wrap=asked, timed=True)
    spent = time.process_time() - started
    summary = summarise(ran)
    measures = {
        one.name: [one.value, *(one.interval or (None, None)), one.cases]
        for one in summary.measures
        if one.value is not None
    }
    return {
        "asked": len(ran.records),
        "commit": (made_with.commit() or "")[:7],
        "of": len(suite.cases),
        "documents": summary.documents,
        "passages": summary.passages,
        "crashed": sum(one.outcome is CaseOutcome.ERROR for one in ran.records),
        "seconds": round(spent / max(1, len(ran.records)), 2),
        "measures": measures | dict(_of_documents(ran.records)),
    }


def _of_documents(records: tuple[Record, ...]) -> Iterator[tuple[str, list[float | None]]]:
    """How often a reference document is cited, and how often one is among the first ``FIRST`` passages, over the cases
    that have one. Yields the name and the share with its interval.
    """
    those = [(record, {gold["source"] for gold in record.gold}) for record in records if record.gold]
    counted = {
        public_page.CITES: [any(one["source"] in wanted for one in record.cited) for record, wanted in those],
        public_page.FINDS: [any(one["source"] in wanted for one in record.found[:FIRST]) for record, wanted in those],
    }
    for name, held in counted.items():
        if interval := wilson(sum(held), len(held)):
            yield name, [sum(held) / len(held), *interval, len(held)]


def main() -> None:
    """Measure the public data sets that are on this machine, or only those that the command line names, and write the
    page that shows the figures.
    """
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n", maxsplit=1)[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--cases", type=int, default=200, help="most cases of a set")
    parser.add_argument("--only", action="append", choices=list(SETS), help="this set alone; may be said again")
    given = parser.parse_args()
    kept: Json = json.loads(KEPT.read_text("utf-8")) if KEPT.exists() else {}
    stay_offline()
    settings = load({"model": "none"})
    embedder = build_embedder(settings)
    for name in given.only or SETS:
        path = given.data / SETS[name].path
        if not path.exists():
            print(f"{name}: no data at {path}")
            continue
        kept[name] = measured(SETS[name].suite(path), settings, embedder, given.cases, LIBRARIES)
        print(f"{name}: {json.dumps(kept[name])}", flush=True)
        KEPT.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n", "utf-8")
    PAGE.write_text(public_page.page(kept), "utf-8")


def _rows(path: Path) -> list[Json]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def _earlier_turns(row: Json) -> tuple[EarlierTurn, ...]:
    return tuple(EarlierTurn(role=one["role"], content=one["text"]) for one in row["history"] if one["text"].strip())


def _case(id: str, question: str, golds: list[Gold], *, refuse: bool = False, **keys: Any) -> Case:
    kind = "none" if refuse else "answer"
    evidence = () if refuse else tuple(dict.fromkeys(golds))
    return Case(id=f"{kind}-{'_'.join(id.split())}", question=question, refuse=refuse, evidence=evidence, **keys)


def _suite(path: Path, cases: list[Case], entries: list[CorpusText]) -> Suite:
    told = json.dumps(sorted(entries))
    return Suite(
        path.parent.name,
        path,
        path.parent,
        tuple(cases),
        corpus_sha256=suites.sha256_of({path.parent.name: told}),
        lay_out=partial(lay_out, lambda: iter(entries)),
    )


if __name__ == "__main__":
    main()
