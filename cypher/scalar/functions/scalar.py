"""Functions of any value, and of none."""

from __future__ import annotations

import uuid
from typing import Any

from lithograph.cypher.errors import ArgumentError
from lithograph.cypher.scalar.arithmetic import checked
from lithograph.cypher.scalar.compare import equals
from lithograph.cypher.scalar.functions import arguments, takes
from lithograph.cypher.scalar.functions.arguments import ABSENT
from lithograph.cypher.scalar.functions.registry import function
from lithograph.cypher.scalar.temporal.clock import Clock
from lithograph.storage.values.temporal import Date, DateTime, Duration, LocalDateTime, LocalTime


@function("coalesce", null_in_null_out=False)
def coalesce(value: Any, *others: Any) -> Any:
    """The first argument that is not null."""
    if value is not None:
        return value
    return next((other for other in others if other is not None), None)


@function("nullIf", null_in_null_out=False)
def null_if(value: Any, other: Any) -> Any:
    """Null if the two are equal, else ``value``."""
    return None if equals(value, other) else value


@function("timestamp", deterministic=False, once_per_query=True)
def timestamp(moment: takes.Measured = ABSENT, *, clock: Clock) -> int | None:
    """Milliseconds from 1970-01-01T00:00Z to the statement's beginning, as in Neo4j, or to a Date, LocalDateTime or DateTime.

    Of a time of day those since midnight, of a Duration without months those in it.
    """
    if moment is ABSENT:
        return clock.statement // 1_000_000
    if moment is None:
        return None
    match moment:
        case Date():
            return moment.days * 86_400_000
        case LocalTime():
            return moment.nanoseconds // 1_000_000
        case LocalDateTime() | DateTime():
            return moment.seconds * 1_000 + moment.nanoseconds // 1_000_000
        case Duration() if not moment.months:
            return checked(moment.days * 86_400_000 + moment.total_nanoseconds // 1_000_000)
        case Duration():
            raise ArgumentError("timestamp(): a Duration with months has no fixed length.")
    raise arguments.wrong_type(
        "timestamp", "a Date, a LocalTime, a LocalDateTime, a DateTime or a Duration", moment
    )


@function("randomUUID", deterministic=False)
def random_uuid() -> str:
    """A random UUID (version 4)."""
    return str(uuid.uuid4())
