"""The present moment, as temporal functions see it."""

from __future__ import annotations

import time
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Clock:
    """When a statement and its transaction began, in nanoseconds since 1970-01-01T00:00Z.

    Both stand still, so that ``datetime()`` is one moment however often it is asked for.
    """

    statement: int
    transaction: int

    @staticmethod
    def realtime() -> int:
        """The moment of the call, in the same unit."""
        return time.time_ns()
