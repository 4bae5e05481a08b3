"""Addresses as people are shown them: without what can be a key."""

from __future__ import annotations

import re

_LOGIN = re.compile(r"(?<=://)[^/?#\s]+(?=@)")
_QUERY = re.compile(r"(://[^\s?#]*\?)[^\s#'\"<>]+")


def without_secrets(text: str) -> str:
    """The text with the logins and the query strings of its addresses replaced by "…"."""
    return _QUERY.sub(r"\1…", _LOGIN.sub("…", text))


def hides(text: str) -> bool:
    """Whether there is anything to be left out."""
    return without_secrets(text) != text
