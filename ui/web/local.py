"""Decides whether a visitor is at this machine itself: they use one of its own names, without a proxy. Pure
functions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from ipaddress import ip_address
from urllib.parse import urlsplit

NAMES = ("localhost", "127.0.0.1", "::1")  # addresses and names that only this machine answers to
PASSED_ON = ("forwarded", "via", "x-real-ip", "x-forwarded")  # what headers begin with that a proxy adds


def only(names: Iterable[str]) -> bool:
    """Whether all these host names are among the names that only this machine answers to, such as ``localhost``."""
    return set(names) <= set(NAMES)


def is_local(peer: str | None, headers: Mapping[str, str]) -> bool:
    """Whether a request comes from this machine: ``peer``, the IP address of the sender, is a loopback address, the
    Host header is one of this machine's own names, and no header shows that a proxy passed the request on."""
    if any(name.lower().startswith(PASSED_ON) for name in headers):
        return False
    hosts = [value for name, value in headers.items() if name.lower() == "host"]
    return len(hosts) == 1 and host(hosts[0]) in NAMES and _is_loopback(peer)


def host(header: str) -> str:
    """The host name in a Host header, in lower case, without its port and the brackets of an IPv6 address."""
    name, _, port = header.rpartition(":")
    name = name if port.isdigit() else header
    return name.removeprefix("[").removesuffix("]").lower()


def is_own_page(headers: Mapping[str, str]) -> bool:
    """Whether a request may come from a page of this server or from a program that is not a browser: it has no Origin
    header, or this header names the same host as the Host header."""
    origin = headers.get("origin")
    try:
        return origin is None or urlsplit(origin).netloc.lower() == headers.get("host", "").lower() != ""
    except ValueError:  # no address at all
        return False


def is_known(header: str, names: Iterable[str]) -> bool:
    """Whether the host name in a Host header matches one of ``names``. In ``names``, ``*.example.org`` stands for every
    subdomain of ``example.org``, and ``*`` for every host."""
    named = host(header)
    return any(one in ("*", named) or (one.startswith("*.") and named.endswith(one[1:])) for one in names)


def _is_loopback(peer: str | None) -> bool:
    try:
        return ip_address(peer or "").is_loopback
    except ValueError:
        return False
