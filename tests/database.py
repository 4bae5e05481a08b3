"""A server of PostgreSQL for tests: Debian's, started in a folder of its own, spoken to through a socket there."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.library.places import on_server

if TYPE_CHECKING:
    from assistant.library.catalog import Catalog

QUICK = ("fsync=off", "listen_addresses=", "max_connections=50", "max_wal_size=128MB")


def programs() -> Path | None:
    """Where its programs are, of the newest version; None when it is not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    named = shutil.which("postgres")
    return found[-1].parent if found else Path(named).parent if named else None


class Server:
    """Its address, and a way to end it hard and to start it again."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self._programs, self._folder = programs, folder
        # It does not serve as root: Debian's package brings a user for it.
        self._who: dict[str, Any] = {"user": "postgres", "group": "postgres"} if os.getuid() == 0 else {}
        if self._who:
            shutil.chown(folder, "postgres", "postgres")
        self.address = f"postgresql://pushback@/postgres?host={folder}"
        made = ["-U", "pushback", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N"]
        self._run([programs / "initdb", "-D", folder / "data", *made])
        self.start()

    def start(self) -> None:
        """Start it, and wait until it answers."""
        options = [part for option in (*QUICK, f"unix_socket_directories={self._folder}") for part in ("-c", option)]
        command = [self._programs / "postgres", "-D", self._folder / "data", *options]
        self._log = (self._folder / "log").open("ab")
        self._process = subprocess.Popen(command, stdout=self._log, stderr=self._log, **self._place())
        for _ in range(600):
            told = subprocess.run([self._programs / "pg_isready", "-h", self._folder], capture_output=True, check=False)
            if told.returncode == 0:
                return
            if self._process.poll() is not None:
                break
            time.sleep(0.1)
        raise AssertionError((self._folder / "log").read_text())

    def new_catalog(self) -> Catalog:
        """A catalog of its own in the one database."""
        library = f"library-{secrets.token_hex(4)}"
        from assistant.library.database.postgres import begin

        begin(self.address, library)
        return on_server(self.address, library, 80)

    def same_catalog(self, catalog: Catalog) -> Catalog:
        """The same one, over a connection of its own."""
        return on_server(self.address, catalog._db.place.split("'")[1], 80)

    @contextmanager
    def database(self) -> Iterator[str]:
        """The address of a database of its own, which goes at the end."""
        name = f"db{secrets.token_hex(4)}"
        self._run([self._programs / "createdb", "-h", self._folder, "-U", "pushback", name])
        yield self.address.replace("/postgres?", f"/{name}?")
        self._run([self._programs / "dropdb", "-h", self._folder, "-U", "pushback", "--force", name])

    def end(self) -> None:
        """End it at once, with all that others do there."""
        self._process.send_signal(signal.SIGQUIT)  # without waiting for anybody
        self._process.wait(60)
        self._log.close()

    def _run(self, command: list[Any]) -> None:
        done = subprocess.run(command, capture_output=True, text=True, check=False, **self._place())
        assert done.returncode == 0, done.stderr

    def _place(self) -> dict[str, Any]:
        return {"cwd": self._folder, **self._who}


@contextmanager
def serving(programs: Path) -> Iterator[Server]:
    """A server, until it is no more wanted."""
    folder = Path(tempfile.mkdtemp(prefix="pushback-postgres-", dir="/tmp"))  # a socket's path is short
    try:
        server = Server(programs, folder)
        try:
            yield server
        finally:
            server.end()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
