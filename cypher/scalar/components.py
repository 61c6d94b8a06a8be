"""The components of temporal values and points by their Cypher names: ``.year``, ``.minutesOfHour``, ``.x``.

As in Neo4j, upper and lower case are the same in them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lithograph.cypher.errors import ArgumentError, suggestion
from lithograph.storage.values import gregorian
from lithograph.storage.values.spatial import Point
from lithograph.storage.values.temporal import Date, DateTime, Duration, LocalDateTime, LocalTime, Time
from lithograph.storage.values.types import type_name

_Components = dict[str, Callable[[Any], Any]]


def component(value: Any, key: str) -> Any:
    """Component ``key`` of a temporal value or point.

    Raises:
        ArgumentError: its type has no such component.
    """
    components = _COMPONENTS[type(value)]
    read = components.get(key) or _FOLDED[type(value)].get(key.lower())
    if read is None:
        raise ArgumentError(f"A {type_name(value)} has no `{key}`.{suggestion(key, components)}")
    return read(value)


def _day_of_quarter(date: Date) -> int:
    twin = date.calendar
    return date.days - gregorian.days_of(twin.year, (twin.date.month - 1) // 3 * 3 + 1, 1) + 1


def _offset(seconds: int) -> str:
    """``+01:00``; ``Z`` for UTC."""
    return str(Time(0, seconds)).removeprefix("00:00")


def _truncated(value: int, unit: int) -> int:
    return abs(value) // unit * (-1 if value < 0 else 1)


def _remainder(value: int, unit: int) -> int:
    return value - _truncated(value, unit) * unit


def _through(part: str, components: _Components) -> _Components:
    """``components`` of the attribute ``part``."""

    def read_through(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
        return lambda value: read(getattr(value, part))

    return {name: read_through(read) for name, read in components.items()}


_DATE: _Components = {
    "year": lambda d: d.year,
    "quarter": lambda d: (d.month - 1) // 3 + 1,
    "month": lambda d: d.month,
    "week": lambda d: d.calendar.week()[1],
    "weekYear": lambda d: d.calendar.week()[0],
    "day": lambda d: d.day,
    "ordinalDay": lambda d: d.days - gregorian.days_of(d.year, 1, 1) + 1,
    "weekDay": lambda d: d.calendar.week()[2],
    "dayOfWeek": lambda d: d.calendar.week()[2],
    "dayOfQuarter": _day_of_quarter,
    "quarterDay": _day_of_quarter,
}

_CLOCK: _Components = {
    "hour": lambda t: t.hour,
    "minute": lambda t: t.minute,
    "second": lambda t: t.second,
    "millisecond": lambda t: t.nanosecond // 1_000_000,
    "microsecond": lambda t: t.nanosecond // 1_000,
    "nanosecond": lambda t: t.nanosecond,
}

_OFFSET: _Components = {
    "timezone": lambda t: _offset(t.offset_seconds),
    "offset": lambda t: _offset(t.offset_seconds),
    "offsetMinutes": lambda t: _truncated(t.offset_seconds, 60),
    "offsetSeconds": lambda t: t.offset_seconds,
}

_LOCAL_MOMENT: _Components = {**_through("date", _DATE), **_through("time", _CLOCK)}

_MOMENT: _Components = {
    **_through("local", _LOCAL_MOMENT),
    **_OFFSET,
    "timezone": lambda t: t.zone if t.zone is not None else _offset(t.offset_seconds),
    "epochSeconds": lambda t: t.seconds,
    "epochMillis": lambda t: t.seconds * 1_000 + t.nanoseconds // 1_000_000,
}

_DURATION: _Components = {
    "years": lambda d: _truncated(d.months, 12),
    "quarters": lambda d: _truncated(d.months, 3),
    "months": lambda d: d.months,
    "weeks": lambda d: _truncated(d.days, 7),
    "days": lambda d: d.days,
    "hours": lambda d: _truncated(d.seconds, 3600),
    "minutes": lambda d: _truncated(d.seconds, 60),
    "seconds": lambda d: d.seconds,
    "milliseconds": lambda d: d.total_nanoseconds // 1_000_000,
    "microseconds": lambda d: d.total_nanoseconds // 1_000,
    "nanoseconds": lambda d: d.total_nanoseconds,
    "quartersOfYear": lambda d: _truncated(_remainder(d.months, 12), 3),
    "monthsOfQuarter": lambda d: _remainder(d.months, 3),
    "monthsOfYear": lambda d: _remainder(d.months, 12),
    "daysOfWeek": lambda d: _remainder(d.days, 7),
    "minutesOfHour": lambda d: _remainder(_truncated(d.seconds, 60), 60),
    "secondsOfMinute": lambda d: _remainder(d.seconds, 60),
    "millisecondsOfSecond": lambda d: d.nanoseconds // 1_000_000,
    "microsecondsOfSecond": lambda d: d.nanoseconds // 1_000,
    "nanosecondsOfSecond": lambda d: d.nanoseconds,
}

_POINT: _Components = {
    "x": lambda p: p.x,
    "y": lambda p: p.y,
    "z": lambda p: p.z,
    "longitude": lambda p: _of_globe(p, "longitude", p.x),
    "latitude": lambda p: _of_globe(p, "latitude", p.y),
    "height": lambda p: _of_globe(p, "height", p.z),
    "crs": lambda p: p.crs,
    "srid": lambda p: p.srid,
}


def _of_globe(point: Point, key: str, value: float | None) -> float | None:
    if not point.geographic:
        raise ArgumentError(f"A Point in {point.crs} has no `{key}`.")
    return value


_COMPONENTS: dict[type, _Components] = {
    Date: _DATE,
    LocalTime: _CLOCK,
    Time: {**_through("local", _CLOCK), **_OFFSET},
    LocalDateTime: _LOCAL_MOMENT,
    DateTime: _MOMENT,
    Duration: _DURATION,
    Point: _POINT,
}

_FOLDED: dict[type, _Components] = {
    kind: {name.lower(): read for name, read in components.items()}
    for kind, components in _COMPONENTS.items()
}

COMPONENT_TYPES: frozenset[type] = frozenset(_COMPONENTS)
"""Types whose values have components."""
