"""Writes dates in words, and checks whether a line of text contains a date."""

from __future__ import annotations

import re
from calendar import month_name

DATE = re.compile(r"[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?")  # as people write one
_ISO = re.compile(r"(?P<year>\d{4})(?:-(?P<month>0[1-9]|1[0-2])(?:-(?P<day>\d{2}))?)?")


def spoken(iso: str) -> str:
    """Return an ISO date in words, as in ``5 October 2012``. The day or the month is left out if the date lacks it.
    Text that is not a date is returned unchanged."""
    if not (known := _ISO.fullmatch(iso)):
        return iso
    year, month, day = known.groups()
    return " ".join(part for part in (day and str(int(day)), month and month_name[int(month)], year) if part)


def gives(line: str, iso: str) -> bool:
    """Whether a line of text contains all parts of an ISO date: the year and, if the date has them, the month and the
    day. The month can be a name, an abbreviation or a number. False if ``iso`` is not a date."""
    if not (known := _ISO.fullmatch(iso)):
        return False
    figures = {int(number) for number in re.findall(r"\d+", line)}
    year, month, day = (int(part or 0) for part in known.groups())
    by_name = bool(month) and re.search(rf"\b{month_name[month][:3]}", line, re.IGNORECASE) is not None
    return year in figures and (not month or by_name or month in figures) and (not day or day in figures)


def exclude_each_other(since: str | None, until: str | None) -> bool:
    """Whether the date ``since`` is later than the date ``until``, so that no date lies between them. If one date is
    less exact than the other, as in ``2012`` and ``2012-10``, only the part that both have (here the year) is compared.
    None means that there is no limit on that side; the result is then False."""
    return bool(since and until and until[: len(since)] < since[: len(until)])
