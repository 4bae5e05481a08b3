"""`pushback ui`, `serve`, `worker` and `mcp`: serve a library to browsers, programs and agents."""

from __future__ import annotations

from collections.abc import Callable

import click

from ui.commands import opening
from ui.commands.options import Command, Function, flags_as_environment, remembered, settings_of


def _setting(*names: str, metavar: str, help: str) -> Callable[[Function], Function]:
    """A decorator that adds an option whose value overrides the setting of the same name."""
    return click.option(*names, metavar=metavar, expose_value=False, callback=remembered, help=help)


_allowed_hosts = _setting(
    "--allowed-hosts",
    metavar="NAMES",
    help="Names by which other machines reach the server, separated by commas. Requests for other names are refused.",
)


@click.command(
    "ui",
    cls=Command,
    examples=("pushback ui", "pushback ui --port 8600", "pushback ui --host 0.0.0.0 --allowed-hosts answers.example"),
)
@_setting("--host", metavar="ADDRESS", help="Address to listen on; by default the one in the settings, else 127.0.0.1.")
@_setting("--port", metavar="PORT", help="Port to listen on; by default the one in the settings, else 8501.")
@_allowed_hosts
@click.pass_context
def web(context: click.Context) -> None:
    """Start the web app on this machine.

    Open the printed address in a browser. Ctrl-C ends the server.
    """
    from ui.web import serving

    serving.serve(settings_of(context), flags_as_environment(context))


@click.command(
    cls=Command,
    examples=("pushback serve", "pushback serve --port 8600", "pushback serve --host 0.0.0.0 --tokens tokens.toml"),
)
@_setting(
    "--host",
    metavar="ADDRESS",
    help="Address to listen on; by default the one in the settings, else 127.0.0.1. An address "
    "that other machines can reach needs --tokens.",
)
@_setting(
    "--port", "api_port", metavar="PORT", help="Port to listen on; by default the one in the settings, else 8502."
)
@_allowed_hosts
@_setting(
    "--tokens",
    "api_tokens",
    metavar="FILE",
    help="TOML file of the people who may use the API, each with a token and a role.",
)
@click.pass_context
def serve(context: click.Context) -> None:
    """Serve an HTTP API to other programs.

    Responses have the JSON that commands print with --json; GET /openapi.json describes it. Programs that use OpenAI's
    API can use a library as a model, at /v1. Ctrl-C ends the server.
    """
    from ui.api import serve as api

    api.serve(settings_of(context))


@click.command(cls=Command, examples=("pushback worker",))
@click.pass_context
def worker(context: click.Context) -> None:
    """Run the background jobs of the web app and of `pushback serve`.

    Servers with the setting `queue = true` leave their jobs in the library's PostgreSQL database, and workers run them.
    Run as many workers as you like, with the same settings. If a worker is killed, another worker runs its job again.
    Ctrl-C ends the worker after its current job.
    """
    from ui.api import worker as doing

    doing.serve(settings_of(context))


@click.command(cls=Command, examples=("pushback mcp --library europe",))
@click.pass_context
def mcp(context: click.Context) -> None:
    """Serve the library to AI agents over the Model Context Protocol.

    Agents can search, ask and challenge, and change nothing. The server speaks on stdin and stdout.
    """
    settings = settings_of(context)
    from ui import mcp_server

    with opening.assistant(settings) as assistant:
        mcp_server.serve(assistant)
