"""The commands of `pushback eval` that run suites or show their runs."""

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
from ui.commands import suite_commands
from ui.commands.options import Group, as_json, is_quiet, settings_of
from ui.reports import terminal
from ui.work.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Callable

    from assistant.model.embedding import Embedder
    from assistant.settings import Settings
    from eval.gate.compare import Comparison
    from eval.harness.artifacts import StoredRun
    from eval.harness.harness import Options, Reader
    from eval.running.run import Wrap
    from eval.suite.suite import Suite

OUT = Path("artifacts") / "eval"
LIBRARIES = "libraries"  # beside the runs: they are no artifacts of a run
PROFILES = ("offline", "llm-replay", "llm-live")
PROFILE_HELP = "offline: no model. llm-replay: recorded replies, no key. llm-live: ask the model."

folder = click.Path(path_type=Path, file_okay=False)
file = click.Path(path_type=Path, dir_okay=False)
out = click.option(
    "--out",
    type=folder,
    default=OUT,
    show_default=True,
    help="Folder that holds the runs; each suite has a folder in it.",
)


class Measuring(Group):
    """The command group `pushback eval`. Its commands exit with the codes in ``eval.gate.gate.Exit``."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command of `pushback eval` that the command line names. If it raises a ``PushbackError``, print the
        error and exit with the exit code for errors of this kind."""
        try:
            return super().invoke(ctx)
        except PushbackError as error:
            terminal.complain(str(error), error.hint)
            ctx.exit(_code(error))


def _code(error: PushbackError) -> int:
    from eval.gate.baseline import BaselineMissing
    from eval.gate.gate import Exit

    if isinstance(error, BaselineMissing):
        return Exit.BASELINE
    if type(error).__name__ == "BudgetSpent":  # its module imports LangChain
        return Exit.BUDGET
    return Exit.USAGE if isinstance(error, CaseError | SettingsError | SourceError) else Exit.INFRASTRUCTURE


@click.group(
    "eval",
    cls=Measuring,
    examples=("pushback eval run eval/suites/sample/suite.yaml", "pushback eval explain fact-stand-price"),
)
def evaluate() -> None:
    """Measure the quality of answers with suites of test cases.

    \b
    Exit codes: 0 passed, 1 quality fell, 2 wrong usage or a faulty suite,
    3 infrastructure failed, 4 no case selected, 5 baseline missing,
    6 budget spent, 130 interrupted.
    """


for making in suite_commands.COMMANDS:
    evaluate.add_command(making)


@evaluate.command(
    "run",
    examples=(
        "pushback eval run eval/suites/sample/suite.yaml",
        "pushback eval run eval/suites/sample/suite.yaml --kind fact --limit 10 --verbose",
        "pushback eval run suite.yaml --model ollama:llama3.2 --profile llm-live --recording replies.jsonl",
    ),
)
@click.argument("suites", metavar="SUITE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@out
@click.option("--baseline", type=file, help="Compare with this baseline instead of the suite's own.")
@click.option(
    "--jobs", metavar="N", type=click.IntRange(1, 64), default=1, show_default=True, help="Number of processes."
)
@click.option("--case", "ids", metavar="ID", multiple=True, help="Run this case only.")
@click.option(
    "--kind",
    "kinds",
    metavar="KIND",
    multiple=True,
    help="Run cases of this kind only. The kind is the first word of a case's id.",
)
@click.option("--tag", "tags", metavar="TAG", multiple=True, help="Run cases with this tag only.")
@click.option(
    "--changed",
    is_flag=True,
    help="Run only cases about documents that changed since the baseline. Changes of the code are ignored.",
)
@click.option(
    "--limit", metavar="N", type=click.IntRange(1), help="Run at most this many cases, spread evenly over the suite."
)
@click.option(
    "--robustness",
    is_flag=True,
    help="Also run the cases over six changed copies of the documents: three with more and more misleading documents, "
    "one with the files read in another order, one with contradicting figures, and one with planted instructions.",
)
@click.option(
    "--distractors", type=folder, help="Folder of misleading documents for --robustness, instead of the shipped ones."
)
@click.option("--profile", type=click.Choice(PROFILES), default="offline", show_default=True, help=PROFILE_HELP)
@click.option(
    "--evidence-model",
    "models",
    metavar="NAME",
    multiple=True,
    help="Model that decides whether a passage supports or challenges an idea. Repeat the option to compare models; "
    "the first one decides whether the run passes.",
)
@click.option(
    "--judge",
    metavar="MODEL",
    help="Chat model that also rates each answer. Its ratings do not affect whether the run passes.",
)
@click.option(
    "--recording",
    type=file,
    help="File with the replies of --model and --judge: llm-replay reads it, llm-live adds to it.",
)
@click.option(
    "--labels", type=file, help="File of people's ratings of the same answers; the judge is compared with them."
)
@click.option(
    "--repeats", metavar="N", type=click.IntRange(1), default=1, help="How often each case is run (llm-live only)."
)
@click.option(
    "--needed", metavar="N", type=click.IntRange(1), default=1, help="How many of the --repeats runs a case must pass."
)
@click.option("--budget-seconds", metavar="SECONDS", type=click.FloatRange(0), help="Stop after this many seconds.")
@click.option("--budget-calls", metavar="N", type=click.IntRange(0), help="Stop after this many calls of a live model.")
@click.option(
    "--budget-tokens", metavar="N", type=click.IntRange(0), help="Stop after this many tokens of a live model."
)
@click.option(
    "--system",
    "systems",
    metavar="SPEC",
    multiple=True,
    help="Measure another program: module:function, a URL, a command or a .jsonl file of its answers. Repeat the "
    "option to compare programs; `pushback` is this program.",
)
@click.option(
    "--record",
    type=file,
    help="Save the replies of --system to this file; a later `--system FILE` measures them again.",
)
@click.option(
    "--fresh",
    is_flag=True,
    help="Read the documents again, instead of reusing the suite's library from an earlier run.",
)
@click.option("--verbose", is_flag=True, help="Also print each case and why it failed.")
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
    """Run suites of cases, and say whether they pass.

    Each suite gets a library of its own, apart from yours, with the suite's documents. SUITE is a YAML file or a public
    data set: a BEIR folder, or a .jsonl file whose lines have claim, text and label, or question, answers and context.
    """
    settings = settings_of(context)
    from assistant import build
    from eval.harness import artifacts
    from eval.harness.harness import measure_each
    from eval.render import report
    from eval.suite import suites as suite_files

    _end_when_told()
    reader, kept = _reader(settings, given)
    systems = _systems(given, reader)
    loaded = [suite_files.load(path) for path in suites]  # all before the first is run: a faulty one costs no time
    options = _options(given)
    embedder = build.build_embedder(settings)
    if len(systems) > 1:
        context.exit(
            _side_by_side(
                loaded, settings, options, embedder, context, out=given["out"], systems=systems, as_json=as_json
            )
        )
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


@evaluate.command(
    "export", examples=("pushback eval export eval/suites/sample/suite.yaml --format ragas > rows.jsonl",)
)
@click.argument("suite", type=click.Path(path_type=Path))
@click.option(
    "--format",
    "of",
    type=click.Choice(("ragas", "promptfoo")),
    default="ragas",
    show_default=True,
    help="Tool whose format is printed.",
)
@out
def eval_export(suite: Path, of: str, out: Path) -> None:
    """Print the last run of SUITE in the format of ragas or promptfoo.

    ragas: user_input, response, contexts and reference. promptfoo: tests with the recorded answer as providerOutput.
    """
    from eval.harness import artifacts
    from eval.running import exchange
    from eval.suite import suites as suite_files

    loaded = suite_files.load(suite)
    for row in exchange.rows(of, loaded.cases, artifacts.read(out / loaded.name).records):
        terminal.say(json.dumps(row, ensure_ascii=False))


@evaluate.command("compare", examples=("pushback eval compare eval/baselines/sample.json artifacts/eval/sample",))
@click.argument("before", type=click.Path(path_type=Path, exists=True))
@click.argument("after", type=folder)
@as_json
@click.pass_context
def eval_compare(context: click.Context, before: Path, after: Path, as_json: bool) -> None:
    """Compare two runs. Exits with 1 if a case that passed before fails now.

    BEFORE is the folder of a run or a baseline file; AFTER is the folder of a run.
    """
    from dataclasses import asdict

    from eval.gate import baseline, gate
    from eval.harness import artifacts
    from eval.render import report

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


@evaluate.command("report", examples=("pushback eval report artifacts/eval/sample",))
@click.argument("run", type=folder)
@click.option("--verbose", is_flag=True, help="Also print each case and why it failed.")
@as_json
@click.pass_context
def eval_report(context: click.Context, run: Path, verbose: bool, as_json: bool) -> None:
    """Make the report of an earlier run again, and print it.

    RUN is the folder of the run. The exit code is that of the run.
    """
    from eval.harness import artifacts
    from eval.render import report

    kept = artifacts.read(run)
    artifacts.render(run, kept)
    if as_json:
        terminal.say_json(_whole(kept))
    else:
        terminal.say(report.to_text(kept.summary, kept.records, kept.verdict, verbose=verbose))
    context.exit(kept.verdict.exit)


@evaluate.command("explain", examples=("pushback eval explain fact-stand-price",))
@click.argument("case")
@out
@click.option("--suite", "named", metavar="NAME", help="Name of the suite, if several suites have a run.")
def eval_explain(case: str, out: Path, named: str | None) -> None:
    """Show one case of the last run in full.

    CASE is the id of a test case. This shows the passages found, the answer, its citations, and the expected evidence
    with its rank among the passages found.
    """
    from eval.harness import artifacts
    from eval.render import report

    runs = [one.parent for one in sorted(out.glob(f"*/{artifacts.SUMMARY}")) if named in (None, one.parent.name)]
    for run in runs:
        for record in artifacts.read(run).records:
            if record.id == case:
                terminal.say(report.explain(record))
                return
    raise CaseError(f"No run in {out} has a case {case!r}.", hint="Run `pushback eval run SUITE` first.")


@evaluate.command(
    "accept",
    examples=(
        'pushback eval accept eval/suites/sample/suite.yaml --reason "The policy of 2025 replaces that of 2023."',
    ),
)
@click.argument("suite", type=click.Path(path_type=Path))
@click.option("--reason", required=True, help="Why the new results are right; reviewers read it.")
@out
def eval_accept(suite: Path, reason: str, out: Path) -> None:
    """Use the last complete run of SUITE as the baseline of later runs.

    This lists the cases and measures that were better in the former baseline.
    """
    from eval.harness import accept

    accepted = accept.accept(suite, reason, out)
    terminal.say("\n".join([f"Accepted: {accepted.path}", *(f"  buried: {one}" for one in accepted.buried)]))


def _options(given: dict[str, Any]) -> Options:
    from eval.harness.harness import DISTRACTORS, OURS, Options

    if given["needed"] > given["repeats"]:
        raise SettingsError(f"--needed {given['needed']} is more than --repeats {given['repeats']}.")
    names = (
        "baseline",
        "jobs",
        "profile",
        "ids",
        "kinds",
        "tags",
        "limit",
        "repeats",
        "needed",
        "robustness",
        "changed",
    )
    system = given["systems"][0] if given["systems"] else OURS
    return Options(
        **{name: given[name] for name in names},
        out=_kept_in(given["out"], system),
        seconds=given["budget_seconds"],
        distractors=given["distractors"] or DISTRACTORS,
        system=system,
        libraries=None if given["fresh"] else given["out"].parent / LIBRARIES,
    )


def _kept_in(out: Path, system: str) -> Path:
    """The folder for the runs of ``system``: ``out`` for Pushback itself, and another folder for each other system, so
    that its runs are never used as Pushback's baseline."""
    from eval.harness.harness import OURS, beside

    return out if system == OURS else beside(out, system)


def _systems(given: dict[str, Any], reader: Reader | None) -> dict[str, Wrap | None]:
    """The systems to measure: a dict from the name of each to the function that makes a run use it; None for Pushback
    itself. The dict is empty if the options name no system, which means Pushback alone.

    Raises:
        SettingsError: other systems were combined with a model or with several processes.
    """
    from eval.harness.harness import OURS
    from eval.running import outside

    if given["systems"] and (reader or given["jobs"] > 1):
        raise SettingsError("A system from outside is asked by one process, without --model.")
    return {spec: None if spec == OURS else outside.wrap(spec, given["record"]) for spec in given["systems"]}


def _side_by_side(
    suites: list[Suite],
    settings: Settings,
    options: Options,
    embedder: Embedder,
    context: click.Context,
    *,
    out: Path,
    systems: dict[str, Wrap | None],
    as_json: bool,
) -> int:
    """Run each suite with each system. Print the measures of all systems side by side, and compare each system with the
    first one. Returns the exit code, which only the first system determines."""
    from eval.gate import baseline, gate
    from eval.harness import artifacts
    from eval.render import report

    ran = _each_system(suites, settings, options, embedder, context, out=out, systems=systems)
    told = []
    for kept in ran:
        first, *others = kept
        was = baseline.of(kept[first].summary, kept[first].records, "")
        compared = {name: gate.compared_with(was, kept[name].records) for name in others}
        told.append(_compared(kept, compared))
        if not as_json:
            terminal.say(report.of_models({name: one.summary for name, one in kept.items()}, "system"))
            for name, one in compared.items():
                terminal.say(f"{first} → {name}\n{report.of_comparison(one)}\n")
            for name, run in kept.items():
                terminal.say(f"{name}: {_kept_in(out, name) / run.summary.suite / artifacts.HTML}")
    if as_json:
        terminal.say_json(told)
    return _worst([next(iter(kept.values())) for kept in ran])


def _each_system(
    suites: list[Suite],
    settings: Settings,
    options: Options,
    embedder: Embedder,
    context: click.Context,
    *,
    out: Path,
    systems: dict[str, Wrap | None],
) -> list[dict[str, StoredRun]]:
    """Run each suite with each system. Returns, for each suite, its runs by the name of the system."""
    from dataclasses import replace

    from eval.harness.harness import measure

    with Progress("Asking", "cases", quiet=is_quiet(context), logged=True) as progress:
        return [
            {
                name: measure(
                    suite,
                    settings,
                    replace(options, out=_kept_in(out, name), system=name),
                    embedder,
                    progress=_telling(progress, name),
                    wrap=wrap,
                )
                for name, wrap in systems.items()
            }
            for suite in suites
        ]


def _telling(progress: Progress, system: str) -> Callable[[str, int, int], None]:
    return lambda suite, count, of: progress(count, of, f"{suite}, {system}")


def _compared(kept: Mapping[str, StoredRun], compared: Mapping[str, Comparison]) -> dict[str, Any]:
    """The JSON for one suite: the measures of each system, its comparison with the first system, and the gate of the
    first system."""
    from dataclasses import asdict

    from eval.gate import gate, summary

    return {
        "systems": {name: summary.to_json(one.summary) for name, one in kept.items()},
        "compared": {name: asdict(one) for name, one in compared.items()},
        "gate": gate.to_json(next(iter(kept.values())).verdict),
    }


def _end_when_told() -> None:
    """Treat SIGTERM, which CI sends at a timeout, like Ctrl-C: the run ends and keeps its finished cases."""
    with suppress(ValueError):  # not in the main thread, where nobody sends a signal
        signal.signal(signal.SIGTERM, signal.default_int_handler)


def _reader(settings: Settings, given: dict[str, Any]) -> tuple[Reader | None, Callable[[], None]]:
    """The chat model for the run, and a function to call after each suite: it saves the live replies, or checks that no
    recorded reply was missing. The model is None if the settings name none.

    Raises:
        SettingsError: a model is set, but no file for its replies.
    """
    if not settings.writer:
        return None, lambda: None
    from eval.running import writer
    from eval.running.replay import Budget, Recording

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


def _advice(run: StoredRun, kept_in: Path, given: dict[str, Any]) -> list[str]:
    """Let the judge rate the answers of a run, and store the ratings in ``kept_in``. Returns lines of text that
    summarize them.

    Raises:
        SettingsError: the profile is offline, or no file for the judge's replies is named.
        PushbackError: a recorded reply is missing, or the budget is spent.
    """
    if given["profile"] == "offline":
        raise SettingsError("The judge is a model; the profile offline uses none.", hint="Use --profile llm-replay.")
    if not given["recording"]:
        raise SettingsError("The judge's replies need a file.", hint="Name one with --recording FILE.")
    from eval.judging import advice
    from eval.judging.judge import Judge
    from eval.running.replay import Budget, Recording

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


def _whole(run: StoredRun) -> dict[str, Any]:
    from eval.gate import gate, summary
    from eval.running import records

    results = [json.loads(records.to_line(record)) for record in run.records]
    return {**summary.to_json(run.summary), "gate": gate.to_json(run.verdict), "results": results}


def _beside(of_model: Mapping[str, StoredRun]) -> dict[str, Any]:
    """The measures of each evidence model under the key ``evidence_models``; an empty dict if there is only one
    model."""
    from eval.gate import summary

    if len(of_model) < 2:
        return {}
    return {"evidence_models": {name: summary.to_json(kept.summary) for name, kept in of_model.items()}}


def _worst(runs: list[StoredRun]) -> int:
    """The exit code for several suites: the one of their codes that comes first in ``eval.gate.gate.ORDER``."""
    from eval.gate.gate import ORDER, Exit

    codes = {one.verdict.exit for one in runs}
    return int(next((code for code in ORDER if code in codes), Exit.PASSED))
