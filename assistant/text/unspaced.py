"""Makes words findable in scripts that write no spaces between words (Chinese, Japanese, Thai …).

Every pair of neighbouring letters is indexed as a word. FTS5's own trigrams do not find the many Japanese and Chinese
words of two letters, and would be a second index over every text; pairs cost nothing for texts in other scripts.
"""

from __future__ import annotations

import re
import unicodedata

_RUN = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff"
    "\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff]+"
)


def apart(text: str) -> str:
    """Return the text with spaces in the parts whose script has no spaces between words (Chinese, Japanese, Thai …).
    Each run of letters becomes its pairs of neighbouring letters, as 値引き becomes "値引 引き". Vowel signs are left
    out."""
    return _RUN.sub(lambda run: f" {' '.join(_pairs(run[0]))} ", text)


def terms(word: str) -> list[str]:
    """The terms to search for a word: the word itself, or its pairs of letters if its script has no spaces between
    words."""
    return apart(word).split() if _RUN.search(word) else [word]


def runs(text: str) -> list[str]:
    """The runs of letters in a text that belong to scripts without spaces between words, such as Chinese."""
    return _RUN.findall(text)


def _pairs(run: str) -> list[str]:
    letters = "".join(c for c in unicodedata.normalize("NFKD", run) if not unicodedata.category(c).startswith("M"))
    return [letters[at : at + 2] for at in range(max(1, len(letters) - 1))]
