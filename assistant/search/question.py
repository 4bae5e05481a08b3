"""Analyses the words of a question: what kind of answer it asks for, and which words an answer should contain."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from assistant.text.words import ASKING_WORDS, YEAR, Token, names, numbers, stem, tokens


class Asks(StrEnum):
    """What a question asks for: a person, a time, a place, a number, a reason, yes or no, an overview of the documents,
    or anything else."""

    WHO = "who"
    WHEN = "when"
    WHERE = "where"
    NUMBER = "number"
    WHY = "why"
    WHETHER = "whether"
    BROAD = "broad"
    OTHER = "other"


_COUNT = r"(?:two|three|four|five|six|seven|eight|nine|ten|\d+)"
_MEASURE = r"(?:percent|percentage|share|proportion|part|number|amount|price|rate|fee|budget|size|length|age)"
_PATTERNS = {
    Asks.WHEN: r"\bwhen\b(?!.*, ?(?:should|do|does|is|are|can|what|how|which|who)\b)"
    r"|\b(?:what|which) (?:year|date|month|day|quarter|decade|century)\b",
    Asks.WHO: r"\b(?:who|whose|whom)\b|\b(?:which|what) (?:person|author|speaker|commenter|participant|executive)\b",
    Asks.NUMBER: r"\bhow (?:many|much|long|often|old|far|fast|soon|large|big|high|tall)\b|\bcosts?\b"
    rf"|\b(?:what|which)(?:'s| is| was| were| are)?(?: the| its| their)?(?: \w+)? {_MEASURE}\b",
    Asks.WHERE: r"^\W*where\b|\b(?:what|which) (?:country|city|place|state|town|region)\b",
    Asks.WHY: r"\bwhy\b|\bhow come\b|\bwhat (?:causes?|caused|makes|made|reasons?)\b",
    Asks.WHETHER: r"^\W*(?:(?:so|and|but|then),? )*(?:is|are|was|were|do|does|did|can|could|should|shall|will|would|has"
    r"|have|had|may|might|must)(?:n['’]t)?\b|, should\b|\bor (?:is|are|do|does|did|should)\b",
}
_KINDS = tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _PATTERNS.items())
_SEVERAL = re.compile(
    r"^\W*(?:please )?(?:list|name|enumerate)\b|\btake me through\b|\bsteps\b"
    r"|\b(?:what|which) (?:are|were)\b"
    r"|\b(?:what|which) (?:(?:main|other|different|basic|key|kinds? of|types? of|sorts? of) )*"
    r"(?!is\b|was\b|does\b|has\b|this\b|its\b|happens\b|makes\b)[a-z-]+[a-rt-z]s\b"
    r"(?! (?:better|best|more|most|less|faster|first|next|the|a|an|in)\b)"
    rf"|\b(?:what|which|what are the|which are the) {_COUNT} [a-z-]+(?: [a-z-]+)?s\b",
    re.IGNORECASE,
)
# A question with no word but these, and those of asking, is about the documents as a whole.
_BROAD = frozenset(
    stem(word)
    for word in "summarise summarize summary overview gist main key theme takeaway message idea topic subject library "
    "material file paper everything cover contain discuss teach overall general big picture".split()
)
_DOCUMENTS = re.compile(
    r"\b(?:documents?|docs|files?|sources?|articles?|texts?|library|material|papers?|summar\w+|overview|gist)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Question:
    """A question that can be understood without earlier messages (``text``), and an analysis of its words.

    ``asks`` is the kind of answer that the question asks for, and ``wants_several`` is true if it asks for a list.
    ``content`` has its content words; of several words with the same stem, only the first. ``names`` are the stems of
    the names in the question, and ``numbers`` the numbers in it.
    """

    text: str
    asks: Asks
    wants_several: bool
    content: tuple[Token, ...]
    names: tuple[str, ...]
    numbers: frozenset[str]

    @property
    def years(self) -> frozenset[str]:
        """The numbers of the question that are years. They say which documents are asked about; other numbers are often
        the user's own case, as in "It came 9 days ago: can I send it back?"."""
        return frozenset(number for number in self.numbers if YEAR.fullmatch(number))


def encodable(text: str) -> str:
    """Return the text with each lone surrogate (half a character, which JSON can contain) replaced by ``?``, so that it
    can be encoded as UTF-8."""
    return text.encode("utf-8", "replace").decode("utf-8")


def read(text: str) -> Question:
    """Analyse the words of a question (``text``). Words of asking ("say", "the documents") do not count as content
    words, unless the question has no others."""
    words = tokens(text)
    content = [t for t in words if t.content and t.word.lower() not in ASKING_WORDS]
    asks = _asks(text)
    if asks is Asks.OTHER and _DOCUMENTS.search(text) and all(t.stem in _BROAD for t in content):
        asks = Asks.BROAD
    content = content or [t for t in words if t.content] or list(words)
    return Question(
        text=text,
        asks=asks,
        wants_several=bool(_SEVERAL.search(text)),
        content=tuple({t.stem: t for t in reversed(content)}.values())[::-1],
        names=tuple(stem(name) for name in names(text)),
        numbers=numbers(text),
    )


def _asks(text: str) -> Asks:
    """The kind of answer that a question asks for. The first question word decides: "why … even when …" asks for a
    reason."""
    found = [(match.start(), kind) for kind, pattern in _KINDS if (match := pattern.search(text))]
    return min(found, key=lambda one: one[0])[1] if found else Asks.OTHER
