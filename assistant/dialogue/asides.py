"""Recognises messages that ask nothing of the documents, and replies to them: thanks, greetings, and requests to
rephrase an answer or to write something from it.

A request is recognised by its grammar, not by single words. Each part of a message is cut into phrases of a few kinds,
such as what was said before ("this", "your answer") and a kind of text ("in an email"). The part is a request if it
has no other words, and if its phrases follow one of the patterns of a request: "turn this into a post", "shorter,
please". A message with any word of its own, such as the name of a document, is a question for the documents.
"""

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

# What was said before.
_SAID = (
    r"(?:(?:(?:all|everything|both) (?:of )?)?(?:it|that|this|these|those|them)|(?:all )?the above|the same"
    r"|(?:everything|all) (?:above|so far)"
    r"|(?:what|everything|all) you (?:just |have )*(?:said|found|wrote|told (?:me|us))"
    r"|(?:the|your|this|that|our) (?:(?:last|previous|whole) )?(?:answers?|reply|replies|response|conversation"
    r"|discussion|chat)(?: above)?"
    r"|(?:your|this|that|these|those) (?:text|passages?|quotes?|points|information|info|stuff))"
)
# Texts so short that nobody looks for them among documents, and all that people let others write.
_SHORT = (
    r"(?:tweets?|slides?|bullets?(?:[ -]?points?)?|points|paragraphs?|sentences?|lines?|words?|headlines?|titles?"
    r"|taglines?|slogans?|captions?|blurbs?|teasers?|hooks?|one[- ]?liners?)"
)
_FORM = (
    rf"(?:{_SHORT}|posts?|threads?|e-?mails?|messages?|memos?|decks?|presentations?|tables?|lists?|repl(?:y|ies)|pitch"
    r"|articles?|newsletters?|summary|abstract|overview|outline|brief|briefing|one[- ]?pager|reports?|press release"
    r"|script|speech|letter|poem|stor(?:y|ies)|faq|checklist|infographic|updates?|announcements?|ads?|copy|recap|digest"
    r"|notes?|versions?|terms|language|style|tone|nutshell|markdown)"
)
_LANGUAGE = (
    r"(?:english|german|french|spanish|italian|portuguese|dutch|polish|swedish|danish|norwegian|finnish|czech|greek"
    r"|turkish|russian|ukrainian|arabic|hebrew|hindi|chinese|japanese|korean)"
)
_ANY = r"(?!(?:and|then|but|or|so|the|which|what|whose|how|any|each|every|their|his|her|its)\b)[\w'’/&-]+"
_A = r"(?:an?|some|a few|another|\d+|one|two|three|four|five|at most|no more than|under|max(?:imum)?)"
_WORDS = rf"(?: {_ANY}){{0,3}}?"  # between "a" and its noun
_WRITE = r"(?:writ|draft|compos|creat|prepar|generat|produc|craft|design)(?:e|ing)?"
_OF = r"(?:out of|of|from|about|on|with|for|based on|using)"
_WISH = r"(?:I|we)(?: would|['’]d)"
_KINDS = {  # of phrases; the first that fits is taken
    "polite": r"please|pls|now|and|then|also|so|ok|okay|just|maybe|quickly|kindly|again|instead|perhaps|first|up|down"
    rf"|(?:can|could|would|will) you(?: mind)?|do you mind|how would you|{_WISH} (?:like|want|need)(?: you)? to"
    r"|I (?:want|need) you to|help (?:me|us)(?: to)?|let['’]?s|go ahead and|for (?:me|us)|me|us",
    "whole": rf"(?:turn|convert|transform|mak|chang|rework|repurpos|adapt|expand)(?:e|ing)? {_SAID} into {_ANY}"
    rf"(?: {_ANY}){{0,6}}"
    rf"|(?:write|draft|compose)(?: me| us)? {_A}(?: {_ANY}){{1,4}}? {_OF} {_SAID}"
    rf"|an?{_WORDS} {_SHORT} {_OF} {_SAID}|eli5"
    rf"|I (?:do not|don['’]?t|did not|didn['’]?t|cannot|can['’]?t) (?:understand|get|follow) {_SAID}"
    r"|(?:(?:that|this|it)(?:['’]s| is| was) )?(?:still |a bit |way |far )*too (?:long|wordy|complicated|technical"
    r"|formal|dry|academic)",
    "gist": r"(?:(?:what(?:['’]s| is| are) )?(?:the|your) |a )?(?:gist|tl;?dr|bottom line|upshot|nub|essence"
    r"|long story short|(?:(?:key|main) )?takeaways?"
    r"|(?:short|quick|brief|shorter|simpler|one-[a-z]+) (?:version|answer|summary))"
    r"|(?:the|a) (?:summary|translation|recap|highlights|(?:key|main) points)"
    rf"|an?(?:other)?(?: {_ANY}){{0,2}}? version",
    "reword": r"(?:summari[sz]|shorten|rephras|reword|rewrit|simplif|translat|paraphras|condens|reformulat|reformat"
    r"|proofread|polish|tighten|recap)(?:e|y|ing|ying)?"
    rf"|(?:sum|boil|cut|wrap|tidy|dumb|break|pare)(?:ming)?(?=(?: {_SAID})? (?:up|down)\b)",
    "shape": rf"(?:in|into|as) {_A}{_WORDS} {_FORM}|(?:(?:in|into|as) )?(?:{_A} )?bullet(?: ?point)?s"
    r"|in (?:[a-z]+er|plain|simple|easy|other|everyday|layman['’]?s|lay)(?: [a-z]+)? (?:words|terms|language)"
    rf"|(?:in|into|to)(?: (?:plain|simple|simpler|proper))? {_LANGUAGE}"
    r"|in (?:short|brief|essence|sum)|(?:\d+|one|two|three) (?:words?|sentences?|lines?|paragraphs?)"
    r"|(?:like|as if) (?:I['’]m|I am|I was|I were) (?:five|5|a child|a beginner)"
    r"|without (?:the )?(?:jargon|buzzwords|quotes|numbers)",
    "target": rf"(?:in|into|to|as|like|using|with)(?: {_A}| my| our)*{_WORDS} {_FORM}",
    "form": rf"(?:an?|another|one-[a-z]+){_WORDS} {_FORM}|{_A}{_WORDS} {_SHORT}",
    "forms": rf"{_A}{_WORDS} {_FORM}|copy",
    "manner": r"(?:(?:sound|read|look) )?(?:(?:a (?:little )?bit|a little|much|even|slightly|more|less|very) )*"
    r"(?:(?:short|long|simpl|clear|brief|punchi|crisp|snappi|tight|friendli|catchi|nic|plain|warm|easi)er"
    r"(?: to (?:read|understand))?|(?:(?<=more )|(?<=less )|(?<=very ))(?:formal|informal|casual|concise|readable"
    r"|professional|persuasive|personal|technical|compact|direct|engaging|accessible|friendly|playful|positive|simple"
    r"|plain|academic|understandable|[a-z]+ly)|better|short|brief|concise|simply|briefly|differently|professionally"
    r"|formally)",
    "reader": rf"(?:for|to) (?:(?:my|our|the|an?) {_ANY}(?: {_ANY})?|linkedin|twitter|x|slack|instagram|facebook"
    r"|social media|everyone|kids|beginners|management|executives|investors|customers|clients|them)"
    r"|(?:that )?I can (?:send|post|share|forward|paste|use)|to (?:send|post|share|forward|paste)",
    "of": rf"{_OF} {_SAID}",
    "said": _SAID,
    "write": _WRITE,
    "say": r"mak(?:e|ing)|say(?:ing)?|put(?:ting)?|repeat|phrase|word|express|explain(?:ing)?|tell|giv(?:e|ing)|show"
    rf"|format|present|turn|change|keep|get|do|have|I (?:want|need)|{_WISH} like|can (?:I|we) (?:get|have|see)",
}
_PHRASE = re.compile("(?:" + "|".join(f"(?P<{kind}>{words})" for kind, words in _KINDS.items()) + r")(?:\s+|$)", re.I)
_REQUEST = re.compile(
    r"(?:(?:say )?whole"
    r"|reword(?: said)?"  # summarise that
    r"|(?:say|write) said (?:shape|target|form|manner)"  # put it in an email, make it shorter
    r"|write (?:said|forms?)"  # write it up, draft an email
    r"|say form of"  # give me a headline for that
    r"|(?:(?:say|write) )?gist"  # give me the gist
    r"|shape|manner"  # in short? shorter!
    r")(?: (?:shape|target|form|manner|reader|of))*"
)
_PARTS = re.compile(r"[.!?;:,…]+(?=\s|$)|\s+(?:and|but|or|&)\s+|\s[–—-]+\s")


def reply(said: str, *, model: bool) -> str | None:
    """Return a fixed reply to a message (``said``), or None if the message has to be answered in another way. Thanks
    and greetings always get a reply. A request to rephrase an answer, or to write something from it, gets a reply only
    if there is no chat model (``model`` is false); a chat model can do what the request asks."""
    if conversation.is_courtesy(said):
        return WELCOME if conversation.is_thanks(said) else NO_QUESTION
    return IN_OTHER_WORDS if not model and _asks_for_other_words(said) else None


def _asks_for_other_words(said: str) -> bool:
    """Whether each part of a message is a request to rephrase what was said before, or courtesy. "And" and punctuation
    separate the parts."""
    parts = [" ".join(part.split()) for part in _PARTS.split(f"{said.strip()} ")]
    asked = [part for part in parts if not conversation.is_courtesy(part)]
    return bool(asked) and all(_REQUEST.fullmatch(_kinds(part)) for part in asked)


def _kinds(part: str) -> str:
    """Return the kinds of the phrases of which a part of a message consists, separated by spaces and without
    politeness. The text is empty if the part has a word that belongs to no phrase."""
    kinds, at = [], 0
    while at < len(part):
        phrase = _PHRASE.match(part, at)
        if not phrase:
            return ""
        kinds.append(phrase.lastgroup or "")
        at = phrase.end()
    return " ".join(kind for kind in kinds if kind != "polite")
