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
    whether the words support or challenge these assumptions, and ``confidence`` is the probability of this stance.
    ``why`` is a chat model's reason for the stance; it is empty if there is none. ``bears`` is the probability that the
    words concern the idea at all.

    ``kind`` says what the words are: a claim of the author, a figure, a forecast, or the words of somebody else.
    ``context`` is the text around the words; it is empty if it is not known.
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
    """The result of searching the documents for evidence on an idea: the idea's assumptions (``assumed``), the extracts
    of documents that a chat model or a program read, and the words in them that concern the idea (``bearings``).

    ``searched`` has the queries that were searched for each assumption, in the order of ``assumed``. ``dropped`` has
    the assumptions that a model proposed and that were rejected before the search, each with the reason.
    """

    assumed: Sequence[Assumed]
    extracts: Sequence[Extract]
    bearings: Sequence[Bearing]
    searched: Sequence[tuple[str, ...]]
    dropped: Sequence[Rejected] = ()  # assumptions that cannot stand
