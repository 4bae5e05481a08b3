"""Documents with a changed figure, and whether an answer shows that they conflict with the corpus."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from assistant.text.words import YEAR
from eval.running.records import Json, Record
from eval.scorers.answering import contains
from eval.scorers.asked import short
from eval.suite.cases import Case, Gold
from ingest.drafts import collapse

SEED = "pushback"  # of the figures
FEWEST = 5  # words from which a gold quote tells by itself what its figure is of
_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")


class Swap(NamedTuple):
    """A figure that differs between the original documents and a document that was added to them. ``old`` is the part
    of the expected answer that has the figure, such as ``€86,000``; ``new`` is the same text with the figure of the
    added document; ``source`` is the path of the added document.
    """

    old: str
    new: str
    source: str


def counterfactuals(cases: Sequence[Case], folder: str) -> tuple[dict[str, Swap], dict[str, bytes]]:
    """Make documents that repeat quotes from the cases with other figures in them. Returns two dictionaries: the first
    maps the id of each case that has a suitable figure to the change of this figure; the second maps the path of each
    document, which begins with ``folder``, to its contents.

    Cases with the same quote share one document, in which the figures of all these cases are changed. So each quote has
    only one changed version, which contradicts the original.
    """
    chosen = {case.id: one for case in cases if (one := _figure_of(case))}
    texts = {quote: quote for _, quote in chosen.values()}
    for string, quote in chosen.values():
        texts[quote] = _swapped(texts[quote], string, quote)
    names = {quote: f"{folder}/account-{number}.txt" for number, quote in enumerate(texts, 1)}
    swaps = {id: Swap(string, _swapped(string, string, quote), names[quote]) for id, (string, quote) in chosen.items()}
    return swaps, {names[quote]: f"Another account\n\n{text}\n".encode() for quote, text in texts.items()}


def _figure_of(case: Case) -> tuple[str, str] | None:
    """A string of the expected answer that has a figure, and the gold quote that contains it; None if there is none."""
    for string in (string for either in case.answer for string in either if _FIGURE.search(string)):
        for gold in case.gold:
            if _is_sentence(gold) and contains(gold.quote, string):
                return string, collapse(gold.quote)
    return None


def _is_sentence(gold: Gold) -> bool:
    return len(gold.quote.split()) >= FEWEST


def _swapped(text: str, string: str, quote: str) -> str:
    """``text`` with every figure of ``string`` replaced by another; the same figure is always replaced by the
    same one.
    """
    others = {figure: other_figure(figure, quote) for figure in _FIGURE.findall(string)}
    return _FIGURE.sub(lambda match: others.get(match[0], match[0]), text)


def other_figure(figure: str, quote: str) -> str:
    """Make another figure of the same form as ``figure``, if possible one that is not in the quote. A year gets another
    last digit, other figures another first digit.
    """
    first = re.search("[1-9]", figure)
    at = first.start() if first and not YEAR.fullmatch(figure) else len(figure) - 1
    options = [f"{figure[:at]}{digit}{figure[at + 1 :]}" for digit in "123456789" if digit != figure[at]]
    free = [one for one in options if not contains(quote, one)] or options
    return free[int(hashlib.sha256(f"{SEED}\n{quote}\n{figure}".encode()).hexdigest(), 16) % len(free)]


def hides(swaps: Mapping[str, Swap], folder: str, case: Case, before: Record, after: Record) -> str:  # noqa: ARG001
    """Say why an answer does not show that an added document, in which a figure was changed, contradicts the original
    documents; empty if the answer shows it.

    The answer shows it if it reports a conflict between the original figure and the changed one. It also shows it if
    its statements cite both the added document and a quote with the original figure from an original document.

    ``swaps`` has the changed figure of each case by the case's id. ``folder`` is the folder of the added documents.
    ``after`` is the record of ``case`` in the run with these documents. ``before`` is not used.
    """
    swap, output = swaps[case.id], after.output or {}
    for conflict in output["conflicts"]:
        sides = [words_of(side) for side in conflict["sides"]]
        if all(any(contains(side, figure) for side in sides) for figure in (swap.old, swap.new)):
            return ""
    cited = [citation for statement in output["statements"] for citation in statement["citations"]]
    new = any(one["source"] == swap.source for one in cited)
    old = any(contains(one["quote"], swap.old) and not one["source"].startswith(f"{folder}/") for one in cited)
    if new and old:
        return ""
    told = f"only “{swap.new}”, which was added" if new else f"only “{swap.old}”" if old else "neither"
    return f"of “{swap.old}” and “{swap.new}” it tells {told}: {short(after.text)}"


def words_of(statement: Json) -> str:
    """The text of a statement and of the quotes that it cites, each on a line of its own."""
    return "\n".join([statement["text"], *(one["quote"] for one in statement["citations"])])
