"""Web addresses (URLs) as people see them: without logins and query strings, which can hold keys."""

from __future__ import annotations

import re

_LOGIN = re.compile(r"(?<=://)[^/?#\s]+(?=@)")
_QUERY = re.compile(r"(://[^\s?#]*\?)[^\s#'\"<>]+")


def without_secrets(text: str) -> str:
    """Return ``text`` with "…" in place of the login and the query string of each URL that it contains. A login or a
    query string can contain a secret, such as an API key."""
    return _QUERY.sub(r"\1…", _LOGIN.sub("…", text))


def hides(text: str) -> bool:
    """Whether ``text`` contains a URL with a login or a query string, which ``without_secrets`` would replace."""
    return without_secrets(text) != text
