"""Suites, and the cases that they have besides questions and ideas: labelled pairs and searches."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from eval.suite.cases import BUDGET, Case, Gate
from eval.suite.quotes import Missing


@dataclass(frozen=True, slots=True)
class LabelledPair:
    """A test case for the model that tells whether a text is for or against a claim. It has a claim, a text, and the
    label that people gave: whether the text supports the claim, challenges it, or is neutral.
    """

    id: str
    claim: str
    text: str
    label: str

    @property
    def kind(self) -> str:
        return "stance"

    @property
    def asked(self) -> str:
        return self.claim

    @property
    def clusters(self) -> str:
        return self.claim


@dataclass(frozen=True, slots=True)
class SearchCase:
    """A test case for the search: a query (``text``), and the documents that are relevant to it. ``relevant`` has the
    grade of relevance (1 or more) of each relevant document, by the name of its file.
    """

    id: str
    text: str
    relevant: Mapping[str, int]

    @property
    def kind(self) -> str:
        return "query"

    @property
    def asked(self) -> str:
        return self.text

    @property
    def clusters(self) -> str:
        return self.id


AnyCase: TypeAlias = Case | LabelledPair | SearchCase


@dataclass(frozen=True, slots=True)
class Suite:
    """A suite: test cases, and the folder of documents that they are about. ``corpus`` is this folder; None if each
    case has its own text. ``path`` is the suite file or the public data set that the suite was read from.

    ``words`` is the largest number of words that an answer may show; an answer that needs several quotes may show more.
    ``lines`` has the file and line of each case by its id. ``files`` has the SHA-256 of each file of the corpus, and
    ``corpus_sha256`` is one hash of all of them. ``stale`` has the quotes that are no longer in their documents,
    because these documents have changed since the baseline (an earlier run) was accepted.

    ``lay_out`` writes the documents of a public data set into an empty folder; for a suite file it is None, since its
    documents are already in ``corpus``.
    """

    name: str
    path: Path
    corpus: Path | None
    cases: tuple[AnyCase, ...]
    gate: Gate = field(default_factory=Gate)
    corpus_sha256: str = ""
    lines: Mapping[str, tuple[str, int]] = field(default_factory=dict, hash=False)
    lay_out: Callable[[Path], None] | None = None
    words: int = BUDGET  # that an answer may show
    files: Mapping[str, str] = field(default_factory=dict, hash=False)  # the sha256 of each file of the corpus
    stale: tuple[Missing, ...] = ()  # gold that a document has lost since the baseline was accepted

    @property
    def baseline(self) -> Path | None:
        """The path of the suite's baseline, which is an earlier run that was accepted; None if the suite names none."""
        return Path(os.path.normpath(self.path.parent / self.gate.baseline)) if self.gate.baseline else None
