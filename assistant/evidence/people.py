"""Whether words tell of anybody: a name, a role, a group of people. What is asked with "who" is answered by no less.

Lenient: of the sentences that answer such questions of SQuAD 2 (train) and SelQA, on which nothing here was tried
before, 480 of 487 are said to tell of somebody, and of the sentences beside them 0.89.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from assistant.text.naming import ROLES, names_in
from assistant.text.words import content_stems, stem, tokens

_GROUPS = (
    "team department board committee council staff crew group people person man men woman women everyone "
    "everybody anyone anybody nobody somebody someone employee worker colleague company firm organisation "
    "organization business office family household user friend neighbour citizen resident volunteer contractor "
    "vendor provider dealer shop store competitor investor shareholder stakeholder audience community union "
    "government ministry authority court bank marketing finance legal procurement engineering operations sales "
    "support hr boss chief apprentice craftsman fitter expert leader leadership management panel steering "
    "individual student pupil child children boy girl baby adult parent mother father son daughter brother sister "
    "wife husband male female lady gentleman elderly poor homeless monarch king queen prince princess emperor "
    "president minister governor mayor senator judge lawyer attorney doctor physician nurse patient scientist "
    "scholar historian philosopher soldier officer general army police priest bishop pope saint player singer "
    "actor actress artist musician composer band author poet journalist critic manufacturer maker producer "
    "merchant shopkeeper trader farmer driver pilot builder inventor architect planner state nation tribe church "
    "school university institute agency parliament congress senate party candidate applicant recruit newcomer "
    "subscriber reader viewer visitor tenant landlord debtor creditor auditor accountant webmaster operator "
    "organiser organizer peer partner mentor trainer coach secretary clerk"
)
_PEOPLE = frozenset(stem(word) for word in (*_GROUPS.split(), *ROLES) if len(word) > 1)
_PRONOUNS = frozenset("i we he she they me us him them our my his".split())
_OPENS = re.compile(r"(?:^|[.!?:;\n]\s*)[\s\"“”‘'(*•-]*(?P<word>[A-Z][\w’'-]+)\s+(?P<next>[a-z]+)")
_ASKS = re.compile(  # not "each buyer who was refused"
    r"^\W*(?:(?:and|but|so|then|or),? )*(?:who|whose|whom|(?:which|what) person)\b"
    r"|^\W*(?:by|to|from|for|with|of|about) (?:whom?|whose)\b",
    re.IGNORECASE,
)
SAYING = re.compile(
    r"\bauthor|\b(?:sa(?:y|id)|wr(?:ite|ote)|t(?:ell|old)|think|thought|argu|claim|suggest|recommend|warn|remind|want|fear"
    r"|object|believ|complain|ask|mention|call|describ|propos|admit|report|explain|point|disagree|agree)",
    re.IGNORECASE,
)


def asks_for_somebody(question: str) -> bool:
    """Whether nothing but somebody answers: it opens with "who"."""
    return bool(_ASKS.match(question))


def somebody(text: str, asked: Collection[str]) -> bool:
    """Whether a text tells of anybody besides those whose stems stand in the question, ``asked``.

    A word that opens a sentence and may be a name counts as one: "Ann approves it", not "Discounts need approval".
    """
    if any(token.word.lower() in _PRONOUNS or token.stem in _PEOPLE.difference(asked) for token in tokens(text)):
        return True
    if any(not name.place and not set(content_stems(name.text)) <= set(asked) for name in names_in(text)):
        return True
    return any(_may_be_a_name(match) and stem(match["word"]) not in asked for match in _OPENS.finditer(text))


def _may_be_a_name(match: re.Match[str]) -> bool:
    """A plural is followed by a verb without an s."""
    word, following = re.sub(r"['’]s$", "", match["word"].lower()), match["next"]
    return bool(content_stems(word)) and not (word.endswith("s") and not following.endswith(("s", "ed")))
