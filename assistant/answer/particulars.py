"""Answers who wrote a document that a question names, and when. Code answers this from the library's entry of the
document.

The statement cites the line that names the author or the date. If only the file's properties name them, it cites the
beginning of the document and refers to the library's entry."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from assistant.checking import citations
from assistant.library.library import Library
from assistant.readers.material import Material
from assistant.search.named import Named
from assistant.text import dates
from assistant.text.words import MONTHS, content_stems, tokens
from assistant.types import About, Citation, Passage, Sentence, Statement, Support

_INNER = str.maketrans("“”", "‘’")
# Words that such a line has at the most beside a name and a date: "Posted on October 5, 2012 and filed under Pricing".
BESIDE_NAME, BESIDE_DATE = 2, 6


class _Fact(NamedTuple):
    """What is known of a document, the value as the library has it, and whether a line states it."""

    about: About
    what: str
    value: str
    states: Callable[[str, str], bool]


def statements(material: Material, library: Library) -> tuple[Statement, ...]:
    """Statements that say who wrote each document, or when, as the question asks. A document whose author or date is
    unknown is left out."""
    if material.named is None or lacking(material.named):
        return ()
    made = (_statement(fact, material, library) for fact in _asked(material.named))
    return tuple(statement for statement in made if statement)


def lacking(named: Named | None) -> str:
    """A sentence that names what the question asks of a document and the library does not know; empty if the library
    knows all of it."""
    missing = [fact for fact in _asked(named) if not fact.value] if named else []
    for fact in missing[:1]:
        title = _quoted(fact.about.title)
        return f"The library does not know {f'who wrote {title}' if fact.states is _names else f'the date of {title}'}."
    return ""


def _asked(named: Named) -> Iterator[_Fact]:
    for about in named.documents:
        if named.author:
            yield _Fact(about, f"is by {about.author}", about.author or "", _names)
        if named.date:
            yield _Fact(about, f"is dated {dates.spoken(about.date or '')}", about.date or "", _dates)


def _statement(fact: _Fact, material: Material, library: Library) -> Statement | None:
    """The fact, and the first line of its document that states it, else where that begins."""
    lines = [(passage, sentence) for passage in material.flow(fact.about.id) for sentence in passage.sentences]
    stating = [line for line in lines if fact.states(_text(*line), fact.value)]
    for passage, sentence in (stating or lines)[:1]:
        cited = citations.cite(passage, sentence, library.quote)
        if isinstance(cited, Citation):
            by_entry = "" if stating else ", as its entry in the library has it"
            return Statement(f"{_quoted(fact.about.title)} {fact.what}{by_entry}.", (cited,), Support.SUPPORTED)
    return None


def _quoted(title: str) -> str:
    return f"“{title.translate(_INNER)}”"


def _text(passage: Passage, sentence: Sentence) -> str:
    return passage.text[sentence.start - passage.start : sentence.end - passage.start]


def _names(line: str, author: str) -> bool:
    """Whether a line has the whole name and says little else."""
    name = set(content_stems(author))
    return bool(name) and name <= set(content_stems(line)) and _beside(line, name) <= BESIDE_NAME


def _dates(line: str, date: str) -> bool:
    """Whether a line has the whole date and says little else."""
    return dates.gives(line, date) and _beside(line, set()) <= BESIDE_DATE


def _beside(line: str, name: set[str]) -> int:
    """How many words a line has besides a name, months and figures."""
    words = (token.word for token in tokens(line) if token.content and token.stem not in name)
    return sum(word.isalpha() and word.lower() not in MONTHS for word in words)
