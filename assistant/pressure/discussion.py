"""The discussion of a verdict. Insistence does not change it; new evidence can.

Disagreement alone changes nothing, and the reply says so. Three things can change a verdict: a quotation that had not
been considered, documents that were added or removed since, and a changed idea, for example a narrower one. The reply
names the finding that caused the change, and compares a revised idea with the former one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import NamedTuple, Protocol

from assistant.checking import citations
from assistant.library.library import Library
from assistant.pressure import revising, rulings
from assistant.types import (
    Assumption,
    AssumptionRuling,
    Citation,
    Cost,
    Finding,
    Hit,
    Kind,
    Remark,
    Stance,
    Verdict,
)

SHORTEST = 4  # words of a quote, below which it could stand anywhere
# Passages in which a quoted passage is looked for: a search for its words should have it among the first; not measured.
LOOKED_AT = 12

_QUOTED = re.compile(r"[“„\"«](?P<quote>[^“”„\"«»]{10,})[”“\"»]", re.S)
_FOR, _AGAINST = r"(?:for|supports?|in favou?r of)", r"(?:against|challenges?|contradicts?)"
_IT = r"(?:it|this|that|them|the (?:idea|plan|quote|passage))"
_SIDE = re.compile(  # a message that says no more than the side of what was quoted
    rf"^\W*(?:{_IT}\b\s*)?(?:(?:speaks?|is|are|counts?|stands?)\s+|['’]s\s+)?"
    rf"(?:(?P<for>{_FOR})|(?P<against>{_AGAINST})|(?P<none>not about|neither|nothing to do with))(?:\s+{_IT})?\W*$",
    re.I,
)
_SIDED = {"for": Stance.SUPPORTS, "against": Stance.CHALLENGES, "none": Stance.UNCLEAR}
ASKED = 0.0  # confidence of a finding whose side the user is asked for
_ASKS = "On which side is it? Say “for”, “against” or “not about this”; until then it rules on nothing."
_BETTER = {
    AssumptionRuling.CHALLENGED: 0,
    AssumptionRuling.GAP: 1,
    AssumptionRuling.CONTESTED: 2,
    AssumptionRuling.SUPPORTED: 3,
}


class Beside(NamedTuple):
    """A model's comment on a verdict, which is shown beside the reply to the user: the sentences of the comment
    (``prose``), ``notices`` that say why the comment is missing or cut, and the ``cost`` of the model's calls."""

    prose: tuple[Remark, ...] = ()
    notices: tuple[str, ...] = ()
    cost: Cost | None = None


class AssistantParts(Protocol):
    """The parts of the assistant that the discussion of a verdict needs."""

    library: Library

    def challenge(self, idea: str, *, like: Verdict | None = None) -> Verdict:
        """Test an idea against the documents, and return the verdict. If ``like`` is an earlier verdict on the idea, or
        on another wording of it, what people changed in that verdict is taken over: their judgements of quotes, the
        weights that they gave, and the assumptions that they added, reworded or left out."""
        ...

    def replied(self, verdict: Verdict, message: str, findings: Sequence[Finding]) -> Beside:
        """Return a model's comment on a user's ``message`` about a verdict, checked against the documents. Without a
        model, the comment is empty. ``verdict`` already includes the changes that the message caused. ``findings`` are
        the quotes for or against the idea that these changes added to the verdict or removed from it."""
        ...

    def search(self, query: str, k: int = 8) -> list[Hit]:
        """Return the ``k`` passages that fit the query best, the best first."""
        ...

    def sure_sides(self, pairs: Sequence[tuple[str, str]]) -> list[tuple[Stance, float]]:
        """For each pair of a claim and a text, return whether the text supports or challenges the claim, and how
        probable this is. Only a chat model decides: without one, or if it is not certain, the stance is ``UNCLEAR``."""
        ...


class Moved(StrEnum):
    """The cause of a change of a verdict: a quote from the documents or the user's judgement of it, documents that were
    added or removed, or a changed idea. ``NOTHING`` means that the verdict has not changed."""

    NOTHING = "nothing"
    PASSAGE = "a cited passage"
    DOCUMENTS = "other documents"
    IDEA = "another idea"


class VerdictChange(NamedTuple):
    """A difference between two verdicts, described in a text (``what``). ``better`` says whether the difference helps
    the idea. ``findings`` are the quotes for or against the idea that only one of the two verdicts has; empty if the
    difference does not come from such quotes."""

    what: str
    better: bool
    findings: tuple[Finding, ...] = ()


class DiscussionReply(NamedTuple):
    """The reply to a message about a verdict: its text, the verdict after the message, the cause of a change of the
    verdict (``moved``), and the differences from the verdict before the message (``changes``).

    ``prose`` is a model's comment on the message, shown beside the text. ``notices`` say why the comment is missing or
    cut, and ``cost`` counts the model's calls and tokens; None if no model was called.
    """

    text: str
    verdict: Verdict
    moved: Moved
    changes: tuple[VerdictChange, ...] = ()
    prose: tuple[Remark, ...] = ()
    notices: tuple[str, ...] = ()
    cost: Cost | None = None


def discuss(assistant: AssistantParts, verdict: Verdict, message: str, by: str = "") -> DiscussionReply:
    """Return the reply to a message about a verdict. If the message changes the verdict, the reply has a new verdict.

    ``by`` is the name of the message's author, empty if people do not sign in. If the message says whether a quote is
    for or against the idea, this judgement is stored under that name. Code decides whether the verdict changes. A chat
    model, if there is one, only comments on the message.
    """
    reply = _moved(assistant, verdict, message, by)
    found = [finding for change in reply.changes for finding in change.findings]
    prose, notices, cost = assistant.replied(reply.verdict, message, found)
    return reply._replace(prose=prose, notices=notices, cost=cost)


def _moved(assistant: AssistantParts, verdict: Verdict, message: str, by: str) -> DiscussionReply:
    """Decide whether a message changes the verdict, and return the reply, without a model's comment."""
    quoted = [" ".join(match["quote"].split()) for match in _QUOTED.finditer(message)]
    if long_enough := [quote for quote in quoted if len(quote.split()) >= SHORTEST]:
        return _with_passages(assistant, verdict, long_enough)
    if (side := side_told(message)) and any(map(_is_asked, verdict.assumptions[0].findings)):
        return _judged(verdict, side, by)
    if idea := revising.revised(verdict.idea, message):
        return _revised(assistant, verdict, idea)
    if assistant.library.digest() != verdict.library:
        return _again(assistant, verdict)
    return DiscussionReply(_unmoved(verdict), verdict, Moved.NOTHING)


def side_told(message: str) -> Stance | None:
    """Return the side on which a message puts quotes that the user gave before, as in "That speaks against it": for the
    idea or against it. ``UNCLEAR`` if the message says that the quotes are not about the idea. None if the message is
    about anything else."""
    match = _SIDE.match(" ".join(message.split()))
    return _SIDED[match.lastgroup or "none"] if match else None


def _judged(verdict: Verdict, side: Stance, by: str) -> DiscussionReply:
    """Give the quotes that the user brought the ``side`` that the user names, compute the rulings again, and return the
    reply."""
    first, *rest = verdict.assumptions
    findings = tuple(rulings.judge(one, side, by) if _is_asked(one) else one for one in first.findings)
    after = rulings.ruled(replace(verdict, assumptions=(replace(first, findings=findings), *rest)))
    told = {Stance.SUPPORTS: "for it", Stance.CHALLENGES: "against it"}.get(side, "not about this")
    quotes = ", ".join(f"“{one.citation.quote}”" for one in first.findings if _is_asked(one))
    return DiscussionReply(
        f"By your word, {quotes} counts as {told}. {_ruling(verdict, after)}",
        after,
        Moved.PASSAGE,
        compare(verdict, after),
    )


def _is_asked(finding: Finding) -> bool:
    return finding.stance is Stance.UNCLEAR and finding.confidence == ASKED


def compare(before: Verdict, after: Verdict) -> tuple[VerdictChange, ...]:
    """Return the differences between two verdicts: first in the ruling on the idea, then in the assumptions, then in
    the findings for and against the idea."""
    changes = list(_ruled_otherwise(before, after))
    known = {_place(f.citation) for f in _sided(before)}
    left = {_place(f.citation) for f in _sided(after)}
    for side, came, went in (
        (Stance.SUPPORTS, "more speaks for it", "what spoke for it is gone"),
        (Stance.CHALLENGES, "more speaks against it", "what spoke against it is gone"),
    ):
        new = tuple(f for f in _sided(after) if f.stance is side and _place(f.citation) not in known)
        gone = tuple(f for f in _sided(before) if f.stance is side and _place(f.citation) not in left)
        changes += [VerdictChange(came, side is Stance.SUPPORTS, new)] if new else []
        changes += [VerdictChange(went, side is Stance.CHALLENGES, gone)] if gone else []
    return tuple(changes)


def _ruled_otherwise(before: Verdict, after: Verdict) -> Iterator[VerdictChange]:
    if before.ruling is not after.ruling:
        sides = [len([f for f in _sided(v) if f.stance is Stance.CHALLENGES]) for v in (before, after)]
        yield VerdictChange(f"the idea was {before.ruling.value} and is {after.ruling.value}", sides[1] < sides[0])
    old = {_key(one): one for one in before.assumptions}
    new = {_key(one): one for one in after.assumptions}
    for key, one in new.items():
        was = old.get(key)
        if was is None:
            yield VerdictChange(f"it now also rests on “{one.text}”, which is {_called(one)}", _BETTER[one.ruling] > 1)
        elif was.ruling is not one.ruling:
            what = f"“{one.text}” was {_called(was)} and is {_called(one)}"
            known = {_place(f.citation) for f in was.findings}
            came = tuple(f for f in one.findings if _counts(f) and _place(f.citation) not in known)
            yield VerdictChange(what, _BETTER[one.ruling] > _BETTER[was.ruling], came)
    for key, one in old.items():
        if key not in new:
            yield VerdictChange(
                f"it no longer rests on “{one.text}”, which was {_called(one)}", _BETTER[one.ruling] < 2
            )


def _with_passages(assistant: AssistantParts, verdict: Verdict, quotes: list[str]) -> DiscussionReply:
    """Return the reply to a message that quotes passages. Each quote is looked for in the documents; if it is found
    there and is not yet a finding, it becomes a finding on the idea, and the rulings are computed again."""
    found, told = [], []
    for quote in quotes:
        passages = [hit.passage for hit in assistant.search(quote, LOOKED_AT)]
        cited = citations.locate(quote, passages, assistant.library.quote)
        if not isinstance(cited, Citation):
            told.append(f"“{quote}” stands in none of the documents, so it moves nothing. Bring the document in first.")
        elif any(_overlap(cited, f.citation) for a in verdict.assumptions for f in a.findings if _counts(f)):
            told.append(f"“{quote}” has been weighed already.")
        else:
            context = next(p.text for p in passages if p.about.id == cited.about.id and p.start <= cited.start < p.end)
            found.append((cited, context))
    if not found:
        return DiscussionReply(" ".join([*told, _unmoved(verdict)]), verdict, Moved.NOTHING)
    first, *rest = verdict.assumptions
    sides = assistant.sure_sides([(verdict.idea, cited.quote) for cited, _ in found])
    added = [
        Finding(cited, stance, ASKED if stance is Stance.UNCLEAR else confidence, Kind.CLAIM, context)
        for (cited, context), (stance, confidence) in zip(found, sides, strict=True)
    ]
    places = {_place(one.citation) for one in added}
    kept = tuple(f for f in first.findings if _place(f.citation) not in places)
    after = rulings.ruled(replace(verdict, assumptions=(replace(first, findings=(*kept, *added)), *rest)))
    for one in added:
        side = {Stance.SUPPORTS: "speaks for it", Stance.CHALLENGES: "speaks against it"}.get(one.stance)
        where = f"{one.citation.voice or one.citation.about.title}, {one.citation.about.source}"
        told.append(
            f"“{one.citation.quote}” ({where}) had not been looked at and {side}."
            if side
            else f"“{one.citation.quote}” ({where}) is there, and had not been weighed."
        )
    if any(map(_is_asked, added)):
        told.append(_ASKS)
    changes = compare(verdict, after)
    return DiscussionReply(" ".join([*told, _ruling(verdict, after)]), after, Moved.PASSAGE, changes)


def _revised(assistant: AssistantParts, verdict: Verdict, idea: str) -> DiscussionReply:
    after = assistant.challenge(idea, like=verdict)
    changes = compare(verdict, after)
    judged = any(one.judged for assumption in after.assumptions for one in assumption.findings)
    kept = "What you had judged of the same quotes counts here, too." if judged else ""
    text = f"Tested as another idea: “{idea}” {_ruling(verdict, after)} {summary(changes)} {kept}"
    return DiscussionReply(" ".join(text.split()), after, Moved.IDEA, changes)


def _again(assistant: AssistantParts, verdict: Verdict) -> DiscussionReply:
    """Test the idea again after the documents have changed, with what people said of it, and return the reply."""
    after = assistant.challenge(verdict.idea, like=verdict)
    changes = compare(verdict, after)
    if not changes:
        return DiscussionReply(
            f"The documents have changed, but nothing that was found. {_unmoved(after)}", after, Moved.NOTHING
        )
    opening = "The documents have changed since, so the idea was tested again."
    return DiscussionReply(f"{opening} {_ruling(verdict, after)} {summary(changes)}", after, Moved.DOCUMENTS, changes)


def summary(changes: tuple[VerdictChange, ...]) -> str:
    """Describe the changes of a verdict in text: one sentence with those that are better for the idea, and one with
    those that are worse. The text is empty if there are no changes."""
    parts = []
    for better, name in ((True, "Better"), (False, "Worse")):
        told = [_told(change) for change in changes if change.better is better]
        parts += [f"{name}: {'; '.join(told)}."] if told else []
    return " ".join(parts)


def _told(change: VerdictChange) -> str:
    quotes = ", ".join(f"“{one.citation.quote}” ({one.citation.about.source})" for one in change.findings[:2])
    return f"{change.what}: {quotes}" if quotes else change.what


def _unmoved(verdict: Verdict) -> str:
    strongest = verdict.case_against or verdict.case_for
    stands = ""
    if strongest:
        one = strongest[0].citation
        stands = f" It stands on what was found, as “{one.quote}” ({one.voice or one.about.title})."
    return (
        f"The verdict stays {verdict.ruling.value}: disagreement is no evidence.{stands} What would move it: a document"
        " that is brought in, words of a document in quotation marks, or a narrower idea."
    )


def _ruling(before: Verdict, after: Verdict) -> str:
    if before.ruling is after.ruling:
        return f"The ruling is {after.ruling.value}, as before."
    return f"The ruling was {before.ruling.value} and is {after.ruling.value}."


def _called(one: Assumption) -> str:
    return "without evidence" if one.ruling is AssumptionRuling.GAP else one.ruling.value


def _key(one: Assumption) -> str:
    """Return a key that is the same for the same assumption in two verdicts."""
    return one.lens if one.lens == "the idea as it stands" else f"{one.lens} {one.text}"


def _sided(verdict: Verdict) -> list[Finding]:
    return [f for a in verdict.assumptions for f in a.findings if _counts(f)]


def _counts(finding: Finding) -> bool:
    return finding.stance is not Stance.UNCLEAR and finding.kind is not Kind.OPPONENT


def _place(citation: Citation) -> tuple[str, int, int]:
    return citation.about.id, citation.start, citation.end


def _overlap(one: Citation, other: Citation) -> bool:
    return one.about.id == other.about.id and one.start < other.end and other.start < one.end
