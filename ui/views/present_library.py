"""Formats documents for the library page. Pure functions; text is escaped as in ``present.py``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from assistant.library.library import Listed
from assistant.library.tables.narrowing import KINDS
from assistant.types import About, Dropped, Passage
from ui.views.present import escape, when
from ui.views.present_work import count
from ui.views.shown import as_guess

if TYPE_CHECKING:
    import pandas as pd

# Pieces of one reason that are shown, and characters of each: a bound on what the browser draws.
PIECES, PIECE = 40, 600
GONE, OLDER, OLDER_FILE = "file missing", "older version", "older file"
STANDINGS = {
    GONE: "Its file is no longer where it was read; what it held is still answered from.",
    OLDER: "There is a newer version of it with another date or other figures.",
    OLDER_FILE: "There is a version of it with other figures whose file is newer; no dates in them say which one is.",
}
LANGUAGES = {"en": "English", "de": "German", "fr": "French", "es": "Spanish", "it": "Italian", "nl": "Dutch"}
LANGUAGES |= {"pt": "Portuguese", "pl": "Polish", "sv": "Swedish", "da": "Danish", "fi": "Finnish", "no": "Norwegian"}
NAMES = {"web": "Web page", "pdf": "PDF"}  # of kinds that are called otherwise than filters call them
_KIND_OF = {media_type: NAMES.get(name, name.capitalize()) for name, types in KINDS.items() for media_type in types}


class Wanted(NamedTuple):
    """The filters of the list of documents. A document must match every word in ``words``, and one value in each of the
    other filters. An empty filter matches all documents."""

    words: str = ""
    kinds: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    states: tuple[str, ...] = ()


def kind(media_type: str) -> str:
    """The name of a kind of file, as users know it (such as ``Web page``), for its media type."""
    return _KIND_OF.get(media_type, media_type.rpartition("/")[2])


def language(code: str | None) -> str:
    """The English name of the language with this ``code``, such as ``en``. Returns the code if the name is unknown, and
    empty text without a code."""
    return LANGUAGES.get(code or "", code or "")


def standings(one: Listed) -> list[str]:
    """Notes on a document's state, the most important first: that its file is missing, or that a newer version of it
    exists. Empty if there is nothing to note."""
    told = [GONE] if one.state != "ready" else []
    older = OLDER_FILE if one.by_file_time else OLDER
    return [*told, older] if one.superseded_by else told


def table(listed: Sequence[Listed]) -> pd.DataFrame:
    """The list of documents as a data frame, with one row for each document. Texts are on one line, and unknown values
    are empty."""
    import pandas as pd

    columns = {
        "document": [one.document for one in listed],
        "title": [as_guess(one, "title", line(one.title)) for one in listed],
        "kind": [kind(one.media_type) for one in listed],
        "author": [as_guess(one, "author", line(one.author or "")) for one in listed],
        "date": [as_guess(one, "date", one.date or "") for one in listed],
        "passages": [one.passages for one in listed],
        "state": [next(iter(standings(one)), "ready") for one in listed],
        "language": [language(one.language) for one in listed],
        "source": [line(one.source) for one in listed],
    }
    return pd.DataFrame(columns)


def matching(rows: pd.DataFrame, wanted: Wanted) -> pd.Series[bool]:
    """For each row of the list of documents, whether the row matches the filters ``wanted``. ``rows`` is the list as
    ``table`` makes it; the result has the same index."""
    import pandas as pd

    kept = pd.Series(True, index=rows.index)
    if words := wanted.words.casefold().split():
        told = (rows["title"] + "\n" + rows["author"] + "\n" + rows["source"]).str.casefold()
        for word in words:
            kept &= told.str.contains(word, regex=False)
    for column, values in (("kind", wanted.kinds), ("language", wanted.languages), ("state", wanted.states)):
        if values:
            kept &= rows[column].isin(values)
    return kept


def line(text: str, most: int = 200) -> str:
    """``text`` on one line of at most ``most`` characters. Invisible characters are removed, since they can reverse the
    text around them."""
    seen = "".join(character for character in " ".join(text.split()) if character.isprintable())
    return seen if len(seen) <= most else seen[: most - 1] + "…"


def head(about: About, standings: Sequence[str], passages: int, *, is_corrected: bool = False) -> str:
    """The header of a document as HTML: title, author, date, kind, and notes on its state. ``standings`` are these
    notes, ``passages`` is the number of the document's passages, and ``is_corrected`` is true if somebody has corrected
    the title, author or date."""
    by = " · ".join(filter(None, (escape(as_guess(about, "author", about.author or "")), when(about))))
    facts = [
        kind(about.media_type),
        language(about.language),
        about.site or "",
        count(passages, "passage"),
        about.source,
        "title guessed from the name of its file" if "title" in about.guessed else "",
        "set by hand: title, author or date" if is_corrected else "",
    ]
    told = " · ".join(escape(fact) for fact in facts if fact)
    notices = "".join(f'<p class="notice small" role="status">{STANDINGS[one]}</p>' for one in standings)
    return (
        f'<header class="document"><h1>{escape(about.title)}</h1>{f"<p>{by}</p>" if by else ""}'
        f'<p class="small">{told}</p>{notices}</header>'
    )


def passages(some: Sequence[Passage], first: int) -> str:
    """Passages of a document as an HTML list, each with its headings, speaker, page and position. ``first`` is the
    number of the first passage in the list."""
    return f'<ol class="passages" start="{first}">{"".join(map(_passage, some))}</ol>'


def dropped(pieces: Sequence[Dropped]) -> str:
    """The parts of a file that are not in its document's text, as HTML. First come the kinds of content that could not
    be read, the most frequent first. Then comes the removed text, grouped by the reason of its removal, the most
    frequent reason first."""
    notices = Counter(piece.notice for piece in pieces if piece.notice)
    unread = "".join(f"<li>{number:,} × {escape(kind or '')}</li>" for kind, number in notices.most_common())
    by_reason: dict[str, list[str]] = {}
    for piece in pieces:
        if piece.text:
            by_reason.setdefault(piece.reason, []).append(piece.text)
    told = f"<p>What this file holds besides its text:</p><ul>{unread}</ul>" if unread else ""
    return told + "".join(
        _dropped(reason, texts) for reason, texts in sorted(by_reason.items(), key=lambda one: -len(one[1]))
    )


def _passage(one: Passage) -> str:
    where = [*one.headings[-2:], one.speaker or "", one.about.place(one.page) or "", f"{one.start:,}-{one.end:,}"]
    told = " · ".join(escape(part) for part in where if part)
    return f'<li><p class="small">{told}</p><p class="text">{escape(one.text)}</p></li>'


def _dropped(reason: str, texts: Sequence[str]) -> str:
    shown = "".join(f"<blockquote>{escape(cut(text, PIECE))}</blockquote>" for text in texts[:PIECES])
    more = f'<p class="small">and {len(texts) - PIECES:,} more</p>' if len(texts) > PIECES else ""
    return f"<details><summary>{escape(reason)} · {count(len(texts), 'piece')}</summary>{shown}{more}</details>"


def cut(text: str, most: int) -> str:
    """``text`` shortened to at most ``most`` characters. A text that is cut ends with ``…``."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
