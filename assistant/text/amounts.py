"""Finds figures with their units, so that they can be compared: ``€240k`` and ``240,000 euros`` are the same amount."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

_SPELLED = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()  # noqa: E501
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_VALUES = {word: value for value, word in enumerate(_SPELLED)} | {w: 10 * n for n, w in enumerate(_TENS, start=2)}
_TIMES = {"hundred": 1e2, "thousand": 1e3, "k": 1e3, "million": 1e6, "m": 1e6, "mn": 1e6, "billion": 1e9, "bn": 1e9}
_UNITS = {
    "percent": r"%|per ?cent\b|percentage points?\b",
    "euro": r"€|euros?\b|eur\b",
    "dollar": r"\$|dollars?\b|usd\b",
    "pound": r"£|pounds?\b|gbp\b",
    "cent": r"cents?\b|¢",
    "minute": r"minutes?\b|mins?\b",
    "hour": r"hours?\b|hrs?\b",
    "day": r"(?:(?:working|business|calendar) )?days?\b",
    "week": r"weeks?\b",
    "month": r"months?\b",
    "quarter": r"quarters?\b",
    "year": r"years?\b",
}
_UNIT = "|".join(f"(?P<{name}>{pattern})" for name, pattern in _UNITS.items())
_NUMBER = rf"\d+(?:[.,]\d+)*|\b(?:(?:{'|'.join(_TENS)})(?:[- ](?:{'|'.join(_SPELLED[1:10])}))?|{'|'.join(_SPELLED)})\b"
_AMOUNT = re.compile(
    rf"(?P<sign>[€$£]\s?|\b(?:EUR|USD|GBP)\s)?(?<![\w.,])(?P<number>{_NUMBER})"
    rf"(?:[\s-]?(?P<times>{'|'.join(_TIMES)})\b)?(?:[\s-]?(?:{_UNIT}))?",
    re.IGNORECASE,
)
_ENUMERATOR = re.compile(r"^\s*\(?\d{1,2}[.)](?=\s)|\(\d{1,2}\)|(?<=\s)\d{1,2}\)(?=\s)", re.MULTILINE)
_SHARES = {"half": 50, "third": 33, "quarter": 25, "fifth": 20, "tenth": 10}
_SHARE = re.compile(
    rf"\b(?:an?|one|nearly|almost|about)[ -](?P<part>{'|'.join(_SHARES)})\b|\b(?P<half>half)\b", re.IGNORECASE
)
_OUT_OF = re.compile(rf"(?P<some>{_NUMBER})\s+(?:out of|in|of)\s+(?:every\s+)?(?P<all>{_NUMBER})", re.IGNORECASE)
_PERIODS = "minute hour day week month quarter year".split()
_OF = {"hour": ("day", 1 / 24), "week": ("day", 7.0), "quarter": ("month", 3.0), "year": ("month", 12.0)}
_RATE = re.compile(
    rf"\b(?:an?|per|each|every)\s+(?P<each>{'|'.join(_PERIODS)})\b|/\s?(?P<slash>{'|'.join(_PERIODS)})\b"
    r"|\b(?P<adverb>daily|weekly|monthly|quarterly|yearly|annual(?:ly)?)\b",
    re.IGNORECASE,
)
_ADVERBS = {"daily": "day", "yearly": "year", "annual": "year", "annually": "year"}
_SIGNS = {"€": "euro", "$": "dollar", "£": "pound", "EUR": "euro", "USD": "dollar", "GBP": "pound"}


class Amount(NamedTuple):
    """An amount in a text, such as "48 hours". ``unit`` is empty if there is none or it is unknown; ``spelled`` says
    whether the number is written in words; ``written`` is the amount as the text has it."""

    value: float
    unit: str
    spelled: bool
    written: str

    def same(self, other: Amount) -> bool:
        """Whether two amounts can be equal, as "48 hours" and "two days" are. A number without a unit equals the same
        number with any unit."""
        if not self.unit or not other.unit:
            return _equal(self.value, other.value)
        unit, factor = _OF.get(self.unit, (self.unit, 1.0))
        its, by = _OF.get(other.unit, (other.unit, 1.0))
        return unit == its and _equal(self.value * factor, other.value * by)


@lru_cache(maxsize=4096)
def amounts(text: str) -> tuple[Amount, ...]:
    """All amounts in a text, in order. ``1,000`` is a thousand, ``2,5`` is two and a half. The numbers of list items
    are left out."""
    text = _ENUMERATOR.sub(lambda match: " " * len(match[0]), text)
    found = []
    for match in _AMOUNT.finditer(text):
        number = match["number"]
        spelled = not number[0].isdigit()
        unit = next((name for name in _UNITS if match[name]), _SIGNS.get((match["sign"] or "").strip().upper(), ""))
        times = _TIMES[match["times"].lower()] if match["times"] else 1.0
        if unit == "cent":
            unit, times = "", 0.01
        found += [Amount(value * times, unit, spelled, match[0].strip()) for value in _values(number)]
    return tuple(found)


def _equal(one: float, other: float) -> bool:
    return abs(one - other) < 1e-6 * max(1.0, abs(one))


@lru_cache(maxsize=4096)
def shares(text: str) -> tuple[Amount, ...]:
    """The shares that a text gives in words, such as ``half``, ``a fifth`` or ``seven out of ten``, as percentages."""
    found = [Amount(_SHARES[(m["part"] or m["half"]).lower()], "percent", True, m[0]) for m in _SHARE.finditer(text)]
    for match in _OUT_OF.finditer(text):
        some, every = _values(match["some"])[0], _values(match["all"])[0]
        if 0 < some <= every:
            found.append(Amount(round(100 * some / every), "percent", True, match[0]))
    return tuple(found)


@lru_cache(maxsize=4096)
def rates(text: str) -> frozenset[str]:
    """The periods that the rates in a text refer to: ``a month``, ``per month`` and ``monthly`` all give ``month``."""
    found = set()
    for match in _RATE.finditer(text):
        word = (match["each"] or match["slash"] or match["adverb"]).lower()
        found.add(_ADVERBS.get(word, word.removesuffix("ly")))
    return frozenset(found)


def _values(number: str) -> list[float]:
    if not number[0].isdigit():
        return [float(sum(_VALUES[part] for part in re.split(r"[- ]", number.lower())))]
    if re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)?", number):
        number = number.replace(",", "")
    elif re.fullmatch(r"\d{1,3}(\.\d{3}){2,}", number):
        number = number.replace(".", "")
    elif re.fullmatch(r"\d+,\d{1,2}", number):
        number = number.replace(",", ".")
    try:
        return [float(number)]
    except ValueError:  # a version or a date, 1.2.3: each part is a figure
        return [float(part) for part in re.findall(r"\d+", number)]
