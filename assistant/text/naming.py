"""Finds names in the texts of a conversation: the speakers with whom answers begin, and phrases that are written like
names."""

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
    """Whether a name identifies a person even outside of its document: it has at least two words before any comma, and
    none of them is a role or a number."""
    words = _before_comma(name)
    return len(words) > 1 and tells_who(name) and not any(word.isdecimal() for word in words)


def tells_who(name: str) -> bool:
    """Whether a name identifies somebody: none of its words is a role that anybody can have, such as "manager". Words
    after a comma are ignored. A single letter, such as the "A" in "A. Smith", is taken as an initial and not as a
    role."""
    return ROLES.isdisjoint(word for word in _before_comma(name) if len(word) > 1)


def _before_comma(name: str) -> list[str]:
    return re.findall(r"[^\W_]+", name.partition(",")[0].casefold())


class Name(NamedTuple):
    """A phrase that is written like a name. ``person`` and ``place`` say whether it can be the name of a person or a
    place; ``subject`` says whether it seems to be the subject of its sentence."""

    text: str
    person: bool
    subject: bool
    place: bool = False


def speakers(text: str) -> list[str]:
    """The speakers that a text names before a colon, as in ``Field Sales Lead: “Cold outreach is not finished.”``."""
    return [who for match in _SPEAKERS.finditer(text) for who in match["who"].split(" and ")]


def without_speaker(text: str) -> str:
    """Return the text without the name and the colon of its first speaker."""
    return _SPEAKERS.sub("", text, count=1)


def titles(text: str) -> list[str]:
    """The titles in a text, that is, the short capitalised phrases in quotation marks."""
    return [match["title"] for match in _TITLES.finditer(text) if len(match["title"].split()) <= TITLE]


@lru_cache(maxsize=256)
def names_in(text: str, said: str = "") -> tuple[Name, ...]:
    """Return the speakers and other names in ``text``, each once, in order.

    A single word at the start of a sentence has a capital anyway. It counts as a name only if all its letters are
    capitals, or if ``said``, the text of the conversation, shows that it is a name: there, the word is capitalised
    within a sentence, or occurs at least twice and always with a capital.
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
    """The last characters of ``text`` before the offset ``end``, at most ``NEAR``. They begin with "…" if there is more
    text before them."""
    return text[:end] if end <= NEAR else f"…{text[end - NEAR : end]}"


def _name(words: Sequence[str], before: str, opens: bool) -> Name:
    last = (before.split() or [""])[-1].lower()
    subject = opens or bool(_ITS_VERB_BEFORE.search(before))
    of_a_person = len(words) > 1 or subject or last in _BEFORE_PEOPLE
    of_nobody = last in ("the", *_BEFORE_PLACES) or words[-1].lower().rstrip(".") in _NOT_PEOPLE
    return Name(" ".join(words), of_a_person and not of_nobody, subject, last in _BEFORE_PLACES)


def _tells_which(before: str, after: str) -> bool:
    """Whether a capitalised word only qualifies the noun after it, as in "the German market". ``before`` and ``after``
    are the texts around the word."""
    return bool(re.search(r"\b(?:the|an?) $", before) and re.match(r" [a-z]", after))


@lru_cache(maxsize=16)
def _known(said: str) -> frozenset[str]:
    """The words of ``said`` that are probably names: capitalised within a sentence, or used at least twice and always
    capitalised."""
    words = Counter(re.findall(r"\b\w[\w&-]*", said))
    often = {word for word, count in words.items() if count > 1 and word[0].isupper() and word.lower() not in words}
    return frozenset({*often, *re.findall(r"[a-z,] ([A-Z][\w&-]*)", said)})


def person(every: Sequence[Sequence[Name]]) -> str | None:
    """Return the name of the person that a conversation is about: the first name in ``every`` that can be a person's
    and is the subject of its sentence or, if there is none, the first that can be a person's. None if no name can be a
    person's.

    ``every`` has the names in each message of the conversation, as ``names_in`` finds them, the latest messages first.
    If one of the messages has the full form of the name, the full form is returned.
    """
    about = (name for found in every for name in found if name.person and name.subject)
    anybody = (name for found in every for name in found if name.person)
    named = next(about, None) or next(anybody, None)
    return _in_full(named.text, every) if named else None


def organisation(every: Iterable[Sequence[Name]]) -> str | None:
    """Return the name of the organisation that a conversation is probably about: the first name in ``every`` that can
    be neither a person's nor a place's. None if there is no such name. ``every`` has the names in each message of the
    conversation, as ``names_in`` finds them, the latest messages first."""
    return next((name.text for found in every for name in found if not (name.person or name.place)), None)


def _in_full(name: str, every: Iterable[Sequence[Name]]) -> str:
    """The full form of a name if one is in ``every``, as in ``Stephen Newton`` for ``Newton``; else the name itself."""
    fuller: Iterator[str] = (one.text for found in every for one in found if one.text.endswith(f" {name}"))
    return next(fuller, name)
