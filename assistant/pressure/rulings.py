"""Computes from findings: the rulings, the assumptions without support, the strongest case of each side, and what to
settle.

All functions are pure and nothing is searched or read: the same findings with the same importance give the same
verdict.
"""

from __future__ import annotations

import hashlib
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
    Remark,
    Stance,
    Verdict,
)

CASE = 3  # findings that make the case for, and against: a verdict's first screen has room for three a side
OFFLINE = {"pushback", "none"}  # stance models without a language model, whose sides are guesses
IMPORTANT = 0.5  # importance from which an assumption without support is a leap of faith: the least that a lens has
LEAST = (
    "One finding whose side is clear supports or challenges an assumption; contested takes one on each side; an unclear"
    " finding decides nothing."
)


def rule(findings: Sequence[Finding]) -> AssumptionRuling:
    """Return the ruling on an assumption from its findings. The assumption is supported if all findings that take a
    side are for it, and challenged if all of them are against it. It is contested if there are findings on both sides,
    and a gap if no finding takes a side. A finding that its document reports only as the view of an opponent takes no
    side."""
    supports, challenges = on(findings, Stance.SUPPORTS), on(findings, Stance.CHALLENGES)
    if supports and challenges:
        return AssumptionRuling.CONTESTED
    if supports:
        return AssumptionRuling.SUPPORTED
    return AssumptionRuling.CHALLENGED if challenges else AssumptionRuling.GAP


def rule_idea(assumptions: Sequence[Assumption]) -> IdeaRuling:
    """Return the ruling on the idea. If every assumption is a gap (none of its findings is for it or against it), the
    idea is not covered. Otherwise gaps are ignored: the idea holds if all remaining assumptions are supported, is
    challenged if all of them are challenged, and is contested in any other case."""
    rulings = {a.ruling for a in assumptions} - {AssumptionRuling.GAP}
    if not rulings:
        return IdeaRuling.NOT_COVERED
    if rulings == {AssumptionRuling.SUPPORTED}:
        return IdeaRuling.HOLDS
    return IdeaRuling.CHALLENGED if rulings == {AssumptionRuling.CHALLENGED} else IdeaRuling.CONTESTED


def ruled(verdict: Verdict) -> Verdict:
    """Return the verdict with everything that follows from its findings computed again: the rulings on the assumptions
    and on the idea, the leaps of faith, the strongest findings, and the points on which there is no evidence."""
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
    """Whether at least one of the findings of an assumption concerns the assumption.

    A finding that supports or challenges the assumption concerns it. If the stance of a finding is unclear, its
    ``confidence`` is the probability that the finding is on neither side. If this probability is below 1, the finding
    may still be on one side and is taken to concern the assumption. If it is 1, the finding does not concern the
    assumption: for example, a person judged that it is not about the assumption.
    """
    return any(one.stance is not Stance.UNCLEAR or one.confidence < 1 for one in findings)


def judge(finding: Finding, side: Stance | None, by: str) -> Finding:
    """Return the finding with a person's judgement of it. ``side`` is the stance that the person chose: the finding
    supports the assumption or challenges it; if ``side`` is None or unclear, the finding is not about the assumption.
    ``by`` is the person's name, empty if people do not sign in."""
    was = finding.judged or Judged(by, finding.stance, finding.confidence)
    return replace(finding, stance=side or Stance.UNCLEAR, confidence=1.0, judged=was._replace(by=by))


def is_set_aside(finding: Finding) -> bool:
    """Whether a person judged that the finding is not about the assumption."""
    return finding.judged is not None and finding.stance is Stance.UNCLEAR


def swapped(verdict: Verdict, old: Finding, new: Finding) -> Verdict:
    """Return the verdict with the finding ``new`` in place of ``old`` under every assumption, and with its rulings
    computed again."""
    return ruled(
        replace(
            verdict,
            assumptions=tuple(
                replace(one, findings=tuple(dict.fromkeys(new if each == old else each for each in one.findings)))
                for one in verdict.assumptions
            ),
        )
    )


def judged_as(before: Verdict, verdict: Verdict, holds: Callable[[Citation], bool], *, turned: bool = False) -> Verdict:
    """Return ``verdict`` with the judgements that people made on findings of ``before``, an earlier verdict on the same
    idea or on another wording of it. A judgement says that a finding is for an assumption, against it, or not about it.

    ``holds`` is called with the citation of a judged finding, and returns whether the document still has the quoted
    words; if not, the judgement is dropped. Under each assumption of ``verdict``, a judged finding replaces all
    findings whose quotes overlap with its own. ``turned`` is True if one of the two ideas is to do something and the
    other is not to do it. A finding that is for one of them need not be for the other, so in this case findings are
    replaced only by those that people judged not to be about an assumption.

    A judged finding also stays under each assumption that had it in ``before`` and has the same text in ``verdict``,
    even if the new test did not find the passage. The idea itself is treated as the same assumption if words, such as a
    condition, were only added at its end.
    """
    said = {one: None for a in before.assumptions for one in a.findings if one.judged and holds(one.citation)}
    stood = {one.text: one.findings for one in before.assumptions}
    if before.assumptions and verdict.assumptions and verdict.idea.startswith(before.idea.rstrip(" .")):
        stood[verdict.assumptions[0].text] = before.assumptions[0].findings
    assumptions = []
    for one in verdict.assumptions:
        own = [
            each
            for each in said
            if each in stood.get(one.text, ())
            or ((not turned or is_set_aside(each)) and any(_overlap(each, found) for found in one.findings))
        ]
        found = (each for each in one.findings if not any(_overlap(each, other) for other in own))
        assumptions.append(replace(one, findings=(*own, *found)))
    return ruled(replace(verdict, assumptions=tuple(assumptions)))


def _overlap(one: Finding, other: Finding) -> bool:
    here, there = one.citation, other.citation
    return here.about.id == there.about.id and here.start < there.end and there.start < here.end


def elsewhere(assumptions: Sequence[Assumption], number: int) -> tuple[int, ...]:
    """Return the numbers, counted from 1, of the assumptions that come before the assumption ``number`` in the verdict
    and have findings in common with it. A report can then refer to these assumptions instead of showing a finding
    twice.

    For each finding in common, only the first assumption that has it is named. Findings that a person judged not to be
    about the assumption ``number`` are ignored.
    """
    own = {one.citation for one in assumptions[number - 1].findings if not is_set_aside(one)}
    found = []
    for other, one in enumerate(assumptions[: number - 1], start=1):
        cited = {finding.citation for finding in one.findings}
        found += [other] if own & cited else []
        own -= cited
    return tuple(found)


def first_told(assumptions: Sequence[Assumption], number: int) -> tuple[Finding, ...]:
    """Return the findings of the assumption ``number``, counted from 1, in the order in which the verdict shows them.
    Findings that also belong to an assumption with a lower number are left out."""
    known = {finding.citation for one in assumptions[: number - 1] for finding in one.findings}
    return tuple(one for one in assumptions[number - 1].findings if one.citation not in known)


def check_importance(importance: Mapping[str, float], names: Iterable[str]) -> None:
    """Check the weights in ``importance`` as far as that is possible without an idea. A weight is from 0 to 1; its key
    is one of ``names``, which are all names that an assumption can have, or an assumption's number counted from 1.

    Raises:
        SettingsError: a weight is not in 0..1, or its key is neither one of ``names`` nor a whole number of 1 or more.
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
    """Return the keys of ``importance`` that fit no assumption of the verdict: they are neither the name of an
    assumption (its field ``lens``) nor its number."""
    numbered = list(enumerate(verdict.assumptions, start=1))
    return [name for name in importance if not any(_is_named(name, number, one) for number, one in numbered)]


def weighed(verdict: Verdict, importance: Mapping[str, float]) -> Verdict:
    """Return the verdict with the importance that the user gives to assumptions, and with its rulings computed again.
    ``importance`` has values from 0 to 1; a key is the name of an assumption (its field ``lens``) or its number,
    counted from 1.

    Raises:
        SettingsError: a value is not in 0..1, or a key fits no assumption of the verdict.
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
    """Return ``verdict`` with the importance that the user gave to assumptions in the earlier verdict ``before``, and
    with its rulings computed again. An assumption gets the importance that the user gave to the one with the same text
    or, failing that, to the one with the same name (its field ``lens``). A name that several assumptions of ``verdict``
    have is ignored."""
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
    """Return the verdict with the time that the whole test took (``seconds``) and the times that its stages took
    (``parts``, in seconds by the name of the stage). The verdict stores the times in milliseconds."""
    return replace(verdict, timings_ms={name: round(1000 * t, 1) for name, t in {**parts, "total": seconds}.items()})


def to_settle(verdict: Verdict, most: int = 5) -> tuple[Assumption, ...]:
    """Return the assumptions that are still open, at most ``most``: those with findings on neither side (gaps) and
    those with findings on both sides (contested). The most important ones come first; among equally important ones,
    gaps come first."""
    unsettled = [one for one in verdict.assumptions if one.ruling in (AssumptionRuling.GAP, AssumptionRuling.CONTESTED)]
    unsettled.sort(key=lambda one: (-one.importance, one.ruling is AssumptionRuling.CONTESTED))
    return tuple(unsettled[:most])


def strongest(assumptions: Sequence[Assumption], side: Stance) -> tuple[Finding, ...]:
    """Return the ``CASE`` strongest findings on one side, the strongest first. At most one finding of each voice is
    returned; a voice is a person or, if nobody is named, a document.

    The strength of a finding is the probability that it is on that side, times the probability that it concerns the
    idea, times the importance of its assumption.
    """
    weighty = [
        (a.importance * f.confidence * (1.0 if f.judged else f.bears), f)
        for a in assumptions
        for f in on(a.findings, side)
    ]
    kept: dict[str, Finding] = {}
    for _, finding in sorted(weighty, key=lambda pair: -pair[0]):
        kept.setdefault(voice(finding), finding)
    return tuple(kept.values())[:CASE]


def case_hash(verdict: Verdict) -> str:
    """Return a hash of the strongest findings for and against the idea: of the places of their quotes, and of the side
    that each is on. It stays the same if only the order of the findings changes."""
    places = sorted(
        f"{side} {one.citation.about.id} {one.citation.start} {one.citation.end}"
        for side, case in (("for", verdict.case_for), ("against", verdict.case_against))
        for one in case
    )
    return hashlib.sha256("\n".join(places).encode()).hexdigest()[:12]


def summary(verdict: Verdict) -> tuple[Remark, ...]:
    """Return the sentences in which a model summed up the strongest findings of the verdict. Empty if there are none,
    or if the strongest findings have changed since: for example, a person judged that one is on the other side."""
    made = verdict.summary
    return made.sentences if made and made.case == case_hash(verdict) else ()


def is_guessed(verdict: Verdict) -> bool:
    """Whether the side of at least one finding in the verdict is only a guess. This is so if the finding supports or
    challenges its assumption, no person has judged it, and its side was decided without a chat model: by the model that
    comes with the program, or by plain rules."""
    found = [one for assumption in verdict.assumptions for one in assumption.findings]
    return verdict.stance_model in OFFLINE and any(
        one.stance is not Stance.UNCLEAR and one.confidence < 1 and not one.judged for one in found
    )


def on(findings: Sequence[Finding], stance: Stance) -> list[Finding]:
    """Return the findings with this stance. A finding is left out if its document only reports it as the view of
    somebody with whom the author disagrees."""
    return [finding for finding in findings if finding.stance is stance and finding.kind is not Kind.OPPONENT]


def voice(finding: Finding) -> str:
    """Return a key for the person who speaks in a finding; findings with the same key count as one voice. A full name
    is the same voice in all documents.

    A speaker with only a first name or a role is a different voice in each document. A document that names nobody is
    one voice.
    """
    about, speaker = finding.citation.about, finding.citation.speaker
    if speaker and not naming.is_full(speaker):
        return f"{about.id} {_plain(speaker)}"
    who = speaker or about.author
    return _plain(who) if who and naming.tells_who(who) else about.id


def voices(verdict: Verdict) -> tuple[int, int]:
    """Return the number of voices for the idea, and the number against it. A voice is a person or, if nobody is named,
    a document."""
    return heard([one for assumption in verdict.assumptions for one in assumption.findings])


def heard(findings: Sequence[Finding]) -> tuple[int, int]:
    """Return the number of voices in these findings that are for the assumption, and the number against it. A voice is
    a person or, if nobody is named, a document; it counts on both sides if it speaks on both. Every count of voices in
    the program comes from this function."""
    said_for, said_against = (set(map(voice, on(findings, side))) for side in (Stance.SUPPORTS, Stance.CHALLENGES))
    return len(said_for), len(said_against)


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())


def _is_named(name: str, number: int, one: Assumption) -> bool:
    return name.strip().casefold() in (one.lens.casefold(), str(number))
