"""An optional judge that is a chat model. Its ratings are advice beside the scores and never decide the gate.

The judge is asked one yes-or-no question at a time, each several times. Until labels by people have shown that it
judges as people do, its ratings are marked as uncalibrated.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from string import Template
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import StrictBool, ValidationError

from assistant.errors import CaseError
from assistant.plainly import what
from assistant.types import Statement
from eval.numbers.metrics import shown
from eval.numbers.statistics import kappa
from eval.suite.cases import Strict, Words, fault

if TYPE_CHECKING:
    from langchain_core.language_models.chat_models import BaseChatModel

ENOUGH_LABELS = 50  # fewer leave kappa's interval wider than half its scale
ENOUGH_AGREEMENT = 0.6  # above it agreement is called substantial: Landis and Koch, Biometrics 33 (1977)
TEMPERATURE = 0.7  # so that votes can differ; three equal ones then mean something
UNCALIBRATED = "uncalibrated"


class Criterion(NamedTuple):
    """A yes-or-no question about an answer."""

    id: str
    question: str


CRITERIA = (
    Criterion("answers", "Do the statements, taken together, answer the question that was asked?"),
    Criterion("follows", "Does every statement follow from its own quotes, with nothing added and nothing turned?"),
    Criterion("voice", "Does every statement keep who said it, giving nobody's words or views to another?"),
)


class Judgement(NamedTuple):
    """The judge's majority vote on one criterion. If there is no majority, ``yes`` is None and ``why`` gives the
    reason.
    """

    criterion: str
    yes: bool | None
    votes: tuple[bool | None, ...]  # None: the reply was neither yes nor no
    why: str = ""


@dataclass(frozen=True)
class Judge:
    """Asks a chat model about each criterion ``votes`` times; the majority decides.

    ``chat`` is a ``ReplayedChat`` or a ``RecordingChat`` (eval/running/replay.py). Each vote is asked for with its own
    number as the parameter ``sample``, so that all votes are recorded separately, and a recorded vote is not asked for
    again. ``temperature`` is None for models without such a parameter.
    """

    chat: BaseChatModel
    criteria: Sequence[Criterion] = CRITERIA
    votes: int = 3
    temperature: float | None = TEMPERATURE

    def judge(self, question: str, statements: Sequence[Statement]) -> tuple[Judgement, ...]:
        """Judge the statements of an answer by each criterion; returns the judgements in the order of the criteria.
        Without statements there is nothing to judge, and the model is not called.

        Raises:
            ReplyMissing, BudgetSpent: the chat raises them.
        """
        if not statements:
            return tuple(Judgement(one.id, None, (), "there are no statements to judge") for one in self.criteria)
        return tuple(self._judge(one, prompt(question, statements, one)) for one in self.criteria)

    def _judge(self, criterion: Criterion, prompt: str) -> Judgement:
        given: dict[str, Any] = {} if self.temperature is None else {"temperature": self.temperature}
        replies = [self.chat.invoke(prompt, sample=number, **given) for number in range(self.votes)]
        return decide(criterion.id, [vote(reply.text) for reply in replies])


def vote(reply: str) -> bool | None:
    """True if a reply is the word yes, False if it is the word no; None if it is anything else."""
    word = re.fullmatch(r"\W*(yes|no)\W*", reply, re.IGNORECASE)
    return word[1].lower() == "yes" if word else None


def decide(criterion: str, votes: Sequence[bool | None]) -> Judgement:
    """The judgement by the majority of all votes; an unreadable vote (None) counts for neither side."""
    yes, no = votes.count(True), votes.count(False)
    for side, count in ((True, yes), (False, no)):
        if 2 * count > len(votes):
            return Judgement(criterion, side, tuple(votes))
    why = f"no majority: {yes} yes, {no} no, {len(votes) - yes - no} unreadable"
    return Judgement(criterion, None, tuple(votes), why)


def prompt(question: str, statements: Sequence[Statement], criterion: Criterion) -> str:
    """The prompt that asks the judge about one criterion. Question, statements and quotes are enclosed by marks that
    they cannot contain.
    """
    lines = (_material(line) for number, one in enumerate(statements, 1) for line in _lines(number, one))
    return _template().substitute(
        question=_material(question), statements="\n".join(lines), criterion=criterion.question
    )


def prompt_hash() -> str:
    """The first 12 hexadecimal digits of the prompt's SHA-256, for reports."""
    return hashlib.sha256(_template().template.encode()).hexdigest()[:12]


class Label(Strict):
    """A person's yes or no on one criterion of one case."""

    case: Words
    criterion: Words
    yes: StrictBool


def read_labels(
    text: str, name: str, cases: Collection[str], criteria: Sequence[Criterion] = CRITERIA
) -> tuple[Label, ...]:
    """Read people's ratings from the JSONL ``text``. ``name`` is the name of the file in error messages; ``cases`` are
    the ids of the known cases.

    Raises:
        CaseError: a line is not a label, or names an unknown case or criterion, or labels one twice; the error names
            each fault.
    """
    labels: dict[tuple[str, str], Label] = {}
    faults: list[str] = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            label = Label.model_validate_json(line)
        except ValidationError as exc:
            faults += [fault(name, number, None, _fault(error)) for error in exc.errors()]
            continue
        if label.case not in cases:
            faults.append(fault(name, number, label.case, "there is no such case"))
        elif label.criterion not in {one.id for one in criteria}:
            faults.append(fault(name, number, label.case, f"there is no criterion {label.criterion!r}"))
        elif (label.case, label.criterion) in labels:
            faults.append(fault(name, number, label.case, f"{label.criterion!r} is labelled twice"))
        labels[label.case, label.criterion] = label
    if faults:
        hint = 'Mend the labels; each line is {"case": "an id", "criterion": "an id", "yes": true}.'
        raise CaseError("\n".join(faults), hint=hint)
    return tuple(labels.values())


class Calibration(NamedTuple):
    """How well the judge agrees with people on a criterion.

    ``kappa`` is Cohen's kappa over the ``cases`` labels on which the judge reached a decision; None if it is not
    defined. ``calibrated`` says whether both numbers are high enough to rely on the judge.
    """

    kappa: float | None
    cases: int
    calibrated: bool

    def __str__(self) -> str:
        over = f"kappa {shown(self.kappa)} over {self.cases} labels"
        needs = f"needs {ENOUGH_AGREEMENT} over {ENOUGH_LABELS}"
        return f"calibrated: {over}" if self.calibrated else f"{UNCALIBRATED}: {over}, {needs}"


def calibration(judged: Mapping[tuple[str, str], bool | None], human: Sequence[Label]) -> Calibration:
    """Compare the judge with people. ``judged`` has its decision for each pair of case id and criterion id, None if it
    has none.
    """
    pairs = [(said, label.yes) for label in human if (said := judged.get((label.case, label.criterion))) is not None]
    agreement = kappa([said for said, _ in pairs], [yes for _, yes in pairs])
    enough = len(pairs) >= ENOUGH_LABELS and agreement is not None and agreement >= ENOUGH_AGREEMENT
    return Calibration(agreement, len(pairs), enough)


def advice(judgement: Judgement, calibrated: bool) -> dict[str, Any]:
    """A judgement as JSON for a report. It has no numeric value, so that no gate can take it for a score."""
    return {
        "criterion": judgement.criterion,
        "yes": judgement.yes,
        "votes": list(judgement.votes),
        "calibrated": calibrated,
    }


def told(judgement: Judgement, calibrated: bool) -> str:
    """A judgement as one line for people, such as ``answers: yes (2 of 3, uncalibrated)``."""
    word = {True: "yes", False: "no", None: "undecided"}[judgement.yes]
    of = judgement.why or f"{judgement.votes.count(judgement.yes)} of {len(judgement.votes)}"
    return f"{judgement.criterion}: {word} ({of}{'' if calibrated else f', {UNCALIBRATED}'})"


@cache
def _template() -> Template:
    return Template(files("eval").joinpath("prompts", "judge.md").read_text("utf-8"))


def _lines(number: int, statement: Statement) -> Iterator[str]:
    yield f"[{number}] Statement: {statement.text}"
    for citation in statement.citations:
        yield f"[{number}] Quote, said by {citation.voice or 'somebody not named'}: {citation.quote}"


def _material(text: str) -> str:
    """The text on one line, changed so that nothing in it can be taken for the mark at which the material ends."""
    line = " ".join(text.split())
    return re.sub(r"<(?=\W*material)", "‹", line, flags=re.IGNORECASE)


def _fault(error: Mapping[str, Any]) -> str:
    key = ".".join(map(str, error["loc"]))
    match error["type"]:
        case "extra_forbidden":
            return f"unknown key {key!r}"
        case "missing":
            return f"the key {key!r} is missing"
        case _:
            return f"{key or 'the line'} {what(error)}"
