"""The interface between ideas and their readers: what an idea rests on, and which passages bear on it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from assistant.pressure.assumptions import Assumed
from assistant.readers.material import Extract
from assistant.readers.seam import Quote
from assistant.types import Kind, Rejected, Stance


class Bearing(NamedTuple):
    """Words of an extract that bear on the idea: on which assumptions (by position), on which side, and why.

    ``confidence`` is the probability of that side, ``bears`` the probability that the words concern the idea at all.
    Code has not yet looked for the words in the document.
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
    """The result of testing an idea against the documents: its assumptions, the extracts that were read, and the words
    that bear on it.

    ``searched`` has the queries that were searched for each assumption.
    """

    assumed: Sequence[Assumed]
    extracts: Sequence[Extract]
    bearings: Sequence[Bearing]
    searched: Sequence[tuple[str, ...]]
    dropped: Sequence[Rejected] = ()  # assumptions that cannot stand
