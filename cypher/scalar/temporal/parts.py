"""The three things a temporal value consists of, date, time of day and zone, and values out of them."""

from __future__ import annotations

from typing import Any, NamedTuple

from lithograph.storage.values.temporal import (
    NANOSECONDS_PER_SECOND,
    Date,
    DateTime,
    LocalDateTime,
    LocalTime,
    Time,
)

Zone = int | str
"""Seconds east of UTC, or the IANA name of a zone."""

UTC: Zone = 0
"""The zone of values for which none is given."""

MIDNIGHT = LocalTime(0)
INSTANTS: frozenset[type] = frozenset((Date, LocalTime, Time, LocalDateTime, DateTime))
"""The temporal types but for Duration."""


class Parts(NamedTuple):
    """What a value has of date, time of day and zone; ``offset_seconds`` is the zone's there."""

    date: Date | None = None
    time: LocalTime | None = None
    zone: Zone | None = None
    offset_seconds: int | None = None


def parts_of(value: Any) -> Parts:
    """The parts of a temporal value that is no Duration."""
    match value:
        case Date():
            return Parts(value)
        case LocalTime():
            return Parts(None, value)
        case Time():
            return Parts(None, value.local, value.offset_seconds, value.offset_seconds)
        case LocalDateTime():
            return Parts(value.date, value.time)
        case DateTime():
            local = value.local
            zone = value.offset_seconds if value.zone is None else value.zone
            return Parts(local.date, local.time, zone, value.offset_seconds)
    raise TypeError(f"{type(value).__name__} has no date and no time")


def seen_from(seconds: int, nanoseconds: int, zone: Zone) -> DateTime:
    """A moment given in UTC, as it is seen in ``zone``."""
    if isinstance(zone, str):
        return DateTime.in_zone(seconds, nanoseconds, zone)
    return DateTime(seconds, nanoseconds, zone)


def moved_to(moment: DateTime, zone: Zone) -> DateTime:
    """The same moment in another zone."""
    return seen_from(moment.seconds, moment.nanoseconds, zone)


def placed(local: LocalDateTime, zone: Zone, preferred_offset: int | None = None) -> DateTime:
    """The moment at which clocks in ``zone`` show ``local``.

    Of an hour that happens twice the one with ``preferred_offset`` is meant, else the first.
    """
    if isinstance(zone, str):
        return DateTime.from_local_in_zone(local, zone, preferred_offset)
    return DateTime.from_local(local, zone)


def moment_of(nanoseconds: int, zone: Zone) -> DateTime:
    """``nanoseconds`` since 1970-01-01T00:00Z as a moment in ``zone``."""
    seconds, rest = divmod(nanoseconds, NANOSECONDS_PER_SECOND)
    return seen_from(seconds, rest, zone)
