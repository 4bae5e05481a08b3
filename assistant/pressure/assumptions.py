"""What an idea rests on: the idea itself, its own clauses, and the side that it takes in each lens.

An idea that is put as a "not" is read as its opposite with the sides exchanged, so that an idea and its negation are
tested against the same evidence.
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
APART, LEAN = 0.12, 0.75

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
_AND = re.compile(r"([,;:]?\s+\b(?:and then|and|but)\b\s+|[;:]\s+|\.\s+)", re.I)
_ENDS = re.compile(r"^[;.]\s+$|^\W*and then\s+$", re.I)  # where either side is a clause of its own
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
    """Something the idea rests on, before it is tested.

    ``part`` is the stretch of the idea that it is tied to; ``sides`` are the side of a lens that it takes and the
    other one. With ``turned`` what speaks for ``text`` speaks against the idea. ``importance_by`` is lens, model
    or user. ``searches`` are a model's words for what would speak for it and against it.
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
    """How near a part of an idea is to a lens, and by how much more to what rests on the lens's first side."""

    near: float
    lead: float
    lens: Lens
    part: str


class Lenses:
    """The lenses with the vectors of what they say, made once."""

    def __init__(self, lenses: Sequence[Lens], embedder: Embedder, weigher: IdeaModel) -> None:
        self._lenses, self._embedder, self._weigher = tuple(lenses), embedder, weigher
        self._vectors: dict[str, Vectors] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """What they are called."""
        return tuple(lens.name for lens in self._lenses)

    def assumptions(self, idea: str) -> list[Assumed]:
        """The claims that ``idea`` makes by the sides it takes, those of the nearest lenses first."""
        views = [self._nearest(lens, _parts(idea)) for lens in self._lenses]
        near = sorted((view for view in views if view.near >= NEAR), key=lambda view: -view.near)[:LOOKED]
        leans = {part: self._leans(part, [one.lens for one in near if one.part == part]) for _, _, _, part in near}
        sided = [(view, view.lead + LEAN * leans[view.part][view.lens.name]) for view in near]
        taken = [_assumed(view.lens, int(lead < 0), view.part) for view, lead in sided if abs(lead) >= APART]
        return taken[:APPLIED]

    def _nearest(self, lens: Lens, parts: Sequence[str]) -> _View:
        """The part of an idea that is nearest to a lens."""
        views = []
        for part in parts:
            base, turned = _continued(part)
            vector = self._embedder.query(base)
            one, other = (float(_two_nearest(self._vectors_of(side), vector)) for side in lens.sides)
            views.append(_View(max(one, other), other - one if turned else one - other, lens, part))
        return max(views, key=lambda view: view.near)

    def _leans(self, part: str, lenses: Sequence[Lens]) -> dict[str, float]:
        """By lens how much more (log odds) what documents say for its first side is for a part of an idea than what
        they say for the other one, as the evidence model reads them."""
        claim, negated = positive(part.rstrip(" ."))
        said = {(lens.name, n): (side.claim, *side.search) for lens in lenses for n, side in enumerate(lens.sides)}
        read = iter(self._weigher.weigh(claim, [whole(text) for texts in said.values() for text in texts]))
        odds = {key: float(np.mean([_towards(next(read)) for _ in texts])) for key, texts in said.items()}
        return {lens.name: (odds[lens.name, 0] - odds[lens.name, 1]) * (-1 if negated else 1) for lens in lenses}

    def _vectors_of(self, side: Side) -> Vectors:
        """Of its claim and of what ideas say that rest on it (texts, dimension)."""
        if side.claim not in self._vectors:
            texts = [side.claim, *side.ideas]
            found = dict(self._embedder.embed(texts, [[] for _ in texts]))
            self._vectors[side.claim] = np.stack([found[i].passage for i in range(len(texts))])
        return self._vectors[side.claim]


def _towards(weight: Weight) -> float:
    """The log odds that it is for rather than against."""
    return float(np.log(weight.sides[0] / weight.sides[1]))


def _two_nearest(rows: Vectors, vector: Vectors) -> Any:
    """The mean cosine of the two nearest."""
    return np.sort(rows @ vector)[-2:].mean()


def _parts(idea: str) -> list[str]:
    """The clauses of an idea, less what it would replace; the idea where it is one clause."""
    return [one.part for one in of_words(idea)[1:] if one.name != REPLACED] or [idea]


def of_words(idea: str) -> list[Assumed]:
    """The idea as a whole, then its clauses by what they are in it."""
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
    """The clauses of a text, in order. An "and", a "but" or a colon parts two only where either side is one: two nouns
    of one verb ("a laptop and a phone for work") are none."""
    first, *more = _AND.split(text)
    clauses = [first]
    for joint, clause in zip(more[::2], more[1::2], strict=True):
        if _ENDS.match(joint) or _parts_two(clauses[-1], clause):
            clauses.append(clause)
        else:
            clauses[-1] += joint + clause
    return [one for one in clauses if re.search(r"\w", one)]


def _parts_two(before: str, after: str) -> bool:
    """Whether what stands before a joint and what stands after it are two clauses."""
    if _COMMAND.match(after):
        return len(before.split()) > 1
    if _DOING.match(after):
        return bool(_DOING.match(before)) and not _FINITE.match(after)
    return bool(_FINITE.match(after)) and bool(_FINITE.match(before) or _COMMAND.match(before))


def _is_whole(text: str, part: str) -> bool:
    """Whether what follows such a joint is a clause: "instead of calling", not "rather than through dealers"; "because
    it rains", not "because of rain" nor "since 2019"."""
    if part == REPLACED:
        return bool(_DOING.match(text) or _COMMAND.match(text))
    return part != REASON or not _NO_REASON.match(text)


def _sayings(text: str) -> list[str]:
    """The clauses of a text, and what follows a "but" in one: each can have a "not" of its own."""
    return [_bare(piece) for clause in clauses_of(text) for piece in re.split(r"\bbut\b", clause, flags=re.I)]


def _bare(clause: str) -> str:
    return " ".join(clause.split()).strip(" .,;:")


def _clause(text: str, part: str, importance: float, *, replaced: bool = False) -> list[Assumed]:
    """A clause that is long enough to be tested, else nothing."""
    own = _bare(text)
    base, turned = _kept_up(*affirmed(own))
    if len(content_stems(base)) < 2:
        return []
    return [Assumed(base, part, importance, turned=turned != replaced, part=own)]


def positive(idea: str) -> tuple[str, bool]:
    """An idea that opens with a "not" without any, and whether it did: what is for that is against the idea.

    An idea that then proposes something without a "not" stays as it is: to drop one thing and do another has no one
    opposite.
    """
    match = _NOT.match(idea)
    if match is None or any(_proposes(one) and not _NOTS.search(one) for one in _sayings(idea[match.end() :])[1:]):
        return idea, False
    return " ".join(_NOTS.sub("", affirmed(idea)[0]).split()), True


def _proposes(clause: str) -> bool:
    """Whether a clause is a whole one: it tells to do something, or that somebody does."""
    return bool(_COMMAND.match(clause) or _FINITE.match(clause))


def affirmed(idea: str) -> tuple[str, bool]:
    """The idea without the "not" that it opens with, and whether there was one."""
    match = _NOT.match(idea)
    return (match["lead"] + idea[match.end() :], True) if match else (idea, False)


def _continued(part: str) -> tuple[str, bool]:
    """The same of a part of an idea, less what it opens with; to stop a thing is to have been for it, turned."""
    base, turned = _kept_up(*affirmed(part))
    return _LEAD.sub("", base).rstrip(" ."), turned


def _kept_up(base: str, turned: bool) -> tuple[str, bool]:
    """To stop a thing is the opposite of keeping it up: either is read as continuing it."""
    plain = _LEAD.sub("", base)
    if match := _STOP.match(plain):
        return f"continue {plain[match.end() :]}", not turned
    match = _KEEP.match(plain)
    return (f"continue {plain[match.end() :]}" if match else base), turned


def _assumed(lens: Lens, side: int, part: str) -> Assumed:
    own, other = lens.sides[side], lens.sides[1 - side]
    return Assumed(own.claim, lens.name, lens.importance, False, part, lens.question, lens.settle, (own, other))


def told(assumed: Assumed) -> str:
    """What is assumed, in the idea's own words where they say the opposite of what is searched for."""
    if not assumed.turned:
        return assumed.text
    return f"Not: {assumed.text}" if assumed.name == REPLACED else assumed.part


def as_before(assumed: Sequence[Assumed], former: Verdict) -> list[Assumed]:
    """What the idea of a ``former`` verdict rests on, with the importance that a model gave it, what it proposed, and
    what people added; without what they left out."""
    given = {(one.lens, one.part): one.importance for one in former.assumptions if one.importance_by == "model"}
    whole, *parts = assumed
    kept = [
        one._replace(importance=given[one.name, one.part], importance_by="model")
        if (one.name, one.part) in given
        else one
        for one in (whole, *(part for part in parts if told(part) not in former.left_out))
    ]
    return kept + [_again(one) for one in former.assumptions if one.lens in (PROPOSED, OWN)]


def _again(one: Assumption) -> Assumed:
    """What a model proposed or a person put, to be tested again; what a person put as a "not" is turned."""
    if one.lens == PROPOSED:
        return Assumed(
            one.text, PROPOSED, one.importance, False, one.part, one.question, one.settle, (), "model", one.searched
        )
    base, turned = _kept_up(*affirmed(one.text))
    text = base if turned else one.text
    return Assumed(text, OWN, one.importance, turned, one.text, one.question, one.settle, importance_by="user")


def added(verdict: Verdict, text: str) -> Verdict:
    """The verdict as another test of its idea is to be like: resting on this as well."""
    own = Assumption(_line(text), OWN, 0.5, AssumptionRuling.GAP, importance_by="user")
    return replace(verdict, assumptions=(*verdict.assumptions, own))


def dropped(verdict: Verdict, number: int) -> Verdict:
    """The same, without the assumption of this number from 2: the idea itself cannot be dropped."""
    own = verdict.assumptions
    return replace(
        verdict, assumptions=(*own[: number - 1], *own[number:]), left_out=_left_out(verdict, own[number - 1])
    )


def reworded(verdict: Verdict, number: int, text: str) -> Verdict:
    """The same, with other words for the assumption of this number from 2; what was judged of it stays."""
    own = verdict.assumptions
    one = replace(own[number - 1], text=_line(text), lens=OWN, importance_by="user", part="", searched=())
    return replace(
        verdict,
        assumptions=(*own[: number - 1], one, *own[number:]),
        left_out=_left_out(verdict, own[number - 1]),
    )


def taken_up(verdict: Verdict, text: str) -> Verdict:
    """The same, with what was left out."""
    return replace(verdict, left_out=tuple(one for one in verdict.left_out if one != text))


def _left_out(verdict: Verdict, one: Assumption) -> tuple[str, ...]:
    """What is found again by itself has to be left out each time."""
    more = () if one.lens in (PROPOSED, OWN) else (one.text,)
    return tuple(dict.fromkeys((*verdict.left_out, *more)))


def _line(text: str) -> str:
    return " ".join(text.split())
