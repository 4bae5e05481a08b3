"""Questions that people would ask of a sentence that gives a figure, and whether two sentences disagree. English only.

Few sentences have one of these forms. The others get no question, since a question that nobody would ask is useless.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.text.amounts import Amount, amounts
from assistant.text.conflicts import negations
from assistant.text.words import NUMBER_WORDS, content_stems, same_occasion

SAME = 3  # content stems that two sentences have in common where they are about the same thing; a guess, not measured
WHOLE = 0.75  # of the longer one's stems, in the one that denies it or is denied: else only a part of it may be
MONEY = {"euro", "dollar", "pound"}
SPANS = {"minute", "hour", "day", "week", "month", "quarter", "year"}

_MARK = re.compile(r"^\W*(?:\d{1,2}[.)]\s+)?")  # of a list's item
_SUBJECT = r"(?P<subject>(?:The|Our|An?|Each|Every) (?:[\w’'-]+ ){0,4}[\w’'-]+|You|We|People|(?P<several>[A-Z][a-z]+s))"
_ABOUT = r"(?: (?:about|around|only|just|some|up to|at least|at most|roughly|nearly|almost))?"
_COSTS = re.compile(rf"{_SUBJECT} (?P<verb>costs?){_ABOUT}")
_LASTS = re.compile(rf"{_SUBJECT} (?P<verb>takes?|lasts?){_ABOUT}")
_IS = re.compile(rf"{_SUBJECT} (?P<verb>is|are|was|were){_ABOUT}")
_DONE = re.compile(
    rf"{_SUBJECT} (?:(?P<be>is|are|was|were)|(?P<modal>must|will|can|should|may) be) (?P<done>\w+(?:ed|en|id)"
    rf"(?: [\w’'-]+){{0,6}}?) (?P<when>within|after|for){_ABOUT}"
)
_MOVED = re.compile(rf"{_SUBJECT} (?P<verb>rose|fell|grew|dropped|increased|decreased) (?P<how>by|to){_ABOUT}")
_GETS = re.compile(rf"{_SUBJECT} (?P<verb>gets?|receives?|ha(?:s|ve)){_ABOUT}")
_OF_WHAT = re.compile(r" of (?P<what>[\w’' -]{3,60}?)\.?$")
_PLAIN = {"rose": "rise", "fell": "fall", "grew": "grow", "dropped": "drop", "increased": "increase", "has": "have"}
_WHEN = {"within": "Within how many {units}", "after": "After how many {units}", "for": "For how many {units}"}
_DIGITS = re.compile(r"\d")


def asked_of(text: str, figure: Amount) -> str | None:
    """A question to which the given figure is the answer, as a person would ask it. ``text`` is the sentence with the
    figure. None if the sentence has none of the forms for which a question is known.
    """
    before, found, after = _MARK.sub("", text).partition(figure.written)
    if not found or "-" in figure.written:
        return None
    return next(_questions(before.strip(), figure, after), None)


def _questions(before: str, figure: Amount, after: str) -> Iterator[str]:
    money, span = figure.unit in MONEY, figure.unit in SPANS
    if money and (match := _matched(_COSTS, before)):
        yield f"How much {_does(match)} {_subject(match)} cost?"
    if span and (match := _matched(_LASTS, before)):
        yield f"How long {_does(match)} {_subject(match)} {match['verb'].removesuffix('s')}?"
    if (money or figure.unit == "percent") and (match := _matched(_IS, before)) and after.strip() == ".":
        yield f"How much {match['verb']} {_subject(match)}?"
    if span and (match := _matched(_DONE, before)):
        asks = _WHEN[match["when"]].format(units=_units(figure))
        yield f"{asks} {match['be'] or match['modal']} {_subject(match)} {'' if match['be'] else 'be '}{match['done']}?"
    if (money or figure.unit == "percent") and (match := _matched(_MOVED, before)):
        asks = "By how much" if match["how"] == "by" else "To how much"
        yield f"{asks} did {_subject(match)} {_PLAIN.get(match['verb'], match['verb'].removesuffix('d'))}?"
    if span and (match := _matched(_GETS, before)) and (of := _OF_WHAT.match(after)):
        verb = _PLAIN.get(match["verb"], match["verb"].removesuffix("s"))
        yield f"How many {_units(figure)} of {of['what']} {_does(match)} {_subject(match)} {verb}?"


def _matched(pattern: re.Pattern[str], before: str) -> re.Match[str] | None:
    """Match the text before a figure; None if it has another form. A subject that ends in s is a plural only if its
    verb is not singular; otherwise it may be a name.
    """
    match = pattern.fullmatch(before)
    verb = match.groupdict().get("verb") or match.groupdict().get("be") or "" if match else ""
    return None if match is None or (match["several"] and verb.endswith("s")) else match


def _does(match: re.Match[str]) -> str:
    return "does" if match["verb"].endswith("s") else "do"


def _subject(match: re.Match[str]) -> str:
    subject = match["subject"]
    return subject[0].lower() + subject[1:]


def _units(figure: Amount) -> str:
    """The plural of the unit that is written after the figure."""
    unit = re.sub(r"^[\d.,]+\s*", "", figure.written).strip() or figure.unit
    return unit if unit.endswith("s") else f"{unit}s"


def at_odds(one: str, other: str) -> bool:
    """Whether two sentences disagree: they give different figures in the same unit for the same thing, or one denies
    what the other says.

    Two sentences are about the same thing if they begin with the same word, and if all words of one of them, except
    figures and negations, are also in the other. A sentence may therefore add words to the other, but must not replace
    any.
    """
    first, second = _about(one), _about(other)
    fewer, more = sorted((first, second), key=len)
    if len(fewer) < SAME or not set(fewer) <= set(more) or first[0] != second[0] or not same_occasion(one, other):
        return False
    if bool(negations(one)) != bool(negations(other)):
        return len(fewer) >= WHOLE * len(more)
    figures, others = _with_units(one), _with_units(other)
    return len(figures) == len(others) == 1 and figures[0].unit == others[0].unit and not figures[0].same(others[0])


def _with_units(text: str) -> list[Amount]:
    return [one for one in amounts(text) if one.unit]


def _about(text: str) -> list[str]:
    """The stems of what a sentence is about, in order, without its figures and their units."""
    for figure in _with_units(text):
        text = text.replace(figure.written, " ", 1)
    return [stem for stem in content_stems(text) if stem not in NUMBER_WORDS and not _DIGITS.search(stem)]
