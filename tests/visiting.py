"""A real server of the web app, and visitors that speak Streamlit's protocol to it with any headers they like."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import NamedTuple

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from tests.test_architecture import ROOT

PATIENCE = 60  # seconds; a loaded machine is slow


class App(NamedTuple):
    """The app as it is served: its port on this machine, and where what it said is."""

    port: int
    log: Path

    def request(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> HTTPResponse:
        """What it answers, read whole."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        connection.request(method, path, body, {"Host": f"127.0.0.1:{self.port}", **(headers or {})})
        response = connection.getresponse()
        response.body = response.read()  # type: ignore[attr-defined]
        connection.close()
        return response


@contextmanager
def serving(home: Path, *flags: str, program: tuple[str, ...] = ("-m", "ui.cli", "ui"), **also: str) -> Iterator[App]:
    """The app in a process of its own; ``also`` goes to its environment, ``home`` is its home in every sense."""
    home.mkdir(exist_ok=True)
    port = free_port()
    log = home / f"server-{port}.log"
    environment = {**os.environ, "PUSHBACK_HOME": str(home), "HOME": str(home), "PYTHONPATH": str(ROOT), **also}
    with log.open("w") as output:
        called = [sys.executable, *program, *flags, "--server.port" if "streamlit" in program else "--port", str(port)]
        server = subprocess.Popen(called, cwd=home, env=environment, stdout=output, stderr=output)
    app = App(port, log)
    try:
        for _ in range(PATIENCE * 5):
            if server.poll() is not None:
                break
            try:
                app.request("GET", "/_stcore/health")
            except OSError:
                time.sleep(0.2)
            else:
                break
        assert server.poll() is None, log.read_text()
        yield app
    finally:
        server.terminate()
        server.wait(PATIENCE)


class Element(NamedTuple):
    """Something on a page: its kind, as Streamlit calls it, what it says, and the id of a widget."""

    kind: str
    words: str
    id: str


class Page(NamedTuple):
    """A page that has run."""

    session: str
    elements: list[Element]
    raw: str

    def of_kind(self, kind: str) -> list[str]:
        """What the elements of a kind say, in order."""
        return [one.words for one in self.elements if one.kind == kind]


class Visitor:
    """Who has the page open, through one connection."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection

    def open(self, path: str = "", query: str = "") -> Page:
        """Run the page of this path."""
        told = BackMsg()
        told.rerun_script.page_name = path
        told.rerun_script.query_string = query
        return self._run(told)

    def _run(self, told: BackMsg) -> Page:
        self._connection.send(told.SerializeToString())
        session, elements, raw = "", [], []
        while True:
            message = ForwardMsg.FromString(self._connection.recv(PATIENCE, decode=False))
            raw.append(str(message))
            match message.WhichOneof("type"):
                case "new_session":
                    session, elements = message.new_session.initialize.session_id, []
                case "delta" if message.delta.WhichOneof("type") == "new_element":
                    elements.append(_element(message.delta.new_element))
                case "delta":
                    block = message.delta.add_block
                    elements.append(Element(block.WhichOneof("type") or "", str(block), block.id))
                case "script_finished" if message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                    return Page(session, elements, "\n".join(raw))


def _element(element: object) -> Element:
    kind = element.WhichOneof("type")  # type: ignore[attr-defined]
    made = getattr(element, kind)
    words = next((getattr(made, name) for name in ("label", "body", "message") if getattr(made, name, "")), "")
    return Element(kind, str(words), getattr(made, "id", ""))


@contextmanager
def visiting(
    app: App,
    *,
    host: str = "127.0.0.1",
    origin: str | None = None,
    headers: Mapping[str, str] | None = None,
    token: str = "",
) -> Iterator[Visitor]:
    """A visitor who asks for ``host``, at the app's own port where it names none, from a page of ``origin``; ``token``
    is the one against forged requests.

    Raises:
        InvalidStatus: the server does not let them in.
    """
    with (
        socket.create_connection(("127.0.0.1", app.port), PATIENCE) as plug,
        connect(
            f"ws://{host if ':' in host else f'{host}:{app.port}'}/_stcore/stream",
            sock=plug,
            origin=Origin(origin) if origin else None,
            additional_headers=headers,
            subprotocols=[Subprotocol("streamlit"), Subprotocol(token)] if token else None,
            max_size=None,
            proxy=None,
        ) as connection,
    ):
        yield Visitor(connection)


def signed_in(secret: str, address: str, **claims: object) -> str:
    """The cookie of somebody who has signed in, as Streamlit makes it at the end of its OpenID Connect."""
    from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

    told = json.dumps({"origin": address, "is_logged_in": True, **claims})
    return create_signed_value(secret, "_streamlit_user", told).decode()


class Browser(NamedTuple):
    """What a browser has of the app after its first page: its cookies, with the token against forged requests."""

    app: App
    origin: str
    cookies: dict[str, str]

    @property
    def headers(self) -> dict[str, str]:
        """What it sends with every request."""
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return {"Cookie": cookies, "Host": self.origin.partition("//")[2], "Origin": self.origin}

    @contextmanager
    def visiting(self) -> Iterator[Visitor]:
        """The page opened in it."""
        host = self.origin.partition("//")[2]
        cookie, token = {"Cookie": self.headers["Cookie"]}, self.cookies["_streamlit_xsrf"]
        with visiting(self.app, host=host, origin=self.origin, headers=cookie, token=token) as visitor:
            yield visitor

    def upload(self, session: str, name: str, data: bytes) -> int:
        """The status with which a dropped file is taken."""
        body = f'--x\r\nContent-Disposition: form-data; name="a"; filename="{name}"\r\n\r\n'.encode()
        headers = {"X-Xsrftoken": self.cookies["_streamlit_xsrf"], "Content-Type": "multipart/form-data; boundary=x"}
        path = f"/_stcore/upload_file/{session}/{name}"
        return self.app.request("PUT", path, {**self.headers, **headers}, body + data + b"\r\n--x--\r\n").status


def browser(app: App, host: str = "127.0.0.1") -> Browser:
    """A fresh browser that has loaded the first page."""
    origin = f"http://{host}:{app.port}"
    cookies: dict[str, str] = {}
    for path in ("/", "/_stcore/health"):
        for cookie in app.request("GET", path, {"Host": f"{host}:{app.port}"}).headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            cookies[name] = value
    return Browser(app, origin, cookies)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def local_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """The app as ``pushback ui`` serves it, with nothing set."""
    with serving(tmp_path_factory.mktemp("home")) as app:
        yield app
