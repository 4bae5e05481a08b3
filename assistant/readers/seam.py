"""The interface between searching and checking: what a reader receives, and what it returns.

```text
Material: question, extracts [1] [2] …  ─Reader.read─▶ Claim, Claim, …  ─▶ Reading: answered | near | not said
```

A claim is not yet a statement: its quotes have not been looked for in the documents. Code never decides what an extract
means; a reader never decides what is in a document.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from assistant.types import Rejected, Span


class Quote(NamedTuple):
    """Words that support a claim, and the number of the extract that contains them according to the reader.

    A reader that works on the text itself also gives their ``span``, at the document's offsets, and the ``key``
    sentence.
    """

    extract: int
    words: str
    span: Span | None = None
    key: Span | None = None


class Claim(NamedTuple):
    """A reader's claim. Without a ``text`` of its own, the words of its quotes are the statement."""

    text: str
    quotes: tuple[Quote, ...]


class Outcome(StrEnum):
    """The outcome of a reading: whether the extracts answer the question."""

    ANSWERED = "answered"
    NEAR = "near"  # the claims are the closest stretches, and may not answer
    NOT_SAID = "not said"


class Reading(NamedTuple):
    """The end of a reading. ``missing`` says what the extracts leave open, ``reason`` why they do not answer, both as
    sentences; ``disagree`` has pairs of claims that contradict each other, by position from 0."""

    outcome: Outcome
    missing: str = ""
    reason: str = ""
    disagree: Sequence[tuple[int, int]] = ()
    dropped: Sequence[Rejected] = ()  # what it wrote that is no claim
