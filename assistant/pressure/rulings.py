"""Rulings from findings: also leaps of faith, the strongest case of each side, and what to settle. Pure.

Nothing here searches or reads: the same findings with the same importance give the same verdict.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from assistant.errors import SettingsError
from assistant.text import naming
from assistant.types import (
    Assumption,
    AssumptionRuling,
    Citation,
    Finding,
    IdeaRuling,
    Judged,
    Kind,
    Stance,
    Verdict,
)

CASE = 3  # findings that make the case for, and against: a verdict's first screen has room for three a side
OFFLINE = {"pushback", "none"}  # stance models without a language model, whose sides are guesses
IMPORTANT = 0.5  # importance from which an assumption without support is a leap of faith: the least that a lens has
LEAST = (
    "One finding whose side is clear supports or challenges an assumption; contested takes one on each side; an unclear"
    " finding rules on nothing, and without a clear one there is a gap."
)


def rule(findings: Sequence[Finding]) -> AssumptionRuling:
    """Supported or challenged by one clear finding and none against it; contested by both; else a gap."""
    supports, challenges = on(findings, Stance.SUPPORTS), on(findings, Stance.CHALLENGES)
    if supports and challenges:
        return AssumptionRuling.CONTESTED
    if supports:
        return AssumptionRuling.SUPPORTED
    return AssumptionRuling.CHALLENGED if challenges else AssumptionRuling.GAP


def rule_idea(assumptions: Sequence[Assumption]) -> IdeaRuling:
    """Not covered where nothing is said; holds or challenged where all that is said is on one side; else contested."""
    rulings = {a.ruling for a in assumptions} - {AssumptionRuling.GAP}
    if not rulings:
        return IdeaRuling.NOT_COVERED
    if rulings == {AssumptionRuling.SUPPORTED}:
        return IdeaRuling.HOLDS
    return IdeaRuling.CHALLENGED if rulings == {AssumptionRuling.CHALLENGED} else IdeaRuling.CONTESTED


def ruled(verdict: Verdict) -> Verdict:
    """The verdict, with its rulings and all that follows computed again from findings and importance."""
    assumptions = tuple(replace(one, ruling=rule(one.findings)) for one in verdict.assumptions)
    return replace(
        verdict,
        assumptions=assumptions,
        ruling=rule_idea(assumptions),
        leaps_of_faith=tuple(
            one.text for one in assumptions if one.importance >= IMPORTANT and not on(one.findings, Stance.SUPPORTS)
        ),
        case_for=strongest(assumptions, Stance.SUPPORTS),
        case_against=strongest(assumptions, Stance.CHALLENGES),
        missing=tuple(one.question or one.text for one in assumptions if not bears(one.findings)),
    )


def bears(findings: Sequence[Finding]) -> bool:
    """Whether anything was found that bears on an assumption, be its side clear or not: a finding that is sure to take
    no side is only near to an idea of which the documents say nothing."""
    return any(one.stance is not Stance.UNCLEAR or one.confidence < 1 for one in findings)


def judge(finding: Finding, side: Stance | None, by: str) -> Finding:
    """The finding with the side that a person gives; None means that it is not about the assumption."""
    was = finding.judged or Judged(by, finding.stance, finding.confidence)
    return replace(finding, stance=side or Stance.UNCLEAR, confidence=1.0, judged=was._replace(by=by))


def is_set_aside(finding: Finding) -> bool:
    """Whether a person judged that the finding is not about the assumption."""
    return finding.judged is not None and finding.stance is Stance.UNCLEAR


def swapped(verdict: Verdict, old: Finding, new: Finding) -> Verdict:
    """The verdict with one finding in the place of another, wherever that stands, and with what follows from it."""
    return ruled(
        replace(
            verdict,
            assumptions=tuple(
                replace(one, findings=tuple(dict.fromkeys(new if each == old else each for each in one.findings)))
                for one in verdict.assumptions
            ),
        )
    )


def judged_as(before: Verdict, verdict: Verdict, holds: Callable[[Citation], bool]) -> Verdict:
    """The verdict with what people judged of a former one on the same idea, where its words still stand.

    A judgement is of a passage: it takes the place of whatever was found there, and stands under every assumption
    that it stood under, found again or not.
    """
    said = {one: None for a in before.assumptions for one in a.findings if one.judged and holds(one.citation)}
    stood = {one.text: one.findings for one in before.assumptions}
    assumptions = []
    for one in verdict.assumptions:
        own = [
            each
            for each in said
            if each in stood.get(one.text, ()) or any(_overlap(each, found) for found in one.findings)
        ]
        found = (each for each in one.findings if not any(_overlap(each, other) for other in own))
        assumptions.append(replace(one, findings=(*own, *found)))
    return ruled(replace(verdict, assumptions=tuple(assumptions)))


def _overlap(one: Finding, other: Finding) -> bool:
    here, there = one.citation, other.citation
    return here.about.id == there.about.id and here.start < there.end and there.start < here.end


def elsewhere(assumptions: Sequence[Assumption], number: int) -> tuple[int, ...]:
    """The former assumptions, by number from 1, under which findings of this one stand already."""
    own = {one.citation for one in assumptions[number - 1].findings if not is_set_aside(one)}
    found = []
    for other, one in enumerate(assumptions[: number - 1], start=1):
        cited = {finding.citation for finding in one.findings}
        found += [other] if own & cited else []
        own -= cited
    return tuple(found)


def first_told(assumptions: Sequence[Assumption], number: int) -> tuple[Finding, ...]:
    """The findings of an assumption that stand under no former one, as they are told."""
    known = {finding.citation for one in assumptions[: number - 1] for finding in one.findings}
    return tuple(one for one in assumptions[number - 1].findings if one.citation not in known)


def check_importance(importance: Mapping[str, float], names: Iterable[str]) -> None:
    """Refuse an importance that can be of no idea's assumption, before one is tested: ``names`` are those there are.

    Raises:
        SettingsError: it is out of range, or neither of one of ``names`` nor of a number from 1.
    """
    known = list(dict.fromkeys(names))
    for name, value in importance.items():
        if not 0 <= value <= 1:
            raise SettingsError(f"The importance of {name!r} is {value:g}.", hint="Give a number from 0 to 1.")
        is_number = name.strip().isdecimal() and int(name) > 0
        if not is_number and name.strip().casefold() not in map(str.casefold, known):
            raise SettingsError(
                f"Nothing is looked at as {name!r}.",
                hint=f"Name one of: {', '.join(known)}; or an assumption's number.",
            )


def idle(verdict: Verdict, importance: Mapping[str, float]) -> list[str]:
    """The names in ``importance`` that no assumption of the idea has."""
    numbered = list(enumerate(verdict.assumptions, start=1))
    return [name for name in importance if not any(_is_named(name, number, one) for number, one in numbered)]


def weighed(verdict: Verdict, importance: Mapping[str, float]) -> Verdict:
    """The verdict with the user's ``importance`` (0..1) of assumptions, by lens or by number from 1.

    Raises:
        SettingsError: an importance is out of range, or of something that is no assumption of the verdict.
    """
    names = [one.lens for one in verdict.assumptions]
    check_importance(importance, names)
    for name in idle(verdict, importance):
        raise SettingsError(f"The idea rests on {len(names)} assumptions; {name} is none.", hint="Give its number.")
    return ruled(
        replace(
            verdict,
            assumptions=tuple(
                replace(one, importance=value, importance_by="user") if value is not None else one
                for number, one in enumerate(verdict.assumptions, start=1)
                for value in [next((v for n, v in importance.items() if _is_named(n, number, one)), None)]
            ),
        )
    )


def weighed_as(before: Verdict, verdict: Verdict) -> Verdict:
    """The verdict with the importance that the user gave to the same things in a former one."""
    given = {one.text: one.importance for one in before.assumptions if one.importance_by == "user"}
    named = {one.lens: one.importance for one in before.assumptions if one.importance_by == "user"}
    often = {one.lens for one in verdict.assumptions if [a.lens for a in verdict.assumptions].count(one.lens) > 1}
    importance = {
        str(number): value
        for number, one in enumerate(verdict.assumptions, start=1)
        if (value := given.get(one.text, None if one.lens in often else named.get(one.lens))) is not None
    }
    return weighed(verdict, importance)


def timed(verdict: Verdict, seconds: float, **parts: float) -> Verdict:
    """The verdict with the time that it took, and that parts of it took, all in seconds."""
    return replace(verdict, timings_ms={name: round(1000 * t, 1) for name, t in {**parts, "total": seconds}.items()})


def to_settle(verdict: Verdict, most: int = 5) -> tuple[Assumption, ...]:
    """The assumptions that are open, a gap or contested: what most hangs on first, and of these the gaps."""
    unsettled = [one for one in verdict.assumptions if one.ruling in (AssumptionRuling.GAP, AssumptionRuling.CONTESTED)]
    unsettled.sort(key=lambda one: (-one.importance, one.ruling is AssumptionRuling.CONTESTED))
    return tuple(unsettled[:most])


def strongest(assumptions: Sequence[Assumption], side: Stance) -> tuple[Finding, ...]:
    """The surest findings on one side, one of each voice: those that most likely bear, and on that side, weighed by how
    much hangs on their assumption."""
    weighty = [
        (a.importance * f.confidence * (1.0 if f.judged else f.bears), f)
        for a in assumptions
        for f in on(a.findings, side)
    ]
    kept: dict[str, Finding] = {}
    for _, finding in sorted(weighty, key=lambda pair: -pair[0]):
        kept.setdefault(voice(finding), finding)
    return tuple(kept.values())[:CASE]


def is_guessed(verdict: Verdict) -> bool:
    """Whether the side of some finding was guessed offline and not judged by a person."""
    found = [one for assumption in verdict.assumptions for one in assumption.findings]
    return verdict.stance_model in OFFLINE and any(
        one.stance is not Stance.UNCLEAR and one.confidence < 1 and not one.judged for one in found
    )


def on(findings: Sequence[Finding], stance: Stance) -> list[Finding]:
    """The findings of one stance that count; what a source only reports an opponent to say does not count."""
    return [finding for finding in findings if finding.stance is stance and finding.kind is not Kind.OPPONENT]


def voice(finding: Finding) -> str:
    """Who says it, as far as counting goes: the person whom the document names, whatever else they say it in.

    A speaker of whom it tells a first name or a role alone is somebody of that document only; where it names nobody, it
    speaks for itself.
    """
    about, speaker = finding.citation.about, finding.citation.speaker
    if speaker and not naming.is_full(speaker):
        return f"{about.id} {_plain(speaker)}"
    who = speaker or about.author
    return _plain(who) if who and naming.tells_who(who) else about.id


def voices(verdict: Verdict) -> tuple[int, int]:
    """How many voices speak for the idea, and how many against it."""
    return heard([one for assumption in verdict.assumptions for one in assumption.findings])


def heard(findings: Sequence[Finding]) -> tuple[int, int]:
    """How many voices speak for it in these findings, and how many against it: the one count that is told anywhere. A
    voice that does both is heard on both sides."""
    said_for, said_against = (set(map(voice, on(findings, side))) for side in (Stance.SUPPORTS, Stance.CHALLENGES))
    return len(said_for), len(said_against)


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())


def _is_named(name: str, number: int, one: Assumption) -> bool:
    return name.strip().casefold() in (one.lens.casefold(), str(number))
