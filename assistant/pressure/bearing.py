"""The seam for ideas: what an idea rests on, and which passages bear on that, as a reader gives them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from assistant.pressure.assumptions import Assumed
from assistant.readers.material import Extract
from assistant.readers.seam import Quote
from assistant.types import Kind, Rejected, Stance


class Bearing(NamedTuple):
    """Words of an extract that have to do with the idea: with which assumptions (by place), on which side, and why.

    ``confidence`` is a probability of that side, ``bears`` that they have to do with the idea at all. The words have
    not been looked for yet.
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
    """What a reader makes of an idea: what it rests on, the extracts that were read, and what bears on it.

    ``searched`` has for each assumption what was searched for.
    """

    assumed: Sequence[Assumed]
    extracts: Sequence[Extract]
    bearings: Sequence[Bearing]
    searched: Sequence[tuple[str, ...]]
    dropped: Sequence[Rejected] = ()  # assumptions that cannot stand
