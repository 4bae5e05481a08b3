"""What the HTML page shows of a case beyond its record: how its quotes were judged, the text around them, and summaries
of right cases.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from assistant.types import Span
from eval.numbers.metrics import covers
from eval.running.records import Json, Record
from eval.scorers.asked import short

AROUND = 160  # characters shown on each side of quoted words; more is a click away, in the document
BRIEF = 160  # characters of what is told of a right case: two lines; a matter of taste

_BLANK = re.compile(r"\n\s*\n")


def sided(record: Record) -> bool:
    """Whether the citations of a case are marked as for or against an idea. Only cases that test an idea have such
    citations.
    """
    return bool(record.label or any(one["stance"] for one in record.cited))


def about(record: Record) -> str:
    """A line of text with the kind and the tags of a case, and its file and line in the suite."""
    place = f"{record.file}:{record.line}" if record.file else ""
    return " · ".join(one for one in (record.kind, *record.tags, place) if one)


def cited_as(one: Json) -> tuple[str, str]:
    """How the HTML page shows the judgement on the citation ``one``: a CSS class, and a mark for people. The mark is
    ``✓ gold`` if the citation matches a gold quote (a quote that a right answer cites), ``not gold`` if it matches
    none, and ``✗`` with the reason if it is invalid.
    """
    not_gold = "not gold on this side" if one["stance"] else "not gold"
    return ("bad", f"✗ {one['fault']}") if one["fault"] else ("good", "✓ gold") if one["correct"] else ("", not_gold)


def gold_as(one: Json, cited: Sequence[Json]) -> tuple[str, str]:
    """Whether ``one``, a gold quote (a quote that a right answer cites), is among the citations ``cited`` of the reply.
    Returns a CSS class, and a mark for people such as ``✗ not cited``.
    """
    if one["lost"]:
        return "bad", "✗ lost"
    by = [other for other in cited if other["document"] == one["document"] and _matches(other, one)]
    sides = ", ".join(dict.fromkeys(other["stance"] for other in by if other["stance"]))
    right = "good" if any(other["correct"] for other in by) else "partly"
    return (right, f"✓ cited{f' as: {sides}' if sides else ''}") if by else ("bad", "✗ not cited")


def around(one: Json) -> tuple[str, str]:
    """The text before and the text after the quote or citation ``one``, each cut to about ``AROUND`` characters."""
    told = one["around"] or {"before": "", "after": ""}
    before, after = (_BLANK.sub("\n", told[name]) for name in ("before", "after"))
    return (
        before if len(before) <= AROUND else f"…{before[-AROUND:].partition(' ')[2]}",
        after if len(after) <= AROUND else f"{after[:AROUND].rpartition(' ')[0]} …",
    )


def in_short(record: Record) -> tuple[str, str, str]:
    """Summarise a right case in three short texts: what the reply says, its correct citations, and the documents that
    the search found.
    """
    sources = Counter(str(one["source"]) for one in record.found)
    said = " · ".join(dict.fromkeys(filter(None, (record.said, record.text))))
    cited = Counter(f"{one['source']} {one['start']}:{one['end']}" for one in record.cited if one["correct"])
    found = ", ".join(f"{short(source, 60)} ×{count}" for source, count in sources.most_common(5))
    return short(said, BRIEF), short("; ".join(cited), BRIEF), found


def _matches(cited: Json, gold: Json) -> bool:
    return any(covers(Span(cited["start"], cited["end"]), Span(*span)) for span in gold["spans"])


VIEWS = (sided, about, cited_as, gold_as, around, in_short)
