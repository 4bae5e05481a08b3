"""A Chroma server for tests: the installed one, on loopback, in a folder of its own."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

PROGRAM = Path(sys.executable).parent / "chroma"


class Server:
    """Its address, which stays; and a way to end it hard, to start it again, and to keep it from answering."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port: int = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{self._port}"
        self.start()

    def start(self) -> None:
        """Start it, and wait until it answers."""
        command = [PROGRAM, "run", "--path", self.folder, "--host", "127.0.0.1", "--port", str(self._port)]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(300):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self._port)) == 0:
                    return
            assert self._process.poll() is None, "Chroma's server has ended"
            time.sleep(0.1)
        raise AssertionError("Chroma's server does not answer")

    def end(self) -> None:
        """End it at once."""
        self._process.kill()
        self._process.wait()

    @contextmanager
    def silent(self) -> Iterator[None]:
        """It takes what is sent, and answers nothing."""
        self._process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)


@contextmanager
def serving(folder: Path) -> Iterator[Server]:
    """A server, until it is no more wanted."""
    if not PROGRAM.exists():
        pytest.skip("Chroma's own command is not installed")
    server = Server(folder)
    try:
        yield server
    finally:
        server.end()
