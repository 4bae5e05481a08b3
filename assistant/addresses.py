"""Addresses as people see them: without logins and query strings, which can hold keys."""

from __future__ import annotations

import re

_LOGIN = re.compile(r"(?<=://)[^/?#\s]+(?=@)")
_QUERY = re.compile(r"(://[^\s?#]*\?)[^\s#'\"<>]+")


def without_secrets(text: str) -> str:
    """The text with the logins and the query strings of its addresses replaced by "…"."""
    return _QUERY.sub(r"\1…", _LOGIN.sub("…", text))


def hides(text: str) -> bool:
    """Whether the text holds a secret that ``without_secrets`` would remove."""
    return without_secrets(text) != text
