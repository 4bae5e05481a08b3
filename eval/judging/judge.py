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
    """A yes-or-no question about an answer, which the judge (a chat model) is asked. ``id`` is its short name in labels
    and reports.
    """

    id: str
    question: str


CRITERIA = (
    Criterion("answers", "Do the statements, taken together, answer the question that was asked?"),
    Criterion("follows", "Does every statement follow from its own quotes, with nothing added and nothing turned?"),
    Criterion("voice", "Does every statement keep who said it, giving nobody's words or views to another?"),
)


class Judgement(NamedTuple):
    """The decision of the judge (a chat model) on one criterion for one answer, made by the majority of its votes.

    ``criterion`` is the id of the criterion. ``yes`` is the decision: True for yes, False for no, None if neither has a
    majority or there was nothing to judge; ``why`` then gives the reason. A vote is None if the model replied neither
    yes nor no.
    """

    criterion: str
    yes: bool | None
    votes: tuple[bool | None, ...]  # None: the reply was neither yes nor no
    why: str = ""


@dataclass(frozen=True)
class Judge:
    """Rates answers with a chat model. It asks the model ``votes`` times about each criterion (a yes-or-no question
    about the answer), and the majority of the replies decides.

    ``chat`` is a ``ReplayedChat`` or a ``RecordingChat`` (eval/running/replay.py). Each vote is a request of its own,
    with its number as the parameter ``sample``; so all votes are recorded separately, and the model is not asked for a
    recorded vote again. ``temperature`` is None for models without such a parameter.
    """

    chat: BaseChatModel
    criteria: Sequence[Criterion] = CRITERIA
    votes: int = 3
    temperature: float | None = TEMPERATURE

    def judge(self, question: str, statements: Sequence[Statement]) -> tuple[Judgement, ...]:
        """Judge the statements of an answer by each criterion; returns the judgements in the order of the criteria. If
        there are no statements, the model is not called, and every judgement is undecided.

        Raises:
            ReplyMissing: the chat has no recorded reply to a request, and may not ask the real model.
            BudgetSpent: the allowed calls or tokens are used up.
        """
        if not statements:
            return tuple(Judgement(one.id, None, (), "there are no statements to judge") for one in self.criteria)
        return tuple(self._judge(one, prompt(question, statements, one)) for one in self.criteria)

    def _judge(self, criterion: Criterion, prompt: str) -> Judgement:
        given: dict[str, Any] = {} if self.temperature is None else {"temperature": self.temperature}
        replies = [self.chat.invoke(prompt, sample=number, **given) for number in range(self.votes)]
        return decide(criterion.id, [vote(reply.text) for reply in replies])


def vote(reply: str) -> bool | None:
    """Read a reply of the judge as a vote: True for the word yes, False for the word no, None for any other reply."""
    word = re.fullmatch(r"\W*(yes|no)\W*", reply, re.IGNORECASE)
    return word[1].lower() == "yes" if word else None


def decide(criterion: str, votes: Sequence[bool | None]) -> Judgement:
    """Make the judgement on the criterion with the id ``criterion`` from all votes. The decision is yes or no if more
    than half of all votes say so, else None. A vote of None is a reply that could not be read.
    """
    yes, no = votes.count(True), votes.count(False)
    for side, count in ((True, yes), (False, no)):
        if 2 * count > len(votes):
            return Judgement(criterion, side, tuple(votes))
    why = f"no majority: {yes} yes, {no} no, {len(votes) - yes - no} unreadable"
    return Judgement(criterion, None, tuple(votes), why)


def prompt(question: str, statements: Sequence[Statement], criterion: Criterion) -> str:
    """The prompt that asks the judge about one criterion of an answer. In the prompt, the question, the statements and
    their quotes stand between marks; the texts are changed so that they cannot contain these marks.
    """
    lines = (_material(line) for number, one in enumerate(statements, 1) for line in _lines(number, one))
    return _template().substitute(
        question=_material(question), statements="\n".join(lines), criterion=criterion.question
    )


def prompt_hash() -> str:
    """The first 12 hexadecimal digits of the SHA-256 of the judge's prompt template. Reports show this hash, since
    ratings depend on the prompt.
    """
    return hashlib.sha256(_template().template.encode()).hexdigest()[:12]


class Label(Strict):
    """A person's rating of the answer to one case: yes or no on one criterion. ``case`` and ``criterion`` are ids."""

    case: Words
    criterion: Words
    yes: StrictBool


def read_labels(
    text: str, name: str, cases: Collection[str], criteria: Sequence[Criterion] = CRITERIA
) -> tuple[Label, ...]:
    """Read people's ratings from the JSONL ``text``. ``name`` is the file name that error messages show. ``cases`` are
    the ids of the cases that may be rated, ``criteria`` the criteria by which they may be rated.

    Raises:
        CaseError: a line is not a label, names a case or criterion that is not among these, or rates the same case by
            the same criterion as an earlier line; the error names each fault.
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
        hint = 'Correct the labels; each line is {"case": "an id", "criterion": "an id", "yes": true}.'
        raise CaseError("\n".join(faults), hint=hint)
    return tuple(labels.values())


class Calibration(NamedTuple):
    """How well the judge (a chat model) agrees with people on a criterion.

    ``cases`` is the number of people's labels for which the judge also reached a decision. ``kappa`` is Cohen's kappa
    over these labels; it is None if it is not defined. ``calibrated`` says whether both numbers are high enough to rely
    on the judge.
    """

    kappa: float | None
    cases: int
    calibrated: bool

    def __str__(self) -> str:
        over = f"kappa {shown(self.kappa)} over {self.cases} labels"
        needs = f"needs {ENOUGH_AGREEMENT} over {ENOUGH_LABELS}"
        return f"calibrated: {over}" if self.calibrated else f"{UNCALIBRATED}: {over}, {needs}"


def calibration(judged: Mapping[tuple[str, str], bool | None], human: Sequence[Label]) -> Calibration:
    """Compute how well the judge (a chat model) agrees with people. ``human`` has people's labels (their ratings of
    answers), usually those of one criterion. ``judged`` has the judge's yes (True) or no (False) for each pair of case
    id and criterion id; None where the judge reached no decision.
    """
    pairs = [(said, label.yes) for label in human if (said := judged.get((label.case, label.criterion))) is not None]
    agreement = kappa([said for said, _ in pairs], [yes for _, yes in pairs])
    enough = len(pairs) >= ENOUGH_LABELS and agreement is not None and agreement >= ENOUGH_AGREEMENT
    return Calibration(agreement, len(pairs), enough)


def advice(judgement: Judgement, calibrated: bool) -> dict[str, Any]:
    """Convert a judgement to JSON for a report. ``calibrated`` says whether the judge is known to agree with people on
    this criterion. The JSON has no numeric rating, so that no check of a run's results can take the judgement for a
    score.
    """
    return {
        "criterion": judgement.criterion,
        "yes": judgement.yes,
        "votes": list(judgement.votes),
        "calibrated": calibrated,
    }


def as_line(judgement: Judgement, calibrated: bool) -> str:
    """A judgement as one line of text, such as ``answers: yes (2 of 3, uncalibrated)``. ``calibrated`` says whether the
    judge is known to agree with people on this criterion.
    """
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
