"""Recognises lines that name the next speaker, by their form."""

from __future__ import annotations

import re
from typing import NamedTuple

from assistant.text.naming import ROLES
from assistant.text.words import FUNCTION_WORDS
from ingest.drafts import words
from ingest.text import dates

LONGEST = 120  # characters of a line that names a speaker, date and all
NAME = r"@?[^\W\d_][\w.'’&@-]*"
HANDLE = re.compile(
    rf"(?:(?:the|a|an) )?{NAME}(?:,? {NAME}|,? (?:of|at|for|the|and|in|from|de|van|von|&|/|–|-)(?= )| \d+){{0,6}}"
)
SMALL = words("of at for the and in from de van von der la le du a an & / – -")
SAYS = re.compile(
    r"\s*(?:[:,–—|·-]|\b(?:says?|said|wrote|writes|writing|replied|replies|commented|responded|answered|posted)\b)+\s*:?\s*$",
    re.IGNORECASE,
)
SAID = re.compile(
    r"\b(?:says?|said|wrote|writes|replied|replies|commented|responded|answered)\s*[:.…]*$", re.IGNORECASE
)
POSTED = re.compile(
    r"^(?:posted|written|comment(?:ed)?|submitted|added|reply|replied)?\s*(?:by|from)\b:?\s*", re.IGNORECASE
)
CLOCK = re.compile(
    r"(?:\b(?:at|on|um|@)\s+|@\s*)?\b\d{1,2}[:.]\d{2}(?::\d{2})?\s*(?:[ap]\.?m\.?)?(?:\s*\(?[A-Z]{2,4}\)?)?",
    re.IGNORECASE,
)
AGO = re.compile(
    r"\b(?:\d+|an?|one|two|three)\s+(?:second|minute|min|hour|day|week|month|year)s? ago\b|\b(?:yesterday|just now)\b",
    re.IGNORECASE,
)
LABEL = re.compile(rf"\[?({HANDLE.pattern}(?: \([^)]{{1,40}}\))?)\]?\s?:\s+(?=\S)")
NOT_NAMES = words(
    "published updated posted date modified version week revised created draft due deadline chapter section part step "
    "appendix monday tuesday wednesday thursday friday saturday sunday note notes summary introduction conclusion "
    "source sources figure table question answer pros cons example problem solution dear hi hello to from re subject "
    "photo photos image video report update breaking sponsored today comments comment read see more related by"
)

FIELDS = words(  # of a form or of minutes, by themselves: "Owner: Ann" names whose task it is, and nobody who speaks
    "owner decision status budget start end deadline action risk goal objective topic result outcome priority cost "
    "price location time attendees participants agenda channel region target metric task item name role team project"
)


class Voice(NamedTuple):
    """The speaker that a line names. ``is_plain`` is true if the line has the name only; ``is_said`` is true if it also
    has a verb of saying, as in "Name says:".
    """

    name: str
    is_plain: bool  # a name and nothing else: it needs company
    is_said: bool  # with a verb of saying


def name_of(line: str) -> Voice | None:
    """The speaker whom the line names, as in "James Cherkoff", "Name says:" or "Name, 12 March 2024 at 10:14"; None if
    the line has another form.
    """
    if len(line) > LONGEST:
        return None
    bare = AGO.sub(" ", CLOCK.sub(" ", dates.without(line)))
    is_dated = bare != line
    is_said = bool(SAID.search(bare.strip()))
    bare = bare.rstrip(" .…") if is_said else bare
    bare = re.sub(r"\b(?:at|on|am|pm)\b\s*$", "", POSTED.sub("", bare).strip(" ,;|·–—-@()[]•\t"))
    bare = re.sub(r"\s(?:on|at)$", "", SAYS.sub("", bare).strip(" ,;|·–—-@()[]•"))
    named = without_role(bare) if line.rstrip().endswith(":") else bare
    if not (HANDLE.fullmatch(bare) and is_capitalised(named)):
        return None
    return Voice(bare, is_plain=not (is_dated or is_said), is_said=is_said)


def without_role(label: str) -> str:
    """Remove the role after the comma from a full name: "Ann Lee, head of sales" becomes "Ann Lee". Any other text is
    returned unchanged.
    """
    name = label.partition(",")[0]
    return name if len(name.split()) > 1 else label


def is_capitalised(name: str) -> bool:
    """Whether the text looks like a name: it has one to five words, small ones such as "of" or "van" not counted, and
    each of them begins with a capital letter or "@". A role that people have, such as "moderator", counts as well.
    """
    if name.lower() in ROLES:  # "A" answers
        return True
    own = [word for word in name.replace(",", " ").split() if word.lower() not in SMALL]
    return 0 < len(own) <= 5 and all(word.lstrip("@")[:1].isupper() or word.startswith("@") for word in own)


def tells_who(name: str) -> bool:
    """Whether a name is enough to identify somebody: "Ann" is. "The" is not, and neither is a single letter such as
    "A", which may only mark an answer.
    """
    return any(len(word) > 1 and word.lower() not in FUNCTION_WORDS for word in re.split(r"[\s.,:;&@’'-]+", name))


def is_no_name(name: str) -> bool:
    """Whether the text cannot be a name, because its first word is one with which labels and headings begin, such as
    "Summary".
    """
    return name.split(maxsplit=1)[0].lower().strip(",:") in NOT_NAMES


def is_date(text: str) -> bool:
    """Whether a line contains nothing but a date or a time."""
    bare = AGO.sub(" ", CLOCK.sub(" ", dates.without(text)))
    return bare != text and not re.search(
        r"[^\W_]", re.sub(r"\b(?:at|on|am|pm|edited|posted|said|wrote)\b", " ", bare, flags=re.I)
    )
