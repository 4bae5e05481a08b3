"""`pushback worker`: a process that runs the jobs of the API and of the pages. It can run on another machine."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from assistant.errors import SettingsError
from ui.reports import terminal
from ui.web import logs

if TYPE_CHECKING:
    from assistant.settings import Settings


def serve(settings: Settings) -> None:
    """Run jobs from the queue until the process is asked to end; the current job is finished first.

    Raises:
        SettingsError: the settings name no database, the extra ``queue`` is not installed, or this is Windows.
        PushbackError: the database cannot be reached.
    """
    if sys.platform == "win32":  # its event loop has neither signals nor psycopg's sockets
        raise SettingsError(
            "`pushback worker` does not run on Windows.",
            hint="Run it on Linux or macOS, or in a container (docs/deploy.md). The other commands run here; "
            "without the setting `queue` they do their jobs themselves.",
        )
    from ui.jobs import line

    line.queued(settings)
    from ui.api.desk import Desk
    from ui.jobs import queue

    terminal.say("This worker waits for jobs (Ctrl-C ends it, when it has done what it is doing).")
    sys.stdout.flush()
    if settings.logs == "json":
        logs.begin()
    desk = Desk(settings)
    try:
        queue.work(str(settings.catalog), desk)
    finally:
        desk.close()
