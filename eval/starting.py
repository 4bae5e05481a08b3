"""A way in for another repository: a suite of drafts over its documents, and the workflow that gates them.

Drafts ask what a document says below its headings, with its first sentence there as the gold. Nobody has reviewed
them, so each is only watched: it is measured and told, and decides nothing until somebody takes that line out.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import yaml

from assistant.errors import SettingsError, SourceError
from assistant.types import BlockKind
from ingest import files
from ingest.drafts import Piece
from ingest.reading.formats import read

FOLDER = "pushback-eval"
SUITE, BASELINE = "suite.yaml", "baseline.json"
WORKFLOW = Path(".github") / "workflows" / "pushback-eval.yml"
DRAFTS = 10
SHORTEST = 40  # characters of a sentence that may be gold: a shorter one stands in many places
_SENTENCE = re.compile(r"(.+?[.!?])(?:\s|$)", re.DOTALL)

HEAD = """\
# Cases over {corpus}. Gold is a document and words that stand in it. Keys, measures and gates are told in Pushback's
# docs/evaluation.md. These drafts were made from headings: ask in your people's words, say what must be answered
# (answer: ["8%"]), and take `severity: watch` out of a case that you have reviewed; until then it gates nothing.
name: {name}
corpus: {corpus}
gate:
  baseline: {baseline}
  floors: {{citation validity: 1.0}}
cases:
  - id: none-ethanol
    question: At what temperature does ethanol boil?  # something that your documents do not say
    refuse: true
    tags: [draft]
    severity: watch
"""
JOB = """\
name: pushback-eval

on:
  pull_request:
  push:
    branches: [main]

permissions:
  contents: read

jobs:
  answers:
    name: what the documents answer
    runs-on: ubuntu-latest
    timeout-minutes: 20
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with:
          python-version: "3.11"
      - uses: actions/checkout@v4
        with:
          repository: ${{{{ vars.PUSHBACK_REPOSITORY }}}}  # a variable of yours: owner/name of Pushback's code
          path: .pushback
      - run: make -C .pushback .venv/run && echo "$PWD/.pushback/.venv/bin" >> "$GITHUB_PATH"
      - run: pushback eval lint {suite}
      - run: pushback eval run {suite} --out artifacts/eval
      - uses: actions/upload-artifact@v4
        if: always()
        with:
          name: eval
          path: artifacts/eval
"""


class Started(NamedTuple):
    """The files that were written, and how many drafts the suite has."""

    suite: Path
    workflow: Path | None
    drafts: int


class Draft(NamedTuple):
    """A question that a heading suggests, and the sentence that stands first below it."""

    source: str
    question: str
    quote: str


def start(documents: Path, into: Path | None = None) -> Started:
    """Write a suite over a folder of documents, beside it unless ``into`` says where, and a workflow where the folder
    stands in a git repository that has none of that name.

    Raises:
        SettingsError: there are no documents to draw from, or there is such a suite already.
    """
    listing = files.find([documents]) if documents.is_dir() else None
    if listing is None or not listing.files:
        raise SettingsError(f"There are no documents in {documents}.", hint="Name the folder that holds them.")
    folder = into or documents.resolve().parent / FOLDER
    suite = folder / SUITE
    if suite.exists():
        raise SettingsError(f"{suite} is there already.", hint="Name another folder with --into.")
    drafts = list(_one_each([list(_drafts(file)) for file in listing.files]))[:DRAFTS]
    folder.mkdir(parents=True, exist_ok=True)
    corpus = Path(os.path.relpath(documents.resolve(), folder.resolve())).as_posix()
    head = HEAD.format(corpus=_text(corpus), name=_text(_name(documents)), baseline=BASELINE)
    suite.write_text(head + "".join(_case(number, one) for number, one in enumerate(drafts, 1)), "utf-8")
    return Started(suite, _workflow(suite), len(drafts))


def _workflow(suite: Path) -> Path | None:
    root = next((one for one in suite.resolve().parents if (one / ".git").exists()), None)
    if root is None or (root / WORKFLOW).exists():
        return None
    (root / WORKFLOW).parent.mkdir(parents=True, exist_ok=True)
    (root / WORKFLOW).write_text(JOB.format(suite=suite.resolve().relative_to(root).as_posix()), "utf-8")
    return root / WORKFLOW


def _drafts(file: files.File) -> Iterator[Draft]:
    try:
        data, _ = files.read(file)
        draft = read(file.source, data)
    except (OSError, SourceError):
        return
    pieces = [piece for piece in draft.pieces if not piece.reason]
    named = [*draft.found.titles, *(one.text for one in pieces if one.kind is BlockKind.HEADING and one.level == 1)]
    title = named[0] if named else Path(file.source).stem.replace("-", " ").replace("_", " ")
    for heading, below in pairwise(pieces):
        quote = _first_sentence(below)
        if heading.kind is BlockKind.HEADING and below.kind is BlockKind.PARAGRAPH and quote:
            same = heading.text.casefold() == title.casefold()
            about = f"{title}" if same else f"{heading.text} ({title})"
            yield Draft(file.source, f"What is said about {about}?", quote)


def _first_sentence(piece: Piece) -> str:
    found = _SENTENCE.match(piece.text)
    return found[1] if found and len(found[1]) >= SHORTEST else ""


def _one_each(of_documents: Sequence[Sequence[Draft]]) -> Iterator[Draft]:
    """The first draft of each document, then the second of each."""
    for place in range(max(map(len, of_documents), default=0)):
        yield from (drafts[place] for drafts in of_documents if place < len(drafts))


def _case(number: int, draft: Draft) -> str:
    return (
        f"  - id: draft-{number}\n    question: {_text(draft.question)}\n    evidence:\n"
        f"      - {{source: {_text(draft.source)}, quote: {_text(draft.quote)}}}\n"
        "    tags: [draft]\n    severity: watch\n"
    )


def _name(documents: Path) -> str:
    return re.sub(r"[^\w .-]+", "-", documents.resolve().name).strip(" .-") or "documents"


def _text(text: str) -> str:
    """Any text as one line of YAML."""
    return str(yaml.safe_dump(text, default_style='"', allow_unicode=True, width=10**9)).rstrip("\n")
