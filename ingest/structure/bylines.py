"""Finds the author and the date of a document, in its metadata or in lines that contain nothing else."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from assistant.text.naming import ROLES
from assistant.types import BlockKind
from ingest.drafts import Metadata, Piece, collapse
from ingest.text import dates, voices

LINE = 120  # characters: a longer line is a sentence, and no pattern is tried on it
TOP = 8  # pieces from the start among which a byline or a date line is looked for; see eval/benchmarks/particulars.py
APART = "|·•–—-,;:./／[]"
CLOCK = re.compile(  # with a colon: 05.10 begins a date
    r"(?:\b(?:at|um)\s+|@\s*)?(?<![\w:])\d{1,2}:\d{2}(?::\d{2})?\s*(?:[AaPp]\.?[Mm]\.?)?(?:\s+[A-Z]{2,4}\b)?"
)
LABELLED = re.compile(
    r"(?:first )?(?P<label>posted|published|written|recorded|created|dated?|issued|last updated|updated|last modified|"
    r"modified|revised|stand|datum|erstellt|veröffentlicht|aktualisiert|publié|mis à jour|fecha|publicado|actualizado|"
    r"data|pubblicato|aggiornato|gepubliceerd|bijgewerkt|publicerad|uppdaterad|opublikowano|日付|発行日|作成日|日期)"
    r"(?: on| in| am| le| el| il| op| den)?(?: the)?\s*[:：–—-]?\s*(?=\S*\d|[a-z]{3,9}\.? \d)",
    re.IGNORECASE,
)
BYLINE = re.compile(
    r"(?:(?i:by|author|authors|written by|posted by|words by)\b:?\s+|(?i:author|from|prepared by|autor(?:in|a)?|"
    r"verfasser(?:in)?|auteur|autore|författare|forfatter|erstellt von|rédigé par|escrito por|scritto da|作成者|作者)"
    r"\s?[:：]\s*"
    r"|(?:an?|the|this)?\s*(?:[\w-]+ ){0,4}by (?=the |an? )|(?i:(?:posted|written|published|recorded)) by (?=[A-Z]))"
    r"(?P<name>(?:(?:the|an?) )?[\w\"“].{1,80})",
    re.IGNORECASE,
)
CREATED = re.compile(  # how Confluence's exports say it, above the page
    r"Created by (?P<name>[^,]{2,80}?)(?:, last modified(?: by [^,]{2,80}?)?)?(?: on (?P<when>[^,]*,? \d{4}))?"
)
ROLE = re.compile(rf"(?:{'|'.join(sorted(ROLES - {'q', 'a'}))})s?\b", re.IGNORECASE)
PARTS = re.compile(r"\s+[|·•–—]\s+|\s*[|·•]\s*|;\s+|\.\s+(?=[A-Z])|\.$|,\s+(?=(?:\w+ )?\d)")
WRITING = re.compile(r"(?:written|posted|published|recorded|prepared|words)\b.*\bby\b", re.IGNORECASE)
UPDATED = re.compile(r"(?:last )?(?:updat|modif|aktualis|mis à|actuali|aggiorn|bijgewerkt|uppdat)")
PASSIVE = re.compile(
    r"\b(?:[a-z]+ed|built|made|run|led|held|sold|seen|given|done|driven|chosen|taken|known|kept) by\b", re.IGNORECASE
)
OTHER = re.compile(  # a label of a date that is another thing's than the document's
    r"\W*(?:starts?|due|deadline|ends?|launch|go-?live|next|until|by|valid|expir\w+|begins?|delivery)\b[^:]{0,20}:",
    re.IGNORECASE,
)
CLAUSE = re.compile(r"\b(?:is|are|was|were|be|been|has|have|had|will|would|can|could|may|must|should|which|who|that)\b")
NOT_NAME = re.compile(
    r"\b(?:filed under|in category|(?:last )?updated|published|posted)\b.*$|\s(?:on|at|in)\s*$", re.IGNORECASE
)


class BylineValue(NamedTuple):
    """The author or the date that was found for a document (``text``; None if unknown). ``is_guess`` is true if it was
    found in a place that is not meant to state it.
    """

    text: str | None = None
    is_guess: bool = False


NOTHING = BylineValue()


def author(pieces: Sequence[Piece], found: Metadata, around: Sequence[Piece] = ()) -> BylineValue:
    """Find the author of the document: a person, or a role as a guess if a line gives only a role and a date, as in
    "Head of Sales, 3 May 2024".

    ``found`` is the file's metadata. If a program may have filled in the metadata, its author counts only if the
    document itself names nobody. ``around`` are the pieces just outside the main text of a web page, where Confluence
    names the author.
    """
    names = (_name(re.sub(r"^(?:by|author:?)\s+", "", given, flags=re.IGNORECASE)) for given in found.authors)
    given = next(filter(None, names), None)
    if given and not found.is_filled_in:
        return BylineValue(given)
    for created in _created(pieces, around):
        if (name := _name(created["name"])) and _is_person(name):
            return BylineValue(name)
    for piece in _top(pieces):
        parts = _parts(piece.text)
        for part in parts:
            if name := _byline(part):
                return BylineValue(name)
            if len(parts) > 1 and dates.find(piece.text) and (name := _role(part)):
                return BylineValue(name, is_guess=True)
    return BylineValue(given)


def date(pieces: Sequence[Piece], found: Metadata, around: Sequence[Piece] = ()) -> BylineValue:
    """Find the date when the document was published, or else when it was last updated, in ISO 8601; the file's own
    modification time is never used.

    ``found`` is the file's metadata. ``around`` are the pieces around a page's main text, the nearest first; they are
    tried last, since they may be about something else. A date that is neither in the metadata nor at the document's top
    is a guess.
    """
    top, head = _top(pieces), [*_top(pieces), *_facts(pieces)]
    if found.is_filled_in and (told := _stated_date(head, head, top)):
        return told
    for text in found.dates:
        if iso := dates.read(text):
            return BylineValue(iso)
    if created := [iso for match in _created(pieces, around) if (iso := dates.find(match["when"] or ""))]:
        return BylineValue(created[0])
    return _stated_date(pieces, head, top) or _stated_date(around, [], around) or NOTHING


def _created(pieces: Sequence[Piece], around: Sequence[Piece]) -> list[re.Match[str]]:
    """The matches of lines such as "Created by Ann Lee, last modified on May 3, 2024", with the groups ``name`` and
    ``when``.
    """
    lines = (piece.text.removesuffix(".") for piece in (*_top(pieces), *around))
    return [match for line in lines if (match := CREATED.fullmatch(line))]


def _stated_date(pieces: Sequence[Piece], head: Sequence[Piece], top: Sequence[Piece]) -> BylineValue | None:
    """The date that a piece labels as its own, such as "Published: ..."; else the date of the first date line in
    ``top``. None if there is neither.

    It is a guess if the piece is not in ``head``, the pieces at the document's beginning.
    """
    stated = {piece.order for piece in head}
    labelled = [
        (match["label"].lower(), BylineValue(iso, is_guess=piece.order not in stated))
        for piece in pieces
        if not piece.speaker
        for match, iso in _labelled(piece)
    ]
    first = [told for label, told in labelled if not UPDATED.match(label)]
    if first or labelled:
        return (first or [told for _, told in labelled])[0]
    for piece in top:
        if len(piece.text.split()) <= 20 and (iso := dates.find(piece.text)) and _is_date_line(piece.text):
            return BylineValue(iso, is_guess=piece.order not in stated)
    return None


def is_about(text: str) -> bool:
    """Whether a line only says when or by whom something was written."""
    if len(text) > LINE:
        return False
    bare = LABELLED.sub(" ", dates.without(LABELLED.sub(" ", text)))
    is_only_date = bare != text and not re.search(r"[^\W\d_]{2}", bare)
    is_by = any(map(_byline, _parts(text)))
    return is_only_date or is_by or (len(PARTS.split(text)) > 1 and dates.find(text) is not None)


def _parts(line: str) -> list[str]:
    """The parts of a line such as "By Ann Lee · 3 May 2024"; of a sentence, only the parts that say who wrote the
    document.
    """
    parts = [part.strip() for part in PARTS.split(line) if part.strip()]
    is_prose = line.endswith(".")
    return [part for part in parts if not is_prose or WRITING.match(part) or _person(part)]


def _role(part: str) -> str | None:
    """The role in a part of a line such as "Head of Field Marketing · last updated 27 June 2024"; None if it is not a
    role.
    """
    is_short = len(part.split()) <= 9 and part[0].isupper() and dates.find(part) is None
    return _name(part) if is_short and ROLE.search(part) else None


def _byline(line: str) -> str | None:
    """The name or role in a line such as "By ..." or "A post-mortem by the growth lead"; None if the line is
    a sentence.
    """
    if len(line.split()) > 14 or line.endswith(("!", "?", ":")):
        return None
    match = BYLINE.fullmatch(collapse(dates.without(line)))
    name = _name(match["name"]) if match else None
    if name is None or CLAUSE.search(name) or (PASSIVE.search(line) and not WRITING.match(line)):
        return None
    return name if _is_person(name) or ROLE.search(name) else None


def _person(part: str) -> bool:
    """Whether the sentence is only "by" and a person's name: "By Ann Lee."."""
    match = BYLINE.fullmatch(collapse(dates.without(part)))
    return match is not None and part[:2].lower() == "by" and _is_person(match["name"])


def _is_person(name: str) -> bool:
    words = [word for word in re.findall(r"[^\W\d_][\w'’.-]*", name) if word.lower() not in voices.SMALL]
    return len(words) <= 5 and not any(word[0].islower() for word in words)


def _name(text: str) -> str | None:
    name = NOT_NAME.sub("", collapse(dates.without(text))).strip(" ,;:|·–—-.()")
    if not 2 <= len(name) <= 80 or "@" in name or "http" in name:
        return None
    return re.sub(r"^(?:the|a|an)\s+", "", name) if name[0].islower() else name


def _labelled(piece: Piece) -> list[tuple[re.Match[str], str]]:
    """The dates that the piece labels, as in "Posted on October 5, 2012": pairs of the label's match and the date in
    ISO 8601.
    """
    if len(piece.text) > 300 or not dates.YEAR.search(piece.text):
        return []
    found = []
    text = CLOCK.sub(" ", piece.text)
    for match in LABELLED.finditer(text):
        before, after = text[: match.start()].rstrip(), text[match.end() : match.end() + 40]
        starts = not before or before[-1] in ".|·•,–—-(:" or piece.kind is BlockKind.TITLE
        follows = not re.search(r"[^\W\d_]", after[: _first_date(after)])
        if starts and follows and (iso := dates.find(after)):
            found.append((match, iso))
    return found


def _first_date(text: str) -> int:
    return min((match.start() for match in dates.matches(text)), default=0)


def _is_date_line(text: str) -> bool:
    """Whether the purpose of the line is to give a date: the date is at an end, or between commas, bars or dots.

    A time of day counts as part of the date.
    """
    if OTHER.match(text):
        return False
    text = CLOCK.sub(" ", text)
    for match in dates.matches(text):
        before, after = text[: match.start()].rstrip(" ("), text[match.end() :].lstrip(" )")
        starts = not before or before[-1] in APART or before.lower() == "on"
        if starts and (not after or after[0] in APART):
            return True
    return False


def _facts(pieces: Sequence[Piece]) -> list[Piece]:
    """The title, and the table rows with a single fact, such as "Date: 3 May 2024" at the top of a memo, among the
    first pieces.
    """
    return [
        p
        for p in pieces[:TOP]
        if p.kind is BlockKind.TITLE or (p.kind is BlockKind.ROW and "; " not in p.text and len(p.text) <= LINE)
    ]


def _top(pieces: Sequence[Piece]) -> list[Piece]:
    """The first pieces that may give author and date: they are short, and no speaker says them."""
    return [
        p
        for p in pieces[:TOP]
        if p.kind in {BlockKind.PARAGRAPH, BlockKind.QUOTE, BlockKind.ITEM} and not p.speaker and len(p.text) <= 240
    ]
