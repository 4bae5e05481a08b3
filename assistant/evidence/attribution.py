"""Tells how a source says something: as its own claim, a figure, a forecast, somebody else's words, or an opponent's
words.

A figure is a quantity that the source reports as measured: in a clause about the past, as a share of a whole or an
average, or in a row of a table. A date, the number of a list item, a limit, or a length of time that a rule sets is not
a figure. A forecast says what will be at a later time, or what somebody expects. Everything else is a claim.

Of 60 sentences of the suites' documents that were labelled by hand, 57 get the right kind; 24 did when every number
made a figure and every "will" a forecast. Of 36 further sentences, for which no pattern was written, 31 get the right
kind; 16 did before. All 9 of these that are called figures are figures. Neither set has a forecast.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.evidence.sentences import Seen
from assistant.text.words import MONTHS, NUMBER_WORDS
from assistant.types import BlockKind, Kind

_QUOTES = re.compile(
    r"[“\"][^”\"]{25,}[”\"]|(?<!be )(?<!been )(?<!was )(?<!were )(?<!not )\btold\b"
    r"|\b(?:said|says(?! (?:so|how|what|when)\b)|argued|argues|wrote|put it|according to)\b",
    re.I,
)
# Who is quoted so, the source holds to be wrong, or at least leaves alone with it.
_DISTANCED = re.compile(
    r"\b(?:disagree[sd]?|(?:he|she|they|some|critics|opponents|many|people) (?:claims?|insists?|would have (?:us|it)|"
    r"believes? wrongly|pretends?|likes? to (?:say|think))|from (?:his|her|their) (?:perspective|point of view)|"
    r"so-called|allegedly|supposedly|(?:a|the) (?:myth|misconception|common mistake)|wrongly)\b"
    r"|^some (?:see|say|think|argue|believe)\b",
    re.I,
)
_MONTH = rf"(?:{'|'.join(sorted(MONTHS))}|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b\.?"
# Numbers that measure nothing: of a list, a date, a time of day, a place in a text or a house.
_YEAR = r"(?:1[5-9]|20)\d\d"
_NAMES_ONLY = re.compile(
    "|".join(
        (
            r"^\W*\(?\d{1,3}[.)](?=\s)",
            rf"\b\d{{1,2}}(?:st|nd|rd|th)?\s+{_MONTH}(?:,?\s+\d{{4}})?|\b{_MONTH}\s+\d{{1,4}}(?:,\s*\d{{4}})?",
            r"\b\d{4}-\d\d(?:-\d\d)?\b|\b\d{1,2}[/.]\d{1,2}[/.]\d{2,4}\b",
            r"\b\d{1,2}[:.]\d\d\s?(?:[ap]\.?m\b|o.clock)?|\b\d{1,2}\s?[ap]\.?m\b|\b\d{1,2} o.clock",
            rf"\b(?:in|of|since|from|until|by|and|or|to|year|fy|q[1-4])[\s-]+{_YEAR}\b|^\W*{_YEAR}\b|\b{_YEAR}s?\b(?=\W*$)",
            r"\b\d+(?:st|nd|rd|th)\b|(?:v|#|§|№)\s?\d[\d.]*|\b\d+(?:\.\d+){2,}\b",
            r"\b(?:page|section|chapter|step|figure|table|part|item|rule|level|grade|tier|phase|version|room|extension|"
            r"slide|row|no\.|number|nr\.|article|form|line|option|question|lesson|module|week|day)\s+\d[\d.]*",
        )
    ),
    re.I,
)
_WORDS = "|".join(sorted(NUMBER_WORDS - {"zero", "one", "none", "third", "quarter", "few", "majority", "fraction"}))
_SHARE = r"\b(?:half|(?:an?|one|two|three)[ -](?:third|quarter|fifth|tenth)s?|twice|double|triple)\b"
_QUANTITY = re.compile(
    rf"(?<![\w.,])[€$£]?\d[\d.,]*\s?%?|{_SHARE}|(?<!the )(?<!both )(?<!these )\b(?:{_WORDS})\b", re.I
)
# What sets something instead of reporting it: a rule, a limit, a plan, a condition, an example.
_SETS = re.compile(
    r"\b(?:must|should|shall|may|might|can(?:not)?|could|would|will|won['’]t|needs? to|ought|(?:has|have|is|are|be) to|"
    r"do not|don['’]t|never|if|unless|provided|up to|at most|no more than|no later than|maximum|minimum|within|limit|"
    r"limited|please|let us|agreed to|decided to|plan(?:s|ned)? to|allowed|required|instead of|e\.?g|for example|"
    r"imagine|suppose)\b",
    re.I,
)
_IRREGULAR = (
    "was|were|had|did|became|began|bought|brought|built|came|cost|cut|fell|found|gave|got|grew|held|kept|knew|led|left|"
    "lost|made|met|paid|ran|rose|saw|sent|shrank|sold|spent|stood|took|went|won|wrote"
)
# A word in "ed" that tells nothing as done: "is limited", "the signed", "3 printed". "Is" and "are" set as often as
# they tell.
_NOT_DONE = "".join(
    rf"(?<!\b{word} )" for word in "is are be the a an of to for with by any all your our their".split()
)
# Told as done: in the past, or as what has come about.
_DONE = re.compile(
    rf"\b(?:{_IRREGULAR})\b|\b(?:has|have) (?:\w+ )?\w+(?:ed|en|wn|ught)\b"
    rf"|{_NOT_DONE}(?<![\d%] )"
    r"\b(?!need\b|exceed\b|proceed\b)[a-z]{2,}ed\b",
    re.I,
)
# Told as it is: how many of a whole, or what it is on average.
_ABOUT = r"and|but|so|only|about|some|over|under|nearly|almost|more than|less than|fewer than"
_COUNTED = re.compile(
    rf"^\W*(?:(?:{_ABOUT})\s+)*(?:\d[\d.,]*\s?%|{_SHARE})\s+(?:of|as)\b"
    r"|\b(?:on average|at the median|the median|the average|averages?)\b",
    re.I,
)
_CLAUSE = re.compile(
    r"[;:()–—]\s*|,\s+(?!\d)|(?<=[.!?])\s+|\s+(?:and|but|so|because|while|where|which)\s+(?=[a-z])",
)
_SENTENCE = re.compile(r"(?<=[.!?;])\s+")
_PERIOD = r"(?:year|month|quarter|week|decade|(?:\w+ )?years|season|spring|summer|autumn|winter)"
_LATER = (
    rf"(?:soon|eventually|sooner or later|one day|in (?:the )?(?:\w+ )?future|next {_PERIOD}|"
    r"(?:over|in|within) the (?:next|coming)|coming (?:years?|months?)|(?:years?|months?|decades?) from now|"
    r"by (?:the end of )?20\d\d)"
)
_WILL = r"(?:will|going to|won['’]t)"
# What somebody expects to move, or that something will be so: "we expect you to be direct" is a rule.
_MOVES = r"(?:rise|fall|grow|drop|double|halve|triple|increase|decrease|decline|reach|shrink|exceed)"
_COMING = re.compile(
    rf"\b{_WILL}\b.*\b{_LATER}\b|\b{_LATER}\b.*\b{_WILL}\b"
    r"|(?<!as )\b(?:we|i|analysts|economists|experts|(?:the )?(?:board|market|company|firm)) (?:\w+ly )?"
    rf"(?:expects?|forecasts?|predicts?|anticipates?|foresees?) (?:that\b|(?!you\b)[^.;]*\bto {_MOVES}\b)"
    r"|\b(?:is|are) (?:set|bound|forecast|projected|predicted) to\b",
    re.I,
)
# A condition, a word to the reader, a question.
_NO_FORECAST = re.compile(r"\b(?:if|unless|when|whenever|you|your|please)\b|\?\W*$", re.I)


def kind_of(seen: Seen) -> Kind:
    """Return how a document states the sentence ``seen``: as its own claim, a figure, a forecast, somebody else's
    words, or an opponent's words."""
    if _DISTANCED.search(seen.text):
        return Kind.OPPONENT
    if seen.sentence.kind is BlockKind.QUOTE or _QUOTES.search(seen.text):
        return Kind.QUOTED
    is_row = seen.sentence.kind is BlockKind.ROW  # whose cells have no verb that tells what was
    if any(_reports(clause, is_row=is_row) for clause in _clauses(seen.text)):
        return Kind.FIGURE
    foretold = any(
        _COMING.search(one) and not _NO_FORECAST.search(one) for one in re.split(r"(?<=[.!?;])\s+", seen.text)
    )
    return Kind.FORECAST if foretold else Kind.CLAIM


def _clauses(text: str) -> Iterator[str]:
    """Yield the clauses of a text that have a quantity. Numbers that only name something, such as dates and page
    numbers, are removed first."""
    for clause in _CLAUSE.split(_NAMES_ONLY.sub(" … ", text)):
        if _QUANTITY.search(clause):
            yield clause


def _reports(clause: str, *, is_row: bool) -> bool:
    """Whether a clause with a quantity reports a measurement and does not set a rule or a limit. ``is_row`` is True for
    a row of a table, which needs no verb."""
    return not _SETS.search(clause) and bool(is_row or _DONE.search(clause) or _COUNTED.search(clause))
