"""The values that flow through the program, each made from the one before. Only the standard library is used.

```text
Document ─split─▶ Passage ─search─▶ Hit ─quote found─▶ Citation ─▶ Statement ─▶ Answer
                                                            └────▶ Finding ─▶ Assumption ─▶ Verdict
```

Offsets count the characters of ``Document.text``; an end offset is not included. Dates are ISO 8601 and have only the
parts that are known (``2012``, ``2012-10`` or ``2012-10-05``). Every value is frozen; sequences in values are tuples.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import NamedTuple


class Span(NamedTuple):
    """A stretch of a document's text, from the offset ``start`` up to but not including the offset ``end``, in
    characters."""

    start: int
    end: int


class BlockKind(StrEnum):
    """The kind of a block of text: title, heading, paragraph, list item, quote, table row, code, or the name of a
    speaker."""

    TITLE = "title"
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    QUOTE = "quote"
    ROW = "row"
    CODE = "code"
    SPEAKER = "speaker"  # the line that names who speaks next: kept in the text, never part of a passage


class Inline(NamedTuple):
    """A part of a block's text: a link if ``to`` has its address, else bold text. ``start`` and ``end`` are offsets in
    the document's text."""

    start: int
    end: int
    to: str | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, list item, table row or heading of a document. ``headings`` are the headings above it, outermost
    first.

    ``inline`` has the bold stretches and the links in it. ``depth`` is the number of list items that it is nested
    under. Two blocks of a page with the same ``column`` are in the same column of text. ``date`` is the date of a
    message in a chat, otherwise None.
    """

    kind: BlockKind
    start: int
    end: int
    headings: tuple[str, ...] = ()
    speaker: str | None = None
    page: int | None = None
    inline: tuple[Inline, ...] = ()  # in the order in which they begin
    depth: int = 0  # how many items of a list it stands under: an item, or code, a quote or a row in one
    column: int = 0  # which of the columns of its page or slide it stands in; only whether two are the same is told
    date: str | None = None  # of a message in a chat; None where nothing but the document is dated


OUTSIDE = "outside the main text"
MISSED = {OUTSIDE: "paragraph outside a page's main text", "mail quoting": "quoted part of an earlier mail"}
SENTENCE = 60  # characters; shorter text beside a page's own is navigation, or a label
ENDS = (".", "!", "?", "…", ":", "”", '"', "。", "！", "？")


@dataclass(frozen=True, slots=True)
class Dropped:
    """Text that cleaning removed from a document, and the reason. ``at`` is an offset in the remaining text: the
    removed text stood just before it."""

    text: str
    reason: str
    at: int

    @property
    def is_unread(self) -> bool:
        """Whether this entry stands for content that could not be read, such as a symbol. Otherwise, it stands for text
        that was read and then removed."""
        return not self.text or self.reason.partition(":")[0].endswith(" not read")

    @property
    def notice(self) -> str | None:
        """What to tell the user about this entry: the kind of content that could not be read, or the kind of removed
        text that the user may miss. None if there is nothing to tell."""
        kind = self.reason.partition(":")[0]
        if self.is_unread:
            return kind
        if kind == OUTSIDE and (len(self.text) < SENTENCE or not self.text.endswith(ENDS)):
            return None  # navigation, a headline, a label
        return MISSED.get(kind)


@dataclass(frozen=True, slots=True)
class About:
    """What is known about a document apart from its text: title, author, date and so on. In the ``about`` of a passage
    from a chat, ``date`` is the date of the message.

    ``sha256`` is the hash of the document's file. ``site`` is the web site that a web page belongs to. ``guessed``
    names those of the fields title, author and date that are guesses, because the file does not state them.
    """

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
        """The web site that a web page belongs to, in lower case. None if the document is not a web page or its site is
        not known."""
        return self.site.casefold() if self.site and self.media_type == "text/html" else None

    def dated(self, date: str | None) -> About:
        """Return the same facts with another ``date``, that of a message in the document. If ``date`` is None, the
        document's own date stays."""
        if date is None:
            return self
        return replace(self, date=date, guessed=tuple(name for name in self.guessed if name != "date"))

    def place(self, page: int | None) -> str | None:
        """Return a page number with the word that fits the kind of file: ``page 4``, ``slide 4`` or ``row 4``. None if
        ``page`` is None."""
        kind = self.media_type.rpartition("/")[2]
        word = "slide" if "presentation" in kind else "row" if "sheet" in kind or kind == "csv" else "page"
        return f"{word} {page}" if page is not None else None


@dataclass(frozen=True, slots=True)
class Document:
    """A document as it is stored. ``text`` is its text after cleaning; ``blocks`` are its paragraphs, headings and so
    on, in order and without overlap. ``dropped`` is the text that cleaning removed."""

    about: About
    text: str
    blocks: tuple[Block, ...]
    dropped: tuple[Dropped, ...] = ()

    @property
    def id(self) -> str:
        return self.about.id


class Sentence(NamedTuple):
    """A sentence of a passage, as offsets in the document's text. ``kind``, ``page`` and ``depth`` are those of the
    block that the sentence is in; ``opens`` says whether it is the first sentence of this block."""

    start: int
    end: int
    kind: BlockKind
    opens: bool = True  # whether it is the first of its block
    page: int | None = None  # the block's
    depth: int = 0  # the block's


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a document that searches can find: whole sentences of one section and one speaker. ``text`` equals the
    document's text between the offsets ``start`` and ``end``."""

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
    """Which search found a hit: the search by meaning (``DENSE``, with vectors), the search by words (``LEXICAL``), or
    both."""

    DENSE = "dense"
    LEXICAL = "lexical"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that a search found. A higher ``score`` is better; scores of different searches cannot be compared.
    ``folded`` has near-duplicates of the passage, which are not returned as hits of their own."""

    passage: Passage
    score: float
    found_by: FoundBy
    folded: tuple[Passage, ...] = ()  # near-duplicates that this hit stands for


@dataclass(frozen=True, slots=True)
class Filters:
    """Limits of a search, for instance to some authors or dates.

    An empty field sets no limit. If a field has several values, one of them must match. The date of a document must not
    be before ``since`` or after ``until``. A date can lack the day or the month; only the parts that both compared
    dates have are compared. A value of ``titles`` or ``headings`` matches every title or heading that contains it,
    ignoring case.
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
    """A quote from a document, and its place in the document. Of the sentences in the quote, the key sentence seems to
    answer the question; ``key`` is its place, as offsets in the document's text. If the answer is a list, ``key`` can
    cover several items. ``key`` is None if no sentence was taken as the key sentence, as in a quote that a chat model
    chose. Only ``citations.py`` makes citations; it reads the quote from the stored text."""

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
        """The person whose words are quoted: the speaker, else the document's author. None if both are unknown."""
        return self.speaker or self.about.author

    @property
    def key_quote(self) -> str:
        """The words at ``key``, that is, the key sentence, which seems to answer the question; the whole quote if
        ``key`` is None."""
        return self.quote[self.key.start - self.start : self.key.end - self.start] if self.key else self.quote


@dataclass(frozen=True, slots=True)
class Rejected:
    """A quote, statement or assumption of a model that failed a check, and why. Rejected texts are counted, but are
    never part of an answer or cited."""

    quote: str
    why: str


class Support(StrEnum):
    """How well the citations of a statement support it: they contain the statement word for word, they support its
    meaning, or they do not support it at all."""

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
        """The place of the key sentence in the first citation, as offsets in the cited document. The key sentence is
        the one that seems to answer the question. None if this citation has no ``key``, or if the statement has no
        citation."""
        return self.citations[0].key if self.citations else None


@dataclass(frozen=True, slots=True)
class Conflict:
    """Statements of one answer that contradict each other. Their citations show who says each statement, and when."""

    sides: tuple[Statement, ...]


class Grounding(StrEnum):
    """What an answer is based on.

    ``GROUNDED``: on citations. ``NEAR``: only on the closest passages, which may not answer the question. ``REFUSED``:
    on nothing, since the documents do not answer the question. ``UNDECLARED``: not known, since the program that gave
    the answer does not say it; Pushback's own answers never have this value. ``ASIDE``: on nothing, since the message,
    such as a greeting, asks the documents nothing.
    """

    GROUNDED = "grounded"
    NEAR = "near"
    REFUSED = "refused"
    UNDECLARED = "undeclared"
    ASIDE = "aside"


class Searched(NamedTuple):
    """The number of documents and passages that a search covered."""

    documents: int
    passages: int


class Cost(NamedTuple):
    """What one turn (one message of a user) cost: the number of calls of the chat model, and the tokens that it read
    and wrote. ``cached`` counts calls that were answered from memory and cost nothing."""

    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cached: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one question. If there are no statements, ``nearest`` has the closest passages, which may not
    answer the question.

    ``standalone_question`` is the question in a form that can be understood without the conversation. ``missing`` says
    in a chat model's words which part of the question the documents leave open; it is empty if they leave nothing open,
    or if no chat model read them. ``reason`` is a text for the user: why the documents do not answer the question,
    where the statements come from, or the reply to a message that asks the documents nothing. ``model`` is the name of
    the chat model that wrote the answer, or None; ``dropped`` has the model's statements that failed the checks and are
    not shown, each with the reason. ``rejected`` has the quotes that were not found in the documents. ``notices`` are
    sentences that tell the user what did not work as asked. ``within`` has the filters of the search.
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
        """Whether the documents do not answer the question. The answer then has no statements, but may show the closest
        passages."""
        return self.grounding in (Grounding.NEAR, Grounding.REFUSED)

    @property
    def cited(self) -> tuple[Citation, ...]:
        """The citations of the answer, each once, in the order of their numbers. If the documents do not answer the
        question, these are the closest passages."""
        citations = (citation for statement in self.statements for citation in statement.citations)
        return tuple(dict.fromkeys(self.nearest if self.refused else citations))


class Role(StrEnum):
    """Who wrote a message of a conversation: the user or the assistant."""

    USER = "user"
    ASSISTANT = "assistant"


class Turn(NamedTuple):
    """An earlier message of a conversation: who wrote it, and its text. Earlier messages are needed to understand a
    follow-up question."""

    role: Role
    content: str


class Stance(StrEnum):
    """On which side of a claim a sentence stands."""  # models read this: it is part of their replies' schema

    SUPPORTS = "supports"
    CHALLENGES = "challenges"
    UNCLEAR = "unclear"


class Kind(StrEnum):
    """How the source expresses a finding: as a figure, a claim, or the words of somebody else."""  # read by models

    CLAIM = "claim"  # the author's own
    FIGURE = "figure"  # a reported fact with its number
    QUOTED = "quoted"  # somebody else is quoted, who need not be agreed with
    FORECAST = "forecast"
    OPPONENT = "opponent"  # somebody whom the source contradicts: shown, but no evidence of the source's


class Judged(NamedTuple):
    """Records that a person has judged a finding. ``by`` is the person's name, empty if people do not sign in.
    ``stance`` and ``confidence`` are the values that the finding had before anybody judged it; the stance that the
    person chose is in the finding itself."""

    by: str
    stance: Stance
    confidence: float


@dataclass(frozen=True, slots=True)
class Finding:
    """A citation, and whether it supports or challenges an assumption (``stance``). ``confidence`` is the probability
    of the stance; ``bears`` is the probability that the citation concerns the idea at all. ``context`` is the text
    around the quote, and ``why`` the reason that a model gave for the stance; both can be empty.

    If a person has ``judged`` the finding, ``stance`` is the person's; ``UNCLEAR`` then means that the citation is not
    about the assumption.
    """

    citation: Citation
    stance: Stance
    confidence: float
    kind: Kind = Kind.CLAIM
    context: str = ""  # what the quote stands in, the quote included; empty where it was not read
    why: str = ""  # why it bears on the assumption, in the words of a model that read it
    judged: Judged | None = None
    bears: float = 1.0


class AssumptionRuling(StrEnum):
    """The ruling on one assumption: supported, contested or challenged by its findings, or a gap if it has none on
    either side."""

    SUPPORTED = "supported"
    CONTESTED = "contested"
    CHALLENGED = "challenged"
    GAP = "gap"


@dataclass(frozen=True, slots=True)
class Assumption:
    """Something that must be true for an idea to be right, with the findings for and against it. ``importance`` says
    from 0 to 1 how much the assumption counts, and ``importance_by`` who said so: "lens", "model" or "user".

    ``lens`` is the name of the lens (a question that is asked of every idea) from which the assumption comes. For an
    assumption without a lens, it is the role of the assumption in the idea, such as "the reason", or a phrase that
    tells who wrote it, such as "in your words". ``part`` has the words of the idea from which the assumption follows,
    and ``searched`` the queries with which the documents were searched for evidence. ``question`` is the question that
    the assumption answers, and ``settle`` the cheapest evidence that would answer this question.
    """

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
    """The ruling on a whole idea, which follows from the rulings on its assumptions: the idea holds, is contested, is
    challenged, or is not covered by the documents."""

    HOLDS = "holds"
    CONTESTED = "contested"
    CHALLENGED = "challenged"
    NOT_COVERED = "not covered"


@dataclass(frozen=True, slots=True)
class Remark:
    """A sentence that a model wrote about a verdict, and the citations that it rests on. The program has checked the
    sentence against the quotes of these citations."""

    text: str
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class VerdictSummary:
    """What a chat model says in at most two sentences about the strongest findings of a verdict: one sentence about
    those for the idea, and one about those against it. ``case`` is a hash of these findings and their sides; if a
    person later judges otherwise, the hash differs and the summary no longer applies."""

    sentences: tuple[Remark, ...]
    case: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of a pressure test, that is, of the test of an idea against the documents. ``leaps_of_faith`` are
    important assumptions that no finding supports.

    ``case_for`` and ``case_against`` are the strongest findings for and against the idea. ``missing`` lists the points
    on which no evidence was found. ``stance_model`` is the name of the model that decided the stance of the findings.
    ``library`` is a hash of the documents that were searched: while the hash is the same, a new test finds the same.

    ``left_out`` has the texts of assumptions that a person removed; a new test of the idea leaves them out, too.

    ``model`` is the name of the chat model that proposed assumptions or read the passages, or None. ``dropped`` has the
    assumptions that this model proposed and that failed the checks; ``rejected`` has the quotes that were not found in
    the documents. ``notices`` are sentences that tell the user what did not work as asked; ``cost`` counts the model's
    calls and tokens. ``summary`` has the model's sentences about the strongest findings, None if there are none.
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
    summary: VerdictSummary | None = None
