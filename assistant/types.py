"""The values that flow through the program, each made from the one before. Standard library only.

```text
Document ─split─▶ Passage ─search─▶ Hit ─quote found─▶ Citation ─▶ Statement ─▶ Answer
                                                            └────▶ Finding ─▶ Assumption ─▶ Verdict
```

Offsets are character offsets into ``Document.text``, half open; dates are ISO 8601 cut to what is known
(``2012``, ``2012-10`` or ``2012-10-05``). Every value is frozen; sequences in values are tuples.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple


class Span(NamedTuple):
    """A half-open stretch of characters of one document's text."""

    start: int
    end: int


class BlockKind(StrEnum):
    """The kind of a block: paragraph, heading, item, row and so on."""

    TITLE = "title"
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    QUOTE = "quote"
    ROW = "row"
    CODE = "code"
    SPEAKER = "speaker"  # the line that names who speaks next: kept in the text, never part of a passage


class Inline(NamedTuple):
    """A stretch of a block in bold, or a link to the address ``to``; offsets are those of the document's text."""

    start: int
    end: int
    to: str | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, item, row or heading; ``headings`` is the path above it, outermost first."""

    kind: BlockKind
    start: int
    end: int
    headings: tuple[str, ...] = ()
    speaker: str | None = None
    page: int | None = None
    inline: tuple[Inline, ...] = ()  # in the order in which they begin
    depth: int = 0  # how many items of a list it stands under: an item, or code, a quote or a row in one
    column: int = 0  # which of the columns of its page or slide it stands in; only whether two are the same is told


OUTSIDE = "outside the main text"
MISSED = {OUTSIDE: "paragraph outside a page's main text", "mail quoting": "quoted part of an earlier mail"}
SENTENCE = 60  # characters; shorter text beside a page's own is navigation, or a label
ENDS = (".", "!", "?", "…", ":", "”", '"', "。", "！", "？")


@dataclass(frozen=True, slots=True)
class Dropped:
    """Text that cleaning removed, and why; it stood before the offset ``at`` of the remaining text."""

    text: str
    reason: str
    at: int

    @property
    def is_unread(self) -> bool:
        """Whether this stands for content that could not be read, such as a symbol, and is no text itself."""
        return not self.text or self.reason.partition(":")[0].endswith(" not read")

    @property
    def notice(self) -> str | None:
        """The kind of content that could not be read at this place, or that was removed and may be missed."""
        kind = self.reason.partition(":")[0]
        if self.is_unread:
            return kind
        if kind == OUTSIDE and (len(self.text) < SENTENCE or not self.text.endswith(ENDS)):
            return None  # navigation, a headline, a label
        return MISSED.get(kind)


@dataclass(frozen=True, slots=True)
class About:
    """A document without its text: what a citation says about its source."""

    id: str
    source: str
    sha256: str
    media_type: str
    title: str
    author: str | None = None
    date: str | None = None
    language: str | None = None  # ISO 639-1; None when the text does not tell
    site: str | None = None  # of a web page: the name or the host of its site
    guessed: tuple[str, ...] = ()  # of title, author and date, those that no place of the file states

    @property
    def origin(self) -> str | None:
        """The web site of a page; None for documents that are not web pages."""
        return self.site.casefold() if self.site and self.media_type == "text/html" else None

    def place(self, page: int | None) -> str | None:
        """Name a place in the document as its kind of file does: ``page 4``, ``slide 4`` or ``row 4``."""
        kind = self.media_type.rpartition("/")[2]
        word = "slide" if "presentation" in kind else "row" if "sheet" in kind or kind == "csv" else "page"
        return f"{word} {page}" if page is not None else None


@dataclass(frozen=True, slots=True)
class Document:
    """A document as it is stored: ``text`` is its canonical text, and ``blocks`` lie in it in order, without
    overlap."""

    about: About
    text: str
    blocks: tuple[Block, ...]
    dropped: tuple[Dropped, ...] = ()

    @property
    def id(self) -> str:
        return self.about.id


class Sentence(NamedTuple):
    """A sentence of a passage, at its document's offsets, with the kind of block that it stands in (or opens)."""

    start: int
    end: int
    kind: BlockKind
    opens: bool = True  # whether it is the first of its block
    page: int | None = None  # the block's
    depth: int = 0  # the block's


@dataclass(frozen=True, slots=True)
class Passage:
    """``document.text[start:end] == text``: whole sentences of one section and one speaker."""

    id: str
    about: About
    start: int
    end: int
    text: str
    sentences: tuple[Sentence, ...]
    headings: tuple[str, ...] = ()
    speaker: str | None = None
    page: int | None = None


class FoundBy(StrEnum):
    """Which part of the search found a hit: by meaning, by words, or both."""

    DENSE = "dense"
    LEXICAL = "lexical"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that a search found; a higher ``score`` is better, and only within one search."""

    passage: Passage
    score: float
    found_by: FoundBy
    folded: tuple[Passage, ...] = ()  # near-duplicates that this hit stands for


@dataclass(frozen=True, slots=True)
class Filters:
    """Limits of a search.

    An empty field does not limit it; of several values in one field, one has to match. Dates are compared as far as
    they are known; a title or heading matches if it contains the text, ignoring case.
    """

    documents: tuple[str, ...] = ()  # ids or sources
    authors: tuple[str, ...] = ()  # authors or speakers, case aside
    since: str | None = None
    until: str | None = None
    languages: tuple[str, ...] = ()  # ISO 639-1
    kinds: tuple[str, ...] = ()  # of library.narrowing.KINDS
    titles: tuple[str, ...] = ()
    headings: tuple[str, ...] = ()  # of the path above a passage, to which a sheet's name belongs
    pages: tuple[int, ...] = ()  # pages, slides or rows, from 1


@dataclass(frozen=True, slots=True)
class Citation:
    """Words found in a document. Made only by ``citations.py``, which reads the quote from the stored text."""

    about: About
    start: int
    end: int
    quote: str
    speaker: str | None = None
    heading: str | None = None
    page: int | None = None
    key: Span | None = None  # the sentence in it that seems to answer, at the document's offsets

    @property
    def voice(self) -> str | None:
        """The person whose words they are: the speaker, else the document's author."""
        return self.speaker or self.about.author

    @property
    def key_quote(self) -> str:
        """The sentence that seems to answer, or the whole quote if none is marked."""
        return self.quote[self.key.start - self.start : self.key.end - self.start] if self.key else self.quote


@dataclass(frozen=True, slots=True)
class Rejected:
    """A quote, statement or assumption that failed a check, and why. It is counted, and never shown or cited."""

    quote: str
    why: str


class Support(StrEnum):
    """How well a statement is supported by its citations."""

    VERBATIM = "verbatim"
    SUPPORTED = "supported"
    UNSUPPORTED = "unsupported"


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of an answer, and the citations that support it."""

    text: str
    citations: tuple[Citation, ...]
    support: Support

    @property
    def key(self) -> Span | None:
        """The sentence of the first citation that seems to answer; None if none is marked."""
        return self.citations[0].key if self.citations else None


@dataclass(frozen=True, slots=True)
class Conflict:
    """Statements of one answer that contradict each other; the citation of each has its voice and date."""

    sides: tuple[Statement, ...]


class Grounding(StrEnum):
    """What an answer is based on: citations; only the closest passages, which may not answer; nothing, since the
    documents do not say; or undeclared. An aside is based on nothing, since it asks nothing of the documents."""

    GROUNDED = "grounded"
    NEAR = "near"
    REFUSED = "refused"
    UNDECLARED = "undeclared"
    ASIDE = "aside"


class Searched(NamedTuple):
    """The number of documents and passages that were searched."""

    documents: int
    passages: int


class Cost(NamedTuple):
    """The calls of a model for one turn; ``cached`` calls were answered from memory and cost nothing."""

    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cached: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one question. ``nearest`` has the closest passages if nothing is stated; they may not answer.

    ``missing`` says which part of the question the documents leave open, in the reader's words; empty if none.
    ``model`` is the chat model that wrote the answer, if one did; ``dropped`` are its statements that failed the
    checks, each with the reason, and are not shown. ``notices`` are sentences about what did not go as asked.
    ``within`` has the filters of the search.
    """

    question: str
    standalone_question: str
    statements: tuple[Statement, ...]
    grounding: Grounding
    reason: str
    searched: Searched
    conflicts: tuple[Conflict, ...] = ()
    nearest: tuple[Citation, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    model: str | None = None
    timings_ms: Mapping[str, float] = field(default_factory=dict, compare=False, hash=False)
    dropped: tuple[Rejected, ...] = ()
    notices: tuple[str, ...] = ()
    cost: Cost | None = None
    missing: str = ""
    within: Filters = Filters()

    @property
    def refused(self) -> bool:
        """Whether the answer states nothing, with or without closest passages."""
        return self.grounding in (Grounding.NEAR, Grounding.REFUSED)

    @property
    def cited(self) -> tuple[Citation, ...]:
        """The citations, each once, in the order of their numbers; if nothing is stated, the nearest passages."""
        citations = (citation for statement in self.statements for citation in statement.citations)
        return tuple(dict.fromkeys(self.nearest if self.refused else citations))


class Role(StrEnum):
    """Who speaks in a conversation with the assistant."""

    USER = "user"
    ASSISTANT = "assistant"


class Turn(NamedTuple):
    """An earlier message of the conversation, reduced to what a follow-up needs."""

    role: Role
    content: str


class Stance(StrEnum):
    """On which side of a claim a sentence stands."""

    SUPPORTS = "supports"
    CHALLENGES = "challenges"
    UNCLEAR = "unclear"


class Kind(StrEnum):
    """How the source expresses a finding: as a figure, a claim, or the words of somebody else."""

    CLAIM = "claim"  # the author's own
    FIGURE = "figure"  # a reported fact with its number
    QUOTED = "quoted"  # somebody else is quoted, who need not be agreed with
    FORECAST = "forecast"
    OPPONENT = "opponent"  # somebody whom the source contradicts: shown, but no evidence of the source's


class Judged(NamedTuple):
    """A person's judgement of a finding: the name, empty if nobody signs in, and the side before the judgement."""

    by: str
    stance: Stance
    confidence: float


@dataclass(frozen=True, slots=True)
class Finding:
    """A citation and the side that it takes; ``confidence`` is the probability of that side, ``bears`` the probability
    that it concerns the idea at all.

    If a person has ``judged`` it, the side is that of the person; unclear then means that it is not about the
    assumption."""

    citation: Citation
    stance: Stance
    confidence: float
    kind: Kind = Kind.CLAIM
    context: str = ""  # what the quote stands in, the quote included; empty where it was not read
    why: str = ""  # why it bears on the assumption, in the words of a model that read it
    judged: Judged | None = None
    bears: float = 1.0


class AssumptionRuling(StrEnum):
    """The ruling on one assumption, which follows from its findings."""

    SUPPORTED = "supported"
    CONTESTED = "contested"
    CHALLENGED = "challenged"
    GAP = "gap"


@dataclass(frozen=True, slots=True)
class Assumption:
    """Something that must hold for the idea to be right; ``importance`` is in 0..1."""

    text: str
    lens: str
    importance: float
    ruling: AssumptionRuling
    findings: tuple[Finding, ...] = ()
    question: str = ""  # what a strategist would ask
    part: str = ""  # the words of the idea that it is tied to
    searched: tuple[str, ...] = ()  # the queries, as they were put
    settle: str = ""  # the cheapest evidence that would settle it
    importance_by: str = "lens"  # or model, or user: who says how much hangs on it


class IdeaRuling(StrEnum):
    """The ruling on the idea, which follows from its assumptions."""

    HOLDS = "holds"
    CONTESTED = "contested"
    CHALLENGED = "challenged"
    NOT_COVERED = "not covered"


@dataclass(frozen=True, slots=True)
class Remark:
    """A sentence that a model wrote about a verdict, checked against the words that it cites."""

    text: str
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of a pressure test; ``leaps_of_faith`` are important assumptions without support.

    ``case_for`` and ``case_against`` are the strongest findings under the assumptions. ``missing`` lists what nothing
    was found on. ``stance_model`` is the name of the model that gave the findings their sides. ``library`` is the
    digest of the documents that were searched: while the digest is the same, another test finds the same.

    ``left_out`` are the texts of assumptions that a person removed; another test leaves them out, too.

    ``model`` is the chat model that proposed assumptions or read the passages, if one did; ``dropped``, ``notices`` and
    ``cost`` are as in an ``Answer``.
    """

    idea: str
    ruling: IdeaRuling
    assumptions: tuple[Assumption, ...]
    leaps_of_faith: tuple[str, ...]
    searched: Searched
    rejected: tuple[Rejected, ...] = ()
    model: str | None = None
    timings_ms: Mapping[str, float] = field(default_factory=dict, compare=False, hash=False)
    case_for: tuple[Finding, ...] = ()
    case_against: tuple[Finding, ...] = ()
    missing: tuple[str, ...] = ()
    stance_model: str = ""
    library: str = ""
    dropped: tuple[Rejected, ...] = ()
    notices: tuple[str, ...] = ()
    cost: Cost | None = None
    left_out: tuple[str, ...] = ()
