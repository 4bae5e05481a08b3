"""Reads the cases of a suite file strictly: anything unknown is an error with its case and line.

A case asks a question or tests an idea. Gold is a document and a verbatim quote, never a passage id, so that a suite
stays valid when documents are split in another way.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Annotated, Any, Literal, NamedTuple, TypeAlias

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    ValidationError,
    model_validator,
)

from assistant import plainly
from assistant.errors import CaseError
from assistant.library.tables.narrowing import KINDS
from assistant.text import dates
from assistant.types import Filters, IdeaRuling, Role, Turn


def _kind(name: str) -> str:
    if name not in KINDS:
        raise ValueError(f"no kind of file; there are {', '.join(KINDS)}")
    return name


Words = Annotated[str, Field(pattern=r"\S")]
AnyOf = Annotated[  # strings of which one is enough; a single one may stand by itself
    tuple[Words, ...], Field(min_length=1), BeforeValidator(lambda given: (given,) if isinstance(given, str) else given)
]
BUDGET = 120  # words that an answer may show; what our plain reader shows of a fact is 45 to 120
Share = Annotated[float, Field(ge=-1, le=1)]  # -1 is the least that truthfulness can be
Day = Annotated[str, Field(pattern=rf"^(?:{dates.DATE.pattern})$")]
Kind = Annotated[str, AfterValidator(_kind)]
Place: TypeAlias = tuple[str | int, ...]  # keys and indices that lead to a value of the file
Lines: TypeAlias = Mapping[Place, int]


class Strict(BaseModel):
    """The base class of all models that read a part of a suite file: their values cannot be changed, and an unknown key
    is an error.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")


class Gold(Strict):
    """A quote that a right answer cites. It must be in the document ``source`` of the corpus; whitespace may differ.
    ``voice`` is the person who says it, and ``date`` the date of the document. If they are given, an answer that cites
    the quote must show the same person and date; if None, this is not checked.
    """

    source: Words
    quote: Words
    voice: Words | None = None
    date: Words | None = None


class EarlierTurn(Strict):
    """An earlier message of a conversation, in a case whose question continues that conversation."""

    role: Role
    content: Words


class Number(Strict):
    """A number that the answer must give. The answer's number may differ from ``value`` by at most ``tolerance``."""

    value: float
    tolerance: Annotated[float, Field(ge=0)] = 0.0


class CaseFilters(Strict):
    """The filters of a question: limits on the documents and passages in which its answer is looked for, such as their
    authors, dates or headings. The fields mean the same as the options of `pushback ask` and the fields of the API. An
    empty field limits nothing.
    """

    documents: tuple[Words, ...] = ()
    authors: tuple[Words, ...] = ()
    since: Day | None = None
    until: Day | None = None
    languages: tuple[Words, ...] = ()
    kinds: tuple[Kind, ...] = ()
    titles: tuple[Words, ...] = ()
    headings: tuple[Words, ...] = ()
    pages: tuple[Annotated[int, Field(ge=1)], ...] = ()


class Severity(StrEnum):
    """What the failure of a case does to the run of its suite.

    ``blocker``: the run fails. ``normal``: the case counts as a flip if it passed in the baseline (an earlier run that
    was accepted); a run with more flips than the suite's gate allows fails. ``watch``: the failure is only reported.
    ``draft``: the same as ``watch``, until a person has reviewed the case.
    """

    BLOCKER = "blocker"
    NORMAL = "normal"
    WATCH = "watch"
    DRAFT = "draft"


class Case(Strict):
    """A test case: a question to ask or an idea to test, and the conditions under which the result is right.

    The answer must contain each string of ``answer``; if an item is a list of strings, one of them is enough.
    ``must_not`` has strings that the answer must not contain. ``sets`` are minimal sets of evidence; the evidence is
    complete if all quotes of one set are cited. If there are no ``sets``, they are made from the quotes in
    ``evidence``: if ``require`` is ``all``, one set of all quotes; if it is ``any``, a set for each quote. ``refuse``
    says that the documents do not answer the question. ``conflict`` says whether the documents disagree on the answer;
    None if this is not checked.

    ``supports`` and ``challenges`` are the quotes for and against an idea. ``ruling`` is the right result of testing
    the idea, for example that it holds. ``negated`` is the opposite of the idea; testing it should give the opposite
    result.

    ``filters`` limit the documents in which the answer is looked for, as the options of `pushback ask` do.

    ``cluster`` names a group of related cases, which confidence intervals treat as dependent; the default is the source
    of the first quote.
    """

    id: Annotated[str, Field(pattern=r"^[^\s-][^\s]*$")]
    question: Words | None = None
    idea: Words | None = None
    history: tuple[EarlierTurn, ...] = ()
    filters: CaseFilters = CaseFilters()
    answer: tuple[AnyOf, ...] = ()
    numbers: tuple[Number, ...] = ()
    must_not: tuple[Words, ...] = ()
    evidence: tuple[Gold, ...] = ()
    sets: tuple[Annotated[tuple[Gold, ...], Field(min_length=1)], ...] = ()
    require: Literal["any", "all"] = "any"
    refuse: StrictBool = False
    conflict: StrictBool | None = None
    supports: tuple[Gold, ...] = ()
    challenges: tuple[Gold, ...] = ()
    ruling: IdeaRuling | None = None
    negated: Words | None = None
    tags: tuple[Words, ...] = ()
    severity: Severity = Severity.NORMAL
    cluster: Words | None = None
    why: Words | None = None

    @property
    def kind(self) -> str:
        """The kind of the case: the part of its id before the first hyphen, such as ``fact`` in ``fact-ford-price``."""
        return self.id.split("-", 1)[0]

    @property
    def asked(self) -> str:
        """The question that the case asks, or the idea that it tests."""
        return self.question or self.idea or ""

    @property
    def turns(self) -> tuple[Turn, ...]:
        """The earlier messages of the conversation, in the form that the assistant takes as input; empty if there are
        none.
        """
        return tuple(Turn(said.role, said.content) for said in self.history)

    @property
    def narrowed(self) -> Filters:
        """The filters of the case (limits on the documents in which the answer is looked for), in the form that the
        assistant takes as input.
        """
        return Filters(**self.filters.model_dump())

    @property
    def gold(self) -> tuple[Gold, ...]:
        """All gold quotes of the case (the quotes that a right answer cites), in the order of the suite file. A quote
        that the file has several times is in the result once.
        """
        every = (*self.evidence, *(gold for of in self.sets for gold in of), *self.supports, *self.challenges)
        return tuple(dict.fromkeys(every))

    @property
    def minimal_sets(self) -> tuple[tuple[Gold, ...], ...]:
        """The minimal sets of evidence: each is a set of quotes that proves the answer completely. A right answer cites
        all quotes of at least one set.
        """
        if self.sets:
            return self.sets
        return alternatives(self.evidence, self.require)

    @property
    def expected(self) -> IdeaRuling:
        """The ruling on the idea that the case expects. If the suite file gives no ruling, it follows from the sides
        for which the case has quotes; for example, it is ``CONTESTED`` if there are quotes for the idea and quotes
        against it.
        """
        if self.ruling:
            return self.ruling
        if self.supports and self.challenges:
            return IdeaRuling.CONTESTED
        if self.supports or self.challenges:
            return IdeaRuling.HOLDS if self.supports else IdeaRuling.CHALLENGED
        return IdeaRuling.NOT_COVERED

    @property
    def clusters(self) -> str:
        """The name of the group of related cases that this case belongs to: ``cluster``; if that is not set, the source
        of the first gold quote; if there is none, the id of the case.
        """
        return self.cluster or (self.gold[0].source if self.gold else self.id)

    @model_validator(mode="after")
    def _is_of_one_piece(self) -> Case:
        if (self.question is None) == (self.idea is None):
            raise ValueError("needs either a question or an idea")
        of_question = OF_QUESTIONS & self.model_fields_set
        of_idea = OF_IDEAS & self.model_fields_set
        if self.idea is not None and of_question:
            raise ValueError(f"an idea has no {', '.join(sorted(of_question))}")
        if self.question is not None and of_idea:
            raise ValueError(f"a question has no {', '.join(sorted(of_idea))}")
        wanted = self.answer or self.numbers or self.evidence or self.sets or self.must_not
        if self.refuse and wanted:
            raise ValueError("what is to be refused has neither answer nor evidence")
        if self.question is not None and not (self.refuse or wanted):
            raise ValueError("needs evidence, an answer or refuse: true; there is nothing to measure")
        if self.sets and self.evidence:
            raise ValueError("has sets or evidence, not both: a set of one quote says the same")
        return self


OF_QUESTIONS = {
    "history",
    "filters",
    "answer",
    "numbers",
    "must_not",
    "evidence",
    "sets",
    "require",
    "refuse",
    "conflict",
}
OF_IDEAS = {"supports", "challenges", "ruling", "negated"}


def alternatives(golds: tuple[Gold, ...], require: str) -> tuple[tuple[Gold, ...], ...]:
    """Make minimal sets of evidence (sets of quotes, each of which proves the answer) from a list of quotes: one set of
    all quotes if ``require`` is ``all``; otherwise a set for each quote, since any single quote is enough.
    """
    if not golds:
        return ()
    return (golds,) if require == "all" else tuple((gold,) for gold in golds)


class Gate(Strict):
    """The conditions that a run of a suite must meet; otherwise it fails. Measures have the names that the report gives
    them.

    ``floors`` and ``ceilings``: the lowest and the highest allowed value of each measure named. ``drops``: by how much
    each measure named may be worse than in the baseline (an earlier run that was accepted). ``flips``: how many cases
    that were right in the baseline may now be wrong. ``errors``: how many cases may crash. ``undefined``: the largest
    share (0 to 1) of cases that may have no value in a measure with a floor, ceiling or drop; cases to which the
    measure does not apply are not counted, and crashed cases have no value. ``headlines``: the measures in which our
    system must do better than every sentinel (a cheating system that is run for comparison); by default, the main
    measure of the suite, which is the first in ``eval.gate.measures.HEADLINES`` that applies to its cases.
    ``baseline``: the path of the baseline's file, relative to the suite file.
    """

    floors: dict[Words, Share] = {}
    ceilings: dict[Words, Annotated[float, Field(ge=-1)]] = {}
    drops: dict[Words, Annotated[float, Field(ge=0, le=2)]] = {}
    flips: Annotated[int, Field(ge=0)] = 0
    errors: Annotated[int, Field(ge=0)] = 0
    undefined: Annotated[float, Field(ge=0, le=1)] = 0.5
    headlines: tuple[Words, ...] = ()
    baseline: Words | None = None


class SuiteFile(Strict):
    """The content of a suite file: test cases, and the folder of documents that they are about (``corpus``). The paths
    in it are relative to the file; ``jsonl`` names a file with more cases, one on each line.

    ``words`` is the number of words that an answer may show; an answer that needs several quotes may show their words
    in addition.
    """

    name: Annotated[str, Field(pattern=r"^\w[\w .-]*$")] | None = None
    corpus: Words
    cases: tuple[Case, ...] = ()
    jsonl: Words | None = None
    words: Annotated[int, Field(ge=1)] = BUDGET
    gate: Gate = Gate()


class ParsedSuite(NamedTuple):
    """The content of a suite file, and the line number of each value in it. A key of ``lines`` is the path to a value:
    the keys and list indices that lead to it.
    """

    file: SuiteFile
    lines: Lines


def parse(text: str, name: str) -> ParsedSuite:
    """Read a suite from the YAML in ``text``; ``name`` is the name of the file in error messages.

    Raises:
        CaseError: the text is not YAML, a key is unknown or repeated, or a value is invalid; the error names each
            fault.
    """
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        lines: dict[Place, int] = dict(_lines(root, name)) if root else {}
        data = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError) as exc:
        mark = getattr(exc, "problem_mark", None)
        where = f"{name}:{mark.line + 1}" if mark else name
        raise CaseError(f"{where}: this is no YAML: {getattr(exc, 'problem', None) or exc}.") from exc
    try:
        file = SuiteFile.model_validate(data)
    except ValidationError as exc:
        faults = [_fault(error, data, lines, name) for error in exc.errors()]
        raise CaseError("\n".join(faults)) from exc
    return ParsedSuite(file, lines)


def parse_lines(text: str, name: str) -> tuple[tuple[Case, ...], tuple[int, ...]]:
    """Read the cases in the text of a JSONL file, one on each line; blank lines are skipped. Returns the cases, and the
    line number of each. ``name`` is the name of the file in error messages.

    Raises:
        CaseError: a line is not JSON or not a case; the error names each such line.
    """
    cases: list[Case] = []
    lines: list[int] = []
    faults: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            data = json.loads(line, object_pairs_hook=_once)
            cases.append(Case.model_validate(data))
            lines.append(number)
        except ValidationError as exc:
            at: Lines = {("cases", 0): number}
            within = [{**error, "loc": ("cases", 0, *error["loc"])} for error in exc.errors()]
            faults += [_fault(error, {"cases": [data]}, at, name) for error in within]
        except (ValueError, RecursionError) as exc:
            what = (
                "" if isinstance(exc, json.JSONDecodeError | RecursionError) else f": {exc}"
            )  # a key that stands twice
            faults.append(fault(name, number, None, f"this is no JSON{what}"))
    if faults:
        raise CaseError("\n".join(faults))
    return tuple(cases), tuple(lines)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    keys = [key for key, _ in pairs]
    if twice := [key for key in dict.fromkeys(keys) if keys.count(key) > 1]:
        raise ValueError(f"the key {twice[0]!r} stands twice")
    return dict(pairs)


def fault(name: str, line: int | None, case: str | None, what: str) -> str:
    """An error message that says in which file and line a fault is and what is wrong, such as ``suite.yaml:12: fact-x:
    unknown key 'qoute'``. ``name`` is the name of the file, ``case`` the id of the case; ``line`` and ``case`` are left
    out if they are None.
    """
    return ": ".join(part for part in (f"{name}:{line}" if line else name, case, what) if part)


def _lines(node: yaml.Node, name: str, place: Place = ()) -> Iterator[tuple[Place, int]]:
    yield place, node.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield from _lines(item, name, (*place, index))
    elif isinstance(node, yaml.MappingNode):
        keys: set[str] = set()
        for key, value in node.value:
            line, word = key.start_mark.line + 1, str(key.value)
            if word in keys:
                raise CaseError(fault(name, line, None, f"the key {word!r} stands twice"))
            keys.add(word)
            yield from _lines(value, name, (*place, word))
            yield (*place, word), line


def _fault(error: Mapping[str, Any], data: Any, lines: Lines, name: str) -> str:
    place: Place = tuple(error["loc"])
    line = next((lines[place[:n]] for n in range(len(place), -1, -1) if place[:n] in lines), None)
    case, rest = None, place
    if place[:1] == ("cases",) and len(place) > 1:
        raw = data["cases"][place[1]]
        case = str(raw.get("id", f"case {place[1]}")) if isinstance(raw, dict) else f"case {place[1]}"
        rest = place[2:]
    path = ".".join(map(str, rest))
    if error["type"] == "extra_forbidden":
        return fault(name, line, case, f"unknown key {path!r}")
    if error["type"] == "missing":
        return fault(name, line, case, f"the key {path!r} is missing")
    if error["type"] == "value_error":
        return fault(name, line, case, str(error["ctx"]["error"]))
    return fault(name, line, case, f"{path or 'the file'} {plainly.what(error)}")
