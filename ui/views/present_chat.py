"""Formats what the chat page shows besides answers. Pure functions; text is escaped as in ``present.py``."""

from __future__ import annotations

from datetime import date

from assistant.library.records import Holdings
from assistant.library.tables.narrowing import KINDS
from assistant.text.introductions import CONTINUED, is_continued
from assistant.types import Answer, FoundBy, Grounding, Hit
from ui.views.present import date as spoken_date
from ui.views.present import escape

SNIPPET = 280  # characters of a passage that was retrieved: two or three sentences, which tell what it is about

SEARCH = (
    "Passages are searched by words and by meaning; both scores are put on one scale and added up. A model reads the "
    "best passages whole; without a model, a small network reads the twelve best passages whole. This is a search of "
    "today's library."
)
WITHIN = "Only what the question was asked within was searched."
FOUND = {
    FoundBy.BOTH: "found by its words and by its meaning",
    FoundBy.LEXICAL: "found by its words",
    FoundBy.DENSE: "found by its meaning",
}
USED = {
    Grounding.GROUNDED: "cited as",
    Grounding.UNDECLARED: "cited as",
    Grounding.NEAR: "shown as closest,",
    Grounding.REFUSED: "nearest",
    Grounding.ASIDE: "",  # it cites nothing
}
_KIND = {media_type: kind for kind, types in KINDS.items() for media_type in types}
_PLURAL = {"text": "texts", "markdown": "Markdown", "web": "web pages", "pdf": "PDF", "mail": "mails"}


def holds(held: Holdings) -> str:
    """One line of plain text that says what a library contains: the number of documents, their kinds, years and
    authors."""
    kinds: dict[str, int] = {}
    for media_type, number in held.kinds:
        kind = _KIND.get(media_type, "other")
        kinds[kind] = kinds.get(kind, 0) + number
    told = [f"{number:,} {_PLURAL.get(kind, kind + 's')}" for kind, number in kinds.items()]
    of_kinds = f" ({', '.join(told)})" if len(told) > 1 else ""
    years = "" if not held.first else f" from {held.first}" + (f" to {held.last}" if held.last != held.first else "")
    others = held.voices - len(held.authors)
    names = [*held.authors, *([f"{others:,} other{'s' if others > 1 else ''}"] if others else [])]
    by = f", by {_listed(names)}" if names else ""
    return f"{_count(held.documents, 'document')}{of_kinds}{years}{by}."


def day(of: date, today: date) -> str:
    """The heading for the day ``of`` in a list that is grouped by days: ``Today``, ``Yesterday``, or the date in words.
    ``today`` is the current date."""
    ago = (today - of).days
    return "Today" if ago <= 0 else "Yesterday" if ago == 1 else spoken_date(of.isoformat())


def hits(found: list[Hit], answer: Answer) -> str:
    """The passages that a search found, as HTML, the best first. Each passage is shown with what the search matched
    (its words, its meaning or both), and with the numbers of the citations by which ``answer`` cites it."""
    return f'<ol class="hits" tabindex="0" aria-label="Passages">{"".join(_hit(hit, answer) for hit in found)}</ol>'


def _hit(hit: Hit, answer: Answer) -> str:
    passage = hit.passage
    numbers = [
        str(number)
        for number, one in enumerate(answer.cited, 1)
        if one.about.id == passage.about.id and passage.start < one.end and one.start < passage.end
    ]
    why = [f"{FOUND[hit.found_by]}, score {hit.score:.3f}"]
    why += [f"{USED[answer.grounding]} {_listed(numbers)}"] if numbers else []
    why += [f"stands for {_count(len(hit.folded), 'passage')} of the same words"] if hit.folded else []
    over = (heading for heading in passage.headings if heading != passage.about.title)
    place = " › ".join(part for part in (passage.about.title, *over, passage.about.place(passage.page)) if part)
    place += f" ({CONTINUED})" if is_continued(passage) else ""
    text = " ".join(passage.text.split())
    text = text if len(text) <= SNIPPET else text[: SNIPPET - 1].rstrip() + "…"
    return (
        f'<li><p class="source"><cite>{escape(place)}</cite></p><p class="small">{escape("; ".join(why))}</p>'
        f"<p>{escape(text)}</p></li>"
    )


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
