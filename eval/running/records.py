"""The record of each case of a run, as JSON lines: everything that reports and comparisons need.

No time of day, no duration and no path of the machine is in a record, so that the same program on the same suite
writes the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any

from eval.numbers.metrics import Score
from eval.suite.cases import Severity

Json = dict[str, Any]


class CaseOutcome(StrEnum):
    """How a case of a suite ended.

    ``right``: the reply is right. ``partly``: the reply is not right, but cites some of the gold quotes (the quotes
    that a right answer cites). ``wrong``: any other reply. ``error``: the case crashed. ``tested``: the case has no
    right answer to compare with.
    """

    RIGHT = "right"
    PARTLY = "partly"
    WRONG = "wrong"
    ERROR = "error"
    TESTED = "tested"


@dataclass(frozen=True, slots=True)
class Record:
    """One case of a suite, the system's reply, and the scores of the reply.

    ``label`` and ``said`` are the right class and the class that the system gave. Only two kinds of cases have them:
    ideas, whose class is a ruling such as "contested", and pairs of a claim and a text, whose class says whether the
    text supports the claim. ``output`` is the JSON of the reply, without timings. ``gold`` has the quotes that a right
    answer cites, ``cited`` the citations of the reply, and ``found`` the passages that the search found; each has its
    place and its words. Gold quotes and citations also have the text around them, for people to read.
    """

    id: str
    kind: str
    asked: str
    outcome: CaseOutcome
    file: str = ""
    line: int = 0
    severity: Severity = Severity.NORMAL
    tags: tuple[str, ...] = ()
    cluster: str = ""
    why: str | None = None
    error: str | None = None
    scores: tuple[Score, ...] = ()
    label: str | None = None
    said: str | None = None
    text: str = ""
    output: Json | None = None
    gold: tuple[Json, ...] = ()
    cited: tuple[Json, ...] = ()
    found: tuple[Json, ...] = ()

    def value(self, name: str) -> float | None:
        """The value of the score called ``name``; None if the score has no value, or does not apply to the case."""
        return next((score.value for score in self.scores if score.name == name), None)

    @property
    def right(self) -> bool:
        return self.outcome is CaseOutcome.RIGHT

    @property
    def passed(self) -> bool:
        """Whether the reply to the case is right, or the case has no right answer to compare with."""
        return self.outcome in (CaseOutcome.RIGHT, CaseOutcome.TESTED)


def to_line(record: Record) -> str:
    """The record as one line of JSON, without the newline."""
    return json.dumps(asdict(record), ensure_ascii=False, allow_nan=False, sort_keys=True)


def read_lines(lines: Iterable[str]) -> list[Record]:
    """Read records from lines that ``to_line`` wrote. Raises ValueError, KeyError or TypeError if a line is not a
    record.
    """
    return [_record(json.loads(line)) for line in lines if line.strip()]


def reviewed(records: Sequence[Record]) -> list[Record]:
    """The records whose cases are not drafts. A draft is a case that nobody has reviewed."""
    return [record for record in records if record.severity is not Severity.DRAFT]


def by_kind(records: Sequence[Record]) -> dict[str, list[Record]]:
    """The records by the kind of their cases, in the order in which the kinds first occur."""
    kinds: dict[str, list[Record]] = {}
    for record in records:
        kinds.setdefault(record.kind, []).append(record)
    return kinds


def _record(data: Json) -> Record:
    lists = {name: tuple(data[name]) for name in ("tags", "gold", "cited", "found")}
    return replace(
        Record(**{**data, **lists}),
        outcome=CaseOutcome(data["outcome"]),
        severity=Severity(data["severity"]),
        scores=tuple(Score(**score) for score in data["scores"]),
    )
