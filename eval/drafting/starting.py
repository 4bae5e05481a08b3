"""Starts evaluation in another repository: a suite of drafts over its documents, and the workflow that runs it.

The drafts are those of ``proposing.py``, in a file beside the suite: nobody has reviewed them, so they decide nothing.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import yaml

from assistant.errors import SettingsError
from eval.drafting import reviewing
from eval.drafting.proposing import FolderTexts, case_of, drafts
from ingest.folder.ignoring import NAME as IGNORING

FOLDER = "pushback-eval"
SUITE, CASES, BASELINE = "suite.yaml", "cases.jsonl", "baseline.json"
WORKFLOW = Path(".github") / "workflows" / "pushback-eval.yml"
RUNS = "/artifacts/"  # where `eval run` keeps runs and libraries, unless it is told otherwise
DRAFTS = 10  # questions of a first suite: as many as somebody reviews in a sitting; a guess

HEAD = """\
# Cases over {corpus}. Gold is a document and words that stand in it. Keys, measures and gates are told in Pushback's
# docs/evaluation.md. Drafts of cases are in {cases}, and decide nothing until you have read them: pushback eval review.
name: {name}
corpus: {corpus}
jsonl: {cases}
gate:
  baseline: {baseline}
  floors: {{citation validity: 1.0}}
"""
NOT_SAID = "At what temperature does ethanol boil?"
JOB = """\
name: pushback-eval

on:
  pull_request:
  push:
    branches: [main]

permissions:
  contents: read
  pull-requests: write

jobs:
  answers:
    name: what the documents answer
    runs-on: ubuntu-latest
    timeout-minutes: 20
    steps:
      - uses: actions/checkout@11d5960a326750d5838078e36cf38b85af677262  # v4.4.0
      - uses: actions/checkout@11d5960a326750d5838078e36cf38b85af677262  # v4.4.0
        with:
          repository: ${{{{ vars.PUSHBACK_REPOSITORY }}}}  # a variable of yours: owner/name of Pushback's code
          path: .pushback
      - uses: ./.pushback
        with:
          suites: {suite}
"""


class Started(NamedTuple):
    """What ``start`` wrote: the suite, the workflow (None if it was left out), and the number of drafts. If there is no
    workflow, ``without`` says why.

    ``ignoring`` are the ignore files that were changed: .gitignore keeps runs out of the repository, and
    .pushbackignore keeps a suite that lies among the documents, and its runs, from being read as documents.
    """

    suite: Path
    workflow: Path | None
    drafts: int
    without: str = ""
    ignoring: tuple[Path, ...] = ()


def start(documents: Path, into: Path | None = None) -> Started:
    """Write a first suite for a folder of documents, and a GitHub workflow that runs the suite. All cases of the suite
    are drafts (cases that nobody has reviewed).

    The suite is written to the folder ``into``. By default, this is a folder ``pushback-eval`` beside the documents'
    folder, or inside it if the documents' folder is the root of a git repository. The workflow is left out if the suite
    is in no git repository, or if the repository already has a file at the path ``WORKFLOW``.

    Raises:
        SettingsError: there are no documents to draft from, or the suite exists already.
    """
    texts = FolderTexts(documents)
    if (there := _place(documents, into)).exists():
        raise SettingsError(f"{there} is there already.", hint="Name another folder with --into.")
    suite = suite_of(documents, into)
    refused = case_of("none", NOT_SAID, refuse=True, why="Something that the documents do not say.")
    root = next((one for one in suite.resolve().parents if (one / ".git").exists()), None)
    ignoring = tuple(_ignoring(documents.resolve(), suite.resolve().parent, root))
    count = len(reviewing.add(suite, [*drafts(texts, DRAFTS), refused]))
    if root is None:
        return Started(suite, None, count, f"{suite.resolve().parent} is in no git repository", ignoring)
    if (there := root / WORKFLOW).exists():
        return Started(suite, None, count, f"{there} is there already, and is left as it is", ignoring)
    return Started(suite, _workflow(suite, root), count, ignoring=ignoring)


def suite_of(documents: Path, into: Path | None = None) -> Path:
    """Return the path of the suite that ``start`` writes if it is called with the same arguments. If there is no suite
    at this path yet, one without cases is written.
    """
    suite = _place(documents, into)
    if not suite.exists():
        suite.parent.mkdir(parents=True, exist_ok=True)
        corpus = Path(os.path.relpath(documents.resolve(), suite.parent.resolve())).as_posix()
        head = HEAD.format(corpus=_text(corpus), name=_text(_name(documents)), baseline=BASELINE, cases=CASES)
        suite.write_text(head, "utf-8")
        (suite.parent / CASES).touch()
    return suite


def _place(documents: Path, into: Path | None) -> Path:
    folder = documents.resolve()
    return (into or (folder if (folder / ".git").exists() else folder.parent) / FOLDER) / SUITE


def _ignoring(documents: Path, suite: Path, root: Path | None) -> Iterator[Path]:
    """Add lines to ignore files, so that a suite that lies among the documents is not read as a document, and runs are
    neither read nor committed. Returns the files that were changed.
    """
    wanted = (
        {documents / IGNORING: [f"/{suite.relative_to(documents).as_posix()}/", RUNS]}
        if suite.is_relative_to(documents)
        else {}
    )
    if root:
        wanted[root / ".gitignore"] = [RUNS]
    for file, lines in wanted.items():
        before = file.read_text("utf-8").splitlines() if file.exists() else []
        if more := [line for line in lines if line not in before]:
            file.write_text("\n".join([*before, *more]) + "\n", "utf-8")
            yield file


def _workflow(suite: Path, root: Path) -> Path:
    (root / WORKFLOW).parent.mkdir(parents=True, exist_ok=True)
    (root / WORKFLOW).write_text(JOB.format(suite=suite.resolve().relative_to(root).as_posix()), "utf-8")
    return root / WORKFLOW


def _name(documents: Path) -> str:
    return re.sub(r"[^\w .-]+", "-", documents.resolve().name).strip(" .-") or "documents"


def _text(text: str) -> str:
    """The text as a YAML string on one line."""
    return str(yaml.safe_dump(text, default_style='"', allow_unicode=True, width=10**9)).rstrip("\n")
