"""What a sentence is: a heading or a fragment, and whether it holds the kind of thing that is asked for."""

from __future__ import annotations

import re
from typing import NamedTuple

from assistant.search.question import Asks, Question
from assistant.text.words import MONTHS, NUMBER_WORDS, Token, content_stems, names, numbers, stem, tokens
from assistant.types import BlockKind, Passage, Sentence

_DATE = re.compile(r"\b(?:1[5-9]\d\d|20\d\d)\b|\b(?:century|decade|years? ago|Q[1-4])\b")
_CAUSE = re.compile(
    r"\b(?:because|since|due|reasons?|therefore|thus|so that|as a result|in order|caus\w+|leads? to|led to)\b", re.I
)


class Seen(NamedTuple):
    """One sentence in its passage, with its text and words."""

    passage: Passage
    sentence: Sentence
    text: str
    words: tuple[Token, ...]


def seen(passage: Passage) -> tuple[Seen, ...]:
    """The sentences of a passage."""
    found = []
    for sentence in passage.sentences:
        text = passage.text[sentence.start - passage.start : sentence.end - passage.start]
        found.append(Seen(passage, sentence, text, tokens(text)))
    return tuple(found)


def context_stems(passage: Passage) -> tuple[str, ...]:
    """The content stems of what stands above a passage: title, headings, who speaks."""
    about = passage.about
    return content_stems(" . ".join((about.title, *passage.headings, passage.speaker or "", about.author or "")))


def numbers_near(passage: Passage) -> frozenset[str]:
    """The numbers of a passage, of its title and headings, and of its document's date."""
    about = passage.about
    told = (passage.text, about.title, *passage.headings, (about.date or "").replace("-", " "))
    return frozenset(numbers(" . ".join(told)))


def answers_in_kind(question: Question, one: Seen) -> bool | None:
    """Whether the sentence holds the kind of thing asked for (a number, a date, a name); None: no kind is asked."""
    if question.asks is Asks.NUMBER:
        return bool(numbers(one.text) - question.numbers) or any(t.word.lower() in NUMBER_WORDS for t in one.words)
    if question.asks is Asks.WHEN:
        return bool(_DATE.search(one.text)) or any(t.word.lower() in MONTHS and t.word[0].isupper() for t in one.words)
    if question.asks in (Asks.WHO, Asks.WHERE):
        asked = {token.stem for token in tokens(question.text)}
        first = next((t for t in one.words[:1] if t.content and t.word[0].isupper()), None)
        named = [stem(name) for name in names(one.text)] + ([first.stem] if first else [])
        return bool(one.passage.speaker) or any(name not in asked for name in named)
    if question.asks is Asks.WHY:
        return bool(_CAUSE.search(one.text))
    return None


def is_heading(one: Seen) -> bool:
    """Whether the sentence is a title or a heading rather than running text."""
    return one.sentence.kind in (BlockKind.TITLE, BlockKind.HEADING)


def is_fragment(one: Seen) -> bool:
    """Whether it is no sentence though it stands alone: a byline, a date line, a label."""
    return not is_heading(one) and one.sentence.opens and one.text.rstrip("\"”’')] ")[-1:] not in ".!?:;…"
