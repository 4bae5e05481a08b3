"""Decides which visitors are at this machine itself: they use its own names, and no proxy is between. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from ipaddress import ip_address
from urllib.parse import urlsplit

NAMES = ("localhost", "127.0.0.1", "::1")  # addresses and names that only this machine answers to
PASSED_ON = ("forwarded", "via", "x-real-ip", "x-forwarded")  # what headers begin with that a proxy adds


def only(names: Iterable[str]) -> bool:
    """Whether all of these hosts are this machine's own."""
    return set(names) <= set(NAMES)


def is_local(peer: str | None, headers: Mapping[str, str]) -> bool:
    """Whether a request comes from this machine itself: from its own address, to its own name, and not forwarded."""
    if any(name.lower().startswith(PASSED_ON) for name in headers):
        return False
    hosts = [value for name, value in headers.items() if name.lower() == "host"]
    return len(hosts) == 1 and host(hosts[0]) in NAMES and _is_loopback(peer)


def host(header: str) -> str:
    """The name in a Host header, without its port and the brackets of an address."""
    name, _, port = header.rpartition(":")
    name = name if port.isdigit() else header
    return name.removeprefix("[").removesuffix("]").lower()


def is_own_page(headers: Mapping[str, str]) -> bool:
    """Whether a request comes from a page of the same server, or from no page at all."""
    origin = headers.get("origin")
    try:
        return origin is None or urlsplit(origin).netloc.lower() == headers.get("host", "").lower() != ""
    except ValueError:  # no address at all
        return False


def is_known(header: str, names: Iterable[str]) -> bool:
    """Whether a Host header names one of these hosts. ``*.example.org`` matches every subdomain, and ``*`` every
    host."""
    named = host(header)
    return any(one in ("*", named) or (one.startswith("*.") and named.endswith(one[1:])) for one in names)


def _is_loopback(peer: str | None) -> bool:
    try:
        return ip_address(peer or "").is_loopback
    except ValueError:
        return False
