"""Finds what an idea rests on: the idea itself, each of its clauses, and the side that it takes in each lens. A lens is
a strategist's question with two opposite answers, its sides.

An idea with a "not" is read as its opposite, and its evidence for and against is then exchanged, so that an idea and
its negation are tested against the same evidence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from assistant.evidence.stance import IdeaModel, Weight, whole
from assistant.model.embedding import Embedder, Vectors
from assistant.pressure.lens import Lens, Side
from assistant.text.words import MONTHS, content_stems
from assistant.types import Assumption, AssumptionRuling, Verdict

APPLIED = 5  # lenses that are looked through for an idea: a bound on the cards of its verdict; not measured
NEAR = 0.42  # likeness from which a lens is about an idea: half of our own proposals are that near to their lens
LOOKED = 8  # lenses, the nearest, whose sides are read beside the idea: some two seconds
# Lead of one side from which it is taken: of likeness, and of what the evidence model makes of it (log odds). Nearness
# alone tells what an idea is about but not on which side it is. Chosen on the ideas of the lenses, each left out in its
# turn: 0.82 of 76 sides taken were right, 0.45 of 80 without the model; on 48 ideas written for this 0.96 of 27, and
# 0.84 of 31.
APART, ODDS_WEIGHT = 0.12, 0.75

CLAUSE, BESIDE = 0.6, 0.5  # importance of a clause, and of what stands beside it; not measured; lenses have 0.5 to 0.9
WHOLE = "the idea as it stands"
REPLACED = "what it replaces"
PROPOSED = "what would have to be true"  # by a model
OWN = "in your words"  # what a person added or put otherwise
MEANS, EFFECT, REASON, PART = "the means", "the expected effect", "the reason", "a part of the idea"
OF_WORDS = (WHOLE, REPLACED, MEANS, EFFECT, REASON, PART)  # what a part of an idea is in it, by the idea's words alone
_JOINTS = {  # what joins a clause to the rest, by what the clause then is
    REPLACED: r"instead of|rather than|in place of",
    MEANS: r"(?:by|through|via)(?=\s+\w+ing\b)",
    EFFECT: r"so that|in order to|so as to",
    REASON: r"because|since|as long as",
}
_PARTS = {
    part: re.compile(rf"\b(?:{joint})\s+(.+?)(?=\s+(?:{'|'.join(_JOINTS.values())})\s|[,.;](?!\d)|$)", re.I)
    for part, joint in _JOINTS.items()
}
_AND = re.compile(r"([,;:]?\s+\b(?:and then|and|but)\b\s+|[;:]\s+|\.\s+|,\s+(?=[^,;:.]+\binstead\W*$))", re.I)
_ENDS = re.compile(r"^[;.]\s+$|^\W*and then\s+$", re.I)  # where either side is a clause of its own
_INSTEAD = re.compile(r"\binstead\W*$", re.I)
_ANY_MORE = re.compile(r"\s+any(?:\s?more| longer)\b(?! than\b)", re.I)  # what only a "not" has beside it
_MONTHS = "|".join(sorted(MONTHS))
# How a clause can open. A verb is known by its object ("open a shop"), which no noun has, or by being no other word.
_SUBJECT = r"(?:we|they|it|he|she|i|you|there|nobody|no one|everybody|everyone|people|whoever|this|that)\b"
_OBJECT = (
    r"(?:an?|the|this|that|these|those|our|your|their|its|his|her|my|it|them|us|him|me|everyone|everybody|everything|"
    r"something|people|nobody|nothing|"
    r"all|every|each|both|any|no|some|more|less|fewer|most|many|two|three|four|five|six|seven|eight|nine|ten|half|"
    r"[€$£]?\d[\d.,]*[%k]?)(?![\w-])"
)
_VERBS = (
    "abandon|abolish|accept|acquire|add|adopt|allow|appoint|arrange|ask|assign|attend|avoid|become|begin|bring|build|"
    "buy|cancel|choose|collect|combine|compete|concentrate|confirm|consolidate|continue|create|deliver|depend|"
    "develop|discontinue|distribute|earn|eliminate|employ|enable|encourage|enlarge|enter|establish|expand|"
    "explain|explore|extend|find|finish|follow|forbid|forget|gather|get|give|go|grow|halve|hang|hire|"
    "improve|include|insist|introduce|invest|invite|join|keep|learn|lend|let|maintain|make|merge|"
    "modernise|modernize|negotiate|organise|organize|outsource|pay|persuade|postpone|prepare|prevent|"
    "promote|provide|publish|put|raise|receive|recruit|reduce|refuse|remain|remove|replace|require|"
    "retain|retire|see|sell|send|serve|simplify|speak|stop|subscribe|take|teach|"
    "tell|terminate|unify|win|withdraw|write"
)
_TOWARDS = r"(?:focus|rely) on|(?:move|switch|turn|listen|talk|return|respond|commit|adapt) (?:in)?to|look (?:for|into)"
_NO_VERB = (
    r"(?:about|after|as|at|before|between|by|during|for|from|in|into|like|not|of|off|on|over|per|than|through|to|under|"
    r"until|via|with|within|without)\b"
)
_BEFORE = r"^\W*(?:(?:then|also|instead|only|always|simply|just|again|first|please|\w+ly)\s+)*"
_COMMAND = re.compile(
    rf"{_BEFORE}(?:let us\b|let['’]s\b|do not\b|don['’]t\b|never\b|not (?!{_NO_VERB}|{_OBJECT}|only\b)"
    rf"|(?:{_VERBS})\s+\w|(?:{_TOWARDS})\b|(?!{_NO_VERB}|{_OBJECT}|(?:{_MONTHS})\b)(?!\w+(?:[^s]s|ed|ing|ly)\b)[a-z]{{2,}}"
    rf"(?: (?:up|out|off|back|in|away|over|down))?\s+{_OBJECT})",
    re.I,
)
_DOING = re.compile(r"^\W*\w+ing\s+\w", re.I)
_FINITE = re.compile(
    rf"{_BEFORE}(?:{_SUBJECT}\s+\w|(?:(?!\b(?:who|that|which|what|where|whom|whose|when|if)\b)[^,])+?\s"
    r"(?:will|should|must|ought|shall|can|cannot|may|might|would|could|is|are|was|were|has|have|had|does|did|won['’]t)\s)",
    re.I,
)
_NO_REASON = re.compile(rf"(?:of|\d+|last|then|the (?:start|beginning|end|launch|last|\d)|{_MONTHS})\b", re.I)
_LEAD = re.compile(r"^(?:let us|let['’]s|we (?:should|must|ought to|will|shall)|please)\s+", re.I)
_STOP = re.compile(r"^(?:stop|end|abolish|quit|give up|do away with|discontinue)\s+", re.I)
_KEEP = re.compile(r"^(?:keep|continue|go on|carry on)\s+(?!\w+\s+(?:from|off|away|out)\b)(?:with\s+)?", re.I)
_NOT = re.compile(
    r"^(?P<lead>(?:.{0,60}?[,:;]\s+(?:but|so|and)?\s*)?"
    r"(?:let us|let's|(?:[^,:;.!?]{0,60}\s)?we (?:should|must|ought to|will|shall)|please)?\s*)"
    r"(?:do not|don['’]t|(?<![,:;]\s)not(?: to)?|never|stop short of|refrain from|avoid)\s+",
    re.I,
)
_NOTS = re.compile(r"\b(?:(?:do|does)\s+)?not\b|\b(?:do|does)n['’]t\b", re.I)


class Assumed(NamedTuple):
    """An assumption of an idea, before it is tested. It can come from a lens: a lens is a strategist's question with
    two opposite answers, its sides.

    ``text`` is the claim for which evidence is sought. Normally it is what the idea assumes; if ``turned`` is True, it
    is the opposite, so that evidence for ``text`` counts against the idea. ``part`` has the words of the idea from
    which the assumption follows. ``name`` is the name of the lens, or the role of the assumption in the idea, such as
    "the reason".

    ``question`` is the question that the assumption answers, and ``settle`` the cheapest evidence that would answer it.
    ``sides`` has the side of the lens that the idea takes, then the opposite side; it is empty if the assumption comes
    from no lens. ``importance`` is from 0 to 1, and ``importance_by`` says who set it: "lens", "model" or "user".
    ``searches`` are queries that a model wrote to find evidence for and against the assumption.
    """

    text: str
    name: str
    importance: float
    turned: bool = False
    part: str = ""
    question: str = ""
    settle: str = ""
    sides: tuple[Side, ...] = ()
    importance_by: str = "lens"
    searches: tuple[str, ...] = ()


class _View(NamedTuple):
    """The part of an idea that is nearest to a lens. ``near`` is their similarity; ``lead`` is how much more similar
    the part is to the lens's first side than to its second (negative if less)."""

    near: float
    lead: float
    lens: Lens
    part: str


class Lenses:
    """Finds which sides an idea takes in a set of lenses. A lens is a strategist's question with two opposite answers,
    its sides. The vectors of the lenses' texts are computed once and then reused."""

    def __init__(self, lenses: Sequence[Lens], embedder: Embedder, weigher: IdeaModel) -> None:
        self._lenses, self._embedder, self._weigher = tuple(lenses), embedder, weigher
        self._vectors: dict[str, Vectors] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the lenses."""
        return tuple(lens.name for lens in self._lenses)

    def assumptions(self, idea: str) -> list[Assumed]:
        """Return an assumption for each lens in which ``idea`` takes a side: the claim of this side. At most
        ``APPLIED`` assumptions are returned; those of the lenses most similar to the idea come first."""
        views = [self._nearest(lens, _parts(idea)) for lens in self._lenses]
        near = sorted((view for view in views if view.near >= NEAR), key=lambda view: -view.near)[:LOOKED]
        odds = {part: self._side_odds(part, [one.lens for one in near if one.part == part]) for _, _, _, part in near}
        sided = [(view, view.lead + ODDS_WEIGHT * odds[view.part][view.lens.name]) for view in near]
        taken = [_assumed(view.lens, int(lead < 0), view.part) for view, lead in sided if abs(lead) >= APART]
        return taken[:APPLIED]

    def _nearest(self, lens: Lens, parts: Sequence[str]) -> _View:
        """Return the part of an idea that is nearest to the lens, with its similarity to each side."""
        views = []
        for part in parts:
            base, turned = _continued(part)
            vector = self._embedder.query(base)
            one, other = (float(_two_nearest(self._vectors_of(side), vector)) for side in lens.sides)
            views.append(_View(max(one, other), other - one if turned else one - other, lens, part))
        return max(views, key=lambda view: view.near)

    def _side_odds(self, part: str, lenses: Sequence[Lens]) -> dict[str, float]:
        """Return, by the name of each lens, how much more the texts of its first side support ``part`` than those of
        its second side do.

        ``part`` is a part of an idea. The values are differences of log odds, as the evidence model estimates them.
        """
        claim, negated = positive(part.rstrip(" ."))
        said = {(lens.name, n): (side.claim, *side.search) for lens in lenses for n, side in enumerate(lens.sides)}
        read = iter(self._weigher.weigh(claim, [whole(text) for texts in said.values() for text in texts]))
        odds = {key: float(np.mean([_towards(next(read)) for _ in texts])) for key, texts in said.items()}
        return {lens.name: (odds[lens.name, 0] - odds[lens.name, 1]) * (-1 if negated else 1) for lens in lenses}

    def _vectors_of(self, side: Side) -> Vectors:
        """Return the vectors of a side's claim and of its example ideas (texts, dimension)."""
        if side.claim not in self._vectors:
            texts = [side.claim, *side.ideas]
            found = dict(self._embedder.embed(texts, [[] for _ in texts]))
            self._vectors[side.claim] = np.stack([found[i].passage for i in range(len(texts))])
        return self._vectors[side.claim]


def _towards(weight: Weight) -> float:
    """The log odds that a text supports a claim rather than challenges it, given its weight."""
    return float(np.log(weight.sides[0] / weight.sides[1]))


def _two_nearest(rows: Vectors, vector: Vectors) -> Any:
    """The mean of the two highest cosines between ``vector`` and the vectors in ``rows``."""
    return np.sort(rows @ vector)[-2:].mean()


def _parts(idea: str) -> list[str]:
    """Return the clauses of an idea, except those that say what it would replace. An idea of one clause is returned
    whole."""
    return [one.part for one in of_words(idea)[1:] if one.name != REPLACED] or [idea]


def of_words(idea: str) -> list[Assumed]:
    """Return the assumptions that an idea states in its own words: first the idea as a whole, then its clauses. The
    name of each assumption is its role in the idea: the means, the expected effect, the reason, and so on."""
    base, turned = _kept_up(*affirmed(idea))
    assumed: list[Assumed] = []
    rest = idea
    for part, pattern in _PARTS.items():
        for match in pattern.finditer(idea):
            is_whole = _is_whole(match[1], part)
            if is_whole or part == REPLACED:
                rest = rest.replace(match[0], " ")
            if is_whole:
                assumed += _clause(match[1], part, BESIDE, replaced=part == REPLACED)
    split = clauses_of(rest)
    clauses = [found for clause in split for found in _clause(clause, PART, CLAUSE)]
    if (
        len({_kept_up(*affirmed(one))[1] for one in _sayings(rest)}) > 1
    ):  # to stop one and begin another: no one opposite
        base, turned = idea, False
    whole = Assumed(base, WHOLE, 1.0, turned=turned, part=idea)
    return [whole, *assumed, *(one for one in clauses if one.text.strip(" .") != base.strip(" ."))]


def clauses_of(text: str) -> list[str]:
    """Return the clauses of a text, in order. An "and", a "but" or a colon separates clauses only if there is a clause
    before it and after it. The "and" in "a laptop and a phone for work" separates none. After a clause with a "not", a
    comma also separates a clause that ends in "instead"."""
    first, *more = _AND.split(text)
    clauses = [first]
    for joint, clause in zip(more[::2], more[1::2], strict=True):
        replaces = joint.strip() == "," and _kept_up(*affirmed(_bare(clauses[-1])))[1]
        if _ENDS.match(joint) or replaces or _parts_two(clauses[-1], clause):
            clauses.append(clause)
        else:
            clauses[-1] += joint + clause
    return [one for one in clauses if re.search(r"\w", one)]


def _parts_two(before: str, after: str) -> bool:
    """Whether the text before an "and" or the like and the text after it are both clauses."""
    if _COMMAND.match(after):
        return len(before.split()) > 1
    if _DOING.match(after):
        return bool(_DOING.match(before)) and not _FINITE.match(after)
    return bool(_FINITE.match(after)) and bool(_FINITE.match(before) or _COMMAND.match(before))


def _is_whole(text: str, part: str) -> bool:
    """Whether ``text``, the words after a conjunction such as "instead of" or "because", is a clause. ``part`` is the
    role that the conjunction gives it.

    "Calling" after "instead of" and "it rains" after "because" are clauses; "through dealers" after "rather than",
    "rain" after "because of" and "2019" after "since" are not.
    """
    if part == REPLACED:
        return bool(_DOING.match(text) or _COMMAND.match(text))
    return part != REASON or not _NO_REASON.match(text)


def _sayings(text: str) -> list[str]:
    """Return the clauses of a text, divided again at every "but", since each piece can have a "not" of its own."""
    return [_bare(piece) for clause in clauses_of(text) for piece in re.split(r"\bbut\b", clause, flags=re.I)]


def _bare(clause: str) -> str:
    return " ".join(clause.split()).strip(" .,;:")


def _clause(text: str, part: str, importance: float, *, replaced: bool = False) -> list[Assumed]:
    """Return a list with the assumption that a clause makes, empty if the clause has fewer than two content words.

    ``part`` is the clause's role in the idea. ``replaced`` means that the idea would replace what the clause says, so
    evidence for the clause counts against the idea.
    """
    own = _bare(text)
    base, turned = _kept_up(*affirmed(own))
    if len(content_stems(base)) < 2:
        return []
    return [Assumed(base, part, importance, turned=turned != replaced, part=own)]


def positive(idea: str) -> tuple[str, bool]:
    """Return a pair: the idea in positive form, and whether its meaning was reversed for that.

    If the idea opens with a negation, such as "do not", "never" or "avoid", this negation and every later "not" are
    removed. The second value is then True: evidence for the returned text is evidence against the idea. Otherwise the
    idea is returned unchanged, with False. An idea that also proposes something without a "not" is returned unchanged
    as well, since dropping one thing and doing another has no single opposite.
    """
    match = _NOT.match(idea)
    if match is None or any(_proposes(one) and not _NOTS.search(one) for one in _sayings(idea[match.end() :])[1:]):
        return idea, False
    if any(_INSTEAD.search(one) for one in clauses_of(idea)[1:]):
        return idea, False
    return " ".join(_NOTS.sub("", affirmed(idea)[0]).split()), True


def _proposes(clause: str) -> bool:
    """Whether a clause is complete: a command, or a statement with a subject and a verb."""
    return is_command(clause) or bool(_FINITE.match(clause))


def is_command(clause: str) -> bool:
    """Whether a clause is a command, such as "open a shop"."""
    return bool(_COMMAND.match(clause))


def affirmed(idea: str) -> tuple[str, bool]:
    """Return a pair: the idea without the negation that it opens with, such as "do not", "never" or "avoid", and
    whether it has such a negation. Without one, the idea is returned unchanged.

    With the negation goes an "any more" or "any longer" that belongs to it.

    Only this one negation is removed, whereas ``positive`` also removes every later "not". It is removed even if the
    idea also proposes something without a "not"; ``positive`` returns such an idea unchanged.
    """
    match = _NOT.match(idea)
    return (match["lead"] + _ANY_MORE.sub("", idea[match.end() :]), True) if match else (idea, False)


def _continued(part: str) -> tuple[str, bool]:
    """Return a part of an idea in positive form, and whether its meaning was reversed for that. An opening such as "we
    should" is removed; "stop X" becomes "continue X", reversed."""
    base, turned = _kept_up(*affirmed(part))
    return _LEAD.sub("", base).rstrip(" ."), turned


def _kept_up(base: str, turned: bool) -> tuple[str, bool]:
    """Return a text in positive form, and whether its meaning is now reversed. "Keep X" and "stop X" both become
    "continue X"; a "stop" changes ``turned`` to its opposite. Any other text is returned unchanged, with ``turned``."""
    plain = _LEAD.sub("", base)
    if match := _STOP.match(plain):
        return f"continue {plain[match.end() :]}", not turned
    match = _KEEP.match(plain)
    return (f"continue {plain[match.end() :]}" if match else base), turned


def _assumed(lens: Lens, side: int, part: str) -> Assumed:
    own, other = lens.sides[side], lens.sides[1 - side]
    return Assumed(own.claim, lens.name, lens.importance, False, part, lens.question, lens.settle, (own, other))


def shown_text(assumed: Assumed) -> str:
    """Return an assumption in the words that are shown to people.

    If ``turned`` is False, these are the assumption's ``text``. If it is True, ``text`` is the opposite of what the
    idea assumes, and ``part``, the words of the idea from which the assumption follows, is shown instead.

    If ``turned`` is True because the assumption is about something that the idea wants to replace, "Not: " followed by
    ``text`` is shown instead of ``part``. In "send letters instead of calling customers", for example, ``part`` is
    "calling customers", which does not say by itself that the idea is against it.
    """
    if not assumed.turned:
        return assumed.text
    return f"Not: {assumed.text}" if assumed.name == REPLACED else assumed.part


def as_before(assumed: Sequence[Assumed], former: Verdict) -> list[Assumed]:
    """Return the assumptions to test when an idea is tested again, in the same wording or in another. ``former`` is the
    verdict of the earlier test; ``assumed`` are the assumptions of the idea, the idea itself first.

    The result begins with ``assumed``, without the assumptions that people left out of ``former``. If a model set the
    importance of one of them in the earlier test, this importance is used again. After them come the assumptions of
    ``former`` that a model proposed or people added, except those that ``assumed`` has already.
    """
    given = {(one.lens, one.part): one.importance for one in former.assumptions if one.importance_by == "model"}
    whole, *parts = assumed
    kept = [
        one._replace(importance=given[one.name, one.part], importance_by="model")
        if (one.name, one.part) in given
        else one
        for one in (whole, *(part for part in parts if shown_text(part) not in former.left_out))
    ]
    known = {shown_text(one) for one in kept}
    return kept + [_again(one) for one in former.assumptions if one.lens in (PROPOSED, OWN) and one.text not in known]


def of_people(verdict: Verdict) -> Verdict:
    """Return the verdict without the assumptions that a model proposed, for a test of another wording of the idea. The
    model's proposals fit only the wording that they were made for, but the assumptions that people added or left out
    apply to the new wording, too."""
    return replace(verdict, assumptions=tuple(one for one in verdict.assumptions if one.lens != PROPOSED))


def is_turned(idea: str) -> bool:
    """Whether an idea is a proposal not to do something, as in "do not open a shop", or to stop doing it. Evidence for
    doing it is then evidence against the idea. False if the idea also proposes something else to do."""
    return of_words(idea)[0].turned


def _again(one: Assumption) -> Assumed:
    """Return an assumption that a model proposed or a person added to an earlier verdict, to be tested again. If a
    person's assumption has a "not", its opposite is tested, and evidence for and against is exchanged."""
    if one.lens == PROPOSED:
        return Assumed(
            one.text, PROPOSED, one.importance, False, one.part, one.question, one.settle, (), "model", one.searched
        )
    base, turned = _kept_up(*affirmed(one.text))
    text = base if turned else one.text
    return Assumed(text, OWN, one.importance, turned, one.text, one.question, one.settle, importance_by="user")


def added(verdict: Verdict, text: str) -> Verdict:
    """Return the verdict with one more assumption, which a person wrote (``text``). The assumption is tested when the
    returned verdict is passed to ``PressureTest.challenge`` as ``like``."""
    own = Assumption(_line(text), OWN, 0.5, AssumptionRuling.GAP, importance_by="user")
    return replace(verdict, assumptions=(*verdict.assumptions, own))


def dropped(verdict: Verdict, number: int) -> Verdict:
    """Return the verdict without the assumption that has this ``number``, counted from 1. ``number`` must be 2 or more,
    since assumption 1 is the idea itself. If the returned verdict is passed to ``PressureTest.challenge`` as ``like``,
    the new test leaves the assumption out, too."""
    own = verdict.assumptions
    return replace(
        verdict, assumptions=(*own[: number - 1], *own[number:]), left_out=_left_out(verdict, own[number - 1])
    )


def reworded(verdict: Verdict, number: int, text: str) -> Verdict:
    """Return the verdict with a new ``text`` for the assumption that has this ``number``, counted from 1. ``number``
    must be 2 or more, since assumption 1 is the idea itself. People's judgements of the assumption's findings stay. The
    new text is tested when the returned verdict is passed to ``PressureTest.challenge`` as ``like``."""
    own = verdict.assumptions
    one = replace(own[number - 1], text=_line(text), lens=OWN, importance_by="user", part="", searched=())
    return replace(
        verdict,
        assumptions=(*own[: number - 1], one, *own[number:]),
        left_out=_left_out(verdict, own[number - 1]),
    )


def taken_up(verdict: Verdict, text: str) -> Verdict:
    """Return the verdict with ``text`` removed from ``verdict.left_out``, the texts of the assumptions that people left
    out. When the returned verdict is passed to ``PressureTest.challenge`` as ``like``, the assumption with this text is
    tested again."""
    return replace(verdict, left_out=tuple(one for one in verdict.left_out if one != text))


def _left_out(verdict: Verdict, one: Assumption) -> tuple[str, ...]:
    """Return the texts of all assumptions that later tests leave out, including that of ``one``. What a model proposed
    or a person added is not listed, since a test does not find it by itself."""
    more = () if one.lens in (PROPOSED, OWN) else (one.text,)
    return tuple(dict.fromkeys((*verdict.left_out, *more)))


def _line(text: str) -> str:
    return " ".join(text.split())
