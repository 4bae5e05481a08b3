"""Fetches a page from the web, within limits that a hostile server cannot exceed.

Only http and https are used, without cookies, referer, proxies or passwords; ``robots.txt`` is respected (RFC 9309).
Each redirect is checked like the first address. The limits on time and size apply to the whole fetch, and the size is
counted after decompression.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from http import HTTPStatus
from typing import NamedTuple
from urllib.robotparser import RobotFileParser

import httpcore
import httpx

from assistant.errors import SourceError
from assistant.installation import version
from ingest.web.connections import Guarded, NotPublic
from ingest.web.downloads import Unpacked, extension_of, in_utf_8

ROBOTS_BYTES = 500 * 1024  # RFC 9309, 2.5: at least so much is read
REDIRECTS = {301, 302, 303, 307, 308}
LATER = {408, 425, 429}  # of the 4xx, those that may be otherwise soon


class PageUnreachable(SourceError):
    """Raised if a page cannot be fetched now, but perhaps later."""

    hint = "Check the address and the connection, then try again."
    retryable = True


class Limits(NamedTuple):
    """The limits of one fetch, including its redirects and ``robots.txt``: the most bytes, seconds and redirects."""

    bytes: int = 10_000_000
    seconds: float = 30.0
    redirects: int = 5


LIMITS = Limits()


class Known(NamedTuple):
    """What the server said about the stored copy of a page: its ETag and the time of its last change."""

    etag: str | None = None
    last_modified: str | None = None


class Fetched(NamedTuple):
    """A fetched page; ``data`` is decompressed, and ``extension`` decides which reader reads it."""

    url: str  # the final one, without a fragment
    data: bytes
    media_type: str
    extension: str
    etag: str | None
    last_modified: str | None
    fetched_at: str  # ISO 8601, UTC, to the second


class NotModified(NamedTuple):
    """The result of a fetch if the stored copy of the page is still current."""

    url: str
    fetched_at: str


def fetch(
    url: str, *, known: Known | None = None, allow_private: Sequence[str] = (), limits: Limits = LIMITS
) -> Fetched | NotModified:
    """Fetch the page at ``url``. ``known`` describes the stored copy of the page, None if there is none. If the page
    has not changed since that copy, the result is ``NotModified``.

    ``allow_private`` are names of hosts that may have private addresses.

    Raises:
        SourceError: the page may not or cannot be fetched, or is of a kind that is not read; the message names the
            address.
        PageUnreachable: the page cannot be fetched now, but it may be possible later.
    """
    with _Visit(_checked(url), allow_private, limits) as visit:
        return visit.page(known or Known())


class _Visit:
    """One fetch: its connections and its deadline, and the rules in ``robots.txt`` that it has read."""

    def __init__(self, url: httpx.URL, allowed: Sequence[str], limits: Limits) -> None:
        self._url = url
        self._limits = limits
        self._robots: dict[bytes, RobotFileParser] = {}
        self._agent = f"Pushback/{version()}"
        backend = Guarded(allowed, limits.seconds)
        self._pool = httpcore.ConnectionPool(max_keepalive_connections=0, network_backend=backend)

    def __enter__(self) -> _Visit:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.close()

    def page(self, known: Known) -> Fetched | NotModified:
        asked = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
        with self._followed(self._url, {name: value for name, value in asked.items() if value}) as (url, response):
            headers = _headers(response)
            now = datetime.now(UTC).isoformat(timespec="seconds")
            if response.status == HTTPStatus.NOT_MODIFIED and any(known):
                return NotModified(str(url), now)
            _check_status(url, response.status)
            media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
            extension = extension_of(url, media_type)
            data = self._body(url, response, self._limits.bytes)
            data = in_utf_8(data, media_type, headers.get("content-type", ""))
            return Fetched(
                str(url), data, media_type, extension, headers.get("etag"), headers.get("last-modified"), now
            )

    @contextmanager
    def _followed(
        self, url: httpx.URL, headers: Mapping[str, str], *, robots: bool = False
    ) -> Iterator[tuple[httpx.URL, httpcore.Response]]:
        """A context manager that follows redirects, and gives the final address and its response.

        ``robots`` says that the request is for ``robots.txt`` itself, which is not checked against its rules.

        Raises:
            SourceError: there are too many redirects, or they lead in a circle or to a forbidden address.
        """
        seen = [url]
        while True:
            if not robots:
                self._check_robots(url)
            with self._response(url, headers) as response:
                location = _headers(response).get("location")
                if response.status not in REDIRECTS or not location:
                    yield url, response
                    return
            url = _next(url, location)
            if url in seen:
                raise SourceError(f"{seen[0]}: redirects in a circle, back to {url}.", hint="Name another address.")
            seen.append(url)
            if len(seen) > self._limits.redirects + 1:
                raise SourceError(
                    f"{seen[0]}: redirects more than {self._limits.redirects} times.", hint=f"Name its end: {url}"
                )

    @contextmanager
    def _response(self, url: httpx.URL, extra: Mapping[str, str]) -> Iterator[httpcore.Response]:
        """A context manager that gives the response to one request; ``extra`` are additional headers. Errors of the
        HTTP library are raised as ``PageUnreachable`` or ``SourceError``.
        """
        told = {"User-Agent": self._agent, "Accept": "*/*", "Accept-Encoding": "gzip", **extra}
        own = [(name.encode(), value.encode("latin-1", "ignore")) for name, value in told.items()]
        try:
            target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
            with self._pool.stream("GET", target, headers=[(b"Host", url.netloc), *own]) as response:
                yield response
        except httpcore.TimeoutException as exc:
            raise PageUnreachable(f"{url}: was not there after {self._limits.seconds:g} seconds.") from exc
        except (httpcore.NetworkError, httpcore.ProtocolError) as exc:
            raise PageUnreachable(f"{url}: cannot be reached: {exc or type(exc).__name__}.") from exc
        except NotPublic as exc:
            raise SourceError(f"{url}: {exc}", hint=exc.hint) from exc

    def _body(self, url: httpx.URL, response: httpcore.Response, most: int, *, cut: bool = False) -> bytes:
        """The decompressed bytes of the response. If there are more than ``most``, the rest is dropped if ``cut`` is
        true.

        Raises:
            SourceError: there are more than ``most`` bytes, and ``cut`` is false.
            PageUnreachable: the response is broken or incomplete.
        """
        try:
            unpacked = Unpacked(_headers(response).get("content-encoding", ""), most)
            fits = all(unpacked.add(chunk) for chunk in response.iter_stream())
        except SourceError as exc:
            raise SourceError(f"{url}: {exc}", hint=exc.hint) from exc
        except zlib.error as exc:
            raise PageUnreachable(f"{url}: arrived broken: {exc}.") from exc
        if fits and not unpacked.is_whole():
            raise PageUnreachable(f"{url}: arrived only in part.")
        if not fits and not cut:
            raise SourceError(f"{url}: is larger than {most / 1e6:g} MB.", hint="Save the part you need as a file.")
        return bytes(unpacked.data[:most])

    def _check_robots(self, url: httpx.URL) -> None:
        origin = url.raw_scheme + b"://" + url.netloc
        if origin not in self._robots:
            self._robots[origin] = self._read_robots(url.copy_with(raw_path=b"/robots.txt", fragment=None))
        if not self._robots[origin].can_fetch(self._agent, str(url)):
            raise SourceError(
                f"{url}: its site asks programs not to fetch it (robots.txt).",
                hint="Save it by hand and ingest the file, or ask the site's owner.",
            )

    def _read_robots(self, url: httpx.URL) -> RobotFileParser:
        rules = RobotFileParser()
        with self._followed(url, {}, robots=True) as (at, response):
            status = response.status
            if status in LATER or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                raise PageUnreachable(
                    f"{url}: answers {_status_text(status)}, so its site may not want to be read now."
                )
            is_there = HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES
            text = self._body(at, response, ROBOTS_BYTES, cut=True).decode("utf-8-sig", "replace") if is_there else ""
        try:
            rules.parse(text.splitlines())
        except ValueError as exc:  # a rule with half an IPv6 address
            raise SourceError(
                f"{url}: cannot be understood: {exc}.", hint="Save the page and ingest the file."
            ) from exc
        return rules


def _checked(text: str) -> httpx.URL:
    """Parse a web address, and check that it may be fetched.

    Raises:
        SourceError: the address is not http or https, has an invalid port, or contains a name or password.
    """
    try:
        url = httpx.URL(text.strip()).copy_with(fragment=None)
    except (httpx.InvalidURL, UnicodeError) as exc:
        raise SourceError(f"{text[:200]}: is no web address: {exc}", hint="Write it as in a browser.") from exc
    if url.userinfo:
        raise SourceError(
            f"{url.host}: the address holds a name or password.", hint="Leave out what stands before the @."
        )
    if url.scheme not in {"http", "https"} or not url.host:
        raise SourceError(f"{text[:200]}: is no web address.", hint="Begin it with https:// or http://.")
    if not 0 < (url.port or 443) < 1 << 16:
        raise SourceError(f"{url}: there is no port {url.port}.", hint="Ports are 1 to 65535.")
    return url


def _next(url: httpx.URL, location: str) -> httpx.URL:
    try:
        return _checked(str(url.join(location)))
    except (httpx.InvalidURL, UnicodeError) as exc:
        raise SourceError(f"{url}: redirects to what is no address: {exc}", hint="Name another address.") from exc
    except SourceError as exc:
        raise SourceError(f"{url}: redirects to what may not be fetched. {exc}", hint=exc.hint) from exc


def _headers(response: httpcore.Response) -> dict[str, str]:
    """The response's headers by name in lower case; the last one of each name counts."""
    return {name.decode("latin-1").lower(): value.decode("latin-1").strip() for name, value in response.headers}


def _check_status(url: httpx.URL, status: int) -> None:
    if status == HTTPStatus.OK:
        return
    if status in LATER or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise PageUnreachable(f"{url}: answers {_status_text(status)}.")
    raise SourceError(
        f"{url}: answers {_status_text(status)}.", hint="Open it in a browser; what needs a login has to be saved."
    )


def _status_text(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)
