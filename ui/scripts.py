"""The scripts of our own pages, each the same for every document. The policy of the pages lets no other run."""

from __future__ import annotations

_SCROLL = """
(function look(tries) {
  const found = document.querySelector('PLACE');
  if (found) found.scrollIntoView({block: "BLOCK", inline: "nearest"});
  else if (tries) setTimeout(look, 50, tries - 1);
})(40);
"""

TO_THE_WORDS = _SCROLL.replace("PLACE", "mark.cited").replace("BLOCK", "center")
TO_THE_CARD = _SCROLL.replace("PLACE", '[class*="st-key-at-card-"] details[open]').replace("BLOCK", "nearest")

EVERY = (TO_THE_WORDS, TO_THE_CARD)


def html(script: str) -> str:
    """The element that runs it."""
    return f"<script>{script}</script>"
