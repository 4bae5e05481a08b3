"""Finds the language of a text: by its script if only one language uses it, else by its small words ("the", "und").

We do this without a library, since the maintained ones cost too much: py3langid takes 0.7 s and 70 MB in each process
that reads files, lingua 96 MB on disk. For a text of a few sentences, small words are enough; for a shorter or mixed
text the language is unknown, rather than wrong.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import islice

LOOKED_AT = 4_000  # words; the rest of a text says the same
ENOUGH = 0.04  # of its words are small ones of a language, else it is in none of these; prose has 0.2 and more
FEWEST = 1.0  # small words, each shared with another language for its part
FOUND = 2  # small words: one alone may be a name, or an interjection of another language
# Times as many as of the next language: neighbours such as Danish and Norwegian share most; not measured by itself.
CLEARLY = 1.25
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
SMALL = {
    "en": "the of and to in is that it for was on are with as be this have from by not but what you we they their "
    "which an or has been can will our your if there do does how why when who more than costs",
    "de": "der die das und ist nicht ein eine einen einem den dem des von zu zum zur mit für auf im auch es sich wir "
    "sie ihr wird werden sind als bei nach aus wie über oder aber haben hat kann nur noch wenn dass unsere kein",
    "fr": "le la les des et est une un du pour dans que qui ne pas sur au aux avec plus par ce cette ces nous vous ils "
    "elle sont ont être avoir mais ou où comme leur notre votre très c'est il se son sa ses à d'un d'une qu'il",
    "es": "el la los las de del que y en un una es para con por no se su sus lo al como más pero son este esta están "
    "está ha hay muy nuestro nuestra nosotros cuando donde también porque sin sobre entre o fue a todos",
    "it": "il lo la gli le di del della dei delle che e è un una per con non si sono nel nella alla al dal da più come "
    "ma anche questo questa ha hanno nostro nostra o sul sulla ci noi quando perché dove molto essere",
    "pt": "o a os as de do da dos das que e em um uma é para com por não se no na nos nas ao à mais como mas são foi "
    "este esta está nosso nossa você nós quando também muito já ou seu sua pelo pela porque todos",
    "nl": "de het een en van in is dat niet op te zijn met voor die er aan om als ook maar door wij we hun deze dit "
    "bij naar worden wordt uit over nog onze geen hebben heeft kan meer wat dan zij u",
    "da": "og i at det er en et den til på som de med for af ikke der har kan vi jeg var fra også om eller hvor blev "
    "skal efter vores ved nogle mere hvis han hun blive bliver kun nu være",
    "sv": "och i att det är en ett den till på som de med för av inte har kan vi jag var från också om eller där blev "
    "ska efter vår våra vid några mer när hur han hon bli blir bara nu vara men så",
    "no": "og i at det er en et den til på som de med for av ikke har kan vi jeg var fra også om eller hvor ble skal "
    "etter vår våre ved noen mer hvis han hun bli blir bare nå være men når hvordan",
    "fi": "ja on ei se että hän ovat oli kun mutta tai myös niin kuin jos ne tämä joka mikä voi olla me te he sen "
    "siitä ovat meidän vain enemmän sekä nyt mitä ole eikä kanssa jälkeen",
    "pl": "i w na z że się do nie to jest o jak za od po co ale przez dla są tak czy był być oraz tylko może nasz "
    "nasza ich jego już które który która gdy kiedy także więcej",
    "cs": "a v na je se že s z do to o i k pro jako ale by jsou za po od ve nebo který která které jsme jeho není také "
    "byl být už jen více když naše máme proto",
    "hu": "a az és hogy nem is egy ez van de meg ha csak már mint el volt vagy még ki be azt ezt minden nagyon lehet "
    "kell után mert amely aki nekünk van",
    "ro": "și de la în a cu pe nu un o este că din pentru se care mai sunt ca să fi au ce sau dar prin noi după foarte "
    "acest această lor său sa fost când",
    "tr": "ve bir bu da de için ile ne çok daha olarak olan var gibi kadar sonra o ama en mı mi değil biz her olduğu "
    "ya ise yok nasıl bizim ancak",
}
SCRIPTS = tuple(
    (language, re.compile(f"[{characters}]"))
    for language, characters in (
        ("ja", "\u3040-\u30ff"),
        ("ko", "\uac00-\ud7af\u1100-\u11ff"),
        ("zh", "\u4e00-\u9fff"),
        ("th", "\u0e00-\u0e7f"),
        ("he", "\u0590-\u05ff"),
        ("fa", "\u067e\u0686\u0698\u06af\u06cc"),
        ("ar", "\u0600-\u06ff"),
        ("hi", "\u0900-\u097f"),
        ("el", "\u0370-\u03ff"),
        ("uk", "іїєґІЇЄҐ"),
        ("bg", "ъщЪЩ"),
        ("ru", "\u0400-\u04ff"),
    )
)
RARE = {"ja": 0.05, "fa": 0.03, "uk": 0.02, "bg": 0.015}  # of the letters: what tells a script's one language
RUSSIAN = re.compile("[ыэёЫЭЁ]")
_OWNERS: dict[str, list[str]] = {}
for _language, _words in SMALL.items():
    for _word in dict.fromkeys(_words.split()):
        _OWNERS.setdefault(_word, []).append(_language)


def language_of(text: str) -> str | None:
    """The text's language in ISO 639-1, such as "en"; None if the text is too short, mixed, or in an unknown
    language.
    """
    words = [match[0].lower().replace("’", "'") for match in islice(WORD.finditer(text), LOOKED_AT)]
    letters = "".join(words)
    if not letters:
        return None
    return _by_script(letters) or _by_words(words)


def _by_script(letters: str) -> str | None:
    for language, script in SCRIPTS:
        share = len(script.findall(letters)) / len(letters)
        is_russian = language == "bg" and RUSSIAN.search(letters)
        if share >= RARE.get(language, 0.5) and not is_russian:
            return language
    return None


def _by_words(words: list[str]) -> str | None:
    found: Counter[str] = Counter()
    told: dict[str, float] = dict.fromkeys(SMALL, 0.0)
    for word, count in Counter(words).items():
        owners = _OWNERS.get(word, ())
        for language in owners:
            found[language] += count
            told[language] += count / len(owners)
    best, second = sorted(told, key=lambda language: (-told[language], -found[language]))[:2]
    if (
        told[best] < FEWEST
        or found[best] < FOUND
        or found[best] < ENOUGH * len(words)
        or told[best] < CLEARLY * told[second]
    ):
        return None
    return best
