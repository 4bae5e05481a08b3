"""Pydantic models of the request bodies. They are validated before anything else happens."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from assistant.library.records import Opinion
from assistant.library.tables.narrowing import KINDS
from assistant.text import dates
from assistant.types import Filters, Role, Turn

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
    """The base class of request bodies. A body with an unknown field is refused, so that typing mistakes are
    noticed."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class HistoryTurn(Form):
    """One message of the conversation so far: who sent it, and its text."""

    role: Role
    content: Text


class SearchFilters(Form):
    """The filters of a search. They have the same meaning as the options of `pushback search`. A field that is empty or
    left out filters nothing."""

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
    def _dates(self) -> SearchFilters:
        if dates.exclude_each_other(self.since, self.until):
            raise ValueError(f"until {self.until} is before since {self.since}")
        return self

    def filters(self) -> Filters:
        """The same filters as a ``Filters`` value, which the assistant takes."""
        return Filters(**self.model_dump())


class QuestionRequest(Form):
    """A question to be answered, as by `pushback ask`.

    `conversation` is the id of a stored conversation, or `new` for a new one. If it is given, the answer is stored in
    that conversation, and the conversation's earlier turns are used instead of `history`.
    """

    question: Annotated[Text, Field(examples=["What do we say about free trials?"])]
    history: Annotated[tuple[HistoryTurn, ...], Field(max_length=MOST_TURNS)] = ()
    filters: SearchFilters = SearchFilters()
    library: Line | None = None
    conversation: Line | None = None
    stream: Annotated[bool, Field(description="Send server-sent events: each statement, then the answer.")] = False

    def turns(self) -> tuple[Turn, ...]:
        """The field ``history`` as ``Turn`` values, which the assistant takes."""
        return turns(self.history)


class Query(Form):
    """A search query, as for `pushback search`. `k` is the number of passages to find."""

    query: Annotated[Text, Field(examples=["price premium"])]
    k: Annotated[int, Field(ge=1, le=MOST_RESULTS)] = 8
    filters: SearchFilters = SearchFilters()
    library: Line | None = None


class Idea(Form):
    """An idea to be tested, as by `pushback challenge`.

    `importance` maps assumptions behind the idea to their importance, from 0 to 1. Each key is the number of an
    assumption in the verdict, counted from 1, or its name: that of a lens (one of the questions that are asked of every
    idea; `pushback lenses` lists them), or the assumption's role in the idea, such as `the reason`. `revises` is the id
    of the verdict on an earlier form of the idea.
    """

    idea: Annotated[Text, Field(examples=["Drop the trade fairs."])]
    importance: Annotated[
        dict[Line, Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]], Field(max_length=100)
    ] = {}
    revises: Line | None = None
    library: Line | None = None


class Opined(Form):
    """Feedback on an answer of a stored conversation. `turn` is the number of the answer in the conversation, counted
    from 1. If the feedback is on one citation only, `citation` is the number of this citation in the answer, counted
    from 1."""

    conversation: Line
    turn: Number
    verdict: Opinion
    citation: Number | None = None
    note: Annotated[str, Field(max_length=500)] = ""
    library: Line | None = None


class CorrectionRequest(Form):
    """A correction of a document's title, author or date. Fields that are left out stay as they are; an empty author or
    date removes the value.

    `as_read` undoes all earlier corrections of the document. It must be sent without the other fields.
    """

    title: Annotated[str | None, Field(max_length=300)] = None
    author: Annotated[str | None, Field(max_length=300)] = None
    date: Annotated[str | None, Field(max_length=10, examples=["2012-10"])] = None
    as_read: bool = False
    library: Line | None = None

    @model_validator(mode="after")
    def _check_fields(self) -> CorrectionRequest:
        if self.as_read is not (self.title is self.author is self.date is None):
            raise ValueError("send title, author or date, or as_read alone")
        return self


class Measured(Form):
    """The body of a request that `pushback eval run SUITE --system URL` sends to the server at URL. Exactly one of the
    fields `ask`, `search` and `challenge` is set."""

    ask: Text | None = None
    history: Annotated[tuple[HistoryTurn, ...], Field(max_length=MOST_TURNS)] = ()
    filters: SearchFilters | None = None
    search: Text | None = None
    k: Annotated[int, Field(ge=1, le=MOST_RESULTS)] = 8
    challenge: Text | None = None

    @model_validator(mode="after")
    def _check_fields(self) -> Measured:
        if sum(value is not None for value in (self.ask, self.search, self.challenge)) != 1:
            raise ValueError("just one of ask, search and challenge is needed")
        return self


class Part(BaseModel):
    """One part of the content of a chat message, as clients of the OpenAI API send it. Only parts of the type `text`
    are used."""

    type: Line
    text: Text = ""


class Message(BaseModel):
    """A chat message, as clients of the OpenAI API send it. Only messages with the role `user` or `assistant` are
    used."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: Text | Annotated[tuple[Part, ...], Field(max_length=100)] | None = None

    @property
    def text(self) -> str:
        """The text of the message; text parts are joined by line breaks. Empty if there is no text."""
        if self.content is None or isinstance(self.content, str):
            return self.content or ""
        return "\n".join(part.text for part in self.content if part.type == "text")


class StreamOptions(BaseModel):
    """Options of an answer that is sent as a stream. With `include_usage`, the stream ends with the numbers of tokens
    that the model read and wrote."""

    include_usage: bool = False


class Completion(BaseModel):
    """A request for an answer ("completion"), as clients of the OpenAI API send it. `model` is the name of a library.
    Fields that are not listed here are ignored."""

    model: Line
    messages: Annotated[tuple[Message, ...], Field(min_length=1, max_length=MOST_TURNS)]
    stream: bool | None = False
    stream_options: StreamOptions | None = None


class Fault(BaseModel):
    """The body of an error response: what happened (`error`), and what the client can do about it (`hint`)."""

    error: str
    hint: str


class FaultOfOpenai(BaseModel):
    """The body of an error response, in the form that clients of the OpenAI API expect."""

    error: dict[str, Any]


def turns(history: tuple[HistoryTurn, ...]) -> tuple[Turn, ...]:
    """The messages of ``history`` as ``Turn`` values, which the assistant takes."""
    return tuple(Turn(one.role, one.content) for one in history)
