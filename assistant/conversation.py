"""A follow-up made standalone from what was said before, without a model.

Three things make a question lean on the conversation: a place in a list that was just given ("the fifth
one"), a pronoun ("does he", "its factories"), or too few words of its own ("And in 1915?"). Whatever it
leans on is put into the question, so that search and refusal see all of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from assistant import question as questions
from assistant.evidence.words import ASKING_WORDS, WORD, Token, names, tokens
from assistant.question import Asks
from assistant.types import Answer, Grounding, Role, Turn

LONG_ENOUGH = 3  # content words with which a question without pronouns stands alone

_PLACES = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_ORDINALS = {word: place for place, word in enumerate(_PLACES)}
_ORDINAL = re.compile(
    rf"\bthe\s+(?:(?P<word>{'|'.join(_ORDINALS)}|last|former|latter)|(?P<number>\d{{1,2}})(?:st|nd|rd|th))"
    r"(?:\s+(?:one|item|point|step|reason|of (?:them|these|those)))?"
    r"(?=\s*(?:\W*$|\b(?:mean|involve|about|say|do|does|is|work|entail|look|refer|stand)))"
    r"|\b(?:number|point|item|step|reason)\s+(?P<digits>\d{1,2})\b",
    re.I,
)
_PERSON = re.compile(r"\b(?:he|she|him|his|hers|her)\b", re.I)
_THING = re.compile(
    r"\b(?:it|its|they|their|theirs|them)\b"
    r"|\b(?:this|that|these|those)\b"
    r"(?=\W*$|\s+(?:is|was|are|were|do|does|did|mean|work|company|person|idea|approach|one|ones)\b)",
    re.I,
)
_POSSESSIVE = frozenset({"his", "its", "their", "theirs", "hers"})
_PLURAL = frozenset({"they", "their", "theirs", "them"})
_ONE_OF_ITS_OWN = re.compile(r"\b(?:an?|each|every|any|no)\s+[a-z]", re.I)
_OPENING = re.compile(r"^\W*(?:and|but|so|or|what about|how about|what else|also|then)\b", re.I)
_AUXILIARY = re.compile(
    r"\b(?:do|does|did|is|are|was|were|has|have|had|can|could|will|would|should|may|might|must)\s+$", re.I
)


def standalone(question: str, history: Sequence[Turn]) -> str:
    """``question`` with what it leans on put in; unchanged where it leans on nothing."""
    asked = told = ""
    for turn in history:
        if turn.role is Role.USER:
            asked = _resolved(turn.content, asked, told)  # it may itself have leaned on the one before
        else:
            told = turn.content
    return _resolved(question, asked, told)


def _resolved(question: str, asked: str, told: str) -> str:
    """The question with what it leans on, which is in the one ``asked`` before or in what was ``told``."""
    if (whole := _place_in_list(question, told)) != question:
        return whole
    for pattern, meant in ((_PERSON, _person(asked) or _person(told)), (_THING, _thing(asked))):
        pronoun = pattern.search(question)
        if pronoun and not _explains_itself(question, pronoun):
            can_be_put = pattern is _PERSON or pronoun[0].lower() in ("it", "its")
            return _put(question, pronoun, meant) if meant and can_be_put else _append(question, asked)
    return _append(question, asked) if _is_elliptic(question) else question


def _explains_itself(question: str, pronoun: re.Match[str]) -> bool:
    """Whether what the pronoun stands for is in the question: "when a product is new, is it …"."""
    before, word = question[: pronoun.start()], pronoun[0].lower()
    if _AUXILIARY.search(before):
        return False
    own = [token for token in tokens(before) if _is_own(token)]
    if word == "that":  # "the price that is paid"; at the end it points back
        return bool(own) and before.rstrip().endswith(own[-1].word) and bool(question[pronoun.end() :].strip(" ?.!"))
    if word in _PLURAL:
        return any(token.word.endswith("s") and not token.word.endswith("ss") for token in own)
    return bool(_ONE_OF_ITS_OWN.search(before))


def _is_elliptic(question: str) -> bool:
    """Whether it has too few words of its own; one about all the documents needs none."""
    if questions.read(question).asks is Asks.BROAD:
        return False
    own = [token for token in tokens(question) if _is_own(token)]
    return len(own) < LONG_ENOUGH and bool(_OPENING.search(question) or not names(question))


def _is_own(token: Token) -> bool:
    return token.content and token.word.lower() not in ASKING_WORDS


def _place_in_list(question: str, told: str) -> str:
    """The question with "the fifth one" replaced by the fifth thing of the list that was told."""
    match = _ORDINAL.search(question)
    items = _items(told)
    if not match or len(items) < 2:
        return question
    word = (match["word"] or "").lower()
    if word in ("last", "latter"):
        place = len(items) - 1
    elif word == "former":
        place = 0
    else:
        place = _ORDINALS[word] if word else int(match["number"] or match["digits"]) - 1
    if not 0 <= place < len(items):
        return question
    return question[: match.start()] + items[place] + question[match.end() :]


def _items(told: str) -> list[str]:
    """The things that an answer listed: its bulleted or numbered lines, else what its commas part."""
    lines = re.findall(r"^\s*(?:\d{1,2}[.)]|[-*•])\s+(.+?)\s*$", told, re.M)
    if len(lines) >= 2:
        return lines
    inline = re.split(r"\s*\(?\b\d{1,2}[.)]\s+", told)[1:]
    if len(inline) >= 2:
        return [item.strip(" ,;.") for item in inline]
    listed = max(re.split(r"(?<=[.!?])\s+|:\s+", told), key=lambda part: part.count(","), default="")
    items = [item.strip(" .;") for item in re.split(r",\s*(?:and\s+)?|;\s*|\s+and\s+", listed)]
    return [item for item in items if item] if len(items) >= 3 else []


def _name_phrases(text: str) -> list[str]:
    """Runs of words written like names: ``Henry Ford``."""
    single = set(names(text))
    phrases: list[str] = []
    end = -2
    for match in WORD.finditer(text):
        word = match[0].removesuffix("'s").removesuffix("’s")
        if match[0] in single:
            if phrases and text[end : match.start()] == " ":
                phrases[-1] += f" {word}"
            else:
                phrases.append(word)
            end = match.end()
    return list(dict.fromkeys(phrases))


def _person(text: str) -> str | None:
    """The last name of two words or more, else the last name."""
    phrases = _name_phrases(text)
    full = [phrase for phrase in phrases if " " in phrase] or phrases
    return full[-1] if full else None


def _thing(text: str) -> str | None:
    """The one name in a question; of several, none can be chosen."""
    phrases = _name_phrases(text)
    return phrases[0] if len(phrases) == 1 else None


def _put(question: str, pronoun: re.Match[str], name: str) -> str:
    word = pronoun[0].lower()
    follows_noun = word == "her" and re.match(r"\s+[a-z]", question[pronoun.end() :])
    owner = f"{name}'s" if word in _POSSESSIVE or follows_noun else name
    return question[: pronoun.start()] + owner + question[pronoun.end() :]


def _append(question: str, asked: str) -> str:
    """The question with the words of the one before that it lacks; a new number takes the place of the old."""
    own = {token.stem for token in tokens(question)}
    new_number = any(token.word[0].isdigit() for token in tokens(question))
    context = [
        token.word
        for token in tokens(asked)
        if _is_own(token) and token.stem not in own and not (new_number and token.word[0].isdigit())
    ]
    return f"{question} ({' '.join(dict.fromkeys(context))})" if context else question


def spoken(answers: Iterable[Answer]) -> list[Turn]:
    """A conversation as a follow-up needs it. Several statements are a list: "the second one" is one of them."""
    turns = []
    for answer in answers:
        near = answer.nearest if answer.grounding is Grounding.NEAR else ()
        said = [one.text for one in answer.statements] or [one.key_quote for one in near]
        said = said or ["The documents do not say."]
        told = said[0] if len(said) == 1 else "\n".join(f"- {text}" for text in said)
        turns += [Turn(Role.USER, answer.question), Turn(Role.ASSISTANT, told)]
    return turns
