"""Are the filters of a question kept? What is cited and found must be of the documents, people and dates they allow."""

from __future__ import annotations

from collections.abc import Iterable

from assistant.library.tables.narrowing import voice
from assistant.types import About, Answer, Filters, Hit
from eval.numbers.metrics import Score, share

KEPT = "filters kept"


def within_filters(answer: Answer, hits: Iterable[Hit] | None, filters: Filters) -> Score:
    """Of the passages that the answer cites and those in ``hits``, the share that matches the ``filters`` of the
    question. Only the filters by document, by date, and by author or speaker are checked. ``hits`` are the passages
    that a search with the same filters found; None if the system has no search. The value is None if there are no
    passages.
    """
    told = [(one.about, one.speaker) for one in answer.cited]
    told += [(one.passage.about, one.passage.speaker) for one in hits or ()]
    outside = [about.source for about, speaker in told if not _matches(about, speaker, filters)]
    why = f"outside of the filters: {', '.join(dict.fromkeys(outside))}" if outside else ""
    return Score(KEPT, share(len(told) - len(outside), len(told)), why, len(told))


def _matches(about: About, speaker: str | None, filters: Filters) -> bool:
    """Whether words of a document, by this speaker, match the filters. Of two dates, the part that both have is
    compared.
    """
    if filters.documents and not {about.id, about.source} & set(filters.documents):
        return False
    if filters.authors and voice(speaker or about.author or "") not in map(voice, filters.authors):
        return False
    day = about.date or ""
    since, until = filters.since or "", filters.until or ""
    is_late = not since or (bool(day) and day[: len(since)] >= since[: len(day)])
    return is_late and (not until or (bool(day) and day[: len(until)] <= until[: len(day)]))
