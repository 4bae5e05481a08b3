"""What a reader of ideas returns: the assumptions of an idea, and the words in the documents that concern them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from assistant.pressure.assumptions import Assumed
from assistant.readers.material import Extract
from assistant.readers.seam import Quote
from assistant.types import Kind, Rejected, Stance


class Bearing(NamedTuple):
    """Words of a document (``quote``) that concern an idea, as reported by a reader, that is, a chat model or a program
    that reads passages. It has not been checked yet that the document has these words.

    ``assumptions`` are the positions, counted from 0, of the idea's assumptions that the words concern. ``stance`` says
    whether the words support or challenge these assumptions; ``why`` is the reason that a chat model gives, empty if
    there is none. ``kind`` says how the document states the words, for instance as a figure; ``context`` is the text
    around them, empty if it is not known. ``confidence`` is the probability of the stance; ``bears`` is the probability
    that the words concern the idea at all.
    """

    quote: Quote
    assumptions: tuple[int, ...]
    stance: Stance
    confidence: float
    kind: Kind = Kind.CLAIM
    why: str = ""
    context: str = ""
    bears: float = 1.0


class Weighed(NamedTuple):
    """The evidence on an idea that a model or a program found by reading documents: the idea's assumptions
    (``assumed``), the extracts that were read, and the words that concern the idea (``bearings``).

    ``searched`` has, for each assumption, the queries that were searched. ``dropped`` has assumptions that a model
    proposed and that failed a check.
    """

    assumed: Sequence[Assumed]
    extracts: Sequence[Extract]
    bearings: Sequence[Bearing]
    searched: Sequence[tuple[str, ...]]
    dropped: Sequence[Rejected] = ()  # assumptions that cannot stand
