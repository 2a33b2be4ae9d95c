"""Structured logs without personal data.

One JSON object a line. Only named fields are written: what people said, their names, numbers and tokens have no
field and so cannot be logged by accident. Exceptions are written with their place, not with their values.
"""

from __future__ import annotations

import logging
import sys
import traceback
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

FIELDS: Final = frozenset(
    {
        "code", "kind", "route", "method", "status", "seconds", "follower", "job", "task",
        "count", "conversation", "finding", "command", "error_id", "waiting", "name_of_part",
    }
)  # fmt: skip
"""What a log line may carry besides its message: ids, codes, counts and names of our own things."""


class JsonFormatter(logging.Formatter):
    """Writes a record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; unknown fields are left out."""
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage() if not record.args else str(record.msg),
        }
        line.update({name: str(v) for name, v in vars(record).items() if name in FIELDS and v is not None})
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = _place_of(record.exc_info[1])
        return msgspec.json.encode(line).decode()


def _place_of(error: BaseException) -> list[str]:
    frames = traceback.extract_tb(error.__traceback__)[-8:]
    return [type(error).__qualname__, *(f"{f.filename}:{f.lineno} {f.name}" for f in frames)]


def set_up(*, level: str = "info") -> None:
    """Send every log of this process through the formatter to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for noisy in ("asyncio", "uvicorn.access", "uvicorn.error", "PIL", "httpx"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
