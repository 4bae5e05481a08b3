"""The log of a server as JSON, one object a line, for programs that collect logs."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime

OURS = ("assistant", "ingest", "ui", "procrastinate")  # of whom what is merely told is of interest, too


class JsonLines(logging.Formatter):
    """Each record as one line of JSON; an error comes with its traceback, in the same line."""

    def format(self, record: logging.LogRecord) -> str:
        """One line of JSON for a log record."""
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
    """From now on, write the whole log to stderr in this form."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    for name in OURS:
        logging.getLogger(name).setLevel(logging.INFO)
