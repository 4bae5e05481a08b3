"""Formats a cell's number as the sheet shows it: "€1,200", "12.5%", "2024-03-01"."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

BUILT_IN = {  # ECMA-376 part 1, 18.8.30; those left out mean "General"
    1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00",
    14: "yyyy-mm-dd", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm",
    21: "h:mm:ss", 22: "yyyy-mm-dd h:mm", 37: "#,##0", 38: "#,##0", 39: "#,##0.00", 40: "#,##0.00", 45: "mm:ss",
    46: "[h]:mm:ss", 47: "mm:ss", 48: "0.0E+0",
    **dict.fromkeys((27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 57, 58), "yyyy-mm-dd"),  # of East Asian Excels
    32: "h:mm", 33: "h:mm:ss", **dict.fromkeys((34, 35, 55, 56), "[>=1]yyyy-mm-dd;h:mm"),  # dates there, or times
}  # fmt: skip
CONDITION = re.compile(r"\[(<=|>=|<>|<|>|=)\s*(-?\d+(?:\.\d+)?)\]")
HOLDS: dict[str, Callable[[float, float], bool]] = {
    "<=": operator.le, ">=": operator.ge, "<>": operator.ne, "<": operator.lt, ">": operator.gt, "=": operator.eq,
}  # fmt: skip
QUOTED = re.compile(r'"([^"]*)"|\\(.)|_.|\*.')
BRACKETS = re.compile(r"\[(?:\$([^\]-]*)[^\]]*|[^\]]*)\]")  # a currency, a colour, a condition, a count of hours
DIGITS = re.compile(r"[#0?][#0?,.]*(?:E[+-]?0+)?", re.IGNORECASE)
FRACTION = re.compile(r"[#0?]\s*/\s*[#0?\d]")
ELAPSED = re.compile(r"\[(h+|m+|s+)\]", re.IGNORECASE)
DATE_PART = re.compile(r"y+|m+|d+|h+|s+", re.IGNORECASE)
CODES = 1000  # formats whose reading is remembered: a bound on memory
MOST_SCALES = 9  # commas after a figure, each a thousandth of it; from 103 on, a float overflows; not measured
LAST = 2_958_465  # the day number of 9999-12-31


class _Form(NamedTuple):
    """How a number is written according to a format: the text before and after it, its decimal places, and so on."""

    before: str
    after: str
    places: int
    scale: float
    has_commas: bool
    has_exponent: bool
    is_trimmed: bool
    is_blank: bool  # for zero: its places are spaces


def shown(number: float, code: str, *, is_1904: bool = False) -> str:
    """Format the number with Excel's format ``code``. A date without the name of a month or day is written in ISO 8601.

    ``is_1904`` says that the file counts days from 1904, not from 1900.
    """
    sections = _sections(code)
    picked = _picked(number, sections)
    if is_date(picked):
        return _date(number, picked, is_1904=is_1904)
    form = _form(picked)
    if form is None:
        return general(number)
    return _figure(abs(number) if _writes_sign(picked, sections) else number, form)


def _picked(number: float, sections: Sequence[str]) -> str:
    """The section of the format that applies to the number: the first whose condition holds, or the one for
    its sign.
    """
    if not any(map(CONDITION.search, sections)):
        if number == 0 and len(sections) > 2:
            return sections[2]
        return sections[1] if number < 0 and len(sections) > 1 else sections[0]
    for section in sections[:2]:
        condition = CONDITION.search(section)
        if condition and HOLDS[condition[1]](number, float(condition[2])):
            return section
    return next(section for section in reversed(sections[:3]) if section is sections[0] or "@" not in section)


def _writes_sign(picked: str, sections: Sequence[str]) -> bool:
    """Whether the section is the one for negative numbers, which writes their minus sign itself."""
    if condition := CONDITION.search(picked):
        return condition[1] in {"<", "<="} and float(condition[2]) <= 0
    return picked is not sections[0] and not any(map(CONDITION.search, sections))


def general(number: float) -> str:
    """The number as text, as it is shown if no format is set: with at most ten significant digits unless it is
    whole.
    """
    if number == int(number) and abs(number) < 1e15:
        return str(int(number))
    return f"{number:.10g}"


@lru_cache(CODES)
def is_date(code: str) -> bool:
    """Whether Excel's number format ``code`` shows a date or a time."""
    if ELAPSED.search(code):
        return True
    bare = BRACKETS.sub("", QUOTED.sub("", code))
    return bool(re.search(r"[ymdhs]", bare, re.IGNORECASE)) and "general" not in bare.lower() and not DIGITS.match(bare)


@lru_cache(CODES)
def _sections(code: str) -> list[str]:
    """Split a format at its semicolons into sections, for positive numbers, negative numbers, zero and text."""
    return re.split(r";(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)", code)


@lru_cache(CODES)
def _form(code: str) -> _Form | None:
    """Parse a section of a format; None for the format "General", for fractions, and if it has no digits."""
    literal = QUOTED.sub(lambda match: _sealed(match[1] or match[2] or ""), BRACKETS.sub(_currency, code))
    digits = DIGITS.search(literal)
    if digits is None or FRACTION.search(literal) or "general" in literal.lower():
        return None
    form = digits[0].rstrip(",")
    decimals = re.sub(r"E.*", "", form, flags=re.IGNORECASE).partition(".")[2].replace(",", "")
    return _Form(
        before=_opened(literal[: digits.start()]),
        after=_opened(re.sub(r"[#0?,.]", "", literal[digits.end() :])),
        places=min(30, len(decimals)),
        scale=(100.0 if "%" in literal else 1.0) / 1000.0 ** min(len(digits[0]) - len(form), MOST_SCALES),
        has_commas="," in form.partition(".")[0],
        has_exponent="E" in form.upper(),
        is_trimmed=decimals.endswith("#"),
        is_blank=not re.search(r"[0#]", digits[0]),
    )


def _figure(number: float, form: _Form) -> str:
    if number == 0 and form.is_blank:
        return f"{form.before}{form.after}".strip()
    number *= form.scale
    if form.has_exponent:
        written = f"{number:.{form.places}E}"
    else:
        written = f"{number:{',' if form.has_commas else ''}.{form.places}f}"
        written = written.rstrip("0").rstrip(".") if form.is_trimmed else written
    sign, written = ("-", written[1:]) if written.startswith("-") else ("", written)
    return f"{sign}{form.before}{written}{form.after}".strip()


def _sealed(text: str) -> str:
    """Replace characters that have a meaning in a number format, such as "0" and "#", by private-use characters, so
    that literal text is not read as part of the format.
    """
    return "".join(chr(0xE000 + ord(c)) if c in "#0?,.%E/" else c for c in text)


def _opened(text: str) -> str:
    return "".join(chr(ord(c) - 0xE000) if 0xE000 <= ord(c) < 0xE080 else c for c in text)


def _currency(match: re.Match[str]) -> str:
    return _sealed(match[1] or "")


def _date(number: float, code: str, *, is_1904: bool) -> str:
    if abs(number) > LAST:
        return general(number)
    if elapsed := ELAPSED.search(code):
        minutes, seconds = divmod(round(number * 86_400), 60)
        first = elapsed[1][0].lower()
        if first == "s":
            return str(minutes * 60 + seconds)
        return f"{minutes}:{seconds:02}" if first == "m" else f"{minutes // 60}:{minutes % 60:02}"
    if number < 0:
        return general(number)
    # Excel counts 1900-02-29, which never was: from March 1900 on its days are one ahead.
    start = datetime(1904, 1, 1) if is_1904 else datetime(1899, 12, 30) if number >= 61 else datetime(1899, 12, 31)
    try:
        moment = start + timedelta(seconds=round(number * 86_400))
    except OverflowError:
        return general(number)
    bare = BRACKETS.sub("", QUOTED.sub(" ", code))
    parts = [part.lower() for part in DATE_PART.findall(re.sub(r"AM/PM|A/P", "", bare, flags=re.IGNORECASE))]
    has_time = any(part[0] in "hs" for part in parts)
    time = f"{moment:%H:%M:%S}" if has_time and "s" in {part[0] for part in parts} else f"{moment:%H:%M}"
    day = _day(moment, parts, has_time=has_time)
    return f"{day} {time}" if day and has_time else day or time


def _day(moment: datetime, parts: list[str], *, has_time: bool) -> str:
    """The date as the format shows it: with the names of month or day in the format's order, else in ISO 8601. Empty if
    the format has no date.

    ``parts`` are the format's codes, such as "yyyy" and "mmm".
    """
    days = [part for i, part in enumerate(parts) if part[0] in "yd" or (part[0] == "m" and not _is_minute(parts, i))]
    named = {"mmm": "%b", "mmmm": "%B", "mmmmm": "%b", "ddd": "%a", "dddd": "%A"}
    if any(part in named for part in days):
        written = [
            moment.strftime(named[part]) if part in named else str(moment.day if part[0] == "d" else
                                                                   moment.year if part[0] == "y" else moment.month)
            for part in days
        ]  # fmt: skip
        return " ".join(written)
    kinds = {part[0] for part in days}
    if not kinds:
        return ""
    if kinds == {"y"}:
        return str(moment.year)
    if kinds == {"y", "m"}:
        return f"{moment:%Y-%m}"
    return f"{moment:%Y-%m-%d}" if not has_time or len(kinds) > 1 else ""


def _is_minute(parts: list[str], index: int) -> bool:
    """Whether the "m" at this index means minutes: it is after hours or before seconds."""
    before = parts[index - 1] if index else ""
    after = parts[index + 1] if index + 1 < len(parts) else ""
    return before[:1] == "h" or after[:1] == "s"
