"""Recognises messages that ask nothing of the documents, and replies to them: thanks, greetings, and requests to
rephrase an answer."""

from __future__ import annotations

import re

from assistant.dialogue import conversation

WELCOME = "You are welcome."
NO_QUESTION = "That asks the documents nothing, so nothing was searched. Ask them whatever you like."
IN_OTHER_WORDS = (
    "Without a model nothing is put into other words: answers are the documents' own. What can be done: ask about one "
    "point of it, open a number and read on in its document, or copy the answer. A model that can do it is chosen "
    "under Settings."
)

_THANKS = re.compile(r"\b(?:thanks|thank you|thx)\b", re.I)
_WHAT_WAS_SAID = (
    r"(?:(?:all|everything|both)(?: of)? )?(?:it|that|this|these|those|them|the above"
    r"|(?:everything|all) (?:above|so far)"
    r"|(?:the|your|this|that|our) (?:last |previous |whole )?(?:answers?|reply|replies|conversation|discussion|chat))"
)
_REWORD = re.compile(
    r"^\W*(?:(?:please|now|ok|okay|and|then|can you|could you|would you|will you|thanks|great)\b\W*)*"
    r"(?:(?:summari[sz]e|sum up|shorten|rephrase|reword|rewrite|simplify|translate|paraphrase|condense)"
    rf"(?:\s+{_WHAT_WAS_SAID})?"
    rf"|(?:(?:give|write|make) (?:me )?)?(?:an?|the) (?:short )?(?:summary|translation)(?: of {_WHAT_WAS_SAID})?"
    rf"|(?:make|say|put|write|repeat) {_WHAT_WAS_SAID}(?= (?:\w+er|in|into|more|again)\b)"
    r"|tl;?dr|shorter|simpler)"
    r"(?:[\s,]+(?:up|again|shorter|simpler|more simply|please|for me|for my \w+"
    r"|(?:in|into|to|as) (?:\w+ ){0,3}(?:words?|sentences?|points?|bullets?|list|table|language|english|german|french"
    r"|spanish|lines?|paragraphs?|email|brief|short)))*\W*$",
    re.I,
)


def reply(said: str, *, model: bool) -> str | None:
    """Return a reply to a message (``said``) that asks the documents nothing: thanks, a greeting, or a request to
    rephrase an answer. None for any other message. ``model`` is True if there is a chat model; the model can rephrase
    an answer itself, so the result is then None for a request to rephrase."""
    if conversation.is_courtesy(said):
        return WELCOME if _THANKS.search(said) else NO_QUESTION
    return IN_OTHER_WORDS if not model and _REWORD.match(said) else None
