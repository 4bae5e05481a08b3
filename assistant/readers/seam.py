"""The interface between searching and checking: what a reader receives, and what it returns.

```text
Material: question, extracts [1] [2] …  ─Reader.read─▶ Claim, Claim, …  ─▶ Reading: answered | near | not said
```

A claim is not yet a statement: its quotes have not been looked for in the documents. What an extract means is decided
by readers only; whether a quote is in a document is decided by code only.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from assistant.types import Rejected, Span


class Quote(NamedTuple):
    """Words of a document that support a claim. ``extract`` is the number of the extract (a numbered stretch of a
    document) that has these words, according to the reader that made the claim.

    A reader that cuts the words out of the text also gives their ``span`` in the document's text, and the span of the
    ``key`` sentence, which seems to answer the question. For words that a chat model wrote, both are None.
    """

    extract: int
    words: str
    span: Span | None = None
    key: Span | None = None


class Claim(NamedTuple):
    """A sentence with which a reader (a chat model or a program) answers a question, and the quotes that support it. If
    ``text`` is empty, the words of the quotes are the statement."""

    text: str
    quotes: tuple[Quote, ...]


class Outcome(StrEnum):
    """Whether the extracts answer the question: they answer it (``ANSWERED``), they only come near an answer
    (``NEAR``), or they do not answer it (``NOT_SAID``)."""

    ANSWERED = "answered"
    NEAR = "near"  # the claims are the closest stretches, and may not answer
    NOT_SAID = "not said"


class Reading(NamedTuple):
    """The result of reading the extracts for a question. ``outcome`` says whether they answer it. ``missing`` says
    which part of the question the extracts leave open, and ``reason`` why they do not answer it; each is a sentence, or
    empty.

    ``disagree`` has the pairs of claims that contradict each other; a claim is given by its position among all claims
    of the reader, counted from 0. ``dropped`` has text that the reader wrote and that is not a claim.
    """

    outcome: Outcome
    missing: str = ""
    reason: str = ""
    disagree: Sequence[tuple[int, int]] = ()
    dropped: Sequence[Rejected] = ()  # what it wrote that is no claim
