"""The content of a verdict's report: the same words, order and positions in every format. Pure functions.

A report begins as the page does: the result, at most ``rulings.CASE`` findings for each side, the points without
evidence, and what to find out first. The assumptions follow; they refer to findings shown earlier by their numbers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from assistant.pressure import rulings
from assistant.pressure import settling as settling_of
from assistant.pressure.assumptions import OWN, PROPOSED, WHOLE
from assistant.text.dates import spoken
from assistant.types import Assumption, AssumptionRuling, Citation, Finding, IdeaRuling, Kind, Remark, Stance, Verdict
from ui.views.present import Standing
from ui.views.shown import as_guess, cost_line, voice

MEANS = {
    IdeaRuling.HOLDS: "What was found in the documents speaks for it, and nothing against it.",
    IdeaRuling.CONTESTED: "What was found in the documents speaks for it and against it.",
    IdeaRuling.CHALLENGED: "What was found in the documents speaks against it, and nothing for it.",
    IdeaRuling.NOT_COVERED: "Nothing was found in the documents that speaks for it or against it.",
}
ONE_SIDED = {  # where a summary has a sentence for one side only
    IdeaRuling.HOLDS: "Nothing was found against it.",
    IdeaRuling.CHALLENGED: "Nothing was found for it.",
}
NOTHING = "Nothing was found on this."
ALL_TOUCHED = "Nothing: on each, something was found that may bear on it."
UNTOLD = "What bears on this takes no side that can be told."
KINDS = {
    Kind.CLAIM: "",  # neither is told of it
    Kind.FIGURE: "a reported figure",
    Kind.QUOTED: "somebody is quoted",
    Kind.FORECAST: "a forecast",
    Kind.OPPONENT: "reported of somebody the author does not agree with; does not count",
}
UNFOUND = "On what nothing was found"
CHEAPEST = "The cheapest way: "
VOICES = "each a person, or a document that names nobody"  # what counts as a voice, where voices are first told
SIDES = {Stance.SUPPORTS: "For", Stance.CHALLENGES: "Against", Stance.UNCLEAR: "Unclear"}
GUESSED = "side guessed"
HOW_WRONG = (  # measured as ``eval/training/README.md`` says
    "of 74 passages of two companies' handbooks that people had put on one side of an idea, the model put 22 on the"
    " other."
)
READERS = {  # stance models that are no chat model, by what readers call them
    "pushback": "The small model that comes with Pushback",
    "none": "A list of words such as “not” and “should”",
    "": "A model",
}
OPEN, NONE = "of no clear side", "no evidence"
COUNTED = {NONE: f"with {NONE}"}  # outcomes that need another word after their number
OUTCOMES = (*(ruling.value for ruling in AssumptionRuling if ruling is not AssumptionRuling.GAP), OPEN, NONE)
TAKEN = (Stance.SUPPORTS, Stance.CHALLENGES)
# Voices from which an assumption lies at the right edge of the picture: more make it no better known; a guess.
ENOUGH = 6
MISSING = 3  # of what nothing was found on that is told at a glance: as many as findings a side


class Point(NamedTuple):
    """The position of an assumption in the chart of importance and evidence; ``importance`` and ``evidence`` are from 0
    to 1. ``evidence`` grows with the number of voices (people, or documents without a named speaker) that speak for the
    assumption or against it: it is this number divided by ``ENOUGH``, but at most 1."""

    number: int
    assumption: Assumption
    evidence: float
    importance: float


class CaseOfSide(NamedTuple):
    """A group of findings (quotes that concern the idea) in the overview of a report: the findings for the idea, those
    against it, or those whose side a person has to judge. ``empty`` is the text that is shown if the group has no
    findings."""

    key: str
    title: str
    findings: tuple[Finding, ...]
    empty: str = ""


class SideFindings(NamedTuple):
    """Those findings of an assumption that are on one side, such as "For it" (``name``). Findings that the report has
    shown before are only referred to, by their numbers in the report (``above``); ``findings`` has the rest."""

    name: str
    above: tuple[int, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """A verdict on an idea, with its id and the time of the test (``created``). ``standing`` says of each citation
    whether its source is unchanged, has changed or is gone."""

    verdict: Verdict
    id: str = ""
    created: str = ""
    standing: Mapping[Citation, Standing] = field(default_factory=dict, hash=False)

    def mark(self, citation: Citation) -> str:
        """A warning if the source of the citation has changed or is gone; empty if it is unchanged."""
        return self.standing.get(citation, Standing.HOLDS).value


def head(report: Report) -> str:
    """A summary of the test: when it was made, how many assumptions have each ruling, how much was searched, and how
    many sources have changed since."""
    verdict = report.verdict
    called = Counter(map(outcome, verdict.assumptions))
    counts = ", ".join(f"{called[name]} {COUNTED.get(name, name)}" for name in OUTCOMES if called[name])
    when = f"Tested {spoken(report.created[:10])}. " if report.created else ""
    documents, passages = verdict.searched
    searched = f"Searched: {_count(documents, 'document')}, {_count(passages, 'passage')}."
    faults = sum(standing is not Standing.HOLDS for standing in report.standing.values())
    changed = _count(
        faults, "citation has changed or gone; it is marked", "citations have changed or gone; they are marked"
    )
    since = f" Since then the source of {changed}." if faults else ""
    return f"{when}It rests on {_count(len(verdict.assumptions), 'assumption')}: {counts}. {searched}{since}"


def outcome(one: Assumption) -> str:
    """The ruling on an assumption, in words for readers. A gap (no quote is for the assumption or against it) is called
    "of no clear side" if a quote was found that concerns the assumption, else "no evidence"."""
    if one.ruling is not AssumptionRuling.GAP:
        return one.ruling.value
    return OPEN if rulings.bears(one.findings) else NONE


def in_short(verdict: Verdict) -> str:
    """The result in short. If a chat model has summed up the findings, these are its sentences, each followed by the
    numbers of the findings that it rests on.

    Otherwise the result is what the ruling means, how many voices (people, or documents without a named speaker) are
    for the idea and how many against it, and on how many assumptions there is evidence that counts for or against them.
    A warning is added if the side of some evidence is only a guess that no person has checked."""
    if made := rulings.summary(verdict):
        return " ".join((*(_referred(one, verdict) for one in made), ONE_SIDED.get(verdict.ruling, ""))).strip()
    says = f"{MEANS[verdict.ruling].removesuffix('.')}{_heard(rulings.voices(verdict))}"
    if verdict.ruling is IdeaRuling.NOT_COVERED and (unsaid := len(undecided(verdict))):
        bear = "1 passage bears" if unsaid == 1 else f"{unsaid:,} passages bear"
        says = f"{bear} on it, on which side is not known"
    guess = "The sides are guessed: judge them." if rulings.is_guessed(verdict) else ""
    return " ".join(part for part in (f"{says}.", _rests(verdict.assumptions), guess) if part)


def _referred(one: Remark, verdict: Verdict) -> str:
    """A sentence of the summary, followed by the numbers of the findings that it rests on."""
    numbers = (number for finding, number in numbered(verdict).items() if finding.citation in one.citations)
    return f"{one.text} [{', '.join(map(str, numbers))}]"


def _heard(voices: tuple[int, int]) -> str:
    """The end of a sentence: how many voices are for and against the idea, and what counts as a voice. Empty if there
    are none."""
    if not any(voices):
        return ""
    said_for, said_against = voices
    if said_for and said_against:
        return f": {_voices(said_for)} ({VOICES}) for it, {said_against:,} against it"
    return f": {_voices(said_for or said_against)} ({VOICES})"


def _rests(assumptions: Sequence[Assumption]) -> str:
    """A sentence that says on how many assumptions evidence with a known side was found; empty for a single
    assumption."""
    known, count = sum(one.ruling is not AssumptionRuling.GAP for one in assumptions), len(assumptions)
    some = "none" if not known else "each" if known == count else f"{known:,}"
    return f"What was found takes a known side on {some} of its {count:,} assumptions." if count > 1 else ""


def _voices(count: int) -> str:
    return _count(count, "voice") if count else "no voices"


def _count(count: int, one: str, many: str = "") -> str:
    return f"1 {one}" if count == 1 else f"{count:,} {many or f'{one}s'}"


def cases(verdict: Verdict) -> list[CaseOfSide]:
    """The groups of findings in the overview: first the findings whose side a person has to judge, if there are any;
    then the findings for the idea, and then those against it."""
    unsaid = tuple(undecided(verdict)[: rulings.CASE])
    return [
        *([CaseOfSide("unsaid", "Bears on it: you say", unsaid)] if unsaid else []),
        CaseOfSide("for", "For it", verdict.case_for, NOTHING),
        CaseOfSide("against", "Against it", verdict.case_against, NOTHING),
    ]


def numbered(verdict: Verdict) -> dict[Finding, int]:
    """The numbers of the findings that the overview (``cases``) shows, counted from 1. Reports refer to these findings
    by their numbers."""
    return {one: number for number, one in enumerate((f for case in cases(verdict) for f in case.findings), start=1)}


def missing(verdict: Verdict) -> tuple[str, ...]:
    """The first ``MISSING`` assumptions on which no evidence was found, each given by its question or, if it has none,
    by its text. If there are more such assumptions, a last line says how many more."""
    more = len(verdict.missing) - MISSING
    rest = (f"and {more} more, among what it rests on.",) if more > 0 else ()
    return (*verdict.missing[:MISSING], *rest)


def sides(verdict: Verdict, number: int) -> list[SideFindings]:
    """The findings of the assumption with this number (counted from 1), grouped by side. Findings that also belong to
    an earlier assumption are left out, and so are sides without findings. Findings that a person judged not to be about
    the assumption are left out, too."""
    own, above = first_told(verdict, number), numbered(verdict)
    found = [
        SideFindings(
            name,
            tuple(sorted(above[one] for one in of_side(own, side) if one in above)),
            tuple(one for one in of_side(own, side) if one not in above and not rulings.is_set_aside(one)),
        )
        for side, name in SIDES.items()
    ]
    return [one for one in found if one.above or one.findings]


def see_above(side: SideFindings) -> str:
    """A sentence that refers the reader to findings of this side that were shown earlier in the report; empty if there
    are none."""
    return f"See {listed(side.above)} above." if side.above else ""


def listed(numbers: Sequence[int]) -> str:
    """The numbers as one text: ``1, 2 and 3``."""
    *first, last = map(str, numbers)
    return f"{', '.join(first)} and {last}" if first else last


def undecided(verdict: Verdict) -> list[Finding]:
    """The findings that concern the idea but are on no known side, each once."""
    found = {one: None for assumption in verdict.assumptions for one in of_side(assumption, Stance.UNCLEAR)}
    return [one for one in found if rulings.bears([one])]


def settling(verdict: Verdict) -> list[tuple[str, str]]:
    """The open questions of a verdict, the most important first and at most five. Each item is a pair: the question,
    and the cheapest way to settle it (empty if unknown)."""
    return [(one.question or _asks(one), settling_of.cheapest(one)) for one in rulings.to_settle(verdict)]


def _asks(one: Assumption) -> str:
    return "Does the idea work out as it stands?" if one.lens == WHOLE else f"Does it hold: {one.text}"


def why(finding: Finding) -> str:
    """A model's reason why the finding concerns its assumption; empty if no model gave one."""
    return f"A model's reading: {finding.why}" if finding.why else ""


def remark(one: Remark) -> str:
    """A sentence of a model's comment, followed by the cited speakers in brackets."""
    who = dict.fromkeys(f"{voice(c) or c.about.title}, {spoken(c.about.date or 'undated')}" for c in one.citations)
    return f"{one.text} ({'; '.join(who)})" if who else one.text


def looked_at(one: Assumption) -> str:
    """How an assumption was examined: its lens (the kind of question that led to it), the question itself, its
    importance, and who set the importance."""
    by = {"user": ", set by hand", "model": ", set by the model"}.get(one.importance_by, "")
    lens = "in a person's words" if one.lens == OWN else one.lens
    parts = (opened(lens), one.question, f"importance {one.importance:.0%}{by}")
    return " · ".join(part for part in parts if part)


def opened(text: str) -> str:
    """The text with its first letter in upper case."""
    return text[:1].upper() + text[1:]


def weighed_by(one: Assumption) -> str:
    """The end of a sentence that says who set the importance of an assumption, the user or the model; empty if neither
    did."""
    return {"user": ", set by you", "model": ", set by the model"}.get(one.importance_by, "")


def points(verdict: Verdict) -> list[Point]:
    """The positions of all assumptions of a verdict in the chart of importance and evidence."""
    return [
        Point(number, one, min(1.0, heard(one) / ENOUGH), one.importance)
        for number, one in enumerate(verdict.assumptions, start=1)
    ]


def heard(one: Assumption) -> int:
    """The number of voices (people, or documents without a named speaker) that speak for an assumption, plus the number
    that speak against it. A voice on both sides counts twice."""
    return sum(rulings.heard(one.findings))


def counted(one: Assumption) -> str:
    """A text with the number of voices (people, or documents without a named speaker) for an assumption, and the number
    against it; empty if there are none."""
    said_for, said_against = rulings.heard(one.findings)
    return f"{_voices(said_for)} for, {said_against or 'none'} against" if said_for or said_against else ""


def sided(one: Assumption) -> list[Finding]:
    """The findings for an assumption, then those against it; together they decide whether the assumption counts as
    supported, challenged or contested. Words of people with whom the source disagrees are left out."""
    return [finding for side in TAKEN for finding in rulings.on(one.findings, side)]


def of_side(one: Assumption, side: Stance) -> list[Finding]:
    """All findings (quotes that concern the assumption) with the stance ``side``. Words of people with whom the source
    disagrees are included, although they do not count for or against the assumption."""
    return [finding for finding in one.findings if finding.stance is side]


def first_told(verdict: Verdict, number: int) -> Assumption:
    """The assumption with this number (counted from 1), without the findings that also belong to an earlier assumption.
    A report thus shows each finding only once."""
    own = rulings.first_told(verdict.assumptions, number)
    return replace(verdict.assumptions[number - 1], findings=own)


def beside(verdict: Verdict, number: int) -> str:
    """A note on the assumption with this number (counted from 1). It says so if no evidence decides the assumption, and
    names the earlier assumptions that have findings in common with this one. Empty if there is nothing to note."""
    one = verdict.assumptions[number - 1]
    others = rulings.elsewhere(verdict.assumptions, number)
    open = "" if sided(one) else UNTOLD if rulings.bears(one.findings) else NOTHING
    see = f"See {'also ' if rulings.first_told(verdict.assumptions, number) else ''}the findings of" if others else ""
    return f"{open} {see} {listed(others)}.".strip() if others else open


def left_open(verdict: Verdict, number: int) -> str:
    """The note that ``beside`` makes on the assumption with this number (counted from 1). If no evidence decides the
    assumption, the cheapest way to settle it follows, if one is known. Empty if there is nothing to note."""
    one, told = verdict.assumptions[number - 1], beside(verdict, number)
    how = "" if sided(one) else settling_of.cheapest(one)
    return f"{told} {CHEAPEST}{how}" if told and how else told


def around(finding: Finding) -> tuple[str, str, str]:
    """The text before the quote of a finding, the quote, and the text after it."""
    quote = finding.citation.quote
    before, found, after = finding.context.partition(quote)
    return (before, quote, after) if found else ("", quote, "")


def source(citation: Citation) -> str:
    """A citation as text: its speaker, title, date and page, and the file in brackets."""
    return f"{_particulars(citation)} ({citation.about.source})"


def place(citation: Citation) -> str:
    """A citation as text for a terminal: its speaker, title, date and page, then its file and the positions of the
    quote in it, so that the line can be searched for."""
    return f"{_particulars(citation)}; {citation.about.source}:{citation.start}-{citation.end}"


def _particulars(citation: Citation) -> str:
    about = citation.about
    title, when = as_guess(about, "title", about.title), as_guess(about, "date", spoken(about.date or ""))
    return ", ".join(filter(None, [voice(citation), title, when or "undated", about.place(citation.page)]))


def attributed(finding: Finding) -> str:
    """A note on a finding (a quote that concerns an assumption): the kind of statement (such as a forecast), and
    whether a person or a model decided if it speaks for or against the assumption. Empty if there is nothing to say.

    The note does not say how probable it is that the side is right: tests did not show that the model's numbers are
    probabilities.
    """
    by = ""
    if finding.judged:
        by = judged_by(finding)
    elif finding.stance is Stance.UNCLEAR:
        by = "side unclear"
    elif finding.confidence < 1:
        by = "side as the model reads it" if finding.why else GUESSED
    return "; ".join(part for part in (KINDS[finding.kind], by) if part)


def judged_by(finding: Finding) -> str:
    """A text that names the person who judged whether a finding speaks for or against its assumption; ``a person``
    stands for the name if nobody signs in. Empty if no person judged it."""
    return f"judged by {finding.judged.by or 'a person'}" if finding.judged else ""


def trust(verdict: Verdict) -> Iterator[str]:
    """Yield sentences on how far to trust a verdict: the rule for rulings, which model decided whether findings are for
    or against the assumptions and how often it is wrong, what a chat model wrote and cost, and what was left out of the
    verdict."""
    yield rulings.LEAST
    reader = READERS.get(verdict.stance_model, f"The model {verdict.stance_model}")
    found = [one for assumption in verdict.assumptions for one in sided(assumption)]
    if unsure := [one for one in found if one.confidence < 1]:
        yield f"{reader} told the sides of {_count(len(unsure), 'finding')}."
    elif not found:
        yield f"{reader} was asked for sides and could tell none."
    if verdict.stance_model == "none":
        yield "That list is no trained model, and is often wrong."
    if verdict.stance_model == "pushback":
        yield f"They are guesses: {HOW_WRONG}"
    if verdict.model:
        yield f"What is called “{PROPOSED}”, and what is told as a model's reading, is in the words of {verdict.model}."
    if verdict.cost:
        yield f"What the model was asked: {cost_line(verdict.cost)}."
    if verdict.dropped:
        yield f"Of what it wrote, {len(verdict.dropped)} did not hold and are left out."
    yield from verdict.notices
    if verdict.rejected:
        yield f"Quotes that could not be found in the documents, and are left out: {len(verdict.rejected)}."
    yield "Quotes are verified: they stand in the documents. Their sides are a model's reading, so read the quotes."
