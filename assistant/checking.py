"""Whether a statement says no more and no other than what it cites: plain facts first, then the evidence model.

Each check is one sentence of the reason for which a statement is not shown. They lean to the strict side, since what
fails is put in the document's own words instead, and nothing is lost but prose.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from assistant.conflicts import figures, negations, other_way_round
from assistant.embedding import Embedder
from assistant.evidence.stance import SIDES, StanceModel
from assistant.evidence.words import names, stem, tokens
from assistant.types import Citation, Passage, Stance

NEAR = 0.5  # cosine of two words' vectors from which one can stand for the other: price and pricing 0.7, fee 0.5
MET = 0.8  # of a statement's content words that must be met in the passages, the question or the particulars
IN_THE_WORDS = 0.5  # of them that must be met in the cited words themselves
LEAST = 2  # of them that must be so, or as many as are cited: a single word can be anybody's
LONGEST = 80  # words of a statement

_REPORTING = (
    "say|says|said|argue|argues|argued|claim|claims|claimed|believe|believes|believed|think|thinks|thought|suggest"
    "|suggests|suggested|report|reports|reported|warn|warns|warned|predict|predicts|predicted|insist|insists|insisted"
    "|contend|contends|contended|maintain|maintains|maintained|write|writes|wrote|note|notes|noted|state|states|stated"
    "|recommend|recommends|recommended|advise|advises|advised|call|calls|called|ask|asks|asked|see|sees|saw|feel|feels"
)
_REPORTS = re.compile(rf"\b(?:{_REPORTING})\b|\b(?:according to|in (?:his|her|their) (?:view|opinion))\b", re.I)
_NAMED = r"(?P<name>[A-Z][\w’'.-]*(?:\s+(?:(?:de|van|von|of|der|la)\s+)?[A-Z][\w’'.-]*)*)"
_REPORTER = re.compile(
    rf"{_NAMED}\s+(?:also\s+|has\s+|have\s+)?(?:{_REPORTING})\b|(?i:according to)\s+{_NAMED.replace('name', 'by')}"
)
_QUOTED = re.compile(r"“([^”]+)”|\"([^\"]+)\"")
_ADDRESS = re.compile(r"\b(?:https?:|www\.)\S+|\S+@\S+\.\w+", re.I)
# What weakens or bounds a sentence, by kind: of each kind that the evidence has, the statement needs one, too.
_HEDGES = {
    "says that it may be so": "may might can could perhaps possibly allowed permitted potentially",
    "says that it is likely": "probably likely seem seems appear appears tend tends presumably",
    "says that it is expected": "expect expects expected estimate estimated forecast projected plan plans planned",
    "says that it is often so": "often sometimes usually generally typically mostly rarely seldom frequently commonly",
    "says that it is so of some": "some many most few several certain majority minority",
    "gives a bound": "up_to at_least at_most more_than less_than fewer_than under over below above maximum minimum",
    "gives it about": "about around roughly nearly almost approximately",
    "gives a condition": "if unless except provided only until as_long_as",
}
_KINDS = {
    told: re.compile(rf"\b(?:{'|'.join(words.split()).replace('_', ' ')})\b", re.I) for told, words in _HEDGES.items()
}
_STRONG = re.compile(
    r"\b(?:all|every|everyone|everybody|always|never|must|proves?|proven|certainly|definitely|guarante\w+|undoubtedly"
    r"|nobody|nothing|none|entirely|completely|impossible)\b",
    re.I,
)
_OPPOSITES = (
    "rise fall|increase decrease|increase reduce|more less|more fewer|up down|high low|higher lower|before after"
    "|better worse|best worst|gain lose|buy sell|always never|accept reject|allow forbid|cheap expensive|first last"
    "|internal external|grow shrink|success failure|succeed fail|above below|with without|early late|strong weak"
    "|include exclude|raise lower|raise cut|maximum minimum|most least|support oppose|agree disagree|true false"
    "|win lose|long short|large small|big small|fast slow|possible impossible|necessary unnecessary|start end"
    "|start stop|open close|old new|inbound outbound|advantage disadvantage|strength weakness|profit loss"
)
_TURNED = {
    (stem(a), stem(b))
    for pair in _OPPOSITES.split("|")
    for a, b in (pair.split(), reversed(pair.split()))
}  # fmt: skip


class Grounds(NamedTuple):
    """What a statement is held against: the words it cites, the passages they stand in, and the question.

    ``given`` is what code says itself and a statement can be about, such as an assumption.
    """

    citations: tuple[Citation, ...]
    passages: tuple[Passage, ...]
    question: str
    given: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """All that is cited, as one text."""
        return "\n".join([*(one.quote for one in self.citations), *self.given])

    @property
    def particulars(self) -> str:
        """Titles, headings, voices and dates."""
        told = (
            part
            for one in self.citations
            for part in (one.about.title, one.heading, one.speaker, one.about.author, one.about.date)
        )
        return " . ".join(part for part in told if part)

    @property
    def dates(self) -> str:
        """The documents' dates, whole and in parts: of what stands beside the words, only these may give a figure."""
        dates = [one.about.date or "" for one in self.citations]
        return " . ".join([*dates, *(date.replace("-", " ") for date in dates)])

    @property
    def voices(self) -> str:
        """Who says it."""
        return " . ".join(one.voice for one in self.citations if one.voice)

    @property
    def around(self) -> str:
        """The passages with the cited words in them."""
        return "\n".join([self.words, *(passage.text for passage in self.passages)])


def fault(text: str, grounds: Grounds, stance: StanceModel, embedder: Embedder) -> str | None:
    """Why ``text`` does not stand on its grounds, as the end of a sentence; None when it does."""
    if said(text) in {said(one) for one in (*(one.quote for one in grounds.citations), *grounds.given)}:
        return None
    found = next(_plain(text, grounds), None) or _unmet(text, grounds, embedder)
    if found:
        return found
    sides = stance.sides(text, [grounds.words])[0]
    return "the evidence speaks against it" if SIDES[int(np.argmax(sides))] is Stance.CHALLENGES else None


def said(text: str) -> str:
    """A text as far as two that say the same in the same words are alike: case, marks and space aside."""
    return " ".join(token.word.lower().replace("’", "'") for token in tokens(text))


def _plain(text: str, grounds: Grounds) -> Iterator[str]:
    """Every plain reason against it, the gravest first."""
    words = grounds.words
    if len(text.split()) > LONGEST:
        yield f"it is longer than {LONGEST} words"
    for match in _QUOTED.finditer(text):
        if f" {said(match[1] or match[2])} " not in f" {said(words)} ":
            yield f"the words it puts in quotation marks, “{match[1] or match[2]}”, are not in the evidence"
    if foreign := strange(text, words, "the evidence", f"{grounds.around}\n{grounds.particulars}", grounds.dates):
        yield foreign
    yield from _attribution(text, grounds)
    if bool(negations(text)) != bool(negations(words)):
        yield "it says no where the evidence says yes, or the other way round"
    if turned := _turned(text, words):
        yield turned
    if other_way_round(text, words):
        yield "it has two things the other way round"
    for told, pattern in _KINDS.items():
        if pattern.search(words) and not pattern.search(text):
            yield f"the evidence {told} and it does not"
    if stronger := {match[0].lower() for match in _STRONG.finditer(text)} - {
        match[0].lower() for match in _STRONG.finditer(words)
    }:
        yield f"it says “{_first(stronger)}” and the evidence does not"


def strange(text: str, words: str, called: str, around: str = "", dates: str = "") -> str | None:
    """An address or a figure of ``text`` that is not in ``words`` (or a figure of ``dates``), or a name that is not
    around them either; None when all that it has is there."""
    if absent := {match[0] for match in _ADDRESS.finditer(text)} - {match[0] for match in _ADDRESS.finditer(words)}:
        return f"its address {_first(absent)} is not in {called}"
    if absent := figures(text) - figures(f"{words}\n{dates}"):
        return f"its figure {_first(absent)} is not in {called}"
    there = tokens(f"{words}\n{around}")
    known = {token.stem for token in there} | {part for token in there for part in _parts(token.word)}
    if absent := {name for name in names(text) if not _parts(name) <= known}:
        return f"its name {_first(absent)} is not in {called}"
    return None


def _attribution(text: str, grounds: Grounds) -> Iterator[str]:
    """A view that is somebody's in the evidence is so in the statement, and is the same person's."""
    words = grounds.words
    mine, theirs = _reporters(text), _reporters(words)
    if _REPORTS.search(words) and not _REPORTS.search(text):
        yield "the evidence says who says so and it does not"
    voices = {token.stem for token in tokens(grounds.voices)}
    titles = {token.stem for one in grounds.citations for token in tokens(one.about.title)}
    allowed = voices | titles | {name for reporter in theirs for name in reporter}
    for reporter in mine:
        if not reporter & allowed:
            yield "it gives the words to somebody else"
    if theirs and _REPORTS.search(text) and not any(reporter & (voices | _stems(text)) for reporter in theirs):
        yield "it does not name who says so"


def _reporters(text: str) -> list[set[str]]:
    """Who is said to say something, each as the stems of the name."""
    named = (match["name"] or match["by"] for match in _REPORTER.finditer(text))
    found = [{token.stem for token in tokens(name) if token.content} for name in named]
    return [one for one in found if one]


def _turned(text: str, words: str) -> str | None:
    """A word whose opposite stands in the evidence, while it does not itself."""
    mine, theirs = _stems(text), _stems(words)
    for one, other in sorted(_TURNED):
        if one in mine - theirs and other in theirs - mine:
            return "it says the opposite of a word of the evidence"
    return None


def _unmet(text: str, grounds: Grounds, embedder: Embedder) -> str | None:
    """Too many of its words that are met nowhere near the evidence, by stem or by meaning."""
    mine = {token.stem: token.word for token in tokens(text) if token.content}
    if not mine:
        return "it says nothing"
    met = _meets(mine, f"{grounds.words}\n{grounds.voices}", embedder)
    least = min(LEAST, len({token.stem for token in tokens(grounds.words) if token.content}))
    if len(met) < max(least, IN_THE_WORDS * len(mine)):
        return "little of it is in the words that it cites"
    absent = set(mine) - met
    absent -= _meets(
        {one: mine[one] for one in absent}, f"{grounds.around}\n{grounds.particulars}\n{grounds.question}", embedder
    )
    if len(mine) - len(absent) < MET * len(mine):
        return f"its word {_first({mine[one] for one in absent})} and others are not in the evidence"
    return None


def _meets(wanted: dict[str, str], text: str, embedder: Embedder) -> set[str]:
    """The stems of those wanted that ``text`` has, or has a word of like meaning for."""
    there = {token.stem: token.word for token in tokens(text) if token.content}
    open_ = [one for one in wanted if one not in there]
    found = set(wanted) - set(open_)
    if open_ and there:
        alike = embedder.words([wanted[one] for one in open_]) @ embedder.words(list(there.values())).T
        found |= {one for one, row in zip(open_, alike, strict=True) if float(row.max()) >= NEAR}
    return found


def _parts(name: str) -> set[str]:
    """The stems of what hyphens join."""
    return {stem(part) for part in name.split("-")}


def _stems(text: str) -> set[str]:
    return {token.stem for token in tokens(text)}


def _first(found: set[str]) -> str:
    return f"“{min(found)}”"
