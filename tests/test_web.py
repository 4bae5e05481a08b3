"""Pages from a real server on this machine: what is fetched, and all that is refused, cut off or told."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from assistant.errors import SourceError
from ingest.web.connections import is_public
from ingest.web.fetching import Fetched, Known, Limits, NotModified, PageUnreachable, fetch

PAGE = b"<h1>A plan</h1><p>Price follows value.</p>"
HERE = ("127.0.0.1",)

Answer = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """Answers as the test says, and remembers what it was asked."""

    def do_GET(self) -> None:
        self.server.asked.append(self)  # type: ignore[attr-defined]
        answers: dict[str, Answer] = self.server.answers  # type: ignore[attr-defined]
        try:
            answers.get(self.path, lambda handler: handler.answer(404, b"gone"))(self)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def answer(self, status: int = 200, body: bytes = PAGE, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content_Type": "text/html", "Content_Length": str(len(body)), **headers}.items():
            if value:
                self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Nothing: the tests' output stays clean."""


class Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, host: str = "127.0.0.1") -> None:
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        super().__init__((host, 0), Handler)
        self.answers: dict[str, Answer] = {}
        self.asked: list[Handler] = []

    def paths(self) -> list[str]:
        return [handler.path for handler in self.asked]

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.server_port}{path}"


@contextmanager
def serving(host: str = "127.0.0.1") -> Iterator[Server]:
    with Server(host) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as server:
        yield server


def redirect(to: str) -> Answer:
    return lambda handler: handler.answer(302, b"", Location=to)


def page(**headers: str) -> Answer:
    return lambda handler: handler.answer(**headers)  # type: ignore[arg-type]


def fetched(url: str, **options: Any) -> Fetched:
    result = fetch(url, allow_private=HERE, **options)
    assert isinstance(result, Fetched)
    return result


def test_a_page_comes_with_its_kind_and_what_a_refresh_needs(server: Server) -> None:
    server.answers["/a"] = page(ETag='"one"', Last_Modified="Mon, 02 Mar 2026 08:00:00 GMT")

    result = fetched(server.url("/a#part"))

    assert result._replace(fetched_at="") == Fetched(
        server.url("/a"), PAGE, "text/html", ".html", '"one"', "Mon, 02 Mar 2026 08:00:00 GMT", ""
    )
    assert result.fetched_at.endswith("+00:00")


def test_a_request_tells_who_asks_and_nothing_else(server: Server) -> None:
    server.answers["/a"] = lambda handler: handler.answer(Set_Cookie="id=1")
    server.answers["/from"] = lambda handler: handler.answer(302, b"", Location="/a", Set_Cookie="id=1")

    fetched(server.url("/from"))

    assert {name.lower() for name in server.asked[-1].headers} == {"host", "user-agent", "accept", "accept-encoding"}
    assert server.asked[-1].headers["User-Agent"].startswith("Pushback/")
    assert server.asked[-1].headers["Accept-Encoding"] == "gzip"


def test_proxies_of_the_environment_are_not_used(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    server.answers["/a"] = page()

    assert fetched(server.url("/a")).data == PAGE


def test_a_page_unchanged_is_told_as_such(server: Server) -> None:
    def unless_known(handler: Handler) -> None:
        known = (handler.headers["If-None-Match"], handler.headers["If-Modified-Since"]) == ('"one"', "yesterday")
        handler.answer(304 if known else 200, b"" if known else PAGE)

    server.answers["/a"] = unless_known

    result = fetch(server.url("/a"), known=Known('"one"', "yesterday"), allow_private=HERE)

    assert isinstance(result, NotModified)
    assert result.url == server.url("/a")
    assert fetched(server.url("/a"), known=Known('"two"')).data == PAGE


def test_redirects_are_followed_and_the_final_address_is_told(server: Server) -> None:
    server.answers.update({"/1": redirect("/2"), "/2": redirect(server.url("/3?q=1")), "/3?q=1": page()})

    assert fetched(server.url("/1")).url == server.url("/3?q=1")


@pytest.mark.parametrize(
    ("answers", "what"),
    [
        ({"/0": "/1", "/1": "/0"}, "in a circle"),
        ({"/0": "/0"}, "in a circle"),
        ({f"/{i}": f"/{i + 1}" for i in range(9)}, "more than 5 times"),
        ({"/0": "file:///etc/passwd"}, "redirects to what may not be fetched"),
        ({"/0": "http://me:secret@127.0.0.1/"}, "name or password"),
        ({"/0": "http://[::"}, "no .*address"),
    ],
)
def test_redirects_that_lead_nowhere_are_errors(server: Server, answers: dict[str, str], what: str) -> None:
    server.answers.update({path: redirect(to) for path, to in answers.items()})

    with pytest.raises(SourceError, match=what):
        fetched(server.url("/0"))


def test_a_redirect_to_a_private_address_by_another_name_is_refused(server: Server) -> None:
    server.answers.update({"/1": redirect(server.url("/2", "localhost")), "/2": page()})

    with pytest.raises(SourceError, match=r"localhost \(.*\) is no public address"):
        fetched(server.url("/1"))

    assert "/2" not in server.paths()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0177.0.0.1", "0x7f.1", "127.1", "0.0.0.0"])
def test_this_machine_is_refused_however_it_is_written(server: Server, host: str) -> None:
    server.answers["/a"] = page()

    with pytest.raises(SourceError, match=r"no public address|no web address"):
        fetch(server.url("/a", host))

    assert server.asked == []


@pytest.mark.parametrize(
    "address",
    """127.0.0.1 10.0.0.1 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 0.0.0.0 224.0.1.1 240.0.0.1 255.255.255.255
    :: ::1 fe80::1%eth0 fc00::1 fec0::1 ff0e::1 ::ffff:127.0.0.1 ::127.0.0.1 2002:7f00:1:: 64:ff9b::10.0.0.1""".split(),
)
def test_what_not_everybody_reaches_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"])
def test_what_everybody_reaches_is_public(address: str) -> None:
    assert is_public(address)


def test_ipv6_of_this_machine_is_refused_unless_named() -> None:
    try:
        running = serving("::1")
        server = running.__enter__()
    except OSError:
        pytest.skip("this machine has no IPv6")
    server.answers["/a"] = page()
    with pytest.raises(SourceError, match="no public address"):
        fetch(server.url("/a", "[::1]"))

    allowed = fetch(server.url("/a", "[::1]"), allow_private=("::1",))

    running.__exit__(None, None, None)
    assert isinstance(allowed, Fetched)
    assert server.asked[-1].headers["Host"] == f"[::1]:{server.server_port}"


class Names:
    """A name server of the test's own: every look-up of a name takes its next entry."""

    def __init__(self, *entries: list[str]) -> None:
        self.entries = list(entries)
        self.real = socket.getaddrinfo

    def __call__(self, host: Any, port: Any, *args: Any, **options: Any) -> Any:
        if not str(host).endswith(".example"):
            return self.real(host, port, *args, **options)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port)) for ip in self.entries.pop(0)]


def test_a_name_is_looked_up_once_and_what_was_checked_is_connected_to(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second look-up would find no entry; the name stays in the Host header."""
    server.answers["/a"] = page()
    monkeypatch.setattr(socket, "getaddrinfo", Names(["127.0.0.1"]))

    fetch(server.url("/a", "team.example"), allow_private=("Team.Example.",))

    assert [handler.headers["Host"] for handler in server.asked] == [f"team.example:{server.server_port}"] * 2


def test_one_private_address_among_public_ones_refuses_the_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", Names(["8.8.8.8", "10.0.0.1"]))

    with pytest.raises(SourceError, match=r"mixed\.example \(10\.0\.0\.1\) is no public address"):
        fetch("http://mixed.example/a")


def test_the_next_address_is_tried_when_one_does_not_answer(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    server.answers["/a"] = page()
    monkeypatch.setattr(socket, "getaddrinfo", Names(["127.0.0.2", "127.0.0.1"]))

    result = fetch(server.url("/a", "two.example"), allow_private=("two.example",))

    assert isinstance(result, Fetched)


@pytest.mark.parametrize(
    "url",
    ["file:///etc/passwd", "ftp://example.org/a", "data:text/plain,hi", "example.org/a", "http://", "https:///a", ""],
)
def test_what_is_no_web_address_is_refused(url: str) -> None:
    with pytest.raises(SourceError, match="no web address"):
        fetch(url)


def test_a_password_in_the_address_is_refused_and_not_repeated() -> None:
    with pytest.raises(SourceError, match="name or password") as caught:
        fetch("https://me:secret@example.org/")

    assert "secret" not in f"{caught.value} {caught.value.hint}"


def test_a_server_that_drips_is_left_when_the_time_is_over(server: Server) -> None:
    def drip(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "text/html")
        handler.end_headers()
        for _ in range(2_000):  # a hundred seconds
            handler.wfile.write(b".")
            time.sleep(0.05)
        over.append(True)

    over: list[bool] = []
    server.answers["/a"] = drip

    with pytest.raises(PageUnreachable, match=r"after 0\.4 seconds"):
        fetched(server.url("/a"), limits=Limits(seconds=0.4))

    assert not over


def test_headers_that_drip_are_left_too(server: Server) -> None:
    def drip(handler: Handler) -> None:
        for byte in b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 100:
            handler.wfile.write(bytes([byte]))
            time.sleep(0.05)

    server.answers["/a"] = drip

    with pytest.raises(PageUnreachable, match=r"after 0\.4 seconds"):
        fetched(server.url("/a"), limits=Limits(seconds=0.4))


def test_a_name_whose_look_up_hangs_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: time.sleep(1) or [])

    with pytest.raises(PageUnreachable, match=r"after 0\.2 seconds"):
        fetch("https://slow.example/", limits=Limits(seconds=0.2))


def endless(handler: Handler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "text/html")
    handler.end_headers()
    while True:
        handler.wfile.write(b"x" * 65536)


def bomb(handler: Handler) -> None:
    handler.answer(body=gzip.compress(b"\0" * 50_000_000), Content_Encoding="gzip")


@pytest.mark.parametrize("answer", [endless, bomb])
def test_what_is_too_large_is_cut_off(server: Server, answer: Answer) -> None:
    server.answers["/a"] = answer

    with pytest.raises(SourceError, match=r"larger than 0\.1 MB"):
        fetched(server.url("/a"), limits=Limits(bytes=100_000))


def test_a_page_of_just_the_size_is_taken(server: Server) -> None:
    server.answers["/a"] = lambda handler: handler.answer(body=gzip.compress(PAGE, mtime=0), Content_Encoding="gzip")

    assert fetched(server.url("/a"), limits=Limits(bytes=len(PAGE) + 40)).data == PAGE


@pytest.mark.parametrize(
    ("body", "headers", "what"),
    [
        (PAGE, {"Content_Encoding": "gzip"}, "arrived broken"),
        (gzip.compress(PAGE, mtime=0)[:-9], {"Content_Encoding": "gzip"}, "only in part"),
        (PAGE, {"Content_Length": "99"}, "cannot be reached"),
        (PAGE, {"Content_Encoding": "br"}, "packed as br"),
        (PAGE, {"Content_Type": "image/png"}, "is image/png, which cannot be read"),
        (PAGE, {"Content_Type": ""}, "of no named kind"),
    ],
)
def test_what_cannot_be_read_says_why(server: Server, body: bytes, headers: dict[str, str], what: str) -> None:
    def answer(handler: Handler) -> None:
        handler.answer(200, body, **headers)
        handler.close_connection = True

    server.answers["/a"] = answer

    with pytest.raises(SourceError, match=what):
        fetched(server.url("/a"))


@pytest.mark.parametrize(
    ("path", "content_type", "extension"),
    [
        ("/a", "text/html; charset=utf-8", ".html"),
        ("/a.php", "Text/HTML", ".html"),
        ("/a.md", "text/plain", ".md"),
        ("/a", "text/plain", ".txt"),
        ("/a.md", "application/octet-stream", ".md"),
        ("/a.html", "text/markdown", ".md"),
    ],
)
def test_the_kind_is_what_the_server_says_or_else_the_address(
    server: Server, path: str, content_type: str, extension: str
) -> None:
    server.answers[path] = page(Content_Type=content_type)

    assert fetched(server.url(path)).extension == extension


def test_an_encoding_that_only_the_header_names_is_not_lost(server: Server) -> None:
    text = "<p>Рынок и товар</p>"
    server.answers["/a"] = lambda handler: handler.answer(
        body=text.encode("koi8-r"), Content_Type="text/html; charset=koi8-r"
    )

    assert fetched(server.url("/a")).data.decode("utf-8-sig") == text


ROBOTS = b"User-agent: *\nDisallow: /\n\nUser-agent: pushback\nDisallow: /private\n"


def test_a_site_that_asks_not_to_be_read_is_not(server: Server) -> None:
    server.answers.update(
        {"/robots.txt": lambda handler: handler.answer(body=ROBOTS), "/a": page(), "/private": page()}
    )
    server.answers["/b"] = redirect("/private")

    assert fetched(server.url("/a")).data == PAGE
    for path in ("/private", "/b"):
        with pytest.raises(SourceError, match=r"robots\.txt"):
            fetched(server.url(path))
    assert "/private" not in server.paths()


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_robots_txt_that_fails_means_no(server: Server, status: int) -> None:
    server.answers.update({"/robots.txt": lambda handler: handler.answer(status), "/a": page()})

    with pytest.raises(PageUnreachable, match=f"robots.txt: answers {status}"):
        fetched(server.url("/a"))


def test_rules_that_cannot_be_understood_mean_no(server: Server) -> None:
    rules = b"User-agent: *\nDisallow: //[half\n"
    server.answers.update({"/robots.txt": lambda handler: handler.answer(body=rules), "/a": page()})

    with pytest.raises(SourceError, match="cannot be understood"):
        fetched(server.url("/a"))


@pytest.mark.parametrize(
    ("status", "kind"), [(404, SourceError), (401, SourceError), (429, PageUnreachable), (503, PageUnreachable)]
)
def test_a_status_says_whether_to_try_again(server: Server, status: int, kind: type[SourceError]) -> None:
    server.answers["/a"] = lambda handler: handler.answer(status)

    with pytest.raises(SourceError, match=f"answers {status}") as caught:
        fetched(server.url("/a"))

    assert type(caught.value) is kind


def test_no_server_is_an_error_that_may_pass(server: Server) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    with pytest.raises(PageUnreachable, match="cannot be reached"):
        fetched(f"http://127.0.0.1:{port}/a")
