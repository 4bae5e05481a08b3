"""How a source says a thing: as its own claim, a figure, a forecast, somebody else's words, or those of an opponent."""

from __future__ import annotations

import re

from assistant.evidence.sentences import Seen
from assistant.text.words import numbers
from assistant.types import BlockKind, Kind

_QUOTES = re.compile(r"[“\"][^”\"]{25,}[”\"]|\b(?:said|says|told|argued|argues|wrote|put it|according to)\b", re.I)
_FORECAST = re.compile(r"\b(?:will|expects?|forecasts?|predict(?:s|ed)?|going to|by 20[2-9]\d)\b", re.I)
# Who is quoted so, the source holds to be wrong, or at least leaves alone with it.
_DISTANCED = re.compile(
    r"\b(?:disagree[sd]?|(?:he|she|they|some|critics|opponents|many|people) (?:claims?|insists?|would have (?:us|it)|"
    r"believes? wrongly|pretends?|likes? to (?:say|think))|from (?:his|her|their) (?:perspective|point of view)|"
    r"so-called|allegedly|supposedly|(?:a|the) (?:myth|misconception|common mistake)|wrongly)\b"
    r"|^some (?:see|say|think|argue|believe)\b",
    re.I,
)


def kind_of(seen: Seen) -> Kind:
    """How the source says it."""
    if _DISTANCED.search(seen.text):
        return Kind.OPPONENT
    if seen.sentence.kind is BlockKind.QUOTE or _QUOTES.search(seen.text):
        return Kind.QUOTED
    if numbers(seen.text):
        return Kind.FIGURE
    return Kind.FORECAST if _FORECAST.search(seen.text) else Kind.CLAIM
