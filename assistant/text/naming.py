"""The names in a conversation: the speakers with whom answers begin, and runs of words written like names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from assistant.text.words import ASKING_WORDS, FUNCTION_WORDS, MONTHS

TITLE = 8  # words that a title in quotation marks has at most; what is longer is a quotation. A guess, not measured
NEAR = 40  # characters before a name that tell whose it can be: two or three words; a guess, not measured

# What somebody is called who is not named.
ROLES = frozenset(
    "manager lead director planner analyst consultant officer founder editor author moderator buyer seller marketer "
    "strategist head vp cmo ceo coo cfo cto president chair customer client reader guest anonymous admin administrator "
    "agency rep representative executive designer engineer researcher owner assistant associate partner specialist "
    "coordinator copywriter retailer interviewer interviewee host panelist panellist speaker commenter visitor user "
    "member salesperson salesman saleswoman trainer coach teacher student professor accountant advisor adviser "
    "developer freelancer journalist reporter writer blogger supplier distributor wholesaler facilitator chairman "
    "chairwoman participant respondent principal treasurer secretary intern q a".split()
)

_CAPITAL = r"[A-Z](?:[\w&-]|['’](?!s\b)\w|\.(?=\w)|(?<=\b[A-Z])\.(?!\w))*"
_RUN = re.compile(rf"\b(?:{_CAPITAL}(?: {_CAPITAL})*|[a-z]+[A-Z]\w*)")
_OPENS = re.compile(r"(?:^|[.!?:;\n])[\s\"“”‘'(*•-]*$")
_ITS_VERB_BEFORE = re.compile(
    r"\b(?:do|does|did|is|are|was|were|has|have|had|can|could|will|would|should|may|might|must)\s+$", re.I
)
_SPEAKERS = re.compile(rf"^(?:[-*•]\s+)?(?P<who>{_CAPITAL}(?: (?:(?:of|the|and) )?{_CAPITAL}){{0,5}}):\s", re.M)
_TITLES = re.compile(r"[“\"](?P<title>[A-Z][^”\".]+)[”\"]")
_NO_NAMES = FUNCTION_WORDS | MONTHS | ASKING_WORDS
_BEFORE_PLACES = frozenset("in at from near to".split())
_BEFORE_PEOPLE = frozenset("about by with and".split())
_NOT_PEOPLE = frozenset(
    "inc ltd llc gmbh plc co corp corporation company group agency university college school institute association "
    "hospital bank records studios city street park county award awards war times journal magazine handbook report "
    "guide policy review championship championships cup league act plan programme program conference".split()
)


def is_full(name: str) -> bool:
    """Whether a name identifies a person anywhere: two words or more before any comma, none of them a role or a
    number."""
    words = _before_comma(name)
    return len(words) > 1 and tells_who(name) and not any(word.isdecimal() for word in words)


def tells_who(name: str) -> bool:
    """Whether a name identifies somebody, and is not a role that anybody can have; a single letter counts as an
    initial."""
    return ROLES.isdisjoint(word for word in _before_comma(name) if len(word) > 1)


def _before_comma(name: str) -> list[str]:
    return re.findall(r"[^\W_]+", name.partition(",")[0].casefold())


class Name(NamedTuple):
    """Words written like a name: whether they can be a person or a place, and whether a sentence is about them."""

    text: str
    person: bool
    subject: bool
    place: bool = False


def speakers(text: str) -> list[str]:
    """The speakers that a text names, as in ``Field Sales Lead: “Cold outreach is not finished.”``."""
    return [who for match in _SPEAKERS.finditer(text) for who in match["who"].split(" and ")]


def without_speaker(text: str) -> str:
    """The text without the speaker's name before it."""
    return _SPEAKERS.sub("", text, count=1)


def titles(text: str) -> list[str]:
    """The titles in quotation marks."""
    return [match["title"] for match in _TITLES.finditer(text) if len(match["title"].split()) <= TITLE]


@lru_cache(maxsize=256)
def names_in(text: str, said: str = "") -> tuple[Name, ...]:
    """The speakers and names of a text, each once, in order.

    A single word at the start of a sentence is a name if it is capitalised inside a sentence elsewhere in ``said``.
    """
    speaking = speakers(text)
    found = [Name(who, person=True, subject=True) for who in speaking]
    spoken = " ".join(speaking)
    for match in _RUN.finditer(text):
        words = match[0].split()
        while words and words[0].lower().split("'")[0].split("’")[0] in _NO_NAMES:
            del words[0]
        phrase = " ".join(words)
        before = _near(text, match.end() - len(phrase))
        opens = bool(_OPENS.search(before))
        if opens:
            known = len(words) > 1 or (len(phrase) > 1 and phrase.isupper()) or phrase in _known(said)
        else:
            known = len(words) > 1 or not _tells_which(before, text[match.end() : match.end() + 2])
        if phrase and known and phrase not in spoken:
            found.append(_name(words, before, opens))
    return tuple({name.text: name for name in reversed(found)}.values())[::-1]


def _near(text: str, end: int) -> str:
    """The text shortly before a place; "…" shows that more stands before it."""
    return text[:end] if end <= NEAR else f"…{text[end - NEAR : end]}"


def _name(words: Sequence[str], before: str, opens: bool) -> Name:
    last = (before.split() or [""])[-1].lower()
    subject = opens or bool(_ITS_VERB_BEFORE.search(before))
    of_a_person = len(words) > 1 or subject or last in _BEFORE_PEOPLE
    of_nobody = last in ("the", *_BEFORE_PLACES) or words[-1].lower().rstrip(".") in _NOT_PEOPLE
    return Name(" ".join(words), of_a_person and not of_nobody, subject, last in _BEFORE_PLACES)


def _tells_which(before: str, after: str) -> bool:
    """Whether a word only specifies a thing, as in "the German market"."""
    return bool(re.search(r"\b(?:the|an?) $", before) and re.match(r" [a-z]", after))


@lru_cache(maxsize=16)
def _known(said: str) -> frozenset[str]:
    """Words that have a capital inside a sentence, or at least twice and never without it."""
    words = Counter(re.findall(r"\b\w[\w&-]*", said))
    often = {word for word, count in words.items() if count > 1 and word[0].isupper() and word.lower() not in words}
    return frozenset({*often, *re.findall(r"[a-z,] ([A-Z][\w&-]*)", said)})


def person(every: Sequence[Sequence[Name]]) -> str | None:
    """The person among the names of several texts, the nearest text first: a person whom a sentence is about, else any
    person."""
    about = (name for found in every for name in found if name.person and name.subject)
    anybody = (name for found in every for name in found if name.person)
    named = next(about, None) or next(anybody, None)
    return _in_full(named.text, every) if named else None


def organisation(every: Iterable[Sequence[Name]]) -> str | None:
    """The nearest name that is neither a person's nor a place's."""
    return next((name.text for found in every for name in found if not (name.person or name.place)), None)


def _in_full(name: str, every: Iterable[Sequence[Name]]) -> str:
    """The full form of a name, if it occurred: ``Stephen Newton`` for ``Newton``."""
    fuller: Iterator[str] = (one.text for found in every for one in found if one.text.endswith(f" {name}"))
    return next(fuller, name)
