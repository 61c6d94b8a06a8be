"""Dates, times and moments out of maps, other values, texts and the present moment.

A map begins with what it selects from other values (``date``, ``time`` or, for both and the zone,
``datetime``), changes the units it names and sees the result in ``timezone``. Where the time was selected
from a value with a zone, ``timezone`` converts; where it was not, it says where the clocks show it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lithograph.cypher.errors import ArgumentError, InvalidArgumentValueError
from lithograph.cypher.scalar.temporal.dates import chain_of, date_from
from lithograph.cypher.scalar.temporal.fields import (
    DATE_KEYS,
    EPOCH_KEYS,
    SUBSECONDS,
    TIME_KEYS,
    Fields,
    check_keys,
    integer,
    spelled,
)
from lithograph.cypher.scalar.temporal.parts import (
    INSTANTS,
    UTC,
    Parts,
    Zone,
    moment_of,
    moved_to,
    parts_of,
    placed,
    seen_from,
)
from lithograph.cypher.scalar.temporal.times import check_time_chain, nanosecond_from, time_from, zone_from
from lithograph.storage.values import iso8601
from lithograph.storage.values.temporal import (
    NANOSECONDS_PER_DAY,
    NANOSECONDS_PER_SECOND,
    Date,
    DateTime,
    LocalDateTime,
    LocalTime,
    Time,
)
from lithograph.storage.values.types import type_name

_KEYS: dict[type, frozenset[str]] = {
    Date: frozenset((*DATE_KEYS, "date", "timezone")),
    LocalTime: frozenset((*TIME_KEYS, "time", "timezone")),
    Time: frozenset((*TIME_KEYS, "time", "timezone")),
    LocalDateTime: frozenset((*DATE_KEYS, *TIME_KEYS, "date", "time", "datetime", "timezone")),
    DateTime: frozenset((*DATE_KEYS, *TIME_KEYS, "date", "time", "datetime", "timezone", *EPOCH_KEYS)),
}

_PARSERS: dict[type, Callable[[str], Any]] = {
    Date: iso8601.parse_date,
    LocalTime: iso8601.parse_local_time,
    Time: iso8601.parse_time,
    LocalDateTime: iso8601.parse_local_datetime,
    DateTime: iso8601.parse_datetime,
}


def make(wanted: type, source: Any, now: int) -> Any:
    """A value of the class ``wanted`` from text, a map or another temporal value; null for null.

    Args:
        wanted: one of ``INSTANTS``.
        now: the present, in nanoseconds since 1970-01-01T00:00Z; asked by a map that holds a ``timezone``
            alone, and for the offset of a named zone in a Time.

    Raises:
        ArgumentError, InvalidArgumentValueError, ValueOutOfRangeError, TemporalTextError,
        UnknownTimeZoneError
    """
    if source is None or type(source) is wanted:
        return source
    if type(source) is str:
        return _PARSERS[wanted](source)
    if type(source) is dict:
        return from_map(wanted, source, now)
    if type(source) in INSTANTS:
        return _build(wanted, {}, _selected(wanted, source), now)
    raise InvalidArgumentValueError(f"Expected a String, a Map or a temporal value, got {type_name(source)}.")


def current(wanted: type, zone: Zone, now: int) -> Any:
    """The present moment, as clocks and calendars in ``zone`` show it."""
    return _build(wanted, {}, parts_of(moment_of(now, zone)), now)


def from_map(wanted: type, fields: Fields, now: int) -> Any:
    """A value from a map; null where an entry is null. Arguments and errors are those of :func:`make`."""
    fields = spelled(fields, _KEYS[wanted])
    check_keys(fields, _KEYS[wanted])
    if None in fields.values():
        return None
    if fields.keys() == {"timezone"}:
        return current(wanted, zone_from(fields["timezone"]), now)
    if wanted in (Date, LocalTime, LocalDateTime) and "timezone" in fields:
        raise ArgumentError(f"`timezone` can only be given alone: a {wanted.__name__} has no zone.")
    if any(key in fields for key in EPOCH_KEYS):
        return _from_epoch(fields)
    return changed(wanted, fields, _selection(fields), now)


def changed(wanted: type, fields: Fields, base: Parts, now: int) -> Any:
    """A value with the parts ``base``, changed by the units in ``fields``, in their ``timezone``."""
    if wanted is not Date and wanted is not LocalTime and wanted is not Time:
        _check_date_before_time(fields, base)
    return _build(wanted, fields, base, now)


def _build(wanted: type, fields: Fields, base: Parts, now: int) -> Any:
    if wanted is Date:
        return _date(fields, base)
    if wanted is LocalTime or wanted is Time:
        time = _time_of_day(fields, base)
        return time if wanted is LocalTime else _time(time, fields, base, now)
    local = LocalDateTime.of(_date(fields, base), time_from(fields, base.time))
    return local if wanted is LocalDateTime else _moment(local, fields, base)


def _date(fields: Fields, base: Parts) -> Date:
    if base.date is not None and DATE_KEYS.isdisjoint(fields):
        return base.date
    return date_from(fields, base.date)


def _time_of_day(fields: Fields, base: Parts) -> LocalTime:
    if base.time is None and "hour" not in fields:
        raise ArgumentError("A time needs an `hour`.")
    return time_from(fields, base.time)


def _time(time: LocalTime, fields: Fields, base: Parts, now: int) -> Time:
    offset = base.offset_seconds
    if "timezone" not in fields:
        return Time(time.nanoseconds, 0 if offset is None else offset)
    zone = zone_from(fields["timezone"])
    wanted = moment_of(now, zone).offset_seconds
    if offset is None:
        return Time(time.nanoseconds, wanted)
    shifted = time.nanoseconds + (wanted - offset) * NANOSECONDS_PER_SECOND
    return Time(shifted % NANOSECONDS_PER_DAY, wanted)


def _moment(local: LocalDateTime, fields: Fields, base: Parts) -> DateTime:
    zone = zone_from(fields["timezone"]) if "timezone" in fields else None
    if base.zone is None:
        return placed(local, UTC if zone is None else zone)
    moment = placed(local, base.zone, base.offset_seconds)
    return moment if zone is None else moved_to(moment, zone)


def _selected(wanted: type, value: Any) -> Parts:
    """The parts of a value that becomes one of class ``wanted``; a Date is its midnight.

    Raises:
        InvalidArgumentValueError: a part is missing.
    """
    parts = parts_of(value)
    if (parts.date is None and wanted not in (LocalTime, Time)) or (
        parts.time is None and wanted in (LocalTime, Time)
    ):
        missing = "date" if parts.date is None else "time"
        raise InvalidArgumentValueError(f"Expected a value with a {missing}, got {type_name(value)}.")
    return parts


def _selection(fields: Fields) -> Parts:
    """What a map takes from other values.

    Raises:
        InvalidArgumentValueError: a value without the part it is given for.
        ArgumentError: ``datetime`` beside ``date`` or ``time``.
    """
    if "datetime" in fields:
        for key in ("date", "time"):
            if key in fields:
                raise ArgumentError(f"`datetime` and `{key}` cannot be given together.")
        return Parts(_part(fields, "datetime", "date"), *_part_with_zone(fields, "datetime"))
    date = _part(fields, "date", "date") if "date" in fields else None
    return Parts(date, *_part_with_zone(fields, "time")) if "time" in fields else Parts(date)


def _part_with_zone(fields: Fields, key: str) -> tuple[LocalTime, Zone | None, int | None]:
    time, parts = _part(fields, key, "time"), parts_of(fields[key])
    return time, parts.zone, parts.offset_seconds


def _part(fields: Fields, key: str, part: str) -> Any:
    value = fields[key]
    found = getattr(parts_of(value), part) if type(value) in INSTANTS else None
    if found is None:
        raise InvalidArgumentValueError(f"`{key}` must be a value with a {part}, got {type_name(value)}.")
    return found


def _check_date_before_time(fields: Fields, base: Parts) -> None:
    """Refuse units of time beside a date that is not given down to the day.

    Raises:
        ArgumentError
    """
    first = next((key for key in fields if key in TIME_KEYS), None)
    if first is None:
        return
    if base.time is None:
        check_time_chain(fields)
    if base.date is None and "year" in fields:
        for key in chain_of(fields):
            if key not in fields:
                raise ArgumentError(f"`{first}` cannot be given without `{key}`.")


def _from_epoch(fields: Fields) -> DateTime:
    """A moment by its distance from 1970-01-01T00:00Z."""
    key = next(key for key in EPOCH_KEYS if key in fields)
    allowed = (key, "timezone", *(SUBSECONDS if key == "epochSeconds" else SUBSECONDS[1:]))
    for other in fields:
        if other not in allowed:
            raise ArgumentError(f"`{other}` cannot be given together with `{key}`.")
    zone = zone_from(fields["timezone"]) if "timezone" in fields else UTC
    if key == "epochSeconds":
        return seen_from(integer(fields, key), nanosecond_from(fields, 0), zone)
    seconds, milliseconds = divmod(integer(fields, key), 1000)
    rest = {unit: value for unit, value in fields.items() if unit in SUBSECONDS}
    return seen_from(seconds, nanosecond_from({**rest, "millisecond": milliseconds}, 0), zone)
