"""Does the answer keep whose view it is, and how certain? "X argues that it may be so" must not become "it is so"."""

from __future__ import annotations

import re

from assistant.text.words import content_stems
from assistant.types import Statement
from eval.numbers.metrics import Score, share
from eval.scorers.asked import AnsweredCase, short

VOICE = "attribution kept"
HEDGES = "hedges kept"

_SAYS = re.compile(
    r"\b(?:say|said|argu|claim|believ|think|thought|suggest|report|warn|predict|insist|according to"
    r"|in (?:my|his|her|our) (?:view|opinion))",
    re.I,
)
_HEDGE = re.compile(
    r"\b(?:may|might|could|can|perhaps|possibly|probably|likely|seems?|appears?|often|sometimes|usually|generally|some"
    r"|most|many|about|around|roughly|nearly|almost|up to|at least|at most|expect\w*|estimat\w*|if|unless)\b",
    re.I,
)


def scores(asked: AnsweredCase) -> list[Score]:
    """Score two things: whether statements name the speakers of the words that they cite, and whether they keep hedges
    (words such as "may") of the cited words. The first is scored only if a statement cites words with a speaker or
    words that report a view, the second only if a statement cites words with a hedge.
    """
    said = asked.answer.statements
    return [
        *_score(VOICE, [(one, keeps_voice(one)) for one in said if _has_voice(one)]),
        *_score(HEDGES, [(one, bool(_HEDGE.search(one.text))) for one in said if _hedges(one)]),
    ]


def keeps_voice(one: Statement) -> bool:
    """Whether the statement names the speaker of each quote that it cites. If a quote reports somebody's view, the
    statement must also say that it is a view, with a word such as "argues".
    """
    words = set(content_stems(one.text))
    named = all(words & set(content_stems(c.speaker)) for c in one.citations if c.speaker)
    return named and (bool(_SAYS.search(one.text)) or not any(_SAYS.search(c.quote) for c in one.citations))


def _has_voice(one: Statement) -> bool:
    return any(citation.speaker or _SAYS.search(citation.quote) for citation in one.citations)


def _hedges(one: Statement) -> bool:
    return any(_HEDGE.search(citation.quote) for citation in one.citations)


def _score(name: str, kept: list[tuple[Statement, bool]]) -> list[Score]:
    lost = "; ".join(f"lost in “{short(one.text)}”" for one, yes in kept if not yes)
    return [Score(name, share(sum(yes for _, yes in kept), len(kept)), lost, len(kept))] if kept else []
