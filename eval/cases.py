"""A suite file's text to cases, read strictly: what is not understood is an error with its case and line.

A case asks a question or puts an idea. Gold is a document and a verbatim quote, never a passage id, so that
splitting documents another way leaves a suite as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, NamedTuple, TypeAlias

import yaml
from pydantic import BaseModel, ConfigDict, Field, StrictBool, ValidationError, model_validator

from assistant.errors import CaseError
from assistant.types import Role, Turn

Words = Annotated[str, Field(pattern=r"\S")]
Place: TypeAlias = tuple[str | int, ...]  # keys and indices that lead to a value of the file
Lines: TypeAlias = Mapping[Place, int]


class Strict(BaseModel):
    """What a suite file is made of: frozen, and no key that we do not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Gold(Strict):
    """Words that stand in a source of the corpus, whitespace aside."""

    source: Words
    quote: Words


class Said(Strict):
    """What was said before a follow-up."""

    role: Role
    content: Words


class Case(Strict):
    """One thing to ask, and what makes its answer right."""

    id: Annotated[str, Field(pattern=r"^[^\s-][^\s]*$")]
    question: Words | None = None
    idea: Words | None = None
    history: tuple[Said, ...] = ()
    answer: tuple[Words, ...] = ()
    evidence: tuple[Gold, ...] = ()
    require: Literal["any", "all"] = "any"
    refuse: StrictBool = False
    supports: tuple[Gold, ...] = ()
    challenges: tuple[Gold, ...] = ()

    @property
    def kind(self) -> str:
        """The first word of the id: ``fact`` of ``fact-ford-price``."""
        return self.id.split("-", 1)[0]

    @property
    def asked(self) -> str:
        """The question, or the idea."""
        return self.question or self.idea or ""

    @property
    def turns(self) -> tuple[Turn, ...]:
        """The history, as the assistant takes it."""
        return tuple(Turn(said.role, said.content) for said in self.history)

    @property
    def gold(self) -> tuple[Gold, ...]:
        """Every quote that the case names."""
        return (*self.evidence, *self.supports, *self.challenges)

    @model_validator(mode="after")
    def _is_of_one_piece(self) -> Case:
        if (self.question is None) == (self.idea is None):
            raise ValueError("needs either a question or an idea")
        of_question = {"history", "answer", "evidence", "require", "refuse"} & self.model_fields_set
        of_idea = {"supports", "challenges"} & self.model_fields_set
        if self.idea is not None and of_question:
            raise ValueError(f"an idea has no {', '.join(sorted(of_question))}")
        if self.question is not None and of_idea:
            raise ValueError(f"a question has no {', '.join(sorted(of_idea))}")
        if self.refuse and (self.answer or self.evidence):
            raise ValueError("what is to be refused has neither answer nor evidence")
        if self.question is not None and not (self.refuse or self.answer or self.evidence):
            raise ValueError("needs evidence, an answer or refuse: true; there is nothing to measure")
        return self


class SuiteFile(Strict):
    """A suite as its file says it; ``corpus`` is a folder, relative to the file."""

    name: Words | None = None
    corpus: Words
    cases: tuple[Case, ...]

    @model_validator(mode="after")
    def _has_cases(self) -> SuiteFile:
        if not self.cases:
            raise ValueError("the suite has no cases")
        return self


class Parsed(NamedTuple):
    """A suite file and the line on which each of its values stands."""

    file: SuiteFile
    lines: Lines


def parse(text: str, name: str) -> Parsed:
    """The suite in ``text``; ``name`` is what an error calls the file.

    Raises:
        CaseError: it is no YAML, a key is unknown or stands twice, or a value does not fit; names each.
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
    return Parsed(file, lines)


def fault(name: str, line: int | None, case: str | None, what: str) -> str:
    """A line that says what is wrong where: ``suite.yaml:12: fact-x: unknown key 'qoute'``."""
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
    return fault(name, line, case, f"{path or 'the file'}: {error['msg']}")
