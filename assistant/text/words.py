"""Analyses the words of a text: content words and their stems, names, numbers. English for now."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

import snowballstemmer

WORD = re.compile(r"[^\W_]+(?:[’'.,&-][^\W_]+)*")  # keeps 1,000 · 7.8 · what's · B2B · e-mail · P&L together
NUMBER = re.compile(r"(?<![^\W_])\d+(?:[.,]\d+)*")  # the 2 of B2B is none
YEAR = re.compile(r"1[5-9]\d\d|20\d\d")
NUMBER_WORDS = frozenset(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand "
    "million billion half third quarter quarters dozen dozens hundreds thousands millions twice double triple "
    "none fraction majority few".split()
)
MONTHS = frozenset(
    "january february march april may june july august september october november december spring summer "
    "autumn monday tuesday wednesday thursday friday saturday sunday".split()
)
# Words that hold a sentence together and tell nothing of what it is about.
FUNCTION_WORDS = frozenset(
    "a about above after again all also although always am among an and another any anybody anyone anything "
    "are aren't as at away be because been before being below between both but by can can't cannot could "
    "couldn't did didn't do does doesn't doing don't done down during each either else even ever every "
    "everyone everything few for from further get gets getting give gives given go goes going got had hadn't "
    "has hasn't have haven't having he he's her here hers herself him himself his how however i i'm i've if in "
    "into is isn't it it's its itself just let let's like made make makes many may me might mine more most "
    "much must my myself near need neither never no nobody none nor not nothing now of off often on once one "
    "ones only onto or other others our ours ourselves out over own per perhaps quite rather really same shall "
    "she should shouldn't since so some somebody someone something somewhat soon still such than that that's "
    "the their theirs them themselves then there there's therefore these they they're thing things this those "
    "though through thus to together too toward towards under until up upon us use used uses very was wasn't "
    "way we we're well were weren't what what's whatever when where whether which while who who's whole whom "
    "whose why will with within without won't would wouldn't yes yet you you're your yours yourself etc e.g "
    "i.e eg ie vs".split()
)
# Words of asking, and of the material in general: they say how a question is put, not what it is about.
ASKING_WORDS = frozenset(
    "say says said saying tell tells told think thinks thought argue argues argued mean means meant describe "
    "describes described explain explains explained mention mentions mentioned state states stated call called "
    "calls name named list lists claim claims claimed suggest suggests suggested according accord author "
    "authors writer writers document documents doc docs source sources article articles text texts passage "
    "passages thread comment comments commenter commenters post posts discussion please exactly actually "
    "currently believe believes believed view views opinion opinions regard regarding point points give gave "
    "kind kinds sort type types different".split()
)


class Token(NamedTuple):
    """A word of a text. ``stem`` is its lower-case form without endings. ``content`` is true if the word tells what a
    text is about, and false for a word such as "the"."""

    word: str
    stem: str
    content: bool


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """The word's English stem: ``pricing`` and ``prices`` have the same stem as ``price``."""
    plain = word.lower().replace("’", "'").removesuffix("'s").strip("'")
    return str(snowballstemmer.stemmer("english").stemWord(plain))  # one cannot be shared by threads


@lru_cache(maxsize=65536)
def _token(word: str) -> Token:
    plain = word.lower().replace("’", "'")
    return Token(word, stem(word), plain not in FUNCTION_WORDS and (len(plain) > 1 or plain.isdigit()))


@lru_cache(maxsize=4096)
def tokens(text: str) -> tuple[Token, ...]:
    """The words of ``text`` in order. Parts that are joined by a hyphen or an apostrophe are one word."""
    return tuple(map(_token, WORD.findall(text)))


def content_stems(text: str) -> tuple[str, ...]:
    """The stems of the content words of ``text``, each once, in order. Content words tell what a text is about, unlike
    "the"."""
    return tuple(dict.fromkeys(token.stem for token in tokens(text) if token.content))


@lru_cache(maxsize=4096)
def numbers(text: str) -> frozenset[str]:
    """The numbers in ``text``, as they are written but without thousands separators: ``1,000`` becomes ``1000``."""
    return frozenset(re.sub(r",(?=\d{3})", "", match[0]) for match in NUMBER.finditer(text))


def same_occasion(one: str, other: str) -> bool:
    """Whether two sentences can be about the same occasion, so that they contradict each other if their figures differ.

    They cannot if both have names and the names differ. They also cannot if both have times (years, seasons, months or
    days of the week) and the times differ, as in "40 in May" and "50 in June".

    Different times do not matter if one of the sentences has no number except years, as in "opened in 1987": there, the
    year itself is the figure that the other sentence can contradict.
    """
    names_differ = bool(names(one)) and bool(names(other)) and set(names(one)) != set(names(other))
    times, others = _times(one), _times(other)
    times_differ = bool(times) and bool(others) and times != others
    return not names_differ and not (times_differ and numbers(one) - times and numbers(other) - others)


def _times(text: str) -> set[str]:
    """The years, seasons, months and days of the week in a text."""
    months = {t.word.lower() for t in tokens(text) if t.word.lower() in MONTHS and t.word[0].isupper()}
    return months | {number for number in numbers(text) if YEAR.fullmatch(number)}


@lru_cache(maxsize=4096)
def names(text: str) -> tuple[str, ...]:
    """The words of ``text`` that are written like names: capitalised within a sentence, or with capitals after the
    first letter."""
    found = []
    previous_end, opening = 0, True
    for match in WORD.finditer(text):
        opening = previous_end == 0 or bool(re.search(r"[.!?:]\s*[\"“‘'(]*$", text[previous_end : match.start()]))
        previous_end = match.end()
        word = match[0]
        plain = word.lower().replace("’", "'")
        if plain in FUNCTION_WORDS or plain in MONTHS or plain.split("'")[0] in FUNCTION_WORDS:
            continue
        acronym = len(word) > 1 and word.isupper() and word.isalpha()
        inner_capital = any(c.isupper() for c in word[1:])
        if acronym or inner_capital or (word[0].isupper() and not opening):
            found.append(word)
    return tuple(dict.fromkeys(found))
