"""What the commands share in talking to a terminal: errors, log lines and JSON."""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import structlog

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


@contextmanager
def logging_to_stderr() -> Iterator[None]:
    """Meanwhile what the layers below warn of goes to stderr, so that stdout has the answer only."""
    before = structlog.get_config()
    structlog.configure(
        processors=[structlog.processors.add_log_level, _line],
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    try:
        yield
    finally:
        structlog.configure(**before)


def _line(_logger: Any, _method: str, event: Any) -> str:
    facts = ", ".join(f"{key}={value}" for key, value in event.items() if key not in ("event", "level"))
    return f"{event['level']}: {event['event']}" + (f" ({facts})" if facts else "")


def refuse(error: Exception) -> int:
    """Say on stderr why it was not done; returns the exit status."""
    sys.stderr.write(f"{error}\n")
    return 1


def forget_stdout() -> None:
    """Nobody reads it any more; otherwise the interpreter complains when it flushes at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def write_json(report: DataclassInstance, **more: Any) -> None:
    """A report, and ``more``, as one JSON object on stdout; paths, times (ISO 8601) and ids are texts."""
    sys.stdout.write(
        json.dumps({**asdict(report), **more}, default=_text, ensure_ascii=False, indent=1) + "\n"
    )


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Path | UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON")
