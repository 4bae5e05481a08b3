"""Seeds faults in the program one at a time, and says which of them the gate and the tests notice: ``make mutants``.

Each fault is a changed line of the program, in a copy of the checkout: ``python -m eval.scripts.mutants --only
bm25-off``. If neither gate nor tests notice a fault, a future change can introduce that fault unnoticed. The gate's
second suite is run only if the first notices nothing, and both run without sentinels, which are there for cheats, not
for faults. Gate and a few tests run for each fault, which takes an hour or more in all, so it runs weekly and before a
release. With ``--kept FILE`` it continues where it was stopped, and ``--random 15`` tries 15 faults, which depend on
the date.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent.parent
PARTS = (
    "assistant",
    "ingest",
    "eval",
    "ui",
    "tests",
    "docs",
    "pyproject.toml",
    "README.md",
    "CHANGELOG.md",
    "Makefile",
)
SUITES = ("eval/suites/sample/suite.yaml", "eval/suites/works/suite.yaml")
MINUTES = 30  # for a gate or a module's tests; a fault that makes them hang is noticed, too
SURVIVE_GATE = 3  # faults that the gate may miss, as long as the tests notice them


class Mutant(NamedTuple):
    """A fault that is put into a copy of the program to see whether the tests and the evaluation suites notice it: the
    text ``old``, which must occur exactly once in ``file``, is replaced by ``new``. ``tests`` are the test files that
    should notice the fault.
    """

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]


def _of(file: str, tests: str, *faults: tuple[str, str, str]) -> Iterator[Mutant]:
    """The faults of one module, each from its name, the old text and the new one."""
    for name, old, new in faults:
        yield Mutant(name, file, old, new, tuple(f"tests/test_{one}.py" for one in tests.split()))


MUTANTS: tuple[Mutant, ...] = (
    *_of(
        "assistant/search/retrieval.py", "retrieval versions",
        ("bm25-off", "lexical = dict(library.lexical(words, DEPTH, filters)) if words else {}", "lexical: dict[str, float] = {}"),
        ("dense-off", "dense = dict(library.dense(vector, DEPTH, filters))", "dense: dict[str, float] = {}"),
        ("random-retrieval", "return dict(zip(found, scaled.tolist(), strict=True))", "return {one: int(one, 16) % 997 / 997 for one in found}"),
        ("worst-first", "key=lambda passage: (-scores[passage], passage))[:POOL]", "key=lambda passage: (scores[passage], passage))[:POOL]"),
        ("filters-ignored", "candidates(question, embedder.query(question), library, filters)", "candidates(question, embedder.query(question), library)"),
        ("nothing-folded", "return _fold(found, library.places(", "return found or _fold(found, library.places("),
        ("older-version-speaks", "family == other_family and other_place < place", "family == other_family and other_place > place"),
    ),
    *_of(
        "assistant/checking/citations.py", "citations",
        ("start-plus-1", "return Citation(passage.about, start, end, quote,", "return Citation(passage.about, start + 1, end, quote,"),
        ("end-minus-1", "return Citation(passage.about, start, end, quote,", "return Citation(passage.about, start, end - 1, quote,"),
        ("stale-text-cited", "if stored != quote:", 'if stored == "":'),
        ("speaker-lost", "quote, passage.speaker, heading, page)", "quote, None, heading, page)"),
        ("misquote-accepted", "if _same_particulars(words, text[start:end]):", "if True:"),
    ),
    *_of(
        "assistant/evidence/answers.py", "passage_reader answering",
        ("threshold-0", 'return float(shipped.metadata(shipped.QUESTIONS)["answer"])', "return 0.0"),
        ("threshold-1", 'return float(shipped.metadata(shipped.QUESTIONS)["answer"])', "return 1.01"),
        ("sentences-alike", "= (odds[0] + odds[1:]) / 2", "= odds[0] + 0 * odds[1:]"),
        ("passages-alike", "= (odds[0] + odds[1:]) / 2", "= odds[1:]"),
    ),
    *_of(
        "assistant/readers/refusal.py", "refusal",
        ("absent-names-answered", "if absent and len(absent) * 2 > len(question.names):", "if False:"),
        ("absent-years-answered", "if question.years and not question.years & near:", "if False:"),
    ),
    *_of(
        "assistant/readers/plain.py", "listing answering",
        ("lists-cut", "if sum(one.span.end - one.span.start for one in found) > OF_A_LIST:", "if len(found) == 1:"),
        ("worst-sentence-first", "not in names, -one.score))", "not in names, one.score))"),
        ("lists-unseen", "if items := listed(material.question, scored, material.flow):", "if items := None:"),
    ),
    *_of(
        "assistant/evidence/choice.py", "choice",
        ("revisions-unseen", "return found[: len(kept)]", "return []"),
        ("questions-as-answers", 'if is_heading(one) or one.text.rstrip(" \\"”’\'").endswith("?"):', "if is_heading(one):"),
    ),
    *_of(
        "assistant/text/conflicts.py", "conflicts",
        ("conflicts-off", "if apart(a, b) and _disagree(a, b)]", "if False]"),
        ("conflicts-everywhere", "if apart(a, b) and _disagree(a, b)]", "if apart(a, b)]"),
    ),
    *_of(
        "assistant/dialogue/conversation.py", "conversation",
        (
            "follow-ups-as-typed",
            "def standalone(question: str, history: Sequence[Turn]) -> str:",
            "def standalone(question: str, history: Sequence[Turn]) -> str:\n    return question\n\n\n"
            "def _standalone(question: str, history: Sequence[Turn]) -> str:",
        ),
    ),
    *_of(
        "assistant/evidence/stance.py", "idea_reader pressure",
        ("sides-swapped", "return SIDES[likely]", "return SIDES[1 - likely]"),
        ("no-side-is-sure", "if probabilities[likely] < sure:", "if probabilities[likely] < 1.01:"),
    ),
    *_of(
        "assistant/pressure/rulings.py", "rulings",
        ("importance-ignored", "(a.importance * f.confidence * (1.0", "(f.confidence * (1.0"),
        ("case-against-hidden", "case_against=strongest(assumptions, Stance.CHALLENGES),", "case_against=(),"),
        ("challenges-ignored", "return AssumptionRuling.CHALLENGED if challenges else AssumptionRuling.GAP", "return AssumptionRuling.GAP"),
        ("nothing-holds", "if rulings == {AssumptionRuling.SUPPORTED}:", "if False:"),
        ("opponents-counted", "if finding.stance is stance and finding.kind is not Kind.OPPONENT]", "if finding.stance is stance]"),
    ),
    *_of(
        "assistant/pressure/evidence_retrieval.py", "evidence_retrieval pressure",
        ("everything-touches", "TOUCHED = 0.37", "TOUCHED = -1.0"),
        ("nothing-against-searched", 'return (assumed.text, *(f"{assumed.text} {words}" for words in AGAINST))', "return (assumed.text,)"),
    ),
    *_of(
        "assistant/pressure/assumptions.py", "assumptions pressure",
        ("negated-idea-as-is", 'return (match["lead"] + _ANY_MORE.sub("", idea[match.end() :]), True) if match else (idea, False)', "return (idea, False)"),
        ("stopping-as-is", 'return f"continue {plain[match.end() :]}", not turned', 'return f"continue {plain[match.end() :]}", turned'),
    ),
    *_of("assistant/pressure/pressure.py", "pressure_text pressure", ("urging-obeyed", "left_out(checked(idea))", "checked(idea)")),
    *_of("assistant/checking/verifying.py", "verifying", ("unverified-shown", "        if why:\n            self.dropped.append", "        if False:\n            self.dropped.append")),
    *_of(
        "assistant/library/tables/versions.py", "versions",
        ("nothing-superseded", "return newest.document if redated or own.figures != newest.figures else None", "return None"),
    ),
    *_of(
        "assistant/readers/material.py", "material answering",
        ("one-passage-read", "READ = 40", "READ = 1"),
    ),
    *_of(
        "ingest/pipeline/passages.py", "passages",
        ("last-passage-lost", "return tuple(passages)", "return tuple(passages[:-1] or passages)"),
        ("headings-lost", "headings=headings,", "headings=(),"),
        ("speakers-mixed", "speaker=block.speaker,", "speaker=None,"),
    ),
    *_of(
        "ingest/cleaning/rules.py", "cleaning",
        ("boilerplate-kept", "pieces[index] = replace(pieces[index], reason=reason)", "pieces[index] = replace(pieces[index], reason=None)"),
    ),
    *_of(
        "ingest/structure/outline.py", "structure",
        ("date-lost", "bylines.date(kept, found, around)", "bylines.NOTHING"),
        ("dates-wrong", "bylines.date(kept, found, around)",
         'bylines.BylineValue("1999-12-31" if bylines.date(kept, found, around).text else None)'),
        ("author-lost", "bylines.author(kept, found, around)", "bylines.NOTHING"),
    ),
)  # fmt: skip


class Noticed(NamedTuple):
    """Whether a fault that was put into the program was noticed. ``gate`` names the checks that failed when evaluation
    suites were run, ``tests`` the first test that failed. Each is an empty string if the fault was not noticed in this
    way, and None if the suites or the tests were not run.
    """

    gate: str | None
    tests: str | None

    @property
    def survived(self) -> bool:
        return not self.gate and not self.tests


def seed(mutant: Mutant, root: Path) -> None:
    """Put a fault, ``mutant``, into the program's source in the folder ``root``.

    Raises:
        ValueError: the text to be replaced does not occur exactly once in its file.
    """
    path = root / mutant.file
    text = path.read_text("utf-8")
    if text.count(mutant.old) != 1:
        raise ValueError(f"{mutant.name}: its place stands {text.count(mutant.old)} times in {mutant.file}")
    path.write_text(text.replace(mutant.old, mutant.new), "utf-8")


def copied(root: Path, into: Path) -> Path:
    """Copy the program's source in ``root`` into the folder ``into``, so that faults can be put into the copy. Returns
    ``into``.
    """
    for part in PARTS:
        if (root / part).is_dir():
            shutil.copytree(root / part, into / part, ignore=shutil.ignore_patterns("__pycache__", ".*_cache"))
        elif (root / part).exists():
            shutil.copy2(root / part, into / part)
    libraries = root / "artifacts" / "libraries"  # kept by all that they depend on, so that faults may share them
    libraries.mkdir(parents=True, exist_ok=True)
    (into / "artifacts").mkdir()
    (into / "artifacts" / "libraries").symlink_to(libraries, target_is_directory=True)
    return into


def gate(root: Path, suites: Sequence[str]) -> str:
    """Run evaluation suites on the program's source in the folder ``root`` until one fails; ``suites`` are the paths of
    the suite files. Returns a line that says why it failed, usually the names of its failed checks; empty if none
    failed.
    """
    for suite in suites:
        code, last = _run(root, ["-m", "eval.scripts.mutants", "--judge", suite])
        if code:
            return last
    return ""


def judged(suite: str) -> str:
    """Run an evaluation suite in this process, on the copy of the program that the process was started from; ``suite``
    is the path of the suite file. Returns the names of the failed checks; empty if the suite passes.
    """
    from assistant import build
    from assistant.model.offline import stay_offline
    from assistant.settings import load
    from eval.harness.harness import Options, measure
    from eval.suite import suites

    stay_offline()
    settings = load({"model": "none"})
    options = Options(alone=True, libraries=Path("artifacts") / "libraries")
    done = measure(suites.load(Path(suite)), settings, options, build.build_embedder(settings))
    return ", ".join(check.name for check in done.verdict.failed)


def tested(root: Path, tests: Sequence[str]) -> str:
    """Run test files on the program's source in ``root``. Returns the first test that fails; empty if none fails."""
    code, last = _run(root, ["-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-m", "not browser", *tests])
    return "" if code == 0 else last


def _run(root: Path, arguments: Sequence[str]) -> tuple[int, str]:
    """Run Python with these arguments in the checkout at ``root``; returns the exit code, and the last line of its
    output that names a failure.
    """
    environ = {**os.environ, "PYTHONPATH": str(root), "GITHUB_ACTIONS": "", "GITHUB_STEP_SUMMARY": ""}
    try:
        done = subprocess.run(  # noqa: S603 - our own commands
            [sys.executable, *arguments],
            cwd=root,
            env=environ,
            capture_output=True,
            text=True,
            timeout=60 * MINUTES,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return 1, f"it took more than {MINUTES} minutes"
    lines = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
    failed = [line for line in lines if line.startswith(("FAILED", "ERROR"))]
    return done.returncode, (failed or lines or [""])[-1][:160]


def looked_at(mutant: Mutant, suites: Sequence[str], *, with_gate: bool, with_tests: bool) -> Noticed:
    """Put a fault into a copy of the program's source, run the evaluation suites and the tests on the copy, and return
    which of them notice the fault. ``with_gate`` says whether the suites are run, ``with_tests`` whether the tests are.
    """
    with tempfile.TemporaryDirectory(prefix="pushback-mutant-") as folder:
        root = copied(ROOT, Path(folder))
        seed(mutant, root)
        return Noticed(gate(root, suites) if with_gate else None, tested(root, mutant.tests) if with_tests else None)


def main(arguments: Sequence[str] | None = None) -> int:
    """Put faults into copies of the program one at a time, and print which of them the tests and the evaluation suites
    notice. Returns 0 if enough are noticed, 1 if too many are not, 3 if an evaluation suite fails even without a fault.
    """
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n", maxsplit=1)[0])
    parser.add_argument("--only", action="append", metavar="NAME", help="this fault alone; may be said again")
    parser.add_argument("--suite", action="append", metavar="FILE", help="instead of the gate's suites")
    parser.add_argument("--list", action="store_true", help="the names of the faults")
    parser.add_argument("--random", type=int, metavar="N", help="so many faults, which the day draws")
    parser.add_argument("--kept", type=Path, metavar="FILE", help="what was found is kept here, and not tried again")
    parser.add_argument("--judge", metavar="SUITE", help=argparse.SUPPRESS)
    parser.add_argument("--no-gate", action="store_true", help="the tests alone")
    parser.add_argument("--no-tests", action="store_true", help="the gate alone")
    given = parser.parse_args(arguments)
    if unknown := set(given.only or ()) - {one.name for one in MUTANTS}:
        parser.error(f"no such fault: {', '.join(sorted(unknown))}")
    if given.judge:
        print(red := judged(given.judge))
        return int(bool(red))
    chosen = [one for one in MUTANTS if not given.only or one.name in given.only]
    if given.random:
        drawn = random.Random(str(date.today())).sample(chosen, min(given.random, len(chosen)))  # noqa: S311 - no secret
        chosen = [one for one in chosen if one in drawn]
    if given.list:
        print("\n".join(f"{one.name:24} {one.file}" for one in chosen))
        return 0
    suites = given.suite or SUITES
    if not given.no_gate and not (given.kept and given.kept.exists()):
        with tempfile.TemporaryDirectory(prefix="pushback-mutant-") as folder:
            if red := gate(copied(ROOT, Path(folder)), suites):
                print(f"The gate is red without a fault: {red}")
                return 3
    noticed = earlier_results(given.kept) if given.kept else {}
    for one in chosen:
        if one.name in noticed:
            continue
        noticed[one.name] = looked_at(one, suites, with_gate=not given.no_gate, with_tests=not given.no_tests)
        print(report_line(one, noticed[one.name]), flush=True)
        if given.kept:
            with given.kept.open("a", encoding="utf-8") as file:
                file.write(json.dumps({"name": one.name, **noticed[one.name]._asdict()}) + "\n")
    return verdict(noticed)


def earlier_results(file: Path) -> dict[str, Noticed]:
    """Read the results of an earlier run from a file. Returns them by the names of the faults; results for faults that
    no longer exist are left out.
    """
    lines = file.read_text("utf-8").splitlines() if file.exists() else []
    found = {one["name"]: Noticed(one["gate"], one["tests"]) for one in map(json.loads, lines)}
    return {one.name: found[one.name] for one in MUTANTS if one.name in found}


def report_line(mutant: Mutant, noticed: Noticed) -> str:
    """A line of the report that says whether a fault was noticed, and by what."""
    mark = "SURVIVES" if noticed.survived else "noticed"
    looked = (("gate", noticed.gate), ("tests", noticed.tests))
    how = [f"{name}: {found or '-'}" for name, found in looked if found is not None]
    return f"{mark:8}  {mutant.name:24}  {'; '.join(how)}"


def verdict(noticed: dict[str, Noticed]) -> int:
    """Print the faults that were not noticed. ``noticed`` has the results by the name of the fault. Returns 1 if any
    fault was noticed by nothing that was run, or if evaluation suites missed more than ``SURVIVE_GATE`` faults; else 0.
    """
    both = [name for name, one in noticed.items() if one.survived]
    missed = [name for name, one in noticed.items() if one.gate == ""]
    print(f"\n{len(noticed)} faults; {len(missed)} survive the gate: {', '.join(missed) or 'none'}")
    print(f"{len(both)} survive all that looked: {', '.join(both) or 'none'}")
    return int(bool(both) or len(missed) > SURVIVE_GATE)


if __name__ == "__main__":
    sys.exit(main())
