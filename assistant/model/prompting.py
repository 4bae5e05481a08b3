"""Prompts: Markdown files with placeholders, which must all be filled. Text that others wrote cannot break out of its
fence in a prompt."""

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
)
_FENCE = re.compile(r"<(?=\W*(?:passages|evidence|conversation|idea))", re.IGNORECASE)


def render(name: str, **values: str) -> str:
    """Fill the prompt ``name``. The given values must be exactly those that the prompt names, else ValueError."""
    template = Template(_text(name))
    if unequal := set(template.get_identifiers()) ^ set(values):
        raise ValueError(f"prompt {name!r}: missing or unused values {sorted(unequal)}")
    return template.substitute(values)


def material(text: str) -> str:
    """The text on one line, without anything that could be taken for the end of the fence around it. For text that
    others wrote."""
    return _FENCE.sub("‹", " ".join(text.split()))


def hashes() -> dict[str, str]:
    """The first 12 hexadecimal digits of each prompt's SHA-256, for reports."""
    return {name: hashlib.sha256(_text(name).encode()).hexdigest()[:12] for name in NAMES}


def _text(name: str) -> str:
    return files("assistant").joinpath("prompts", f"{name}.md").read_text("utf-8").strip()
