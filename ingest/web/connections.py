"""Connections for fetching web pages: to public addresses only, and never past a deadline.

A name is resolved once, and the connection goes to the address that was checked, so that the name cannot change its
address in between (DNS rebinding). The Host header and TLS still use the name.
"""

from __future__ import annotations

import ipaddress
import socket
import time
from collections.abc import Collection, Iterable
from queue import Empty, SimpleQueue
from ssl import SSLContext
from threading import Thread
from typing import Any

import httpcore

from assistant.errors import SourceError

NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052: the last 32 bits are an IPv4 address

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class NotPublic(SourceError):
    """Raised if the IP address of a host is not public."""

    hint = "Only pages on the public internet are fetched; a host of your own has to be allowed by its name."


class Guarded(httpcore.NetworkBackend):
    """A network backend that connects to public addresses only, and to any address of the hosts in ``allowed``. All
    connections end at a deadline, ``seconds`` after the backend was created.
    """

    def __init__(self, allowed: Collection[str], seconds: float) -> None:
        self._allowed = {_plain(host) for host in allowed}
        self._ends = time.monotonic() + seconds
        self._known: dict[tuple[str, int], list[str]] = {}
        self._inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - the deadline is the only one
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first of the host's addresses that accepts the connection. Unless ``host`` is in ``allowed``,
        all its addresses must be public, or none is connected to. ``timeout`` is ignored, since the deadline for the
        whole download counts instead; ``local_address`` and ``socket_options`` are passed on to httpcore.

        Raises:
            NotPublic: one of the host's addresses is not public, and the host is not in ``allowed``.
            httpcore.ConnectError: the host has no address, or none accepts the connection.
            httpcore.ConnectTimeout, httpcore.ReadTimeout: the deadline has passed.
        """
        failed: httpcore.ConnectError | None = None
        for address in self._addresses(host, port):
            try:
                stream = self._inner.connect_tcp(address, port, left(self._ends), local_address, socket_options)
            except httpcore.ConnectError as exc:
                failed = exc
            else:
                return _Ending(stream, self._ends)
        raise failed or httpcore.ConnectError("it has no address")

    def _addresses(self, host: str, port: int) -> list[str]:
        if (host, port) not in self._known:
            found = _look_up(host, port, left(self._ends))
            if _plain(host) not in self._allowed:
                for address in found:
                    _refuse_unless_public(host, address)
            self._known[host, port] = found
        return self._known[host, port]


class _Ending(httpcore.NetworkStream):
    """A stream in which each operation may only take the time that is left until the deadline."""

    def __init__(self, inner: httpcore.NetworkStream, ends: float) -> None:
        self._inner = inner
        self._ends = ends

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002
        return self._inner.read(max_bytes, left(self._ends))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        self._inner.write(buffer, left(self._ends))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        return _Ending(self._inner.start_tls(ssl_context, server_hostname, left(self._ends)), self._ends)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


def left(ends: float) -> float:
    """The seconds left until the deadline ``ends``, which is a value of ``time.monotonic``.

    Raises:
        httpcore.ReadTimeout: the deadline has passed.
    """
    seconds = ends - time.monotonic()
    if seconds <= 0:
        raise httpcore.ReadTimeout
    return seconds


def is_public(address: str) -> bool:
    """Whether the IP address is public. An IPv6 address that contains an IPv4 address is public if that IPv4 address
    is.
    """
    ip: Address = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if ip in NAT64:
            ip = ipaddress.IPv4Address(ip.packed[-4:])
        elif inner := ip.ipv4_mapped or ip.sixtofour:
            ip = inner
    is_local = isinstance(ip, ipaddress.IPv6Address) and ip.is_site_local  # which Python counts as global
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or is_local)


def _refuse_unless_public(host: str, address: str) -> None:
    if not is_public(address):
        told = host if host == address else f"{host} ({address})"
        raise NotPublic(f"{told} is no public address.")


def _look_up(host: str, port: int, seconds: float) -> list[str]:
    """The host's IP addresses. They are looked up in a thread that may go on after a timeout, since the system's
    look-up has no time limit.

    Raises:
        httpcore.ConnectTimeout: the look-up takes longer than ``seconds``.
        httpcore.ConnectError: the host's name cannot be resolved.
    """
    found: SimpleQueue[list[str] | Exception] = SimpleQueue()
    Thread(target=lambda: found.put(_resolved(host, port)), daemon=True).start()
    try:
        result = found.get(timeout=seconds)
    except Empty:
        raise httpcore.ConnectTimeout from None
    if isinstance(result, Exception):
        raise httpcore.ConnectError(f"its name cannot be resolved: {result}") from result
    return result


def _resolved(host: str, port: int) -> list[str] | Exception:
    try:
        entries = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as exc:  # UnicodeError: a name with a part that is too long
        return exc
    return list(dict.fromkeys(str(entry[4][0]) for entry in entries))


def _plain(host: str) -> str:
    return host.strip("[]").rstrip(".").lower()
