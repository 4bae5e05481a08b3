"""Logs of a server as JSON, one object on each line, for programs that collect logs."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime

OURS = ("assistant", "ingest", "ui", "procrastinate")  # of whom what is merely told is of interest, too


class JsonLines(logging.Formatter):
    """A log formatter that writes each record as one line of JSON. If the record is about an error, the line has its
    traceback."""

    def format(self, record: logging.LogRecord) -> str:
        """The log record as one line of JSON."""
        told = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "told", {}),
        }
        if record.exc_info:
            told["error"] = self.formatException(record.exc_info)
        return json.dumps(told, default=str)


def begin() -> None:
    """Write all logs of this process to stderr as JSON lines from now on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    for name in OURS:
        logging.getLogger(name).setLevel(logging.INFO)
