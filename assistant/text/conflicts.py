"""Finds statements of an answer that contradict each other, so that both sides are shown with their voice and date.

Four things count as a contradiction: different figures for the same thing, a claim and its negation, a relation of two
things in opposite directions, or a sentence that says itself that it disagrees. No model is used.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from itertools import combinations

from assistant.text.words import NUMBER_WORDS, YEAR, content_stems, numbers, same_occasion, tokens
from assistant.types import Conflict, Statement

# Content stems in common from which two sentences can be about the same thing: one is shared by chance; not measured.
SHARED = 2
# Of the shorter one's content stems, in common, for figures or negations to be compared; a guess, not measured.
SAME_THING = 0.5

_ENUMERATOR = re.compile(r"^\W*\d{1,3}[.)]\s+")
_NEGATION = re.compile(
    r"\b(?:not|no|never|none|nothing|nobody|neither|nor|cannot|hardly|no longer|myth|wrong|unnecessary)\b|n['’]t\b",
    re.I,
)
_DISAGREES = re.compile(
    r"\b(?:disagree[sd]?|opposite|contrary|contradicts?|on the other hand|in contrast|nonsense|overrated)\b", re.I
)
_SPELLED = "zero one two three four five six seven eight nine ten eleven twelve".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety hundred".split()
_DIGITS = {word: str(value) for value, word in enumerate(_SPELLED)} | {
    word: str(10 * value) for value, word in enumerate(_TENS, start=2)
}


def find(statements: Sequence[Statement], asked: Collection[str] = ()) -> tuple[Conflict, ...]:
    """Return the pairs of statements that contradict each other and come from different documents or different voices.
    A voice is the speaker or the author of the cited words. Two statements by one person in one document are no
    conflict, since that person may report both sides of a disagreement.

    ``asked`` has the stems of the words that the question is about. If it is not empty, a pair is returned only if at
    least one of these stems occurs in both statements; otherwise they contradict each other about something that was
    not asked.
    """
    pairs = [(a, b) for a, b in combinations(statements, 2) if apart(a, b) and _disagree(a, b)]
    return tuple(Conflict(pair) for pair in pairs if not asked or _both_say(pair, asked))


def _both_say(pair: tuple[Statement, Statement], asked: Collection[str]) -> bool:
    said = [set(content_stems(one.citations[0].key_quote)) for one in pair]
    return bool(said[0] & said[1] & set(asked))


def apart(a: Statement, b: Statement) -> bool:
    """Whether two statements come from different documents or different voices; a voice is the speaker or the author of
    the cited words. Two statements by one person in one document are not apart, even if they contradict each other."""
    one, other = a.citations[0], b.citations[0]
    return one.about.id != other.about.id or one.voice != other.voice


def disagrees(text: str) -> bool:
    """Whether a sentence itself says that it contradicts somebody, as in "on the contrary"."""
    return bool(_DISAGREES.search(text))


def negations(text: str) -> int:
    """The number of negations in a sentence."""
    return len(_NEGATION.findall(text))


def _disagree(a: Statement, b: Statement) -> bool:
    one, other = a.citations[0].key_quote, b.citations[0].key_quote
    words, others = set(content_stems(one)), set(content_stems(other))
    if len(words & others) < SHARED:
        return False
    if disagrees(one) or disagrees(other):
        return True
    if _other_figure(one, other) or other_way_round(one, other):
        return True
    negated = bool(negations(one)) != bool(negations(other))
    return negated and len(words & others) >= SAME_THING * min(len(words), len(others))


def _other_figure(one: str, other: str) -> bool:
    """Whether two sentences give figures for nearly the same thing, and have no figure in common. A year only
    contradicts another year."""
    first, second = figures(one), figures(other)
    if all(map(YEAR.fullmatch, first)) is not all(map(YEAR.fullmatch, second)):
        return False
    if not first or not second or first & second or not same_occasion(one, other):
        return False
    a, b = (set(content_stems(text)) - first - second for text in (one, other))
    return bool(a and b) and len(a & b) >= SAME_THING * min(len(a), len(b))


def figures(text: str) -> set[str]:
    """The figures in a sentence as digits: "ten" becomes "10". The words "one" and "none" are left out, since they are
    rarely meant as figures."""
    text = _ENUMERATOR.sub("", text)
    words = {token.word.lower() for token in tokens(text)} & NUMBER_WORDS - {"one", "none"}
    return set(numbers(text)) | {_DIGITS.get(word, word) for word in words}


def other_way_round(one: str, other: str) -> bool:
    """Whether two sentences relate the same two things in opposite directions: "A drives B" and "B drives A"."""
    first, second = _triples(one), _triples(other)
    return any((c, b, a) in second for a, b, c in first if a != c)


def _triples(text: str) -> set[tuple[str, str, str]]:
    stems = [token.stem for token in tokens(text) if token.content]
    return set(zip(stems, stems[1:], stems[2:], strict=False))
