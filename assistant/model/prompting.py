"""Prompts: Markdown files with placeholders, which must all be filled. Text that others wrote is changed so that it
cannot end the fence around it in a prompt."""

from __future__ import annotations

import hashlib
import re
from importlib.resources import files
from string import Template

NAMES = (
    "read.system",
    "check.system",
    "check",
    "read.schema",
    "read.searches",
    "read.last",
    "read.lines",
    "standalone.system",
    "standalone",
    "stance.system",
    "stance",
    "propose.system",
    "propose",
    "discuss",
    "weigh.system",
    "weigh",
    "summary.system",
    "summary",
)
_FENCE = re.compile(r"<(?=\W*(?:passages|evidence|conversation|idea))", re.IGNORECASE)


def render(name: str, **values: str) -> str:
    """Return the prompt ``name`` with its placeholders filled by ``values``.

    Raises:
        ValueError: a placeholder has no value, or a value has no placeholder.
    """
    template = Template(_text(name))
    if unequal := set(template.get_identifiers()) ^ set(values):
        raise ValueError(f"prompt {name!r}: missing or unused values {sorted(unequal)}")
    return template.substitute(values)


def material(text: str) -> str:
    """Make a text that others wrote safe for a prompt, and return it. The result is on one line and contains no tag
    that the prompt itself uses, such as ``</passages>``, which would end the section of the prompt that the text is
    in."""
    return _FENCE.sub("‹", " ".join(text.split()))


def hashes() -> dict[str, str]:
    """Return the first 12 hexadecimal digits of each prompt's SHA-256, by the name of the prompt. Reports have these
    hashes to show which prompts were used."""
    return {name: hashlib.sha256(_text(name).encode()).hexdigest()[:12] for name in NAMES}


def _text(name: str) -> str:
    return files("assistant").joinpath("prompts", f"{name}.md").read_text("utf-8").strip()
