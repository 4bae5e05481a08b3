"""The `pushback` command as outside programs meet it: real processes, the real embedding model, no network."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PUSHBACK = [sys.executable, "-m", "ui.cli"]
PATIENCE = 120  # seconds; two cores may be shared
WRITTEN = 1_700_000_000  # when the documents were; a file of less than two seconds ago is looked at again

pytestmark = pytest.mark.slow

# Every Python that is started looks here first: connections that leave the machine fail, and are written down.
CLOSED = """
import os, socket
def closed(connect):
    def connect_if_near(self, address):
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in ("127.0.0.1", "::1", "localhost"):
            with open(os.environ["TRIED"], "a") as file:
                print(address, file=file)
            raise OSError("the network is closed")
        return connect(self, address)
    return connect_if_near
socket.socket.connect = closed(socket.socket.connect)
socket.socket.connect_ex = closed(socket.socket.connect_ex)
looked_up = socket.getaddrinfo
def look_up(host, *more, **options):
    if host not in (None, "127.0.0.1", "::1", "localhost", b"localhost"):
        with open(os.environ["TRIED"], "a") as file:
            print(host, file=file)
        raise OSError("the network is closed")
    return looked_up(host, *more, **options)
socket.getaddrinfo = look_up
"""


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """An environment without a network, and in which nobody tried to reach one."""
    folder = tmp_path_factory.mktemp("closed")
    (folder / "sitecustomize.py").write_text(CLOSED)
    tried = folder / "tried"
    path = os.pathsep.join([str(folder), str(ROOT)])
    yield {**os.environ, "PYTHONPATH": path, "TRIED": str(tried), "PUSHBACK_HOME": str(folder / "home")}
    assert not tried.exists(), tried.read_text()


@pytest.fixture(scope="module")
def full(closed: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The same, with a library of two documents."""
    folder = tmp_path_factory.mktemp("documents")
    (folder / "lamp.md").write_text(
        "# The lamp shop\n\nA lamp of brass costs forty dollars. Lamps of glass are sold at twice that price, "
        "because they break on the way and the shop pays for what breaks.\n"
    )
    (folder / "roads.txt").write_text(
        "Sales and marketing share one “road map”. It is drawn in spring by both teams together.\n"
    )
    for file in folder.iterdir():
        os.utime(file, (WRITTEN, WRITTEN))
    done = run(closed, "ingest", str(folder), "--json")
    assert (done.returncode, done.stderr) == (0, "")
    counted = json.loads(done.stdout)
    assert (counted["added"], counted["failed"], counted["passages"]) == (2, [], 2)
    return {**closed, "DOCUMENTS": str(folder)}


def run(environment: dict[str, str], *arguments: str, encoding: str = "utf-8") -> subprocess.CompletedProcess[str]:
    called = [*PUSHBACK, *arguments]
    return subprocess.run(
        called, env=environment, capture_output=True, encoding=encoding, timeout=PATIENCE, check=False
    )


def start(environment: dict[str, str], *arguments: str) -> subprocess.Popen[str]:
    pipe = subprocess.PIPE
    return subprocess.Popen(
        [*PUSHBACK, *arguments], env=environment, stdin=pipe, stdout=pipe, stderr=pipe, text=True, bufsize=1
    )


def test_an_answer_stands_on_words_that_anyone_can_check(full: dict[str, str]) -> None:
    asked = run(full, "ask", "What does a lamp of brass cost?", "--json")

    answer = json.loads(asked.stdout)
    first = answer["statements"][0]
    cited, key = first["citations"][0], first["key"]
    shown = json.loads(run(full, "show", cited["document"], "--json").stdout)
    assert (asked.returncode, asked.stderr) == (0, "")
    assert shown["text"][key["start"] : key["end"]] == "A lamp of brass costs forty dollars."
    assert shown["text"][cited["start"] : cited["end"]] == cited["quote"]
    assert cited["start"] <= key["start"] < key["end"] <= cited["end"]


def test_a_second_ingest_loads_neither_model_nor_index(full: dict[str, str]) -> None:
    code = """
import sys
from ui.cli import main
try:
    main()
except SystemExit as ended:
    print(ended.code, sorted({"torch", "chromadb", "sentence_transformers"} & set(sys.modules)))
"""
    done = subprocess.run(
        [sys.executable, "-c", code, "ingest", full["DOCUMENTS"], "--quiet"],
        env=full,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )

    assert (done.stdout, done.stderr) == ("0 []\n", "")


@pytest.mark.posix
def test_each_line_is_answered_as_it_comes_and_an_interrupt_ends_it(full: dict[str, str]) -> None:
    with start(full, "ask", "-") as asked:
        assert asked.stdin
        assert asked.stdout
        replies = []
        for line in (
            '{"question": "What does a lamp of brass cost?"}',
            "nonsense",
            '{"question": "Who draws the map?"}',
        ):
            asked.stdin.write(f"{line}\n")
            replies.append(json.loads(asked.stdout.readline()))
        asked.send_signal(signal.SIGINT)
        _, errors = asked.communicate(timeout=PATIENCE)

    assert [reply.get("question", "error" in reply) for reply in replies] == [
        *("What does a lamp of brass cost?", True, "Who draws the map?")
    ]
    assert asked.returncode == 130
    assert errors.strip().startswith("Interrupted.")


def test_a_reader_that_has_enough_ends_it_quietly(full: dict[str, str]) -> None:
    with start(full, "ask", "-") as asked:
        assert asked.stdout
        asked.stdout.close()
        assert asked.stdin
        assert asked.stderr
        asked.stdin.write('{"question": "What does a lamp of brass cost?"}\n' * 3)
        asked.stdin.close()
        errors = asked.stderr.read()

    assert (asked.returncode, errors) == (1, "")


def test_a_terminal_without_our_characters_shows_others(full: dict[str, str]) -> None:
    done = run({**full, "PYTHONIOENCODING": "latin-1"}, "show", "roads.txt", encoding="latin-1")

    assert (done.returncode, done.stderr) == (0, "")
    assert "share one ?road map?." in done.stdout


def test_the_doctor_finds_the_library_well(full: dict[str, str]) -> None:
    done = run(full, "doctor")

    assert (done.returncode, done.stdout, done.stderr) == (0, "All is well: 2 documents, 2 passages.\n", "")


@pytest.mark.parametrize(
    ("arguments", "exit_code"),
    [
        (["documents"], 0),
        (["documents", "--library", "none"], 3),
        (["ask", ""], 2),
        (["ask", "Why lamps?", "--embedding"], 2),
        (["show", "nothing"], 2),
    ],
)
def test_the_exit_code_tells_how_it_went(full: dict[str, str], arguments: list[str], exit_code: int) -> None:
    done = run(full, *arguments)

    assert done.returncode == exit_code
    assert bool(done.stderr) == bool(exit_code)
    assert "Traceback" not in done.stderr


def test_an_embedding_model_that_is_not_there_cannot_run(full: dict[str, str]) -> None:
    done = run({**full, "PUSHBACK_EMBEDDING_MODEL": "no-such-model"}, "ask", "Why lamps?")

    assert (done.returncode, done.stdout) == (3, "")
    assert "no-such-model" in done.stderr


def test_the_web_app_is_served_on_this_machine_and_ends_with_its_process(full: dict[str, str]) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    with start(full, "ui", "--port", port) as served:
        try:
            assert served.stdout
            assert served.stdout.readline() == f"Pushback is at http://127.0.0.1:{port} (Ctrl-C ends it).\n"
            assert _fetched(f"http://127.0.0.1:{port}/_stcore/health") == "ok"
            taken = run(full, "ui", "--port", port)
            assert taken.returncode == 3
            assert taken.stderr.startswith(f"Nothing can listen at 127.0.0.1, port {port}: ")
        finally:
            served.terminate()
            served.communicate(timeout=PATIENCE)
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5)


def _fetched(address: str) -> str:
    """What is served there, once it is."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(address, timeout=5) as reply:
                return str(reply.read().decode())
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.2)
    raise AssertionError(f"nothing is served at {address}")


@pytest.mark.posix
def test_watching_takes_in_what_is_added_until_it_is_interrupted(closed: dict[str, str], tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "a.txt").write_text("The price of the blue lamp is forty dollars.\n")
    environment = {**closed, "PUSHBACK_HOME": str(tmp_path / "home")}
    command = [*PUSHBACK, "ingest", "--watch", "--json", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, env=environment, text=True) as watching:
        assert watching.stdout is not None
        first = json.loads(watching.stdout.readline())
        (folder / "b.txt").write_text("The road map is drawn in spring.\n")
        second = json.loads(watching.stdout.readline())
        watching.send_signal(signal.SIGINT)

        code = watching.wait(PATIENCE)

    assert (first["added"], second["added"], second["same"], code) == (1, 1, 1, 130)
