"""Suggests the cheapest way to settle what is still open about an idea, from what was found and what is missing. All
functions are pure.

A lens brings its own suggestion, and a model can propose one. For all other assumptions, the suggestion names whom to
ask, and says whether a figure was found.
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant.pressure import rulings
from assistant.pressure.assumptions import OF_WORDS, OWN
from assistant.text import dates
from assistant.types import Assumption, Citation, Finding, Kind, Stance


def cheapest(one: Assumption) -> str:
    """Return a suggestion for the cheapest way to find out whether an assumption is true, as text for the user.

    The suggestion is the one that comes with the assumption's lens (a question that is put to every idea), or the one
    that a model proposed. If there is neither, a suggestion is made from the findings: it says whom to ask or what to
    compare, and whether a figure was found. If no finding concerns the assumption, this suggestion is empty.
    """
    if one.settle and one.lens not in (*OF_WORDS, OWN):
        return one.settle
    said_for, said_against = (rulings.on(one.findings, side) for side in (Stance.SUPPORTS, Stance.CHALLENGES))
    if said_for and said_against:
        return f"{_both(said_for, said_against)} {_figure(one, [_surest(said_for), _surest(said_against)])}"
    bearing = [each for each in one.findings if rulings.bears([each])]
    if not bearing:
        return ""
    many = "the passage that bears" if len(bearing) == 1 else f"the {len(bearing)} passages that bear"
    return f"Read {many} on it, and say on which side. {_who(bearing)} {_figure(one, [_surest(bearing)])}"


def _both(said_for: Sequence[Finding], said_against: Sequence[Finding]) -> str:
    """Return a sentence that says whom to ask or what to compare, for an assumption with findings on both sides."""
    here, there = _surest(said_for).citation, _surest(said_against).citation
    if rulings.voice(_surest(said_for)) == rulings.voice(_surest(said_against)):
        return f"{_named(here)} says both: find out when it holds and when it does not."
    if here.about.id == there.about.id and here.voice and there.voice:
        return f"In {_titled(here)}, {here.voice} is for it and {there.voice} against it: whose case is like yours?"
    return f"Compare the case of {_named(here)}, for it, with that of {_named(there)}, against it: which is like yours?"


def _surest(findings: Sequence[Finding]) -> Finding:
    return max(findings, key=lambda one: one.confidence * one.bears)


def _who(findings: Sequence[Finding]) -> str:
    """Return a sentence that names somebody to ask: the speaker or author of the surest finding."""
    return f"Somebody to ask: {_named(_surest(findings).citation)}."


def _figure(one: Assumption, named: Sequence[Finding]) -> str:
    """Return a sentence that says where a figure on the assumption is, or that none was found. ``named`` are the
    findings in the sentence before it; a figure in their document is "there"."""
    figures = [each.citation for each in one.findings if each.kind is Kind.FIGURE and not rulings.is_set_aside(each)]
    if not figures:
        return "No figure on it was found: ask for one."
    is_there = {each.citation.about.id for each in named} == {figures[0].about.id}
    where = "there" if is_there else f"in {_titled(figures[0])}"
    return f"A figure on it stands {where}: does it hold for you, too?"


def _named(cited: Citation) -> str:
    """Return the name of the speaker or author of the cited words, and the document's title. If nobody is named, the
    text is "whoever wrote" the document."""
    return f"{cited.voice}, in {_titled(cited)}" if cited.voice else f"whoever wrote {_titled(cited)}"


def _titled(cited: Citation) -> str:
    about = cited.about
    return f"“{about.title}”" + (f" ({dates.spoken(about.date)})" if about.date else "")
