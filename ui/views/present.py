"""Formats answers and citations as HTML and Markdown for pages. Pure functions.

Text of documents, file names, models and users enters HTML only through ``escape``, and Markdown only through
``label``. So it is shown unchanged: it cannot run code, load anything, or imitate a part of the page.
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
    """The state of a citation in the library now. ``HOLDS``: the quote is at its position. ``MOVED``: it is at another
    position of the document. ``CHANGED``: the document no longer contains it. ``GONE``: the document is no longer in
    the library. Each member's value is the notice that the page shows for this state; it is empty for ``HOLDS``."""

    HOLDS = ""
    MOVED = "The document has changed since; the words now stand in another place."
    CHANGED = "The document has changed since, and no longer holds these words. They are shown as they stood then."
    GONE = "The document is no longer in the library. The words are shown as they stood then."


class SourceLine(NamedTuple):
    """One line in the list of an answer's sources. It stands for one speaker in one document. ``numbers`` are the
    numbers of all citations of this speaker in this document, and ``citation`` is the first of these citations."""

    numbers: tuple[int, ...]
    citation: Citation


def escape(text: str) -> str:
    """``text`` escaped for HTML."""
    return html.escape(text, quote=True)


def label(text: str, most: int = LABEL) -> str:
    """``text`` on one line, escaped for Streamlit's Markdown. The text is first cut to at most ``most`` characters, and
    then escaped."""
    marked = re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", option(text, most))
    return re.sub(r"(?<=[:@])|(?<=www)(?=\\\.)", _NO_BREAK, marked, flags=re.I)


def option(text: str, most: int = LABEL) -> str:
    """``text`` on one line of at most ``most`` characters, for a menu. It is not escaped, since menus do not read
    Markdown."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def date(iso: str) -> str:
    """The ISO date ``iso`` in words, as exact as it is given: ``5 October 2012`` or ``October 2012``. Text that is not
    a date stays unchanged."""
    return dates.spoken(iso)


def byline(citation: Citation) -> str:
    """The speaker and the date of a citation as HTML; empty if neither is known."""
    about = citation.about
    return " · ".join(filter(None, [escape(voice(citation)), when(about)]))


def when(about: About) -> str:
    """The date of a document as HTML, marked if the date is guessed; empty if it is unknown."""
    if not about.date:
        return ""
    return as_guess(about, "date", f'<time datetime="{escape(about.date)}">{escape(date(about.date))}</time>')


def particulars(citation: Citation) -> tuple[str, ...]:
    """The title, speaker and date of a citation, without those that are unknown. Values that were guessed are
    marked."""
    about = citation.about
    told = as_guess(about, "title", about.title), voice(citation), as_guess(about, "date", date(about.date or ""))
    return tuple(filter(None, told))


def sources(answer: Answer) -> tuple[SourceLine, ...]:
    """The lines for the list of an answer's sources: one line for each speaker in each document."""
    lines: dict[tuple[str, str | None], list[tuple[int, Citation]]] = {}
    for number, citation in enumerate(answer.cited, 1):
        lines.setdefault((citation.about.id, citation.voice), []).append((number, citation))
    return tuple(SourceLine(tuple(number for number, _ in line), line[0][1]) for line in lines.values())


def source_line(citation: Citation) -> str:
    """The title, speaker, date and file of a citation, as HTML."""
    about, by = citation.about, byline(citation)
    said = f" — {by}" if by else ""
    title = as_guess(about, "title", f"<cite>{escape(about.title)}</cite>")
    return f'<span class="source">{title}{said} <code>{escape(about.source)}</code></span>'


def place(citation: Citation, document: Document | None, words: Span | None) -> tuple[str, ...]:
    """The place of a citation in its document: the heading above it and its page, as far as they are known.
    ``document`` is the cited document as it is now, None if it is gone; ``words`` is the range of the quote in it, None
    if the quote is gone.

    If heading and page are both unknown, the place is the number of the paragraph that contains the quote, not counting
    titles and headings. The result is empty if this number is unknown, too, or if there is only one paragraph.
    """
    known = tuple(part for part in (citation.heading, citation.about.place(citation.page)) if part)
    if known or document is None or words is None:
        return known
    counted = [block for block in document.blocks if block.kind not in UNCOUNTED]
    number = sum(block.start <= words.start for block in counted)
    return (f"Paragraph {number} of {len(counted)}",) if number and len(counted) > 1 else ()


def tip(citation: Citation, before: str, after: str) -> str:
    """The tooltip of a citation, in Streamlit's Markdown. It shows title, speaker and date, and then the key sentence
    (the one that seems to answer the question) between the sentences ``before`` and ``after``."""
    last = before if len(before) <= BESIDE else f"…{before[-BESIDE:].lstrip()}"
    words = [label(last, BESIDE + 1), f"**“{label(citation.key_quote, TIP)}”**", label(after, BESIDE)]
    return f"{' · '.join(map(label, particulars(citation)))}\n\n{' '.join(filter(None, words))}"


def statement(one: Shown) -> str:
    """A statement of an answer as HTML. The sentence that seems to answer the question is in ``<mark>``."""
    key = f'<mark class="key">{escape(one.key)}</mark>' if one.key else ""
    return f'<span class="said">{escape(one.opening + one.before)}{key}{escape(one.after + one.closing)}</span>'


def searched(answer: Answer) -> str:
    """One or two sentences: how many passages and documents were searched for the answer, and how many quotes were left
    out because they could not be found in the documents."""
    documents, passages = answer.searched
    left_out = f" Left out: {_count(len(answer.rejected), 'quote')} that could not be found." if answer.rejected else ""
    return f"Searched {_count(passages, 'passage')} of {_count(documents, 'document')}.{left_out}"


def of_model(answer: Answer) -> tuple[str, ...]:
    """Lines of HTML about how the answer was made: its notices, the number of the model's statements that are not
    shown, and the cost of the model's calls."""
    told = [escape(notice) for notice in answer.notices]
    if answer.dropped:
        told.append(f"Not shown: {_count(len(answer.dropped), 'statement')} of the model that did not hold.")
    if cost := answer.cost:
        by = f"Written with {escape(answer.model)}: " if answer.model else "Model: "
        told.append(f"{by}{cost_line(cost)}.")
    return tuple(told)


def standing(citation: Citation, document: Document | None) -> tuple[Standing, Span | None]:
    """The state of a citation's quote in ``document``, and the range of the quote there. ``document`` is the cited
    document as it is now, or None if it is gone. The range is None if the document no longer contains the quote."""
    if document is None:
        return Standing.GONE, None
    if document.text[citation.start : citation.end] == citation.quote:
        return Standing.HOLDS, Span(citation.start, citation.end)
    found = document.text.find(citation.quote)
    if found < 0:
        return Standing.CHANGED, None
    return Standing.MOVED, Span(found, found + len(citation.quote))


def key(citation: Citation, words: Span) -> Span | None:
    """The range of a citation's key sentence (the one that seems to answer the question) in the document as it is now.
    ``words`` is the range of the whole quote there. Returns None if there is no key sentence, or if it is the whole
    quote."""
    if citation.key is None or citation.key_quote == citation.quote:
        return None
    moved = words.start - citation.start
    return Span(citation.key.start + moved, citation.key.end + moved)


def too_long(text: str, most: int) -> str:
    """A sentence that says that a text has more than ``most`` characters and was therefore not stored; empty if it has
    no more. A run of white space counts as one character."""
    length = len(" ".join(text.split()))
    return f"It has {length:,} characters; at most {most:,} can be kept. Shorten it." if length > most else ""


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
