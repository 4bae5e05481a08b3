"""Does the answer say who said the cited words and when, and that the documents disagree?"""

from __future__ import annotations

from collections.abc import Callable

from assistant.types import Citation
from eval.numbers.metrics import Score, share
from eval.scorers.asked import AnsweredCase, yes_or_no
from eval.suite.gold import Located, matches

VOICES = "voices told"
DATES = "dates told"
CONFLICTS = "conflicts told"
ALARMS = "conflicts alleged"


def scores(asked: AnsweredCase) -> list[Score]:
    """Score two things: whether the answer shows the right speaker and the right date with each gold quote (a quote
    that a right answer cites) that it cites, and whether it reports a conflict between the documents exactly if there
    is one.

    Speakers or dates are scored only if the case gives the speaker or the date of a cited gold quote. Conflicts are
    scored only if the case says whether the documents disagree, and the answer is not a refusal.
    """
    made = [
        *_agreement(asked, VOICES, lambda gold: gold.gold.voice, lambda cited: cited.voice),
        *_agreement(asked, DATES, lambda gold: gold.gold.date, lambda cited: cited.about.date),
    ]
    if asked.case.conflict is None or asked.answer.refused:
        return made
    shown = bool(asked.answer.conflicts)
    if asked.case.conflict:
        return [*made, yes_or_no(CONFLICTS, shown, "the documents disagree, and it is not told")]
    return [*made, Score(ALARMS, float(shown), "a conflict is told, and there is none" if shown else "")]


def _agreement(
    asked: AnsweredCase, name: str, wanted: Callable[[Located], str | None], given: Callable[[Citation], str | None]
) -> list[Score]:
    pairs = [
        (want, given(one.citation))
        for gold in asked.gold
        if (want := wanted(gold))
        for one in asked.cited
        if matches(one.citation, gold)
    ]
    if not pairs:
        return []
    wrong = [f"{got or 'nothing'} instead of {want}" for want, got in pairs if got != want]
    return [Score(name, share(len(pairs) - len(wrong), len(pairs)), "; ".join(wrong), len(pairs))]
