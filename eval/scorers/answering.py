"""Is the answer right? It must say what the case requires and nothing that the case forbids, and be supported by its
evidence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.types import Support
from eval.numbers.metrics import Score
from eval.scorers import citing
from eval.scorers.asked import AnsweredCase, faulty, refuted, yes_or_no
from eval.suite.cases import Number
from eval.suite.gold import words

COMPLETE = "evidence complete"
STRINGS = "answer strings"
NUMBERS = "answer numbers"
MUST_NOT = "must not say"
GROUNDED = "grounded correct"
WITHIN = "grounded within budget"
WORDS = "words shown"

_FIGURE = re.compile(r"(?<![\w.,])[-−]?\d+(?:[.,]\d+)*")


def scores(asked: AnsweredCase) -> list[Score]:
    """Score whether an answer is right: whether it cites the evidence, says what the case requires, and is short
    enough. Only scores that apply to the case are returned.
    """
    case = asked.case
    made = [complete(asked)] if case.minimal_sets else []
    made += [strings(asked)] if case.answer else []
    made += [numbers(asked)] if case.numbers else []
    made += [must_not(asked)] if case.must_not else []
    made += [] if asked.answer.refused else [shown(asked)]
    return [*made, grounded(asked), within(asked)] if not case.refuse else made


def complete(asked: AnsweredCase) -> Score:
    """Whether the answer cites all evidence that is needed: every quote of at least one of the case's minimal sets of
    evidence.
    """
    return yes_or_no(COMPLETE, asked.complete, asked.why_missed)


def strings(asked: AnsweredCase) -> Score:
    """Whether the answer's statements contain every string that the case requires. Where the case lists alternatives,
    one of them is enough.
    """
    absent = [
        " or ".join(f"“{string}”" for string in either)
        for either in asked.case.answer
        if not any(contains(text, string) for text in asked.statement_texts for string in either)
    ]
    return yes_or_no(STRINGS, not absent, f"not said: {', '.join(absent)}")


def numbers(asked: AnsweredCase) -> Score:
    """Whether the answer gives every number that the case requires, within the tolerance of that number."""
    given = [figure for text in asked.statement_texts for figure in figures(text)]
    absent = [one for one in asked.case.numbers if not any(is_near(one, figure) for figure in given)]
    told = ", ".join(f"{one.value:g}" + (f" ± {one.tolerance:g}" if one.tolerance else "") for one in absent)
    return yes_or_no(NUMBERS, not absent, f"not given: {told}")


def must_not(asked: AnsweredCase) -> Score:
    """Whether the statements of the answer contain none of the strings that the case forbids."""
    said = [one.text for one in asked.answer.statements]
    told = [f"“{string}”" for string in asked.case.must_not if any(contains(text, string) for text in said)]
    return yes_or_no(MUST_NOT, not told, f"said: {', '.join(told)}")


def grounded(asked: AnsweredCase) -> Score:
    """Whether the answer is right and supported by its evidence: it says what the case requires and nothing that the
    case forbids, cites all evidence that is needed, and has only valid citations and unaltered quotes.
    """
    parts = [one for one in scores_of_words(asked) if one.value == 0]
    why = [part.why for part in parts]
    why += [faulty(one) for one in asked.cited if one.fault] + [refuted(one) for one in asked.answer.rejected]
    why += [altered for one in asked.answer.statements if (altered := citing.altered(one, asked.find))]
    if not asked.cited and not asked.answer.refused:
        why.append("nothing is cited")
    if asked.answer.refused and not why:
        why.append(f"refused: {asked.answer.reason}")
    return yes_or_no(GROUNDED, not why, "; ".join(why))


def within(asked: AnsweredCase) -> Score:
    """The headline measure: whether the answer is right and supported by its evidence (see ``grounded``), and shows no
    more words than are allowed (see ``shown`` and ``allowed``).
    """
    right, count, most = grounded(asked), shown(asked).value or 0, allowed(asked)
    why = [right.why] if right.why else []
    why += [f"{count:g} words are shown, {most} allowed"] if count > most else []
    return yes_or_no(WITHIN, not why, "; ".join(why))


def shown(asked: AnsweredCase) -> Score:
    """The number of words that the answer shows to a reader: the words of its statements and of the sides of its
    conflicts, and the words of the quotes that these cite. If a statement consists of the quote that it cites, the
    quote is not counted in addition. Repeated statements and repeated quotes are counted once.
    """
    answer = asked.answer
    sides = (side for conflict in answer.conflicts for side in conflict.sides)
    every = dict.fromkeys((*answer.statements, *sides))
    behind = dict.fromkeys(c.quote for one in every if one.support is not Support.VERBATIM for c in one.citations)
    return Score(WORDS, float(sum(map(words, (*(one.text for one in every), *behind)))))


def allowed(asked: AnsweredCase) -> int:
    """The number of words that the answer may show: the number that the suite allows (``asked.budget``). If the answer
    cannot be proved by a single quote, the words of the shortest set of quotes that proves it are allowed in addition.
    """
    lists = [sum(words(gold.quote) for gold in one) for one in asked.case.minimal_sets if len(one) > 1]
    single = any(len(one) == 1 for one in asked.case.minimal_sets)
    return asked.budget + (min(lists) if lists and not single else 0)


def scores_of_words(asked: AnsweredCase) -> Iterator[Score]:
    """Yield the scores that decide whether an answer is right: complete evidence, required strings, required numbers,
    and forbidden strings.
    """
    yield complete(asked)
    yield strings(asked)
    yield numbers(asked)
    yield must_not(asked)


def contains(text: str, string: str) -> bool:
    """Whether ``string`` is in ``text``, ignoring case and whitespace; a string with a digit must match whole tokens.

    "260" is found in "$260." and "260%", but not in "2600", "1,260", "260.5" or "B260".
    """
    text, string = (" ".join(one.split()).casefold() for one in (text, string))
    if not any(character.isdigit() for character in string):
        return string in text
    before = r"(?<!\w)" if re.match(r"\w", string[0]) else ""
    before += r"(?<!\d[.,])" if string[0].isdigit() else ""
    after = r"(?!\w)" if re.match(r"\w", string[-1]) else ""
    after += r"(?![.,]\d)" if string[-1].isdigit() else ""
    return re.search(before + re.escape(string) + after, text) is not None


def figures(text: str) -> list[float]:
    """The numbers in a text, in the order in which they are written. "1,260" is one number; "2,5" is two and a half."""
    found = []
    for match in _FIGURE.finditer(text):
        plain = match[0].replace("−", "-")
        if re.fullmatch(r"-?\d{1,3}(,\d{3})+(\.\d+)?", plain):
            plain = plain.replace(",", "")
        elif re.fullmatch(r"-?\d+,\d+", plain):
            plain = plain.replace(",", ".")
        try:
            found.append(float(plain))
        except ValueError:
            found += [float(part) for part in re.findall(r"\d+", plain)]
    return found


def is_near(number: Number, figure: float) -> bool:
    """Whether ``figure``, a number in an answer, equals the required ``number`` within its tolerance."""
    return abs(figure - number.value) <= number.tolerance + 1e-9 * abs(number.value)
