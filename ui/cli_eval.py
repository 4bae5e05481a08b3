"""`pushback eval …`: what the answers are worth, measured on suites of cases, and whether that may pass."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from assistant.errors import CaseError, PushbackError, SettingsError, SourceError
from ui import terminal
from ui.cli_options import Group, as_json, is_quiet, settings_of
from ui.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Callable

    from assistant.embedding import Embedder
    from assistant.settings import Settings
    from eval.artifacts import Kept
    from eval.harness import Options, Reader
    from eval.run import Wrap
    from eval.suites import Suite

OUT = Path("artifacts") / "eval"
OURS = "pushback"  # the name by which --system means this program
LIBRARIES = "libraries"  # beside the runs: they are no artifacts of a run
PROFILES = ("offline", "llm-replay", "llm-live")

folder = click.Path(path_type=Path, file_okay=False)
file = click.Path(path_type=Path, dir_okay=False)
out = click.option("--out", type=folder, default=OUT, show_default=True, help="Where runs are kept, a folder a suite.")


class Measuring(Group):
    """The group of commands that measure, with exit codes of their own (``eval.gate.Exit``)."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command named."""
        try:
            return super().invoke(ctx)
        except PushbackError as error:
            terminal.complain(str(error), error.hint)
            ctx.exit(_code(error))


def _code(error: PushbackError) -> int:
    from eval.baseline import BaselineMissing
    from eval.gate import Exit

    if isinstance(error, BaselineMissing):
        return Exit.BASELINE
    if type(error).__name__ == "BudgetSpent":  # its module imports LangChain
        return Exit.BUDGET
    return Exit.USAGE if isinstance(error, CaseError | SettingsError | SourceError) else Exit.INFRASTRUCTURE


@click.group("eval", cls=Measuring)
def evaluate() -> None:
    """Measure the answers on suites of cases, and gate a build on them.

    \b
    Exits with 0 passed, 1 quality fell, 2 usage or a faulty suite, 3 infrastructure, 4 nothing selected,
    5 baseline missing, 6 budget spent, 130 interrupted.
    """


@evaluate.command("run")
@click.argument("suites", metavar="SUITE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@out
@click.option("--baseline", type=file, help="Compare with this one instead of the suite's own.")
@click.option("--jobs", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes at work.")
@click.option("--case", "ids", metavar="ID", multiple=True, help="Only this case.")
@click.option("--kind", "kinds", metavar="KIND", multiple=True, help="Only cases of this kind (first word of the id).")
@click.option("--tag", "tags", metavar="TAG", multiple=True, help="Only cases with this tag.")
@click.option("--limit", type=click.IntRange(1), help="At most so many cases, evenly spread.")
@click.option("--robustness", is_flag=True, help="Again with distractors, in another order, with planted instructions.")
@click.option("--distractors", type=folder, help="Documents to distract with, instead of ours.")
@click.option("--profile", type=click.Choice(PROFILES), default="offline", show_default=True)
@click.option("--evidence-model", "models", metavar="NAME", multiple=True, help="Repeat to compare; the first decides.")
@click.option("--judge", metavar="MODEL", help="A chat model that gives its opinion; it decides nothing.")
@click.option("--recording", type=file, help="Replies of the model: read by llm-replay, added to by llm-live.")
@click.option("--labels", type=file, help="What people say of the same answers, to calibrate the judge.")
@click.option("--repeats", type=click.IntRange(1), default=1, help="Run so often (llm-live).")
@click.option("--needed", type=click.IntRange(1), default=1, help="Of the repeats, how many must pass.")
@click.option("--budget-seconds", type=click.FloatRange(0), help="Stop after so long.")
@click.option("--budget-calls", type=click.IntRange(0), help="At most so many live calls of the model.")
@click.option("--budget-tokens", type=click.IntRange(0), help="At most so many tokens of live calls.")
@click.option("--system", "systems", metavar="SPEC", multiple=True, help="Another system; repeat to compare.")
@click.option("--record", type=file, help="Keep what the system replies, as a file that --system takes.")
@click.option("--fresh", is_flag=True, help="Read the documents again, also where a kept library has them.")
@click.option("--verbose", is_flag=True, help="Case by case.")
@as_json
@click.pass_context
def eval_run(
    context: click.Context,
    /,
    suites: tuple[Path, ...],
    verbose: bool,
    as_json: bool,
    models: tuple[str, ...],
    **given: Any,
) -> None:
    """Run SUITEs, each on a fresh library of its own documents, and say whether they pass.

    A suite is a YAML file, or public data as it lies: a BEIR folder, stance pairs, questions with paragraphs.
    """
    settings = settings_of(context)
    from assistant import build
    from eval import artifacts, report
    from eval import suites as suite_files
    from eval.harness import measure_each

    _end_when_told()
    reader, kept = _reader(settings, given)
    systems = _systems(given, reader)
    loaded = [suite_files.load(path) for path in suites]  # all before the first is run: a faulty one costs no time
    options = _options(given)
    embedder = build.build_embedder(settings)
    if len(systems) > 1:
        context.exit(_side_by_side(loaded, settings, options, embedder, systems))
    with Progress("Asking", "cases", quiet=is_quiet(context), logged=True) as progress:
        ran = measure_each(
            loaded,
            settings,
            options,
            embedder,
            models=models or (settings.evidence_model,),
            progress=lambda name, count, of: progress(count, of, name),
            reader=reader,
            wrap=next(iter(systems.values()), None),
            after=kept,
        )
    done = [next(iter(of_model.values())) for of_model in ran]
    if as_json:
        terminal.say_json([_whole(one) | _beside(of_model) for one, of_model in zip(done, ran, strict=True)])
    for one, of_model in zip(done, ran, strict=True):
        if not as_json:
            terminal.say(report.to_text(one.summary, one.records, one.verdict, verbose=verbose))
            if len(of_model) > 1:
                terminal.say(report.of_models({name: kept.summary for name, kept in of_model.items()}))
            terminal.say(f"{options.out / one.summary.suite / artifacts.HTML}\n")
        for line in artifacts.tell_github(one, os.environ):
            terminal.note(line)
    if given["judge"]:
        for one in done:
            for line in _advice(one, options.out / one.summary.suite, given):
                terminal.note(line)
    context.exit(_worst(done))


@evaluate.command("init")
@click.argument("documents", type=folder)
@click.option("--into", type=folder, help="Where the suite goes, instead of pushback-eval beside the documents.")
def eval_init(documents: Path, into: Path | None) -> None:
    """Write a first suite over DOCUMENTS, with drafts that gate nothing yet, and a workflow that runs it."""
    from eval import starting

    started = starting.start(documents, into)
    terminal.say(f"{started.suite}: {started.drafts} drafts, and one question that is to be refused.")
    if started.workflow:
        terminal.say(f"{started.workflow}: runs it on GitHub.")
    terminal.note(f"Now: pushback eval run {started.suite}; then: pushback eval accept {started.suite} --reason First")


@evaluate.command("lint")
@click.argument("suites", metavar="SUITE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--lock", is_flag=True, help="Keep the sha256 of each file of the corpus beside the suite.")
@as_json
@click.pass_context
def eval_lint(context: click.Context, suites: tuple[Path, ...], lock: bool, as_json: bool) -> None:
    """Check SUITEs: schema, ids, quotes in the corpus, gates, and cases that two of them share."""
    from eval import suites as suite_files
    from eval.gate import Exit
    from eval.lint import commands
    from eval.lint import lint as look

    if lock:
        for path in suites:
            suite_files.lock(path)
    read, faults = look(suites)
    if as_json:
        terminal.say_json({"suites": [{"name": one.name, "cases": len(one.cases)} for one in read], "faults": faults})
    else:
        terminal.say("\n".join([*faults, *(f"{one.name}: {len(one.cases)} cases" for one in read)]))
    for line in commands(suites, faults) if os.environ.get("GITHUB_ACTIONS") else ():
        terminal.note(line)
    context.exit(Exit.USAGE if faults else Exit.PASSED)


@evaluate.command("compare")
@click.argument("before", type=click.Path(path_type=Path, exists=True))
@click.argument("after", type=folder)
@as_json
@click.pass_context
def eval_compare(context: click.Context, before: Path, after: Path, as_json: bool) -> None:
    """Compare the run in folder AFTER with BEFORE, a run's folder or a baseline file; 1 when cases were lost."""
    from dataclasses import asdict

    from eval import artifacts, baseline, gate, report

    now = artifacts.read(after)
    if before.is_dir():
        old = artifacts.read(before)
        was = baseline.of(old.summary, old.records, "")
    else:
        was = baseline.read(before)
    if was.corpus_sha256 != now.summary.corpus_sha256:
        terminal.note(f"{before} is of another corpus than {after}.")
    compared = gate.compared_with(was, now.records)
    terminal.say_json(asdict(compared)) if as_json else terminal.say(report.of_comparison(compared))
    context.exit(gate.Exit.QUALITY if compared.lost else gate.Exit.PASSED)


@evaluate.command("report")
@click.argument("run", type=folder)
@click.option("--verbose", is_flag=True, help="Case by case.")
@as_json
@click.pass_context
def eval_report(context: click.Context, run: Path, verbose: bool, as_json: bool) -> None:
    """Write the report of the run in folder RUN anew, and print it. Exits as the run did."""
    from eval import artifacts, report

    kept = artifacts.read(run)
    artifacts.render(run, kept)
    if as_json:
        terminal.say_json(_whole(kept))
    else:
        terminal.say(report.to_text(kept.summary, kept.records, kept.verdict, verbose=verbose))
    context.exit(kept.verdict.exit)


@evaluate.command("explain")
@click.argument("case")
@out
@click.option("--suite", "named", metavar="NAME", help="The suite's name, where several runs are kept.")
def eval_explain(case: str, out: Path, named: str | None) -> None:
    """Tell all that the last run knows of CASE: what was found, said and cited, and where the gold is."""
    from eval import artifacts, report

    runs = [one.parent for one in sorted(out.glob(f"*/{artifacts.SUMMARY}")) if named in (None, one.parent.name)]
    for run in runs:
        for record in artifacts.read(run).records:
            if record.id == case:
                terminal.say(report.explain(record))
                return
    raise CaseError(f"No run in {out} has a case {case!r}.", hint="Run `pushback eval run SUITE` first.")


@evaluate.command("accept")
@click.argument("suite", type=click.Path(path_type=Path))
@click.option("--reason", required=True, help="Why this is how it is to be; read in review.")
@out
def eval_accept(suite: Path, reason: str, out: Path) -> None:
    """Make the last run of all cases of SUITE the baseline that its gate names, and list what was better before."""
    from eval import accept

    accepted = accept.accept(suite, reason, out)
    terminal.say("\n".join([f"Accepted: {accepted.path}", *(f"  buried: {one}" for one in accepted.buried)]))


@evaluate.command("power")
@click.option("--suite", type=click.Path(path_type=Path), help="A suite to count the cases of.")
@click.option("--cases", type=click.IntRange(1), help="So many cases, when no suite is named.")
@click.option("--share", type=click.FloatRange(0, 1), default=0.8, show_default=True, help="Cases that pass today.")
@click.option("--drop", type=click.FloatRange(0, 1), help="The drop that is to be noticed.")
def eval_power(suite: Path | None, cases: int | None, share: float, drop: float | None) -> None:
    """Say which drop so many cases can show, or how many cases a drop needs (power 0.8 at 0.05)."""
    from eval import accept

    terminal.say(accept.power(suite, cases, share, drop))


@evaluate.command("cases")
@click.option("--from-feedback", is_flag=True, required=True, help="From thumbs down and “wrong evidence”.")
@click.pass_context
def eval_cases(context: click.Context, from_feedback: bool) -> None:  # noqa: ARG001 - the flag names the source
    """Print what people found wrong in the chat as a suite to be reviewed, as YAML."""
    settings = settings_of(context)
    from assistant import build
    from assistant.library.library import Library
    from eval.feedback import cases_of

    with Library.open(settings, build.build_embedder(settings)) as library:
        drafted = cases_of(library)
    if drafted is None:
        terminal.note("Nobody has called an answer or its evidence wrong yet.")
    else:
        terminal.say(drafted)


def _options(given: dict[str, Any]) -> Options:
    from eval.harness import DISTRACTORS, Options

    if given["needed"] > given["repeats"]:
        raise SettingsError(f"--needed {given['needed']} is more than --repeats {given['repeats']}.")
    names = ("out", "baseline", "jobs", "profile", "ids", "kinds", "tags", "limit", "repeats", "needed", "robustness")
    return Options(
        **{name: given[name] for name in names},
        seconds=given["budget_seconds"],
        distractors=given["distractors"] or DISTRACTORS,
        ours=set(given["systems"]) <= {OURS},
        libraries=None if given["fresh"] else given["out"].parent / LIBRARIES,
    )


def _systems(given: dict[str, Any], reader: Reader | None) -> dict[str, Wrap | None]:
    """What is to be measured, by its name: other systems, and ours where it is named ``pushback``; none is ours."""
    from eval import outside

    if given["systems"] and (reader or given["jobs"] > 1):
        raise SettingsError("A system from outside is asked by one process, without --model.")
    return {spec: None if spec == OURS else outside.wrap(spec, given["record"]) for spec in given["systems"]}


def _side_by_side(
    suites: list[Suite], settings: Settings, options: Options, embedder: Embedder, systems: dict[str, Wrap | None]
) -> int:
    """Each suite with each system, their measures beside one another, and each against the first; the first decides."""
    from dataclasses import replace

    from eval import baseline, gate, report
    from eval.harness import folder_of, measure

    codes = []
    for suite in suites:
        kept = {
            name: measure(
                suite,
                settings,
                replace(
                    options,
                    out=options.out / "beside" / folder_of(name) if place else options.out,
                    ours=name == OURS,
                ),
                embedder,
                wrap=wrap,
            )
            for place, (name, wrap) in enumerate(systems.items())
        }
        first, *others = kept
        terminal.say(report.of_models({name: one.summary for name, one in kept.items()}, "system"))
        was = baseline.of(kept[first].summary, kept[first].records, "")
        for name in others:
            terminal.say(f"{first} → {name}\n{report.of_comparison(gate.compared_with(was, kept[name].records))}\n")
        codes.append(kept[first].verdict.exit)
    return int(max(codes, default=0))


def _end_when_told() -> None:
    """A run that is told to end, as CI does when its time is over, keeps what it has, like one that is interrupted."""
    with suppress(ValueError):  # not in the main thread, where nobody sends a signal
        signal.signal(signal.SIGTERM, signal.default_int_handler)


def _reader(settings: Settings, given: dict[str, Any]) -> tuple[Reader | None, Callable[[], None]]:
    """The model that reads in the run, and how its replies are kept; none where no model is named."""
    if not settings.writer:
        return None, lambda: None
    from eval import writer
    from eval.replay import Budget, Recording

    writer.check(settings, given["profile"], given["jobs"])
    live, path = given["profile"] == "llm-live", given["recording"]
    if not path:
        raise SettingsError("The model's replies need a file.", hint="Name one with --recording FILE.")
    recording = Recording.load(path) if path.exists() else Recording()
    budget = Budget(given["budget_calls"], given["budget_tokens"])
    chat = writer.recorded(settings, recording, live=live, budget=budget)

    def keep() -> None:
        if live:
            recording.save(path)
        else:
            writer.check_whole(chat)

    return writer.Written(settings, chat, budget), keep


def _advice(run: Kept, kept_in: Path, given: dict[str, Any]) -> list[str]:
    """What the judge says of a run. A reply that is missing, or a budget that is spent, is an error of its own."""
    if given["profile"] == "offline":
        raise SettingsError("The judge is a model; the profile offline uses none.", hint="Use --profile llm-replay.")
    if not given["recording"]:
        raise SettingsError("The judge's replies need a file.", hint="Name one with --recording FILE.")
    from eval import advice
    from eval.judge import Judge
    from eval.replay import Budget, Recording

    path: Path = given["recording"]
    recording = Recording.load(path) if path.exists() else Recording()
    live = given["profile"] == "llm-live"
    budget = Budget(given["budget_calls"], given["budget_tokens"])
    chat = advice.chat(given["judge"], recording, live=live, budget=budget)
    try:
        said = advice.advise(run.records, Judge(chat))
    finally:
        if live:
            recording.save(path)
    return advice.write(kept_in, said, advice.calibrated(said, given["labels"]), chat.usage)


def _whole(run: Kept) -> dict[str, Any]:
    from eval import gate, records, summary

    results = [json.loads(records.to_line(record)) for record in run.records]
    return {**summary.to_json(run.summary), "gate": gate.to_json(run.verdict), "results": results}


def _beside(of_model: Mapping[str, Kept]) -> dict[str, Any]:
    """The measures with each evidence model, where there are several."""
    from eval import summary

    if len(of_model) < 2:
        return {}
    return {"evidence_models": {name: summary.to_json(kept.summary) for name, kept in of_model.items()}}


def _worst(runs: list[Kept]) -> int:
    """The exit code of several suites: the first in the gate's order that one of them has."""
    from eval.gate import ORDER, Exit

    codes = {one.verdict.exit for one in runs}
    return int(next((code for code in ORDER if code in codes), Exit.PASSED))
