"""Finds versions of a text: documents that were saved twice with small differences, and which of them is newer.

Two documents are versions if most of their shingles (runs of words) are the same (Jaccard; Broder, "On the resemblance
and containment of documents", 1997). They are found by their smallest hashes: documents that share most of their
shingles also share most of these.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import islice
from zlib import crc32

from assistant.library.records import Version
from assistant.text.words import NUMBER, WORD
from assistant.types import Document

ALIKE = 0.9  # share of shingles in common from which two documents are one piece: one word in sixty may differ
WIDTH = 3  # words of a shingle: one other word in a text of sixty still leaves 0.9
FEWEST = 20  # words of a version; two shorter texts, such as "Thank you.", are alike by chance; a guess, not measured
MOST = 200_000  # words looked at: of a longer text its beginning speaks
KEYS = 16  # smallest hashes kept; that versions share fewer than half of them happens once in a million
COMMON = 50  # documents looked at for one hash, which many share when it is boilerplate
COMPARED = 5  # documents whose text is compared, those first that share most: a bound on the work of adding one


def shingles(text: str) -> frozenset[int]:
    """The shingles of a text: the hashes of all runs of ``WIDTH`` words, ignoring case and punctuation. Empty for a
    text of fewer than ``FEWEST`` words."""
    words = [match[0].lower() for match in islice(WORD.finditer(text), MOST)]
    if len(words) < FEWEST:
        return frozenset()
    return frozenset(crc32(" ".join(words[at : at + WIDTH]).encode()) for at in range(len(words) - WIDTH + 1))


def keys(own: frozenset[int]) -> list[int]:
    """The ``KEYS`` smallest shingles of a document; ``own`` has all of its shingles (hashes of runs of words). The
    smallest ones are stored so that other versions of the document can be found."""
    return sorted(own)[:KEYS]


def alike(one: frozenset[int], other: frozenset[int]) -> float:
    """How similar two documents are, from 0 to 1, by their shingles (hashes of runs of words): the number of shingles
    that both have, divided by the number of shingles that at least one of them has."""
    return len(one & other) / max(1, len(one | other))


def figures(text: str) -> str:
    """A hash of the numbers in a text. If the hashes of two versions differ, the numbers in their texts differ."""
    numbers = {match[0].replace(",", "") for match in NUMBER.finditer(text)}
    return hashlib.blake2b(" ".join(sorted(numbers)).encode(), digest_size=8).hexdigest()


def time(document: Document, mtime_ns: int) -> str:
    """The date by which versions of a text are sorted: the date that the document states, else the modification time of
    its file (``mtime_ns``, in nanoseconds). Dates are in ISO 8601 and compare as text.

    If ``mtime_ns`` is below 0, the file is too new for its time to be trusted, and the current time is used.
    """
    if document.about.date:
        return document.about.date
    seconds = datetime.now(UTC).timestamp() if mtime_ns < 0 else mtime_ns / 1e9
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")


def by_file_time(document: str, family: Sequence[Version]) -> bool:
    """Whether only the modification times of files, and no stated dates, show that the newest version is newer than
    ``document``. This is so if ``document`` and the newest version state the same date, or if one of them states no
    date. ``document`` is an id, and ``family`` has all versions of this document, including itself, the newest
    first."""
    own = next((version for version in family if version.document == document), None)
    return own is not None and (own.date is None or family[0].date is None or own.date == family[0].date)


def newer(document: str, family: Sequence[Version]) -> str | None:
    """The id of the version that supersedes ``document``; None if no version does. The newest version does so if it and
    ``document`` state different dates, or if the numbers in their texts differ. ``document`` is an id, and ``family``
    has all versions of this document, including itself, the newest first."""
    if not family or family[0].document == document:
        return None
    newest, own = family[0], next(version for version in family if version.document == document)
    redated = own.date is not None and newest.date is not None and own.date != newest.date
    return newest.document if redated or own.figures != newest.figures else None
