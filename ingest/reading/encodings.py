"""Decides which old Windows encoding a text has, by the letters of its language.

These encodings differ in a few bytes: decoded as Western, a Polish text has "³" inside its words, and a Turkish text
has "þ" beside "ç". So the right encoding is the one in which all letters belong to one language, preferably the
language of the text's small words ("the", "und"). charset-normalizer returns cp1252 or a similar encoding for half of
such texts, since it looks for scripts and not for languages.
"""

from __future__ import annotations

import re

from ingest.text.languages import language_of

LETTERS = {
    "cp1252": {
        "de": "äöüß", "fr": "àâçéèêëîïôœùûüÿ", "es": "áéíóúüñ", "it": "àèéìíîòóùú", "pt": "áâãàçéêíóôõúü",
        "nl": "áéëïóöü", "da": "æøåé", "sv": "åäöé", "no": "æøåéò", "fi": "äöåšž", "is": "áðéíóúýþæö",
        "": "äöüßàâæçéèêëîïôœùûáíóúñìòãõøåÿ",  # names of several languages in one text
    },
    "cp1250": {
        "pl": "ąćęłńóśźż", "cs": "áčďéěíňóřšťúůýž", "sk": "áäčďéíĺľňóôŕšťúýž", "hu": "áéíóöőúüű", "ro": "ăâîşţ",
        "hr": "čćđšž",
    },
    "cp1254": {"tr": "çğıöşüâîû"},
    "cp1257": {"lt": "ąčęėįšųūž", "lv": "āčēģīķļņšūž"},
}  # fmt: skip
CYRILLIC = frozenset("и в на не что для по это как из от до за у к с о та що не є від є за са да се от".split())
WORD = re.compile(r"[^\W\d_]+")
INSIDE = re.compile(r"(?<=[^\W\d_])[^\w\s'’‘´`.\-–—­·/|+&,:;!?)(\]\[\"“”„«»…*<>=~^%$#@](?=[^\W\d_])")
ENOUGH = 0.9  # of the letters beyond ASCII; tests/test_encodings.py holds what this and the next come to
OF_WORDS = 0.5  # what its small words are worth beside its letters; likewise
SEVERAL = 0.1  # less for the letters of several languages than for those of one, which say more; likewise
SOME, MOST = 20, 0.4  # letters from which their share tells, and the most beyond ASCII: French and Czech have 0.2
LETTERED = 0.8  # of the characters of a Cyrillic text beyond ASCII, the fewest that are letters; a guess, not measured
FEWEST = 3  # words of a script: one or two may be names in a text of another; likewise


def windows(data: bytes) -> str | None:
    """The name of the old encoding (a Windows encoding or KOI8-R) in which the bytes make sense as text of a European
    language; None if there is no such encoding.
    """
    if _is_other_script(data):
        return _cyrillic(data)
    scores = {encoding: _score(data, encoding) for encoding in LETTERS}
    best = max(scores, key=lambda encoding: scores[encoding])  # the first of equals, Western
    if scores[best] >= ENOUGH:
        return best
    return _cyrillic(data)


def _is_other_script(data: bytes) -> bool:
    """Whether so many letters are beyond ASCII that the text cannot be in Latin script."""
    letters = [letter for letter in data.decode("cp1252", "replace") if letter.isalpha()]
    return len(letters) >= SOME and sum(letter > "\x7f" for letter in letters) > MOST * len(letters)


def _score(data: bytes, encoding: str) -> float:
    """How well a language fits the text if it is decoded with ``encoding``; the score of the best language, at most
    1.5.

    The score is the share of the letters beyond ASCII that the language has, less the share of signs inside words that
    are not letters; 0.5 more if the text's small words are of the language as well.
    """
    text = data.decode(encoding, "replace")
    letters = [letter for letter in text.lower().replace("i̇", "ı") if letter > "\x7f" and letter.isalpha()]
    wrong = len(INSIDE.findall(text)) + text.count("\ufffd")
    if not letters:
        return 1.0 if encoding == "cp1252" and not wrong else 0.0
    told = language_of(text)
    return max(
        (sum(letter in own for letter in letters) - wrong) / len(letters)
        + (OF_WORDS if told == language else 0.0)
        - (0.0 if language else SEVERAL)
        for language, own in LETTERS[encoding].items()
    )


def _cyrillic(data: bytes) -> str | None:
    return next((encoding for encoding in ("cp1251", "koi8-r") if _is_cyrillic(data, encoding)), None)


def _is_cyrillic(data: bytes, encoding: str) -> bool:
    """Whether the decoded text has words of a language in Cyrillic script, mostly in small letters and not mixed with
    Latin letters.
    """
    text = data.decode(encoding, "replace")
    beyond = [letter for letter in text if letter > "\x7f"]
    if sum(map(str.isalpha, beyond)) < LETTERED * len(beyond):  # as in an East Asian text that is read so
        return False
    words = WORD.findall(text)
    own = [word for word in words if word[-1] > "\u0400" or word[0] > "\u0400"]
    if len(own) < FEWEST or any(letter.isascii() for word in own for letter in word):
        return False
    small = sum(word[1:].islower() for word in own if len(word) > 1)
    return small >= 0.6 * sum(len(word) > 1 for word in own) and any(word.lower() in CYRILLIC for word in own)
