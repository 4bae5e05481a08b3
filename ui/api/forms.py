"""The bodies of requests, which are validated before anything else happens."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from assistant.library.records import Opinion
from assistant.text import dates
from assistant.types import Filters, Role, Turn
from ui.commands.options import KINDS, exclude_each_other

MOST_TURNS = 200  # a bound on what one request can bring; ours read the last twenty
MOST_RESULTS = 1000  # as `pushback search -k` has it
LARGEST = 1_000_000  # a page, a turn, the number of a citation: a bound, since a larger one is a slip
NEW = "new"

Text = Annotated[str, Field(max_length=1_000_000)]
Line = Annotated[str, Field(min_length=1, max_length=1000)]
Few = Annotated[tuple[Line, ...], Field(max_length=100)]
Date = Annotated[str, Field(pattern=rf"^(?:{dates.DATE.pattern})$", examples=["2012", "2012-10", "2012-10-05"])]
Number = Annotated[int, Field(ge=1, le=LARGEST)]
Kind = Annotated[str, Field(pattern=rf"^(?:{'|'.join(KINDS)})$")]


class Form(BaseModel):
    """A request body; an unknown field is refused, so that a slip is noticed."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Said(Form):
    """One turn of the conversation so far."""

    role: Role
    content: Text


class Narrowed(Form):
    """Limits a search like the options of the command; an empty list does not limit it."""

    documents: Few = ()
    authors: Few = ()
    since: Date | None = None
    until: Date | None = None
    languages: Few = ()
    kinds: Annotated[tuple[Kind, ...], Field(max_length=len(KINDS))] = ()
    titles: Few = ()
    headings: Few = ()
    pages: Annotated[tuple[Number, ...], Field(max_length=100)] = ()

    @model_validator(mode="after")
    def _dates(self) -> Narrowed:
        if exclude_each_other(self.since, self.until):
            raise ValueError(f"until {self.until} is before since {self.since}")
        return self

    def filters(self) -> Filters:
        """The same limits in the form that the search takes."""
        return Filters(**self.model_dump())


class Question(Form):
    """A question, as for `pushback ask`.

    `conversation` is `new` or the id of a stored conversation: the answer is stored there, and its earlier turns are
    the history.
    """

    question: Annotated[Text, Field(examples=["What do we say about free trials?"])]
    history: Annotated[tuple[Said, ...], Field(max_length=MOST_TURNS)] = ()
    filters: Narrowed = Narrowed()
    library: Line | None = None
    conversation: Line | None = None
    stream: Annotated[bool, Field(description="Send server-sent events: each statement, then the answer.")] = False

    def turns(self) -> tuple[Turn, ...]:
        """The history in the form that the assistant takes."""
        return turns(self.history)


class Query(Form):
    """Words to search for, as for `pushback search`."""

    query: Annotated[Text, Field(examples=["price premium"])]
    k: Annotated[int, Field(ge=1, le=MOST_RESULTS)] = 8
    filters: Narrowed = Narrowed()
    library: Line | None = None


class Idea(Form):
    """An idea to be tested, as for `pushback challenge`. `revises` is the id of an earlier verdict."""

    idea: Annotated[Text, Field(examples=["Drop the trade fairs."])]
    importance: Annotated[
        dict[Line, Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]], Field(max_length=100)
    ] = {}
    revises: Line | None = None
    library: Line | None = None


class Opined(Form):
    """Feedback on a stored answer, or on one of its citations; both count from 1."""

    conversation: Line
    turn: Number
    verdict: Opinion
    citation: Number | None = None
    note: Annotated[str, Field(max_length=500)] = ""
    library: Line | None = None


class Corrected(Form):
    """The title, author and date of a document; what is left out stays as it is, and an empty author or date is none.

    `as_read`, alone, takes back what was set.
    """

    title: Annotated[str | None, Field(max_length=300)] = None
    author: Annotated[str | None, Field(max_length=300)] = None
    date: Annotated[str | None, Field(max_length=10, examples=["2012-10"])] = None
    as_read: bool = False
    library: Line | None = None

    @model_validator(mode="after")
    def _one(self) -> Corrected:
        if self.as_read is not (self.title is self.author is self.date is None):
            raise ValueError("send title, author or date, or as_read alone")
        return self


class Measured(Form):
    """A request of `pushback eval run SUITE --system URL`: one of `ask`, `search` and `challenge`."""

    ask: Text | None = None
    history: Annotated[tuple[Said, ...], Field(max_length=MOST_TURNS)] = ()
    search: Text | None = None
    k: Annotated[int, Field(ge=1, le=MOST_RESULTS)] = 8
    challenge: Text | None = None

    @model_validator(mode="after")
    def _one(self) -> Measured:
        if sum(value is not None for value in (self.ask, self.search, self.challenge)) != 1:
            raise ValueError("just one of ask, search and challenge is needed")
        return self


class Part(BaseModel):
    """A part of a message; parts other than text are ignored."""

    type: Line
    text: Text = ""


class Message(BaseModel):
    """A message as clients of OpenAI send it; roles other than `user` and `assistant` are ignored."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: Text | Annotated[tuple[Part, ...], Field(max_length=100)] | None = None

    @property
    def text(self) -> str:
        """The text of the message."""
        if self.content is None or isinstance(self.content, str):
            return self.content or ""
        return "\n".join(part.text for part in self.content if part.type == "text")


class StreamOptions(BaseModel):
    """Options of a streamed completion."""

    include_usage: bool = False


class Completion(BaseModel):
    """A request as clients of OpenAI send it; `model` names a library. Other fields are ignored."""

    model: Line
    messages: Annotated[tuple[Message, ...], Field(min_length=1, max_length=MOST_TURNS)]
    stream: bool | None = False
    stream_options: StreamOptions | None = None


class Fault(BaseModel):
    """What happened, and what to do."""

    error: str
    hint: str


class FaultOfOpenai(BaseModel):
    """The same error in the form that clients of OpenAI expect."""

    error: dict[str, Any]


def turns(history: tuple[Said, ...]) -> tuple[Turn, ...]:
    """A history in the form that the assistant takes."""
    return tuple(Turn(one.role, one.content) for one in history)
