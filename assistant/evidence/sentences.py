"""Describes a sentence: whether it is a heading or a fragment, and whether it has the kind of thing that a question
asks for."""

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
    """A sentence (its offsets) together with the passage it is from, its text, and the words of this text."""

    passage: Passage
    sentence: Sentence
    text: str
    words: tuple[Token, ...]


def seen(passage: Passage) -> tuple[Seen, ...]:
    """Return the sentences of a passage, in order, each with its text and its words."""
    found = []
    for sentence in passage.sentences:
        text = passage.text[sentence.start - passage.start : sentence.end - passage.start]
        found.append(Seen(passage, sentence, text, tokens(text)))
    return tuple(found)


def context_stems(passage: Passage) -> tuple[str, ...]:
    """The stems of the content words in a passage's title, headings, speaker and author."""
    about = passage.about
    return content_stems(" . ".join((about.title, *passage.headings, passage.speaker or "", about.author or "")))


def numbers_near(passage: Passage) -> frozenset[str]:
    """The numbers in a passage, in its title and headings, and in its document's date."""
    about = passage.about
    told = (passage.text, about.title, *passage.headings, (about.date or "").replace("-", " "))
    return frozenset(numbers(" . ".join(told)))


def answers_in_kind(question: Question, one: Seen) -> bool | None:
    """Whether the sentence ``one`` has the kind of thing that the question asks for: a number, a date, a name or a
    reason. None if the question asks for none of these."""
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
    """Whether a sentence (``one``) is only a fragment, such as a byline, a date line or a label: it is no heading, it
    is the first sentence of its block, and it ends without punctuation."""
    return not is_heading(one) and one.sentence.opens and one.text.rstrip("\"”’')] ")[-1:] not in ".!?:;…"
