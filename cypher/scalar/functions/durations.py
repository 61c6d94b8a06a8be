"""Durations: from text and maps, and as the difference of two temporal values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lithograph.cypher.errors import InvalidArgumentValueError
from lithograph.cypher.scalar.functions import takes
from lithograph.cypher.scalar.functions.named_errors import named
from lithograph.cypher.scalar.functions.registry import function
from lithograph.cypher.scalar.temporal import differences
from lithograph.cypher.scalar.temporal.amounts import duration_from
from lithograph.cypher.scalar.temporal.parts import INSTANTS
from lithograph.storage.values.iso8601 import parse_duration
from lithograph.storage.values.temporal import Duration
from lithograph.storage.values.types import type_name


@function("duration")
@named("duration")
def duration(value: takes.DurationSource) -> Duration | None:
    """A Duration from ``'P1Y2M3DT4H5M6.7S'`` or ``{months: 14, days: 3, seconds: 6.7}``."""
    if value is None or type(value) is Duration:
        return value
    if type(value) is str:
        return parse_duration(value)
    if type(value) is dict:
        return duration_from(value)
    raise InvalidArgumentValueError(f"Expected a String, a Map or a Duration, got {type_name(value)}.")


@function("duration.between")
@named("duration.between")
def between(start: takes.Instant, end: takes.Instant) -> Duration | None:
    """From one temporal value to another in months, days, seconds and nanoseconds."""
    return _difference(differences.between, start, end)


@function("duration.inMonths")
@named("duration.inMonths")
def in_months(start: takes.Instant, end: takes.Instant) -> Duration | None:
    """The whole months from one temporal value to another."""
    return _difference(differences.in_months, start, end)


@function("duration.inDays")
@named("duration.inDays")
def in_days(start: takes.Instant, end: takes.Instant) -> Duration | None:
    """The whole days from one temporal value to another."""
    return _difference(differences.in_days, start, end)


@function("duration.inSeconds")
@named("duration.inSeconds")
def in_seconds(start: takes.Instant, end: takes.Instant) -> Duration | None:
    """The seconds and nanoseconds from one temporal value to another."""
    return _difference(differences.in_seconds, start, end)


def _difference(measure: Callable[[Any, Any], Duration], start: Any, end: Any) -> Duration | None:
    if start is None or end is None:
        return None
    for value in (start, end):
        if type(value) not in INSTANTS:
            raise InvalidArgumentValueError(f"Expected two dates, times or moments, got {type_name(value)}.")
    return measure(start, end)
