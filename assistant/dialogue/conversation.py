"""Rewrites a follow-up question so that it stands alone, by rules and without a model. References are replaced as
follows:

```text
"And in 2019?"                 the previous question, with the new year in it
"the second one"               the second thing that the previous answer lists, states or names
"his", "that person"           the person who was mentioned last
"that policy"                  the policy's full name, as it was used before
"who wrote it", "does it say"  the document that the previous question asks about
"it", "that company"           the topic of the previous question, or a name in it
"Why?", "Is it so?"            the question itself, with the previous question in brackets after it
```

Everything that a question refers to is written into the question, since the search and the decision to refuse read
nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from assistant.search import question as questions
from assistant.search.question import Asks
from assistant.text import naming
from assistant.text.naming import Name, names_in
from assistant.text.words import ASKING_WORDS, WORD, YEAR, Token, names, tokens
from assistant.types import Answer, Grounding, Role, Statement, Turn

# Content words with which a question without pronouns stands alone; not measured by itself, see
# eval/benchmarks/followups.py.
LONG_ENOUGH = 3
SHORT_ENOUGH = 8  # words of a thing that reads well in place of "it" or "the second one"; a guess, not measured
MOST_TURNS = 20  # of the conversation that are looked at: a bound on the work
# Of what was said before that are put into a question, so that its own words still lead the search; a guess, not
# measured.
MOST_WORDS = 18

_PEOPLE = "person|man|woman|guy|author|writer|speaker|commenter|expert|blogger|founder|manager|director|consultant"
_COMPANIES = "company|firm|business|brand|organi[sz]ation|start-?up|shop|agency|vendor|supplier|competitor"
_DOCUMENTS = "document|article|post|thread|report|memo|paper|book|handbook|file|source"
_PARTS = "one|item|point|step|reason|statement|claim|idea|argument|option|example|quote|rule"
_PLACES = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_ORDINALS = {word: place for place, word in enumerate(_PLACES)}
_ORDINAL = re.compile(
    r"\bthe (?P<two>former|latter)\b"
    rf"|\bthe\s+(?:(?P<word>{'|'.join(_ORDINALS)}|last|other)|(?P<number>\d{{1,2}})(?:st|nd|rd|th))"
    rf"(?:\s+(?P<kind>{_PEOPLE}|{_COMPANIES}|{_DOCUMENTS})(?!\s+(?:of|about|on|in|for|that|who|which)\b)"
    rf"|(?:\s+(?:{_PARTS}))?(?:\s+of (?:them|these|those))?"
    r"(?=\s*(?:\W*$|[,.;?!]|['’]s\b|\b(?:mean|involve|about|say|do|does|did|is|was|has|work|entail|look|refer|stand"
    r"|and|or|than|instead|too|also|so|in more detail)))|\s+one\b(?! of))"
    r"|\b(?:number|point|item|step|reason)\s+(?P<digits>\d{1,2})\b",
    re.I,
)
_THIS = "(?:that|this|the same)"
_PERSON = re.compile(rf"\b(?:he|she|him|his|hers|her|{_THIS} (?:{_PEOPLE}))\b", re.I)
_COMPANY = re.compile(rf"\b{_THIS} (?:{_COMPANIES})\b", re.I)
_DOCUMENT = re.compile(rf"\b{_THIS} (?:{_DOCUMENTS})\b", re.I)
_THING = re.compile(
    r"\b(?:it|its|they|their|theirs|them)\b"
    r"|\b(?:this|that|these|those)\b"
    r"(?=\W*$|\s+(?:is|was|are|were|do|does|did|mean|work|one|ones)\b)",
    re.I,
)
_IT = "(?:it|this|that)"
_SAY = "say|state|mention|claim|argue|suggest|recommend|propose"
_WRITTEN = re.compile(  # "it", where a document is meant
    rf"(?<=\bwrote ){_IT}\b|(?<=\bauthor of ){_IT}\b|\b{_IT}(?= (?:written|published|posted|dated|{_SAY})\b)", re.I
)
_OF_A_DOCUMENT = re.compile(
    rf"\b(?:does|did|was|is)\s+(?P<what>[^?,;]{{3,80}}?)\s+(?:written|published|posted|dated|{_SAY})\b"
    r"|\b(?:wrote|author of)\s+(?P<of>[^?,;]{3,80}?)(?:\s+and when\b|[\s.?!)]*$)",
    re.I,
)
_POSSESSIVE = frozenset({"his", "its", "their", "theirs", "hers"})
_PLURAL = frozenset({"they", "their", "theirs", "them"})
_THAT_NOUN = re.compile(
    r"(?:^|\b(?P<before>[a-z]+)\s+)(?P<which>this|that|these|those)\s+(?P<noun>[a-z][a-z-]+)\b", re.I
)
# Words after which "that" points at a thing; after others it opens a clause ("buyers say that brands matter").
_BEFORE_THAT = frozenset(
    "about in on at of for from with by to and but under is was are were do does did has have had can could will would "
    "should may might must".split()
)
_SAME = re.compile(
    r"\b(?:(?:do|does|did|think|thinks|say|said|believe) so|too|as well|either|(?:dis)?agrees?)\W*$", re.I
)
_NO_THING = re.compile(  # "it is hard to say": "it" stands for nothing
    r"^it(?:['’]s| is| was)(?: not)? \w+ (?:to|that)\b|^it \w+ (?:to|that)\b", re.I
)
_CLAUSE = re.compile(r"[.?!;,]\s|\band\b")
_ADDED = re.compile(
    r"^\W*(?:(?:and|but|so|or)\s+)?(?:in|for|with|under|by|at|on|among|during|from|since|after|before)\b", re.I
)
_ONE_OF_ITS_OWN = re.compile(r"\b(?:an?|each|every|any|no)\s+[a-z]", re.I)
_DEFINES = re.compile(r"^\W*what(?:['’]s| is) an? (?!example\b)[\w-]+(?: [\w-]+)?\W*$", re.I)
_OPENING = re.compile(r"^\W*(?:and|but|so|or|what about|how about|what else|also|then)\b", re.I)
_INSTEAD = re.compile(
    r"^\W*(?:(?:and|but|or|so|ok|okay|then)\W+)*(?:(?:what|how) about\s+)?"
    r"(?P<link>(?:in|for|at|by|since|during|with|from)\s+)?(?P<what>(?:\S+\s+){0,4}?\S+?)\W*$",
    re.I,
)
_AUXILIARY = re.compile(
    r"\b(?:do|does|did|is|are|was|were|has|have|had|can|could|will|would|should|may|might|must)\s+$", re.I
)
_ABOUT = re.compile(r"\b(?:about|describe|explain)\s+(?P<what>[^.?!,;()]+)", re.I)
_WHAT_IS = re.compile(
    r"^\W*(?:what|who)(?:['’]s| is| are| was| were)\s+(?P<what>[^.?!,;()]+?)"
    r"(?: and (?:why|how|what|when|who|where|is|does)\b|[.?!,;()]|$)",
    re.I,
)
_PRONOUN = re.compile(r"\b(?:he|she|him|his|her|it|its|they|them|their|this|that|these|those|you|i)\b", re.I)
_NUMBER = re.compile(r"\s*(?:\b(?:in|since|by|from|for|during)\s+)?(?<![^\W_])\d[\d.,]*\b")
_COURTESY = frozenset(
    "thanks thank you thx ok okay great good cool nice perfect super fine got it i see yes no yep nope hi hello hey "
    "very so much a lot bye please sorry understood interesting wow hmm oh well done right alright sure that's thats "
    "helps helpful useful for that the help all awesome brilliant amazing excellent lovely wonderful fantastic goodbye "
    "morning bitte".split()
)
_THANKING = frozenset(
    "thanks thank thx thanx thankyou ty tysm tyvm cheers ta appreciate appreciated danke dankeschön merci gracias "
    "grazie obrigado obrigada bedankt dank tack takk kiitos arigato kudos".split()
)
_IN_THANKS = frozenset(
    "many i we it really was your this again too everything schön schon vielen sehr beaucoup muchas mille tante tusen "
    "je wel u".split()
)
_COURTESIES = re.compile(
    rf"^\W*(?:(?:thank you|{'|'.join(sorted(_THANKING))}|ok|okay|great|cool|nice|perfect|fine|good|yes|no|interesting"
    r"|wow|hmm|oh|right|sure|hi|hello|hey|sorry|well)(?:\s+(?:so|very|a|lot|much))*[,.!]+\s*)+",
    re.I,
)


class _Talk(NamedTuple):
    """The conversation so far: the last question, rewritten in full (``asked``), its answer (``told``), its topic (None
    if unknown), and all turns."""

    asked: str = ""
    told: str = ""
    topic: str | None = None
    turns: tuple[Turn, ...] = ()


def standalone(question: str, history: Sequence[Turn]) -> str:
    """Return ``question`` in a form that can be understood without the earlier conversation (``history``). References,
    such as "it", are replaced by what they refer to, and a question with too few words of its own, such as "Why?", is
    completed from the previous question. Any other question is returned unchanged."""
    talk = _Talk()
    for role, content in history[-MOST_TURNS:]:
        told = "\n".join(" ".join(line.split()) for line in content.splitlines() if line.strip())
        if role is Role.USER:  # it may itself have leaned on those before
            meant, asked, topic = _resolved(" ".join(told.split()), talk)
            talk = _Talk(asked, "", topic, (*talk.turns, Turn(role, meant)))
        else:
            talk = talk._replace(told=told, turns=(*talk.turns, Turn(role, told)))
    return _resolved(" ".join(question.split()), talk)[0]


def is_courtesy(said: str) -> bool:
    """Whether the message ``said`` consists only of thanks, a greeting or similar words, and asks nothing."""
    words = {word.lower() for word in WORD.findall(said)}
    return words <= _COURTESY or is_thanks(said)


def is_thanks(said: str) -> bool:
    """Whether the message ``said`` consists only of thanks, in one of a few languages, and similar words."""
    words = {word.lower() for word in WORD.findall(said)}
    return bool(words & _THANKING) and words <= _COURTESY | _THANKING | _IN_THANKS


def _resolved(question: str, talk: _Talk) -> tuple[str, str, str | None]:
    """Return three things: the question with its references resolved; the question to which the next one may refer; and
    its topic, None if unknown."""
    if is_courtesy(question):
        return question, talk.asked, talk.topic
    if questions.read(question).asks is Asks.BROAD and not _THING.search(question):
        return question, question, None
    whole = _place_in_list(question, talk) or _asked_of_another(question, talk.asked)
    if whole:
        return whole, whole, _topic(whole)
    made, put, leans = _filled(_in_full(question, talk.turns), talk)
    whole_meant = leans or bool(_SAME.search(made) or any(map(_points, _THAT_NOUN.finditer(made))))
    elliptic = made == question and _is_elliptic(made)
    on_topic = talk.topic in put or (leans and talk.topic)
    topic = talk.topic if on_topic else _topic(question) or (talk.topic if put or elliptic else None)
    if not (whole_meant or elliptic):
        return made, made, topic
    whole = _with_what_was_asked(made, talk)
    return whole, made if topic else whole, topic


def _filled(question: str, talk: _Talk) -> tuple[str, list[str], bool]:
    """Return the question with its pronouns replaced by names, the names that were put in, and whether a pronoun
    remains for which no name was found."""
    put: list[str] = []
    leans = False
    for pattern, find in _FINDS.items():
        pronoun = pattern.search(question)
        if not pronoun or _explains_itself(question, pronoun):
            continue
        meant = find(talk)
        if pattern is _WRITTEN and not meant:
            continue  # it is then as any other thing
        if meant and meant not in put and _fits(pronoun[0].lower(), meant, pattern):
            question = _put(question, pronoun, meant)
            put.append(meant)
        else:
            leans = True
    return question, put, leans


def _fits(pronoun: str, meant: str, pattern: re.Pattern[str]) -> bool:
    """Whether the noun phrase ``meant`` can replace ``pronoun``, which ``pattern`` found. "They" and its forms need a
    name or a plural; a lone "this" or "that" is never replaced."""
    several = meant.endswith("s") or meant[0].isupper()
    return pattern is not _THING or pronoun in ("it", "its") or (pronoun in _PLURAL and several)


def _title(talk: _Talk) -> str | None:
    """The last title in quotation marks in the conversation; None if there is none."""
    return next((title for turn in reversed(talk.turns) for title in naming.titles(turn.content)), None)


def _document(talk: _Talk) -> str | None:
    """The words that the previous question uses for a document: "the refund policy" in "What does the refund policy
    say?". None if it asks about no document."""
    if (found := _OF_A_DOCUMENT.search(talk.asked)) and _is_thing(what := found["what"] or found["of"]):
        return what
    return None


def _any_name(talk: _Talk) -> str | None:
    return next((name.text for found in _names_by_nearness(talk) for name in found), None)


_FINDS: dict[re.Pattern[str], Callable[[_Talk], str | None]] = {
    _PERSON: lambda talk: naming.person(_names_by_nearness(talk)),
    _COMPANY: lambda talk: naming.organisation(_names_by_nearness(talk)) or _any_name(talk),
    _DOCUMENT: lambda talk: _title(talk) or naming.organisation(_names_by_nearness(talk)),
    _WRITTEN: _document,
    _THING: lambda talk: talk.topic,
}


def _points(match: re.Match[str]) -> bool:
    """Whether "that", "this", "those" or "these" before a noun refers to a thing that was named before. The "that" in
    "buyers say that brands matter" does not."""
    return match["which"].lower() != "that" or not match["before"] or match["before"].lower() in _BEFORE_THAT


def _explains_itself(question: str, pronoun: re.Match[str]) -> bool:
    """Whether the question itself contains what its pronoun refers to, as in "when a product is new, is it …"."""
    before, word = question[: pronoun.start()], pronoun[0].lower()
    clause, *more = _CLAUSE.split(before, maxsplit=1)
    if _NO_THING.search(question[pronoun.start() :]) or (more and len(_own(clause)) >= 2 and not _ADDED.search(clause)):
        return True
    if _AUXILIARY.search(before):
        return False
    own = _own(before)
    if word == "that":  # "the price that is paid"; at the end it points back
        return bool(own) and before.rstrip().endswith(own[-1].word) and bool(question[pronoun.end() :].strip(" ?.!"))
    if word in _PLURAL:
        return any(token.word.endswith("s") and not token.word.endswith("ss") for token in own)
    return bool(_ONE_OF_ITS_OWN.search(before))


def _is_elliptic(question: str) -> bool:
    """Whether the question has too few content words to stand alone."""
    question = _COURTESIES.sub("", question)
    few = len(_own(question)) < LONG_ENOUGH and not _DEFINES.search(question)
    return few and bool(_OPENING.search(question) or not names(question))


def _own(text: str) -> list[Token]:
    """The content words of a text, without question words."""
    return [token for token in tokens(text) if _is_own(token)]


def _is_own(token: Token) -> bool:
    return token.content and token.word.lower() not in ASKING_WORDS


def _place_in_list(question: str, talk: _Talk) -> str | None:
    """Return the question with "the fifth one" replaced by the fifth thing that the previous answer lists, states or
    names. None if the question has no such words, or the answer has no such thing."""
    match = _ORDINAL.search(question)
    if not match:
        return None
    items = _items(talk.told) or [name.text for name in names_in(talk.told)]
    if match["word"] and match["word"].lower() == "other":
        item = _other_of_two(talk)
    else:
        place = _place(match, len(items))
        item = items[place] if len(items) >= 2 and 0 <= place < len(items) else None
    if not item:
        return None
    said, who = naming.without_speaker(item), naming.speakers(item)
    if who and re.fullmatch(_PEOPLE, match["kind"] or "", re.I):
        item = who[0]
    elif who or len(item.split()) > SHORT_ENOUGH:
        quoted = " ".join(said.split()[:MOST_WORDS]).strip('“”". ')
        item = f"{who[0]}'s “{quoted}”" if who else f"“{quoted}”"
    return question[: match.start()] + item + question[match.end() :]


def _place(match: re.Match[str], count: int) -> int:
    word = (match["word"] or match["two"] or "").lower()
    if word in ("last", "latter"):
        return count - 1
    return 0 if word == "former" else _ORDINALS[word] if word else int(match["number"] or match["digits"]) - 1


def _other_of_two(talk: _Talk) -> str | None:
    """Find the last answer that mentions exactly two things, and return the one of them that the previous question does
    not mention. None if there is no such answer."""
    for turn in reversed(talk.turns):
        items = _items(turn.content) or [name.text for name in names_in(turn.content)]
        if turn.role is not Role.USER and len(items) == 2:
            return items[0] if items[1] in talk.asked else items[1]
    return None


def _items(told: str) -> list[str]:
    """The things that an answer lists: its bulleted or numbered lines, or else the parts of the text between commas and
    "and". Empty if it lists nothing."""
    lines = re.findall(r"^\s*(?:\d{1,2}[.)]|[-*•])\s+(.+?)\s*$", told, re.M)
    if len(lines) >= 2:
        return lines
    inline = re.split(r"\s*\(?\b\d{1,2}[.)]\s+", told)[1:]
    if len(inline) >= 2:
        return [item.strip(" ,;.") for item in inline]
    parts = re.split(r"(?<=[.!?])\s+|:\s+", told)
    listed = max(parts, key=lambda part: (part.count(","), part.count(" and ")), default="")
    items = [item.strip(" .;") for item in re.split(r",\s*(?:and\s+)?|;\s*|\s+and\s+", listed)]
    two = re.search(r"\b(?:two|both)\b.*:", told, re.I)
    return [item for item in items if item] if len(items) >= (2 if two else 3) else []


def _asked_of_another(question: str, asked: str) -> str | None:
    """Return the previous question (``asked``) with its year or name replaced by the one in the follow-up, if the
    follow-up says nothing else: "And in 2019?". None for any other follow-up."""
    match = _INSTEAD.search(question)
    if not match or not asked:
        return None
    what, link = match["what"], match["link"] or "in "
    if YEAR.fullmatch(what):
        years = YEAR.findall(asked)
        return (
            asked.replace(years[0], what)
            if len(years) == 1
            else f"{asked.rstrip(' ?.!')} {link}{what}?"
            if not years
            else None
        )
    old, new = names_in(asked), names_in(f"about {what}")
    same = len(old) == len(new) == 1 and new[0].text == what and old[0].text != what
    return asked.replace(old[0].text, what) if same else None


def _in_full(question: str, before: Sequence[Turn]) -> str:
    """Return the question with a thing called by its full name from an earlier turn: "that policy" becomes "the 2023
    policy". Unchanged if there is no such name."""
    for match in _THAT_NOUN.finditer(question):
        if _points(match) and (full := _called(match["noun"], before)):
            return question[: match.start("which")] + full + question[match.end() :]
    return question


def _called(noun: str, before: Sequence[Turn]) -> str | None:
    """Return the last mention of a thing whose name ends in ``noun``, with the words that specify it: "the 2023 policy"
    for "policy". None if no earlier turn has one."""
    called = re.compile(rf"\b(?:the|an?|our|his|her|its|their) (?P<which>(?:[\w-]+ ){{1,3}}{re.escape(noun)})\b", re.I)
    for turn in reversed(before):
        for match in reversed(list(called.finditer(turn.content))):
            if all(map(_is_own, tokens(match["which"]))):
                return f"the {match['which']}"
    return None


def _names_by_nearness(talk: _Talk) -> list[tuple[Name, ...]]:
    """Return the names in each turn, from the latest turn back to the first. A question comes before its answer, except
    that the answer to the latest question comes first if the question asks "who"."""
    said = " ".join(turn.content for turn in talk.turns)
    turns = list(reversed(talk.turns))
    for at, (told, asked) in enumerate(pairwise(reversed(talk.turns))):
        if told.role is not Role.USER and asked.role is Role.USER:
            who = at == 0 and questions.read(asked.content).asks is Asks.WHO
            turns[at : at + 2] = [told, asked] if who else [asked, told]
    return [names_in(turn.content, said) for turn in turns]


def _topic(asked: str) -> str | None:
    """Return the topic of a question: the words after "about" or "what is", or else the only name in it. None if it has
    no name, or several."""
    if (about := _ABOUT.search(asked)) and _is_thing(about["what"]):
        return about["what"].strip()
    if (what_is := _WHAT_IS.search(asked)) and _is_thing(what_is["what"]):
        what = what_is["what"].strip()
        determined = bool(re.match(r"(?:the|an?|our)\s", what, re.I)) and not _is_elliptic(asked)
        if determined or all(map(_is_own, tokens(what))):
            return what
    found = names_in(asked)
    return found[0].text if len(found) == 1 else None


def _is_thing(words: str) -> bool:
    return bool(_own(words)) and len(words.split()) <= SHORT_ENOUGH and not _PRONOUN.search(words)


def _put(question: str, pronoun: re.Match[str], name: str) -> str:
    word = pronoun[0].lower()
    follows_noun = word == "her" and re.match(r"\s+[a-z]", question[pronoun.end() :])
    owner = f"{name}'" if name.endswith("s") else f"{name}'s"
    return (
        question[: pronoun.start()]
        + (owner if word in _POSSESSIVE or follows_noun else name)
        + question[pronoun.end() :]
    )


def _with_what_was_asked(question: str, talk: _Talk) -> str:
    """Return the question followed by the topic and the previous question in brackets. Parts that add no new word are
    left out; if the question has a number, the numbers of the previous question are left out."""
    asked = re.sub(r"\W*\s\(", ", ", _COURTESIES.sub("", talk.asked)).replace(")", "")
    if any(token.word[0].isdigit() for token in tokens(question)):
        asked = _NUMBER.sub("", asked)
    known = {token.stem for token in tokens(question)}
    new = [match.start() for match in WORD.finditer(asked) if {token.stem for token in _own(match[0])} - known]
    stretch = " ".join(asked[new[0] :].split()[:MOST_WORDS]).strip(" .?!") if new else ""
    parts: list[str] = []
    for part in (talk.topic or "", stretch):
        stems = {token.stem for token in _own(part)}
        if stems - known:
            parts.append(part)
            known |= stems
    return f"{question} ({', '.join(parts)})" if parts else question


def spoken(answers: Iterable[Answer]) -> list[Turn]:
    """Return the questions and answers of a conversation as messages, from which a follow-up question can be
    understood. A question is a message of the user, and its answer a message of the assistant. An answer with several
    statements becomes a list with one line for each, so that "the second one" in a follow-up question means the second
    statement.

    Greetings and other messages for which nothing was searched are left out, and so are the replies to them.
    """
    turns = []
    for answer in answers:
        if answer.grounding is Grounding.ASIDE:
            continue
        near = answer.nearest if answer.grounding is Grounding.NEAR else ()
        said = [_with_voice(statement) for statement in answer.statements] or [one.key_quote for one in near]
        said = said or ["The documents do not say."]
        told = said[0] if len(said) == 1 else "\n".join(f"- {text}" for text in said)
        turns += [Turn(Role.USER, answer.question), Turn(Role.ASSISTANT, told)]
    return turns


def _with_voice(statement: Statement) -> str:
    """Return the text of a statement with the names of its speakers in front, so that "that person" can refer to a
    speaker."""
    speakers = dict.fromkeys(citation.speaker for citation in statement.citations if citation.speaker)
    who = " and ".join(speaker for speaker in speakers if speaker not in statement.text)
    return f"{who}: {statement.text}" if who else statement.text
