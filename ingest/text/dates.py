"""Finds dates as people write them, and converts them to ISO 8601 as far as they are known."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul", "august aug",
            "september sept sep", "october oct", "november nov", "december dec",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
ELSEWHERE = {  # as they stand in a date, in languages that write the day first
    name: number
    for number, names in enumerate(
        (
            "januar jänner januari janvier enero gennaio janeiro stycznia ledna tammikuuta января ocak",
            "februar feber februari février fevrier febrero febbraio fevereiro lutego února helmikuuta февраля şubat",
            "märz maerz mars marts maart marzo março marca března maaliskuuta марта mart",
            "avril abril aprile kwietnia dubna huhtikuuta апреля nisan",
            "mai mei maj mayo maggio maio maja května toukokuuta мая mayıs",
            "juni juin junio giugno junho czerwca června kesäkuuta июня haziran",
            "juli juillet julio luglio julho lipca července heinäkuuta июля temmuz",
            "août aout agosto augusti augustus sierpnia srpna elokuuta августа ağustos",
            "septembre septiembre settembre setembro września září syyskuuta сентября eylül",
            "oktober okt octobre octubre ottobre outubro października října lokakuuta октября ekim",
            "novembre noviembre novembro listopada listopadu marraskuuta ноября kasım",
            "dezember dez desember décembre decembre diciembre dicembre dezembro grudnia prosince joulukuuta декабря "
            "aralık",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_MONTH = rf"(?P<month>{'|'.join(sorted(MONTHS, key=len, reverse=True))})\.?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_START, _END = r"(?<![\w/.-])", r"(?![\w/-]|\.\d)"
FORMS = (
    *(
        re.compile(_START + form + _END, re.IGNORECASE)
        for form in (
            rf"{_YEAR}[-/.](?P<month>\d{{1,2}})[-/.](?P<day>\d{{1,2}})(?:[T ][\d:.]+(?:Z|[+-][\d:]+)?)?",
            rf"{_DAY}(?: of)?[\s-]{_MONTH},?[\s-]{_YEAR}",
            rf"{_MONTH}\s{_DAY},?\s{_YEAR}",
            rf"{_MONTH},?\s{_YEAR}",
            rf"(?P<day>\d{{1,2}})(?:\.|er|º)?(?: de| di)? (?P<month>[^\W\d_]{{3,13}})\.?,?(?: de| del)? {_YEAR}",
            rf"(?P<month>[^\W\d_]{{3,13}}),?(?: de| del)? {_YEAR}",
            rf"{_YEAR}-(?P<month>\d{{2}})",
            r"(?P<first>\d{1,2})[./](?P<second>\d{1,2})[./](?P<year>(?:19|20)\d\d)",
        )
    ),
    re.compile(rf"(?<!\d){_YEAR}\s?[年년]\s?(?P<month>\d{{1,2}})\s?[月월](?:\s?(?P<day>\d{{1,2}})\s?[日일])?"),
)
YEAR = re.compile(r"(?:19|20)\d\d")  # stands in every date; most lines have none, and are passed over by it
COMPACT = re.compile(rf"(?<!\d){_YEAR}(?P<apart>[-_. ]?)(?P<month>\d\d)(?P=apart)(?P<day>\d\d)(?!\d)")
BARE_YEAR = re.compile(r"\s*((?:19|20)\d\d)\s*")


def find(text: str) -> str | None:
    """The first date in the text, in ISO 8601: a day or a month; or only the year if day and month cannot be told
    apart, as in 05/10/2012. None if there is no date; a year by itself does not count as one.
    """
    first = min(matches(text), key=lambda match: (match.start(), -match.end()), default=None)
    return _iso(first.groupdict()) if first else None


def matches(text: str) -> Iterator[re.Match[str]]:
    """Yield the matches of all dates in the text. The matches are not in the order of the text: all dates of one form,
    such as "3 May 2024", come before those of the next form.
    """
    forms = FORMS if YEAR.search(text) else ()
    return (match for form in forms for match in form.finditer(text) if _iso(match.groupdict()))


def of_name(name: str) -> str | None:
    """The date in ISO 8601 that a file's name contains, such as "GMT20250301-101500_Recording" or "Weekly 2025-03-01";
    None if there is none.
    """
    compact = next((iso for match in COMPACT.finditer(name) if (iso := _iso(match.groupdict()))), None)
    return compact or find(name.replace("_", " "))


def read(text: str) -> str | None:
    """The date in a metadata field, in ISO 8601: a day, a month or only a year; None if there is none."""
    year = BARE_YEAR.fullmatch(text)
    return find(text) or (year[1] if year else None)


def without(text: str) -> str:
    """The text with each date replaced by a space."""
    for form in FORMS if YEAR.search(text) else ():
        text = form.sub(lambda match: " " if _iso(match.groupdict()) else match[0], text)
    return text


def _iso(parts: dict[str, str | None]) -> str | None:
    year = int(parts["year"] or 0)
    if first := parts.get("first"):
        return _numeric(year, int(first), int(parts["second"] or 0))
    written = (parts["month"] or "").lower()
    month = MONTHS.get(written) or ELSEWHERE.get(written) or (int(written) if written.isdigit() else 0)
    day = parts.get("day")
    return _valid(year, month, int(day) if day else None)


def _numeric(year: int, first: int, second: int) -> str | None:
    """A numeric date in ISO 8601; only the year for 05/10/2012, which may be in May or in October. None if it is not a
    date.
    """
    readings = {_valid(year, second, first), _valid(year, first, second)} - {None}
    return readings.pop() if len(readings) == 1 else (str(year) if readings else None)


def _valid(year: int, month: int, day: int | None) -> str | None:
    try:
        whole = date(year, month, day or 1)
    except ValueError:
        return None
    return whole.isoformat() if day else whole.isoformat()[:7]
