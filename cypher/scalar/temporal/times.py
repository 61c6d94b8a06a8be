"""A time of day and a zone from a map, the time whole or as a change to another one."""

from __future__ import annotations

from typing import Any

from lithograph.cypher.errors import ArgumentError, InvalidArgumentValueError
from lithograph.cypher.scalar.temporal.fields import (
    CLOCK,
    SUBSECONDS,
    TIME_KEYS,
    Fields,
    check_chain,
    unit,
    within,
)
from lithograph.cypher.scalar.temporal.parts import Zone
from lithograph.storage.values import iso8601
from lithograph.storage.values.temporal import NANOSECONDS_PER_SECOND, LocalTime
from lithograph.storage.values.types import type_name

_NANOSECONDS = {"millisecond": 1_000_000, "microsecond": 1_000, "nanosecond": 1}


def time_from(fields: Fields, base: LocalTime | None) -> LocalTime:
    """The time of day that ``fields`` describe, beginning with ``base`` if there is one, else with midnight.

    What is given of milli-, micro- and nanoseconds is all there is behind the second.

    Raises:
        ArgumentError: units missing or out of range.
        InvalidArgumentValueError: a unit that is no integer.
    """
    if base is None:
        check_time_chain(fields)
        base = LocalTime(0)
    if TIME_KEYS.isdisjoint(fields):
        return base
    hour, minute = unit(fields, "hour", base.hour), unit(fields, "minute", base.minute)
    seconds = (hour * 60 + minute) * 60 + unit(fields, "second", base.second)
    return LocalTime(seconds * NANOSECONDS_PER_SECOND + nanosecond_from(fields, base.nanosecond))


def check_time_chain(fields: Fields) -> None:
    """Refuse a unit of time without the greater ones.

    Raises:
        ArgumentError
    """
    subsecond = next((key for key in SUBSECONDS if key in fields), None)
    check_chain(fields, CLOCK if subsecond is None else (*CLOCK, subsecond))


def nanosecond_from(fields: Fields, default: int) -> int:
    """Milli-, micro- and nanoseconds together; the smaller of two fill up the greater one.

    Raises:
        ArgumentError, InvalidArgumentValueError
    """
    total, room, given = 0, NANOSECONDS_PER_SECOND, False
    for key, size in _NANOSECONDS.items():
        if key in fields:
            total += within(fields, key, 0, room // size - 1) * size
            room, given = size, True
    return total if given else default


def zone_from(value: Any) -> Zone:
    """A zone from its name or offset as text, or (as in Memgraph) from minutes east of UTC.

    Raises:
        InvalidArgumentValueError: neither text nor an integer.
        ArgumentError: more than 18 hours.
        TemporalTextError, UnknownTimeZoneError: no offset, and no zone's name.
    """
    if type(value) is str:
        return iso8601.parse_zone(value)
    if type(value) is int:
        if not -1080 <= value <= 1080:
            raise ArgumentError(f"`timezone` in minutes must be from -1080 to 1080, got {value}.")
        return value * 60
    raise InvalidArgumentValueError(f"`timezone` must be a String, got {type_name(value)}.")
