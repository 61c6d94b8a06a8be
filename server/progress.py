"""How far a recovery is, said in the log now and then."""

from __future__ import annotations

import time
from collections.abc import Callable

import structlog

PAUSE = 5.0
"""Seconds between two lines."""

_log = structlog.get_logger(__name__)


class ProgressLog:
    """A ``recovery.Progress`` that says what it hears, at most every ``PAUSE`` seconds and not before the first are over.

    ``event`` is what goes on; ``clock`` gives seconds.
    """

    def __init__(self, event: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._event = event
        self._clock = clock
        self._due = clock() + PAUSE

    def __call__(self, what: str, done: int, total: int) -> None:
        now = self._clock()
        if now < self._due:
            return
        self._due = now + PAUSE
        percent = min(100 * done // total, 100) if total else 0
        _log.info(self._event, what=what, done=done, total=total, percent=percent)
