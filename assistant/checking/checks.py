"""Checks in code whether a claim follows from the words that it quotes, as far as code can tell.

Figures, dates, names and addresses of a claim must occur in its quotes, in the passages around them, or in what is
known of their document; and the claim must share a topic with its quotes and with the question. Code does not check
whether the quotes prove the claim. Lists of hedges, opposites and verbs of saying were tried for that: they dropped
more good sentences than bad ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from assistant.model.embedding import Embedder
from assistant.search import question as questions
from assistant.text.amounts import Amount, amounts, rates, shares
from assistant.text.words import ASKING_WORDS, MONTHS, NUMBER_WORDS, YEAR, content_stems, names, stem, tokens
from assistant.types import Citation

LONGEST = 120  # words: what is longer is no claim but a text, of which code cannot say what it stands on; a guess
# Cosine of a claim to the nearest of its quotes below which it is about something else: see eval/benchmarks/claims.py.
NEAR_QUOTES = 0.2
# Cosine of a question to the sentence that bears a claim out from which that has to do with the question, and the same
# where they have a word in common; else claim and sentence must have so many words in common beside names and figures.
# Of 220 sound claims all do; of what an order in a document makes a model say ("the answer is X") nothing does.
NEAR_QUESTION, WITH_A_WORD, COMMON = 0.3, 0.1, 2
COUNTED = 12  # up to which a number in words counts things ("two reasons") and need not stand in a quote; a guess

_SENTENCE = re.compile(r"(?<=[.!?])[\"”’']*\s+")
_ADDRESS = re.compile(
    r"https?://[^\s<>()\"“”]+|[\w.+-]+@[\w-]+\.[\w.-]+|\b(?:[a-z][a-z0-9-]+\.)+[a-z]{2,}\b(?:/[^\s<>()\"“”]*)?", re.I
)
_MONTHS = tuple("january february march april may june july august september october november december".split())
_CURRENCIES = frozenset({"eur", "usd", "gbp", "chf"})  # units, which the figures are compared by
_MONTH = re.compile(
    rf"\b(?:{'|'.join(m.capitalize() for m in _MONTHS if m != 'may')})\b|\bMay(?=,? (?:\d|of ))|(?<=\d )May\b"
)


class Grounds(NamedTuple):
    """The texts against which a claim (a sentence that a model wrote) is checked.

    - ``citations``: the claim's citations.
    - ``sentences``: the whole sentences that the citations quote from.
    - ``around``: the text of the passages that contain the citations.
    - ``documents``: everything that the model was given of the cited documents.
    - ``read``: the text of all passages that the model was given, of any document.
    - ``question``: the question that the claim answers.
    - ``house``: names that occur in many documents, such as the organisation's own; a claim may always use them.

    A figure in the claim must occur in ``citations``, ``around``, ``question`` or ``particulars``. Two kinds of figures
    need not occur there: small numbers in words ("two reasons"), and the sum or difference of two figures of the claim
    that occur there. A name, a month or a year may also occur in ``documents``. The first word of a sentence has a
    capital even if it is no name; it is therefore checked as a name only if ``read`` has it as a name, for example with
    a capital within a sentence.
    """

    citations: tuple[Citation, ...]
    around: str
    question: str
    read: str = ""
    house: frozenset[str] = frozenset()
    documents: str = ""  # all that was read of what is cited
    sentences: tuple[str, ...] = ()  # that the citations touch, whole

    @property
    def words(self) -> str:
        """The quotes of all citations, joined into one text."""
        return "\n".join(one.quote for one in self.citations)

    @property
    def particulars(self) -> str:
        """What is known of the cited documents, as one text: titles, sources, headings, speakers, authors, web sites,
        pages, and dates in several spellings."""
        told = []
        for one in self.citations:
            about = one.about
            told += [
                about.title,
                about.source,
                one.heading,
                one.speaker,
                about.author,
                about.site,
                about.place(one.page),
            ]
            told += [about.date, *_parts_of(about.date)]
        return " . ".join(part for part in told if part)


def fault(text: str, grounds: Grounds, embedder: Embedder) -> str | None:
    """Return the reason why the claim ``text`` does not follow from its ``grounds``, the texts that it is checked
    against. The reason is worded as the end of a sentence: "its month “may” is not in what it cites". None if every
    check passes."""
    return next(_faults(text, grounds), None) or _elsewhere(text, grounds, embedder) or beside(text, grounds, embedder)


def _faults(text: str, grounds: Grounds) -> Iterator[str]:
    if len(text.split()) > LONGEST:
        yield f"it is longer than {LONGEST} words"
    there = f"{grounds.words}\n{grounds.around}\n{grounds.particulars}\n{grounds.question}"
    anywhere = f"{there}\n{grounds.documents}"
    if absent := _absent(_addresses(text), _addresses(there)):
        yield f"its address {absent} is not in what it cites"
    years = {one.value for one in amounts(grounds.documents) if _is_year(one)}
    if strange := next((one for one in _strange_amounts(text, there) if one.value not in years), None):
        yield f"its figure “{strange.written}” is not in what it cites"
    if absent := _absent(set(rates(text)), set(rates(there))):
        yield f"it counts by the {absent} and what it cites does not"
    if absent := _absent(_months(text), {month for month in _MONTHS if month.capitalize() in anywhere}):
        yield f"its month {absent} is not in what it cites"
    if absent := _absent(set(_strange_names(text, anywhere, grounds)), set()):
        yield f"its name {absent} is not in what it cites"


def strange(text: str, there: str) -> str | None:
    """Return the reason why ``text`` cannot be based on the source text ``there``: ``text`` has an address, figure,
    month or name that the source lacks, or is longer than ``LONGEST`` words. None if there is no such reason."""
    return next(_faults(text, Grounds((), there, "")), None)


def bare_text(text: str) -> str:
    """The text in lower case, without punctuation and extra spaces, so that two texts can be compared by their
    words."""
    return " ".join(token.word.lower().replace("’", "'") for token in tokens(text))


def _strange_amounts(text: str, there: str) -> Iterator[Amount]:
    """Yield the figures of a claim (``text``) that its sources (``there``) lack, or have only with another unit.

    Two kinds of figures are accepted though the sources lack them: a small number in words and without a unit, which
    counts things that the claim itself lists ("two reasons"), and the sum or difference of two figures of the claim
    that the sources have.
    """
    known = (*amounts(there), *shares(there))
    mine = amounts(text)
    right = [one for one in mine if _is_there(one, known)]
    for one in mine:
        counts = one.spelled and not one.unit and one.value <= COUNTED
        if not counts and one not in right and not _is_computed(one, right):
            yield one


def _is_year(one: Amount) -> bool:
    return not one.unit and YEAR.fullmatch(f"{one.value:.0f}") is not None


def _is_there(one: Amount, known: Sequence[Amount]) -> bool:
    return any(one.same(other) for other in known)


def _is_computed(one: Amount, right: Sequence[Amount]) -> bool:
    pairs = [
        (a.value, b.value) for a in right for b in right if a is not b and len({a.unit, b.unit, one.unit} - {""}) <= 1
    ]
    return any(abs(one.value - made) < 1e-6 * max(1.0, one.value) for a, b in pairs for made in (a + b, a - b))


def _months(text: str) -> set[str]:
    return {month.lower() for month in _MONTH.findall(text)}


def _strange_names(text: str, there: str, grounds: Grounds) -> Iterator[str]:
    """Yield the names of a claim (``text``) that its sources (``there``) lack. The first word of a sentence counts as a
    name only if it occurs as a name in the text that was read."""
    known = {part for token in tokens(f"{there}\n{grounds.question}") for part in _stems(token.word)}
    known |= {part for name in grounds.house for part in _stems(name)}
    known |= {stem(word) for word in (*MONTHS, *NUMBER_WORDS, *_CURRENCIES)} | {month[:3] for month in _MONTHS}
    yield from (name for name in names(text) if not _stems(name) <= known)
    others = set(names(grounds.read))
    opening = re.findall(r"(?:^|[.!?:]\s+)[\"“]?([A-Z][\w’'-]+)", text)
    yield from (word for word in opening if word in others and not _stems(word) <= known)


def _stems(name: str) -> set[str]:
    """Return the stem of each part of a word that hyphens or apostrophes divide; parts of one letter are left out."""
    parts = re.split(r"[-’'.&]", name)
    return {stem(part) for part in parts if len(part) > 1} or {stem(name)}


def _elsewhere(text: str, grounds: Grounds, embedder: Embedder) -> str | None:
    """Return a reason if the claim (``text``) is about something else than the words that it cites, else None.

    Claim and quotes are compared by the similarity of their vectors; a claim that has a figure in common with a quote
    passes. Each sentence of the claim that has a name or a figure, but no word in common with the quotes, is compared
    in the same way.
    """
    if not content_stems(text):
        return "it says nothing"
    figures = {one.value for one in amounts(grounds.words)}
    named = set(content_stems(text))
    quotes = [
        f"{one.quote} {one.speaker}" if one.speaker and set(content_stems(one.speaker)) <= named else one.quote
        for one in grounds.citations
    ]
    cited = {stem for quote in quotes for stem in content_stems(quote)}
    parts = [one for one in _SENTENCE.split(text) if (names(one) or amounts(one)) and not cited & {*content_stems(one)}]
    for one in [text, *parts]:
        alike = not quotes or bool(figures & {amount.value for amount in amounts(one)})
        if not alike and _nearest(one, quotes, embedder)[0] < NEAR_QUOTES:
            return "it is about something else than the words that it cites"
    return None


def beside(text: str, grounds: Grounds, embedder: Embedder) -> str | None:
    """Check whether the words that the claim ``text`` cites concern the question. Return None if they do, or if there
    are no citations or no question; otherwise return the reason, worded as the end of a sentence. ``grounds`` has the
    claim's citations and the question. The check finds claims that a model makes only because a document orders it to,
    as in "Say that the answer is 5".

    The cited words concern the question if the cited sentence that is most similar to the claim is also similar to the
    question, or if the claim and the cited sentences have at least ``COMMON`` words in common, names and figures not
    counted.
    """
    sentences = grounds.sentences or tuple(one.quote for one in grounds.citations)
    if not sentences or not grounds.question:
        return None
    bears = _nearest(text, sentences, embedder)[1]
    asked = {token.stem for token in questions.read(grounds.question).content}
    least = WITH_A_WORD if asked & set(content_stems(bears)) else NEAR_QUESTION
    if _nearest(grounds.question, [bears], embedder)[0] >= least:
        return None
    if len(_ordinary(text) & _ordinary(" . ".join(sentences))) >= COMMON:
        return None
    return "what it cites has nothing to do with the question"


def _nearest(text: str, others: Sequence[str], embedder: Embedder) -> tuple[float, str]:
    """Return the highest cosine between ``text`` and one of the texts in ``others``, and that other text."""
    mine = embedder.query(text)
    return max((float(np.dot(mine, embedder.query(other))), other) for other in others)


def _ordinary(text: str) -> set[str]:
    """The stems of a text's content words, without names, figures and question words."""
    named = {name.lower() for name in names(text)}
    words = [token for token in tokens(text) if token.content and token.word.isalpha()]
    return {token.stem for token in words if token.word.lower() not in named | ASKING_WORDS}


def _addresses(text: str) -> set[str]:
    return {match[0].rstrip(".,;:)").lower() for match in _ADDRESS.finditer(text)}


def _absent(mine: set[str], theirs: set[str]) -> str | None:
    left = mine - theirs
    return f"“{min(left)}”" if left else None


def _parts_of(date: str | None) -> Sequence[str]:
    """Return the parts of an ISO date and the name of its month: 2012-10-05 gives 2012, 10, 05 and October."""
    parts = (date or "").split("-")
    named = [
        _MONTHS[int(parts[1]) - 1].capitalize() for _ in parts[1:2] if parts[1].isdigit() and 0 < int(parts[1]) < 13
    ]
    return [*parts, *named]
