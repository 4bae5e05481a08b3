"""Starts the web app: Streamlit runs `app.py`, without usage statistics."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.errors import PushbackError
from assistant.plainly import why
from ui.reports import terminal
from ui.web import local

if TYPE_CHECKING:
    from assistant.settings import Settings

PAGE = Path(__file__).parents[1] / "app.py"
ANY = ("0.0.0.0", "::")  # noqa: S104 - all addresses of the machine, none of which is a name for it


def serve(settings: Settings, environment: Mapping[str, str]) -> None:
    """Start the web app in place of this process. The app gets the environment variables of this process and those in
    ``environment``.

    Raises:
        PushbackError: the server cannot listen at the address in the settings.
    """
    check_free(settings.host, settings.port)
    if not local.only([settings.host, *settings.allowed_hosts]):
        terminal.complain(
            f"Whoever can reach {settings.host} can read the documents and ask, unless people sign in.",
            f"It answers to {', '.join(hosts(settings))}. Leave --host and --allowed-hosts out to serve this machine "
            "only; docs/app.md says how to serve others.",
        )
    terminal.say(f"Pushback is at {address(settings)} (Ctrl-C ends it).")
    sys.stdout.flush()
    called, seen = command(settings), {**os.environ, **environment}
    if os.name == "nt":  # there, exec lets the caller go on before the program ends
        sys.exit(subprocess.call(called, env=seen))  # noqa: S603 - our own interpreter
    os.execve(sys.executable, called, seen)  # noqa: S606 - so that signals reach it


def address(settings: Settings) -> str:
    """The URL of the web app."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{host}:{settings.port}"


def hosts(settings: Settings) -> list[str]:
    """The host names that the server answers to: the machine's names for itself, such as ``localhost``; the name at
    which the server listens; and the names in the setting ``allowed_hosts``."""
    listened = [] if settings.host in ANY else [settings.host]
    return list(dict.fromkeys([*local.NAMES, *listened, *settings.allowed_hosts]))


def command(settings: Settings) -> list[str]:
    """The command line that starts the web app with Streamlit."""
    flags = {
        "server.address": settings.host,
        "server.port": settings.port,
        "server.headless": "true",
        "server.fileWatcherType": "none",
        "browser.gatherUsageStats": "false",
        "client.toolbarMode": "minimal",
        "client.showErrorDetails": "none",
    }
    given = [part for name, value in flags.items() for part in (f"--{name}", str(value))]
    given += [part for name in hosts(settings) for part in ("--server.allowedHosts", name)]
    return [sys.executable, "-m", "streamlit", "run", str(PAGE), *given]


def check_free(host: str, port: int) -> None:
    """Check that a server can listen at this host and port.

    Raises:
        PushbackError: no server can listen there, for instance because the port is in use.
    """
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as tried:
            if os.name != "nt":
                tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind(place)
    except OSError as exc:
        raise PushbackError(
            f"Nothing can listen at {host}, port {port}: {why(exc)}.", hint="Choose another --port or --host."
        ) from exc
