"""Log formats: plain lines on a terminal, JSON lines elsewhere."""

import logging
import os
import sys
from datetime import UTC, datetime
from typing import IO, Any

from models import harmless

ROOT = "policywire"
# Set by `policywire serve` on a terminal: its runs write plain lines, although to a pipe.
PLAIN_IN_RUNS = "_POLICYWIRE_PLAIN_IN_RUNS"


class JsonLines(logging.Formatter):
    """Formats a record as one JSON object: time, level, logger, message and its extra fields."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        fields = getattr(record, "fields", None)
        if isinstance(fields, dict):
            line |= {key: value for key, value in fields.items() if key not in line}
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return harmless.json_text(line, default=str)


class PlainLines(logging.Formatter):
    """Formats a record as one plain line; an indented traceback may follow.

    No text in a message can look like a log line of ours with its time and level.
    """

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(message)s", "%H:%M:%S")

    def formatMessage(self, record: logging.LogRecord) -> str:
        # Only the message is escaped, not our own columns; one message stays one line.
        shown = logging.makeLogRecord({**record.__dict__, "message": harmless.log(record.message)})
        return super().formatMessage(shown)

    def formatException(self, ei: Any) -> str:
        traceback = harmless.lines(super().formatException(ei))
        return "\n".join(f"    {line}" for line in traceback.split("\n"))


def configure_logs(
    *, level: int = logging.INFO, stream: IO[str] | None = None, as_json: bool | None = None
) -> logging.Handler:
    """Send our log to `stream` (default: standard error), as JSON unless that is a terminal.

    A second call replaces the first. Prefect's own log is not changed.
    """
    stream = stream or sys.stderr
    if as_json is None:
        as_json = not stream.isatty()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines() if as_json else PlainLines())
    logger = logging.getLogger(ROOT)
    for held in [h for h in logger.handlers if isinstance(h, logging.StreamHandler)]:
        logger.removeHandler(held)
    logger.addHandler(handler)
    logger.setLevel(level)
    logger.propagate = False
    return handler


def ensure_logs() -> None:
    """Configure logs unless it is done already; for flows that Prefect runs in its own process."""
    if not logging.getLogger(ROOT).handlers:
        configure_logs(as_json=False if PLAIN_IN_RUNS in os.environ else None)
