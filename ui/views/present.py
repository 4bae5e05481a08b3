"""Answers and documents as HTML for pages. Pure; text from elsewhere is escaped.

Text of documents, file names, models and users enters HTML through ``escape`` and Markdown through ``label``, and
in no other way; so it is shown as it stands, and can neither run, nor fetch, nor look like a part of the page.
"""

from __future__ import annotations

import html
import re
from enum import StrEnum
from typing import NamedTuple

from assistant.text import dates
from assistant.types import About, Answer, BlockKind, Citation, Document, Span
from ui.views.shown import Shown, as_guess, cost_line, voice

LABEL = 60  # characters of a label: meant for one line
UNCOUNTED = {BlockKind.TITLE, BlockKind.HEADING, BlockKind.SPEAKER}  # of what a reader counts as paragraphs
# Characters of a quote that are shown when its number is pointed at, and of what is beside it: a tip that is read at a
# glance.
TIP, BESIDE = 400, 160

_NO_BREAK = "\u2060"  # word joiner: not seen, and ends what Streamlit would take for :emoji: or a link


class Standing(StrEnum):
    """The state of the words that a citation quotes; the value is the text that the page shows."""

    HOLDS = ""
    MOVED = "The document has changed since; the words now stand in another place."
    CHANGED = "The document has changed since, and no longer holds these words. They are shown as they stood then."
    GONE = "The document is no longer in the library. The words are shown as they stood then."


class SourceLine(NamedTuple):
    """A line in the list of sources: the numbers of the citations that share document and voice."""

    numbers: tuple[int, ...]
    citation: Citation


def escape(text: str) -> str:
    """``text`` escaped for HTML."""
    return html.escape(text, quote=True)


def label(text: str, most: int = LABEL) -> str:
    """``text`` on one line of at most ``most`` characters, escaped for Streamlit's Markdown."""
    marked = re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", option(text, most))
    return re.sub(r"(?<=[:@])|(?<=www)(?=\\\.)", _NO_BREAK, marked, flags=re.I)


def option(text: str, most: int = LABEL) -> str:
    """``text`` on one line of at most ``most`` characters, for a menu, which reads no Markdown."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def date(iso: str) -> str:
    """A date as read aloud, as much as is known of it: ``5 October 2012``; what is not a date stays as it is."""
    return dates.spoken(iso)


def byline(citation: Citation) -> str:
    """Who says it and when, as HTML; empty when neither is known."""
    about = citation.about
    return " · ".join(filter(None, [escape(voice(citation)), when(about)]))


def when(about: About) -> str:
    """The date of a document as HTML, and whether it is guessed; empty when it is unknown."""
    if not about.date:
        return ""
    return as_guess(about, "date", f'<time datetime="{escape(about.date)}">{escape(date(about.date))}</time>')


def particulars(citation: Citation) -> tuple[str, ...]:
    """Document, voice and date of a citation, as far as they are known, and which of them are guessed."""
    about = citation.about
    told = as_guess(about, "title", about.title), voice(citation), as_guess(about, "date", date(about.date or ""))
    return tuple(filter(None, told))


def sources(answer: Answer) -> tuple[SourceLine, ...]:
    """The sources of an answer: a line for each voice of each document."""
    lines: dict[tuple[str, str | None], list[tuple[int, Citation]]] = {}
    for number, citation in enumerate(answer.cited, 1):
        lines.setdefault((citation.about.id, citation.voice), []).append((number, citation))
    return tuple(SourceLine(tuple(number for number, _ in line), line[0][1]) for line in lines.values())


def source_line(citation: Citation) -> str:
    """A citation's document, voice, date and file, as HTML."""
    about, by = citation.about, byline(citation)
    said = f" — {by}" if by else ""
    title = as_guess(about, "title", f"<cite>{escape(about.title)}</cite>")
    return f'<span class="source">{title}{said} <code>{escape(about.source)}</code></span>'


def place(citation: Citation, document: Document | None, words: Span | None) -> tuple[str, ...]:
    """The heading above a citation and its page. If both are missing, the number of the paragraph of ``document`` that
    has the ``words``; titles and headings are not counted."""
    known = tuple(part for part in (citation.heading, citation.about.place(citation.page)) if part)
    if known or document is None or words is None:
        return known
    counted = [block for block in document.blocks if block.kind not in UNCOUNTED]
    number = sum(block.start <= words.start for block in counted)
    return (f"Paragraph {number} of {len(counted)}",) if number and len(counted) > 1 else ()


def tip(citation: Citation, before: str, after: str) -> str:
    """A citation at a glance in Streamlit's Markdown: document, voice and date; its sentence between its neighbours."""
    last = before if len(before) <= BESIDE else f"…{before[-BESIDE:].lstrip()}"
    words = [label(last, BESIDE + 1), f"**“{label(citation.key_quote, TIP)}”**", label(after, BESIDE)]
    return f"{' · '.join(map(label, particulars(citation)))}\n\n{' '.join(filter(None, words))}"


def said(one: Shown) -> str:
    """A text of an answer as HTML, with the sentence that seems to answer in ``<mark>``."""
    key = f'<mark class="key">{escape(one.key)}</mark>' if one.key else ""
    return f'<span class="said">{escape(one.opening + one.before)}{key}{escape(one.after + one.closing)}</span>'


def searched(answer: Answer) -> str:
    """What was searched, and how many quotes were left out since they were not found there."""
    documents, passages = answer.searched
    left_out = f" Left out: {_count(len(answer.rejected), 'quote')} that could not be found." if answer.rejected else ""
    return f"Searched {_count(passages, 'passage')} of {_count(documents, 'document')}.{left_out}"


def of_model(answer: Answer) -> tuple[str, ...]:
    """What the model did other than asked, how many of its statements are not shown, and its cost, as HTML."""
    told = [escape(notice) for notice in answer.notices]
    if answer.dropped:
        told.append(f"Not shown: {_count(len(answer.dropped), 'statement')} of the model that did not hold.")
    if cost := answer.cost:
        by = f"Written with {escape(answer.model)}: " if answer.model else "Model: "
        told.append(f"{by}{cost_line(cost)}.")
    return tuple(told)


def standing(citation: Citation, document: Document | None) -> tuple[Standing, Span | None]:
    """The state of the quoted words in the current ``document``, and their place in it."""
    if document is None:
        return Standing.GONE, None
    if document.text[citation.start : citation.end] == citation.quote:
        return Standing.HOLDS, Span(citation.start, citation.end)
    found = document.text.find(citation.quote)
    if found < 0:
        return Standing.CHANGED, None
    return Standing.MOVED, Span(found, found + len(citation.quote))


def key(citation: Citation, words: Span) -> Span | None:
    """The sentence that seems to answer, in the place where the quoted ``words`` now stand; None if it is the whole
    quote."""
    if citation.key is None or citation.key_quote == citation.quote:
        return None
    moved = words.start - citation.start
    return Span(citation.key.start + moved, citation.key.end + moved)


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
