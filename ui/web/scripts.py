"""The JavaScript of our own pages. It never depends on a document, and the content security policy allows no other
script."""

from __future__ import annotations

_SCROLL = """
(function look(tries) {
  const found = document.querySelector('PLACE');
  if (found) found.scrollIntoView({block: "BLOCK", inline: "nearest"});
  else if (tries) setTimeout(look, 50, tries - 1);
})(40);
"""

# A number that was clicked and keeps the focus would show its quote over the document with the next key.
_LEAVE_NUMBER = """
(function () {
const held = document.activeElement;
if (held?.closest('[class*="st-key-cited-"]') && !held.matches(":focus-visible")) held.blur();
})();
"""

TO_THE_WORDS = _SCROLL.replace("PLACE", "mark.cited").replace("BLOCK", "center") + _LEAVE_NUMBER
TO_THE_CARD = _SCROLL.replace("PLACE", '[class*="st-key-at-card-"] details[open]').replace("BLOCK", "nearest")

# Streamlit lays the sidebar over the page below this width, and closes it after its own links only.
CLOSE_SIDEBAR = """
(function () {
const open = document.querySelector('[data-testid="stSidebar"][data-collapsed="false"]');
if (open && matchMedia("(max-width: 768px)").matches)
  open.querySelector('[data-testid="stSidebarCollapseButton"] button')?.click();
})();
"""

# What a button holds is copied where the browser lets a page write there: not over plain http from another machine.
COPY = """
(function () {
if (window.pushbackCopies) return;
window.pushbackCopies = true;
function byHand(text) {
  const area = document.body.appendChild(document.createElement("textarea"));
  area.value = text;
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  return done;
}
document.addEventListener("click", async function (event) {
  const button = event.target.closest("button.copies");
  if (!button) return;
  const text = decodeURIComponent(button.dataset.text);
  let done = true;
  try { await navigator.clipboard.writeText(text); } catch { done = byHand(text); }
  button.textContent = done ? "Copied" : "Not copied";
  setTimeout(() => { button.textContent = "Copy"; }, 2000);
});
})();
"""

EVERY = (TO_THE_WORDS, TO_THE_CARD, CLOSE_SIDEBAR, COPY)


def html(script: str) -> str:
    """The HTML element ``<script>`` that contains this script."""
    return f"<script>{script}</script>"
