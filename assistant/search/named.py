"""Finds the documents that a question names by their title, and whether it asks only for their author or date.

```text
"What does the refund policy say about digital goods?"   what “Refund policy” says
"Who wrote Moving Beyond Marketing and Sales?"           the author of “Moving Beyond “Marketing” and “Sales””
"Which markets lie beyond marketing and sales?"          none: words of a title are most often what is asked about
```
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from assistant.search.question import Asks, Question
from assistant.text.words import ASKING_WORDS, WORD, Token, stem, tokens
from assistant.types import About

MOST = 0.65  # share of the words of a title, or of what stands before its colon, that a question has in a row
CAPITALS = 3  # content words with a capital from which they are a title: names of people and products have fewer
SEVERAL = 3  # documents of one title, as versions are; where more have it, it names none of them
_AUTHOR = frozenset({"author", "by", "writer", "write", "written", "wrote"})
_DATE = frozenset({"date", "post", "publish", "write", "written", "wrote"})
_BESIDE = frozenset("who whom what when is are was were did has been the this our of by and it that".split())
_SUBTITLE = re.compile(r"[:?!]\s|\s?[-–—|·]\s|\s\(")
_QUOTES = '"“”„«»'
_KIND = r"(?:article|blog post|book|document|essay|file|guide|handbook|memo|page|paper|piece|post|report|source|thread)"
_BEFORE = re.compile(
    rf"(?:[{_QUOTES}]|(?<!\w)['‘])\W*$|\b{_KIND}\s+(?:(?:called|named|titled)\s+)?$|\baccording to (?:\w+ )?$"
    r"|\bin (?:the|our|your|their) $",
    re.I,
)
_AFTER = re.compile(rf"\W?[{_QUOTES}]|\W?['’](?!\w)|['’]?s? {_KIND}\b", re.I)
_KINDS = frozenset(stem(word) for word in re.findall(r"[a-z]+", _KIND))


class Named(NamedTuple):
    """The documents that a question names by their titles. ``author`` is true if the question asks who wrote these
    documents, ``date`` if it asks when they were written; both can be true. If the question also asks for anything
    else, both are false."""

    documents: tuple[About, ...]
    author: bool = False
    date: bool = False


class _Place(NamedTuple):
    """The words of a question that match a document's title: ``size`` words from the position ``first``. ``share`` is
    the share of the title's words that match."""

    size: int
    share: float
    first: int

    @property
    def words(self) -> range:
        return range(self.first, self.first + self.size)

    def overlaps(self, other: _Place) -> bool:
        return self.first < other.words.stop and other.first < self.words.stop


def may_name(question: Question) -> bool:
    """Whether the question is worded like one that names a document by its title. If it is not, the titles of documents
    need not be searched."""
    words = tokens(question.text)
    return bool(
        any(_says(token) or token.stem in _AUTHOR | _DATE for token in words)
        or _BEFORE.search(question.text)
        or re.search(rf"[{_QUOTES}]|(?<!\w)['‘]|\b{_KIND}\b|\bin (?:the|our|your|their)\b", question.text, re.I)
        or _capitals(words[1:]) >= CAPITALS
    )


def named(question: Question, documents: Iterable[About]) -> Named | None:
    """Return those of the ``documents`` that the question names by their titles; None if it names none. If the titles
    of two documents match overlapping words of the question, the longer match counts.

    If the question asks only for an author or a date, it is enough that some of its words match a title. In any other
    question, these words must also be used as a title: they are in quotation marks, beside a word such as "report",
    after "according to" or before a verb of saying, or at least ``CAPITALS`` of them are capitalised.
    """
    words = tokens(question.text)
    found: dict[_Place, list[About]] = {}
    for about in documents:
        if place := _place(words, about.title):
            found.setdefault(place, []).append(about)
    taken: dict[_Place, list[About]] = {}
    for place in sorted(found, reverse=True):
        if len(found[place]) <= SEVERAL and not any(place.overlaps(other) for other in taken):
            taken[place] = found[place]
    rest = [word for n, word in enumerate(words) if not any(n in place.words for place in taken)]
    author, date = _particulars(question, rest)
    sure = [place for place in taken if author or date or _is_title(question.text, words, place)]
    if not sure or len(re.findall(rf"\b{_KIND}\b", question.text, re.I)) > max(1, len(sure)):
        return None  # "the culture page and the page on the chat tool" are two documents, of which one is named
    return Named(tuple(about for place in sure for about in taken[place]), author, date)


def _place(words: Sequence[Token], title: str) -> _Place | None:
    """The longest run of words that a question has in common with a title, or with the title's part before a colon.
    None if the run covers too little of the title."""
    found = [_run(words, tokens(part)) for part in dict.fromkeys((title, _SUBTITLE.split(title)[0]))]
    return max((place for place in found if place), default=None)


def _run(words: Sequence[Token], title: Sequence[Token]) -> _Place | None:
    asked, named = ([token.stem for token in of] for of in (words, title))
    run = SequenceMatcher(None, asked, named, autojunk=False).find_longest_match()
    content = sum(token.content for token in title[run.b : run.b + run.size])
    if content and (run.size == len(title) or (content > 1 and run.size >= MOST * len(title))):
        return _Place(run.size, run.size / len(title), run.a)
    return None


def _particulars(question: Question, rest: Sequence[Token]) -> tuple[bool, bool]:
    """Whether the question asks for nothing but an author, and whether it asks for nothing but a date (both can be
    true). ``rest`` are its words outside of titles."""
    stems = {token.stem for token in rest}
    if any(token.stem not in _AUTHOR | _DATE | _BESIDE | _KINDS for token in rest):
        return False, False
    who = bool(stems & {"who", "whom"}) or question.asks is Asks.WHO
    when = "when" in stems or question.asks is Asks.WHEN
    return (
        bool(stems & {"author", "writer"}) or (who and bool(stems & _AUTHOR)),
        "date" in stems or (when and bool(stems & _DATE)),
    )


def _says(token: Token) -> bool:
    return token.content and token.word.lower() in ASKING_WORDS


def _capitals(words: Iterable[Token]) -> int:
    return sum(token.content and token.word[0].isupper() for token in words)


def _is_title(text: str, words: Sequence[Token], place: _Place) -> bool:
    """Whether the words at ``place`` are used as a title: in quotation marks, next to a word such as "report", after
    "according to", before a verb of saying, or with several capitals."""
    title = words[place.first : place.words.stop]
    speaks = any(map(_says, words[place.words.stop :][:1])) and sum(token.content for token in title) > 1
    found = list(WORD.finditer(text))[place.first : place.words.stop]
    apart = _BEFORE.search(text[: found[0].start()]) or _AFTER.match(text[found[-1].end() :])
    return speaks or bool(apart) or _capitals(title) >= CAPITALS
