"""The commands of `pushback eval` that make and check suites: draft cases, review them, check suites, and compute the
number of cases that is needed."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path

import click

from assistant.errors import CaseError
from ui.commands.options import Command, as_json, is_quiet, settings_of
from ui.reports import terminal

folder = click.Path(path_type=Path, file_okay=False)
file = click.Path(path_type=Path, dir_okay=False)

_command = partial(click.command, cls=Command)


def _near(path: Path) -> Path:
    """The path relative to the current folder if it is inside it; else the path unchanged."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


@_command("init", examples=("pushback eval init documents/",))
@click.argument("documents", type=folder)
@click.option("--into", type=folder, help="Folder for the suite; by default pushback-eval, beside the documents.")
def eval_init(documents: Path, into: Path | None) -> None:
    """Write a first test suite for DOCUMENTS.

    In a git repository, this also writes a GitHub Actions workflow that runs the suite.
    """
    from eval.drafting import starting

    started = starting.start(documents, into)
    suite = _near(started.suite)
    terminal.say(f"{suite}: {started.drafts} drafts, which decide nothing until you have read them.")
    if started.workflow:
        terminal.say(f"{_near(started.workflow)}: runs it on GitHub.")
    else:
        terminal.say(f"No workflow is written: {started.without}.")
    for file in started.ignoring:
        terminal.say(f"{_near(file)}: leaves out what runs write.")
    terminal.note(f"Now: pushback eval review {suite}; then: pushback eval run {suite}")
    terminal.note(f"When its report reads right: pushback eval accept {suite} --reason First")


@_command(
    "propose",
    examples=("pushback eval propose documents/", "pushback eval propose documents/ --questions asked.csv"),
)
@click.argument("documents", type=folder)
@click.option("--into", type=folder, help="Folder of the suite; by default pushback-eval, beside the documents.")
@click.option(
    "--questions",
    type=file,
    help="File with questions that people asked: a CSV with a column `question`, or a file of ragas or promptfoo.",
)
@click.option(
    "--most",
    metavar="N",
    type=click.IntRange(1),
    default=20,
    show_default=True,
    help="Write at most this many drafts; with --model, draft from at most this many passages.",
)
@click.pass_context
def eval_propose(context: click.Context, documents: Path, into: Path | None, questions: Path | None, most: int) -> None:
    """Draft cases from DOCUMENTS, for a person to review.

    With --model, the model phrases the questions as people would; without it, questions are built from headings,
    figures, speakers and disagreements. Drafts do not affect whether a run passes until you accept them with
    `pushback eval review SUITE`.
    """
    settings = settings_of(context)
    from eval.drafting import proposing, proposing_model, reviewing, starting

    texts = proposing.FolderTexts(documents)
    suite = starting.suite_of(documents, into)
    if settings.writer:
        from assistant.model.chat import Model

        cases = list(proposing_model.drafts(texts, Model(settings), most))
    else:
        cases = proposing.drafts(texts, most)
    asked = list(proposing.of_questions(texts, questions)) if questions else []
    added = reviewing.add(suite, [*asked, *cases])
    terminal.say(f"{_near(suite)}: {len(added)} drafts more, {len(reviewing.drafts(suite))} to be reviewed.")
    terminal.note(f"Now: pushback eval review {_near(suite)}")


@_command("review", examples=("pushback eval review pushback-eval/suite.yaml",))
@click.argument("suite", type=click.Path(path_type=Path))
def eval_review(suite: Path) -> None:
    """Accept, edit or throw away the drafts of SUITE, one by one."""
    from eval.drafting import reviewing

    left = reviewing.drafts(suite)
    for number, case in enumerate(left, 1):
        terminal.say(f"{number} of {len(left)}\n{reviewing.shown(case)}")
        if not _reviewed(suite, case.id, reviewing.shown(case)):
            break
    terminal.say(f"{len(reviewing.drafts(suite))} drafts are left.")


def _reviewed(suite: Path, case: str, shown: str) -> bool:
    """Ask what to do with a draft until the answer can be carried out. Returns False if the person quits."""
    from eval.drafting import reviewing

    while True:
        told = "[a]ccept, [e]dit, [t]hrow away, [l]ater, [q]uit"
        key = click.prompt(told, type=click.Choice(list("aetlq")), show_choices=False, err=True)
        try:
            if key == "a":
                reviewing.accept(suite, case)
            elif key == "e":
                shown = click.edit(shown, extension=".yaml") or shown
                reviewing.accept(suite, case, shown)
            elif key == "t":
                reviewing.throw_away(suite, case)
        except CaseError as error:
            terminal.complain(str(error), error.hint)
        else:
            return bool(key != "q")


@_command("lint", examples=("pushback eval lint eval/suites/sample/suite.yaml",))
@click.argument("suites", metavar="SUITE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--lock", is_flag=True, help="Write the SHA-256 of each document of the suite to a lock file beside it.")
@as_json
@click.pass_context
def eval_lint(context: click.Context, suites: tuple[Path, ...], lock: bool, as_json: bool) -> None:
    """Check suites for mistakes, without running them.

    This checks that the file follows the schema, ids are unique, quotes occur in the documents, the measures
    named in a suite's gate (its conditions for passing) exist, and no two cases ask the same question.
    """
    from eval.gate.gate import Exit
    from eval.harness.lint import commands
    from eval.harness.lint import lint as look
    from eval.suite import suites as suite_files

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


@_command("power", examples=("pushback eval power --cases 100", "pushback eval power --drop 0.05"))
@click.option("--suite", type=click.Path(path_type=Path), help="Suite whose cases are counted.")
@click.option("--cases", metavar="N", type=click.IntRange(1), help="Number of cases, instead of --suite.")
@click.option(
    "--share",
    metavar="SHARE",
    type=click.FloatRange(0, 1),
    default=0.8,
    show_default=True,
    help="Share of the cases that pass today.",
)
@click.option(
    "--drop", metavar="SHARE", type=click.FloatRange(0, 1), help="Drop in that share which the suite should detect."
)
def eval_power(suite: Path | None, cases: int | None, share: float, drop: float | None) -> None:
    """Compute the smallest drop in quality that a suite can detect.

    The drop is in the share of cases that pass. With --drop, compute how many cases a suite needs to detect that drop.
    The figures hold for a statistical power of 0.8 at a significance level of 0.05.
    """
    from eval.harness import accept

    terminal.say(accept.power(suite, cases, share, drop))


@_command("cases", examples=("pushback eval cases --from-feedback > drafts.yaml",))
@click.option(
    "--from-feedback",
    is_flag=True,
    required=True,
    help="Take answers that people marked as bad or as resting on wrong evidence, and findings (passages listed for or "
    "against an idea) that they judged.",
)
@click.pass_context
def eval_cases(context: click.Context, from_feedback: bool) -> None:  # noqa: ARG001 - the flag names the source
    """Print draft test cases that are made from people's feedback."""
    settings = settings_of(context)
    from assistant import build
    from assistant.library.library import Library
    from eval.drafting.feedback import cases_of

    with Library.open(settings, build.build_embedder(settings)) as library:
        drafted = cases_of(library)
    if drafted is None:
        terminal.note("Nobody has called an answer or its evidence wrong yet, or judged a finding.")
    else:
        terminal.say(drafted)


@_command("labels", examples=("pushback eval labels labels/",))
@click.argument("folder", type=folder)
@click.pass_context
def eval_labels(context: click.Context, folder: Path) -> None:
    """Write people's judgements in pressure tests to FOLDER.

    A judgement says whether a passage is for an idea, against it, or not about it. The files name documents, offsets
    and labels, and contain no text of the documents.
    """
    settings = settings_of(context)
    from assistant import build
    from assistant.library.library import Library
    from eval.drafting import judged

    with Library.open(settings, build.build_embedder(settings)) as library:
        count = judged.write(library, settings.library, folder)
    if not is_quiet(context):
        terminal.say(f"{count} judged findings in {folder}.")


COMMANDS = (eval_init, eval_propose, eval_review, eval_lint, eval_power, eval_cases, eval_labels)
