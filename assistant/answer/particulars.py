"""Answers who wrote a document that the question names, or when it was written, from the library's entry of the
document. No model is asked.

The statement cites the line of the document that names the author or the date. If no line does, the statement cites the
beginning of the document and says that the fact comes from the library's entry.
"""

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
    """The author or the date of a document. ``what`` is the end of the statement, such as "is dated 2012"; ``value`` is
    the author or date in the library's entry, empty if unknown; ``states`` tells whether a line of text states a
    value."""

    about: About
    what: str
    value: str
    states: Callable[[str, str], bool]


def statements(material: Material, library: Library) -> tuple[Statement, ...]:
    """If the question asks who wrote the documents that it names, or when they were written, return statements that
    answer it, each with a citation. ``material`` has the question and the documents that it names. The result is empty
    if the question asks anything else, or if the library does not know one of the authors or dates asked for."""
    if material.named is None or lacking(material.named):
        return ()
    made = (_statement(fact, material, library) for fact in _asked(material.named))
    return tuple(statement for statement in made if statement)


def lacking(named: Named | None) -> str:
    """Return a sentence that says which author or date the library does not know, as in "The library does not know who
    wrote “Refund policy”." If several are unknown, only the first is mentioned. ``named`` has the documents that the
    question names, and says whether the question asks for their authors or dates. The result is empty if ``named`` is
    None, or if the library knows every author and date that the question asks for."""
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
    """Return a statement of the fact. It cites the first line of the document that states the fact; if no line does,
    the document's first line. None if the line cannot be cited."""
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
    """Whether a line has all words of the author's name and at most ``BESIDE_NAME`` further words."""
    name = set(content_stems(author))
    return bool(name) and name <= set(content_stems(line)) and _beside(line, name) <= BESIDE_NAME


def _dates(line: str, date: str) -> bool:
    """Whether a line has the whole date and at most ``BESIDE_DATE`` further words."""
    return dates.gives(line, date) and _beside(line, set()) <= BESIDE_DATE


def _beside(line: str, name: set[str]) -> int:
    """The number of content words in a line, without months, numbers and the words of a name. ``name`` has the stems of
    the name's words."""
    words = (token.word for token in tokens(line) if token.content and token.stem not in name)
    return sum(word.isalpha() and word.lower() not in MONTHS for word in words)
