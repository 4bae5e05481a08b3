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

# Streamlit lays the sidebar over the page below this width, and closes it after its own links only.
CLOSE_SIDEBAR = """
(function () {
const open = document.querySelector('[data-testid="stSidebar"][data-collapsed="false"]');
if (open && matchMedia("(max-width: 768px)").matches)
  open.querySelector('[data-testid="stSidebarCollapseButton"] button')?.click();
})();
"""

EVERY = (TO_THE_WORDS, TO_THE_CARD, CLOSE_SIDEBAR)


def html(script: str) -> str:
    """The element that runs it."""
    return f"<script>{script}</script>"
