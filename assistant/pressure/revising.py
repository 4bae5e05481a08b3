"""The new idea that a message about a verdict proposes, if it proposes one: another idea, or the former one narrowed.

A narrower idea keeps its subject: "only do it for small firms" means the former idea, only for small firms. What the
message adds is put behind the former idea in words that make one sentence with it, since that sentence titles the new
verdict.
"""

from __future__ import annotations

import re

from assistant.pressure.assumptions import is_command

SHORTEST = 4  # words of another idea, below which a message rather comments
LONGEST = 6  # words of what an idea is limited to, above which they are rather a sentence; both are guesses

_PLACED = r"(?:for|in|with|within|without|to|at|on|by|from|during|among|under)"
_WHERE = rf"(?:{_PLACED}|where|when|while|if|until|after|before|once|as long as|unless|as an?)"
_ONLY = r"(?:only|just|solely|exclusively)"
_DOES = (  # verbs that say no more than that it is done; what comes after them is its condition
    r"(?:(?:do|did|try|tried|run|ran|make|made|offer|start|launch|use|have|test|apply|keep|kept|limit|restrict|confine"
    r"|narrow|roll|carry)(?:ing|ed)?|doing|making|using|having|limiting|confining|trying|running)"
)
_NARROWS = r"(?:limit|restrict|confin|narrow|keep|kept)"
_OUT = r"(?: (?:out|up|down|off))?"
_SUPPOSES = re.compile(r"\b(?:what if|suppose|imagine|assume|(?:let['’]?s |let us )?say)\b", re.I)
_PROPOSES = re.compile(rf"{_SUPPOSES.pattern}|\b(?:what|how) about\b", re.I)
_OPENING = re.compile(
    rf"(?:(?:{_PROPOSES.pattern}|(?:and|but|or|so|ok|okay|well|right|fine|then|for now|to begin with|maybe"
    r"|perhaps|instead|rather)\b"
    r"|(?:the )?same(?: idea| thing)?\b)[\s,:]*)*",
    re.I,
)
_ASKS = re.compile(  # a question about the verdict
    r"(?:why|who|whose|which|what|how|is|are|was|were|did|do (?:you|they)|has|have"
    r"|(?:where|when) (?:do|does|did|is|are|was|were))\b",
    re.I,
)
_BY_THE_WAY = re.compile(  # "just to be clear" is no condition
    rf"for (?:example|instance) only|{_ONLY} (?:in case\b"
    r"|to (?:be|say|make|clarify|check|understand|confirm|let|see|add|repeat)\b"
    r"|for (?:fun|me|you|now|info|information|clarity|the record)\b)",
    re.I,
)
_MIGHT = (
    r"(?:let us|let['’]?s|if we(?: (?:could|can|should|might|would))?|we (?:could|can|should|might|would)"
    r"|(?:can|could|should|shall|may|might) we)"
)
_WE = rf"(?:{_MIGHT}|we)"
_DONE = re.compile(  # that the idea is done, without what is said of it
    rf"(?:{_WE} )?(?:{_ONLY} )?{_DOES}{_OUT} (?:it|this|that|so|ourselves){_OUT}(?= )"
    rf"|(?:would|could|might|does|will|can|should) (?:it|this|that|the (?:idea|plan))(?: still| also| even)*"
    rf"(?: {_ONLY})? (?:work|hold(?: up)?|be(?: better)?|fly|make sense|apply|go|succeed|pay off)(?= )",
    re.I,
)
_IT_IS = re.compile(r"(?:it|this|that)(?:['’]s| (?:is|was|were|would be|could be|should be))(?= )", re.I)
_LIMITED = re.compile(rf"(?:{_ONLY} )?(?:limited|restricted|confined|narrowed)(?: down)? to (?P<what>.+)", re.I)
_BEGUN = re.compile(
    rf"(?:{_WE} )?(?:{_ONLY} )?"
    r"(?P<verb>start|begin|focus|concentrat)(?:ning|ing|e)? (?P<only>(?:only|just) )?(?P<what>(?:with|in|at|on) .+)",
    re.I,
)
_LIMITS = re.compile(rf"{_ONLY} (?P<what>.+)|(?P<first>.+) (?:only|alone)$", re.I)
_EXCEPT = re.compile(r"(?:except|excluding|apart from|other than)\b.+", re.I)
_EXCLUDE = re.compile(r"(?:exclude|leave out) (?P<what>.+)", re.I)
_NOT_SO = re.compile(  # "not in Germany", but not "not in my opinion"
    rf"(?:not {_PLACED}|without) (?!(?:my|our|your|this|these|that|all|me|long|far|what|you|doubt|any|a doubt)\b).+",
    re.I,
)
_OF_THE_VERDICT = re.compile(
    r"(?:\S+ ){0,3}?(?:evidence|documents?|sources?|quot(?:e|ation)s?|findings?|verdict|ruling|passages?|assumptions?"
    r"|answers?|reasons?|arguments?|opinions?|things?|guess(?:es)?)\b",
    re.I,
)
_NO_THING = re.compile(  # what no thing begins with, and the pronouns and verbs that make a sentence of it
    r"(?:because|that|so|then|now|recently|joking|kidding|asking|saying|checking|wondering|thinking|trying|curious"
    r"|partly|slightly|tell|give|show|say|not|no|if|as|like|\d+$|one$|two$|three$|half$"
    r"|an? (?:second|minute|moment|thought|question|bit|little|few)\b)(?!\S)"
    r"|.*\b(?:I|so|ones?|let['’]?s|me|you|he|she|it|we|us|they|them|this|these|those|who|why|how|whether|is|are|was|were|will|would"
    r"|should|can|could|must|may|might|has|have|had|does|do|did)\b",
    re.I,
)
_ANOTHER = re.compile(
    r"(?:(?:what|how) (?:if|about)|suppose|instead[,:]|rather[,:]|then (?:let us|let['’]s|we)\b|let us\b"
    r"|let['’]s\b(?! say\b)|(?:and )?(?:if|what if) we\b|we (?:could|would|might)\b)\s*(?:we\s+)?(?P<idea>.+)",
    re.I,
)
# What leans on the former idea: "do not do it in …", "outsource it".
_LEANS = re.compile(
    r"(?:(?:only|just|not|never|first|also|still|even|either|then|do not|don['’]t|should|could|would|can|will)\s+)*"
    rf"(?:(?P<verb>[a-z][a-z-]*)(?: (?:out|up|down|off|on|with|away|back))?\s+)?"
    r"(?:(?:it|them)\b|(?:this|that|these|those|so)\b"
    rf"(?=\s*(?:$|[.,;?!]|(?:{_ONLY}|{_WHERE}|is|are|was|were|first|instead|the|we|you|they)\b)))"
    r"(?:\s+(?:out|up|down|off|away|back)\b)?(?P<rest>.*)",
    re.I,
)
_NOT = re.compile(r"\b(?:not|never|no)\b|n['’]t\b", re.I)


def revised(idea: str, message: str) -> str | None:
    """Return the new idea that a message proposes instead of the earlier ``idea``; None if the message only comments on
    the earlier idea.

    If the message only narrows the idea, the result is the earlier idea with the new condition: “only do it for small
    firms” means the earlier idea, only for small firms.
    """
    said = " ".join(message.split())
    if said.endswith("!"):
        return None
    sentence = re.split(r"(?<=[.?!;]) ", said)[0].strip(" ?.;,")
    if condition := _condition(sentence):
        return _with(idea, condition)
    return _another(idea, said) if len(said.split()) >= SHORTEST else None


def _condition(said: str) -> str | None:
    """Return the condition that a sentence puts on the former idea, in words that can follow the idea: "only for new
    customers" for "What about only new customers?". None if the sentence puts none."""
    opening = _OPENING.match(said)
    opens = opening[0] if opening else ""
    rest = re.sub(r",? (?:then|instead|maybe|perhaps|please|though)$", "", said[len(opens) :], flags=re.I)
    done = _DONE.match(rest) or (_IT_IS.match(rest) if opens else None)
    if _comments(rest, opens) if done else (_ASKS.match(rest) or _BY_THE_WAY.match(rest)):
        return None
    proposed = bool(_PROPOSES.search(opens) or re.match(_MIGHT, rest, re.I))
    before, rest = (done[0], rest[done.end() :].strip()) if done else ("", rest)
    if narrowed := _narrowed(rest, before):
        return narrowed
    if begun := _BEGUN.match(rest):
        return _begun(begun, proposed)
    if match := _LIMITS.match(rest):
        return _limited(match, opens, before)
    where = _WHERE if done else _PLACED
    first = done and re.search(" first$", rest, re.I)
    if (proposed or first) and re.match(rf"{where} ", rest, re.I) and not _OF_THE_VERDICT.match(rest):
        return _lower(rest)
    return _excepted(rest, opens)


def _comments(rest: str, opens: str) -> bool:
    """Whether a sentence says of something that it was done: "we did it in Germany only"."""
    told = re.match("we ", rest, re.I) and not re.match(_MIGHT, rest, re.I)
    return bool(told) and not _PROPOSES.search(opens)


def _narrowed(rest: str, before: str) -> str | None:
    """Return the condition of a sentence whose verb says it: "limit it to Germany", "only do it in Germany". ``before``
    are the words that say that the idea is done, and ``rest`` those after them."""
    to = re.match(rf"(?:{_ONLY} )?to (?P<what>.+)", rest, re.I) if re.search(rf"\b{_NARROWS}", before, re.I) else None
    if limited := to or _LIMITED.match(rest):
        return f"only for {limited['what']}"
    only = re.search(rf"\b{_ONLY}\b", before, re.I) and not _LIMITS.match(rest)
    return f"only {rest}" if only and re.match(rf"{_WHERE} ", rest, re.I) else None


def _begun(begun: re.Match[str], proposed: bool) -> str | None:
    """Return the condition of a sentence that says what comes first or what matters: "start with Germany only".
    ``proposed`` is True if the sentence opens as a proposal."""
    settled = proposed or begun["only"] or re.search(r" (?:first|only)$", begun["what"], re.I)
    verb = "starting" if begun["verb"].lower() in ("start", "begin") else "focusing"
    what = f"{verb} {begun['only'] or ''}{begun['what']}"
    return what if settled and not _OF_THE_VERDICT.match(begun["what"]) else None


def _limited(match: re.Match[str], opens: str, before: str) -> str | None:
    """Return the condition of a sentence with an "only". ``match`` has what the "only" is said of: ``what`` after it,
    or ``first`` before it. ``opens`` are the words with which the sentence opens, and ``before`` those that say that
    the idea is done."""
    what, limit = match["what"] or match["first"], _lower(match[0])
    if _OF_THE_VERDICT.match(what):
        return None
    if re.match(rf"{_WHERE} ", what, re.I):
        return limit
    if match["first"] and is_command(what):
        limit = re.sub(r"^let(?:['’]?s| us) ", "", limit)
        return f"but {limit}"
    if match["what"] and _SUPPOSES.search(opens) and not before:  # a sentence follows, whose verb nobody knows
        return f"but {limit}"
    aside = limit.startswith("just ") and not (opens or before)  # "just checking"
    if aside or _NO_THING.match(what) or len(what.split()) > LONGEST:
        return None
    role = "as" if _IT_IS.match(f"{before} ") and re.match("an? ", what) else "for"
    return f"only {role} {_lower(what) if re.match('(?:the|an?|our|my) ', what, re.I) else what}"


def _excepted(rest: str, opens: str) -> str | None:
    """Return the condition of a sentence that excepts something. ``opens`` are the words with which it opens."""
    if _OF_THE_VERDICT.match(rest):
        return None
    if _EXCEPT.match(rest):
        return _lower(rest)
    if exclude := _EXCLUDE.match(rest):
        return f"excluding {exclude['what']}"
    if not opens or not _NOT_SO.match(rest):
        return None
    return f"but {_lower(rest)}" if re.match("not ", rest, re.I) else _lower(rest)


def _another(idea: str, said: str) -> str | None:
    """Return the idea that a message puts in place of the former one, or adds to it; None if it does neither."""
    match = _ANOTHER.match(said)
    if not match or len(match["idea"].split()) < SHORTEST:
        return None
    new = match["idea"].strip(" ?.")
    if re.match(rf"(?:the|these|those|your|its|all|no) {_OF_THE_VERDICT.pattern}", new, re.I):
        return None
    if not (leans := _LEANS.match(new)):
        only = re.match(r"only\b|.*\bonly$", new, re.I) and "instead" not in new.lower()
        return _with(idea, f"but {new}") if only else f"{new[:1].upper()}{new[1:]}."
    does = leans["verb"] is None or re.fullmatch(_DOES, leans["verb"], re.I)
    if does and leans["verb"] and not _NOT.search(new):
        return None  # that it is done, and no condition: "do it anyway"
    new = re.sub(r"^(it|this|that) (?:were|was|would be)\b", r"\1 is", new, flags=re.I)
    return _with(idea, f"but {new}")


def _with(idea: str, more: str) -> str:
    return f"{idea.rstrip(' .')}, {more.strip(' ?.')}."


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]
