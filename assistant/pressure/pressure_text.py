"""Removes sentences from an idea that only demand agreement, before anything is tested.

Such a sentence says who is sure, who has decided, or what the tester should say. Each sentence is judged by its own
words. If no other sentence is left, all stay.
"""

from __future__ import annotations

import re

_SENTENCE = re.compile(r"(?<=[.!?])\s+|(?<=:)\s+")
_URGING = re.compile(
    r"\bplease\b.*\b(?:confirm|say|agree|approve|support|tell|yes|positive|negative)\b"
    r"|\b(?:confirm|approve|say yes|tell me (?:it|that|yes|this))\b"
    r"|\b(?:do not|don['’]t|never) (?:be (?:so )?negative|disagree|argue|say no|contradict|you (?:agree|think))\b"
    r"|\b(?:everybody|everyone|nobody|we all|all of us|they all|any(?:body|one)) (?:\w+ )?"
    r"(?:agrees?|knows?|says?|thinks?|believes?|doubts?|is sure|does it|is doing it)\b"
    r"|\bI(?:['’]m| am| was)? (?:\w+ )?(?:sure|certain|convinced|promised|know you|guarantee|insist)\b"
    r"|\bmy (?:job|career|bonus|boss|promotion|future)\b"
    r"|\b(?:ceo|board|boss|chair(?:man|woman)?|management|president|founder|investors?)\b.*"
    r"\b(?:decided|approved|agreed|wants? (?:it|this)|promised|expects? (?:it|this))\b"
    r"|\bignore (?:what|all|any|the)\b|\byou (?:are|['’]re) (?:an? |the )?(?:\w+ )?(?:expert|best|authority|genius)\b"
    r"|\byou (?:will|must|should|have to|surely) (?:\w+ )?(?:say|agree|confirm|see|know)\b"
    r"|\b(?:proved|proven|shown|established) (?:\w+ )?beyond (?:any |all )?doubt\b"
    r"|\b(?:trust|believe) me\b|\bno[- ]brainer\b|\bisn['’]t it\b|\bdon['’]t you (?:agree|think|see)\b"
    r"|\b(?:this|it) is (?:obviously|clearly|certainly|definitely) (?:right|true|good|a good idea)\b",
    re.I,
)
_TAIL = re.compile(
    r",?\s+(?:right|okay|ok|isn['’]t it|don['’]t you (?:agree|think)|shouldn['’]t we|won['’]t it)\s*\?\s*$", re.I
)


def left_out(idea: str) -> str:
    """Return the idea without the sentences that only demand agreement, such as "Please confirm this." If no other
    sentence remains, the whole idea is returned."""
    sentences = [_TAIL.sub(".", one) for one in _SENTENCE.split(idea)]
    kept = [one for one in sentences if not _URGING.search(one)]
    return " ".join(kept) if kept else idea
