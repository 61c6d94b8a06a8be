"""The beginning of the century, week, hour, … that a temporal value lies in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lithograph.cypher.errors import ArgumentError, InvalidArgumentValueError, suggestion
from lithograph.cypher.scalar.temporal.construction import changed
from lithograph.cypher.scalar.temporal.fields import DATE_KEYS, TIME_KEYS, check_keys, spelled
from lithograph.cypher.scalar.temporal.parts import INSTANTS, MIDNIGHT, Parts, moment_of, parts_of
from lithograph.cypher.scalar.temporal.times import zone_from
from lithograph.storage.values import gregorian
from lithograph.storage.values.temporal import Date, DateTime, LocalDateTime, LocalTime, Time
from lithograph.storage.values.types import type_name


def _start_of_years(count: int) -> Callable[[Date], Date]:
    return lambda date: Date.of(date.year // count * count, 1, 1)


def _start_of_week_year(date: Date) -> Date:
    return Date(gregorian.days_of_week_date(date.calendar.week()[0], 1, 1))


def _start_of_week(date: Date) -> Date:
    return Date(date.days + 1 - date.calendar.week()[2])


_DATE_UNITS: dict[str, Callable[[Date], Date]] = {
    "millennium": _start_of_years(1000),
    "century": _start_of_years(100),
    "decade": _start_of_years(10),
    "year": _start_of_years(1),
    "weekyear": _start_of_week_year,
    "quarter": lambda date: Date.of(date.year, (date.month - 1) // 3 * 3 + 1, 1),
    "month": lambda date: Date.of(date.year, date.month, 1),
    "week": _start_of_week,
    "day": lambda date: date,
}
_TIME_UNITS: dict[str, int] = {
    "hour": 3_600_000_000_000,
    "minute": 60_000_000_000,
    "second": 1_000_000_000,
    "millisecond": 1_000_000,
    "microsecond": 1_000,
}
"""In nanoseconds."""

_UNIT_NAMES = [name.replace("weekyear", "weekYear") for name in (*_DATE_UNITS, *_TIME_UNITS)]

_CHANGES: dict[type, frozenset[str]] = {
    Date: DATE_KEYS,
    LocalTime: TIME_KEYS,
    Time: TIME_KEYS | {"timezone"},
    LocalDateTime: DATE_KEYS | TIME_KEYS,
    DateTime: DATE_KEYS | TIME_KEYS | {"timezone"},
}


def truncate(wanted: type, unit: Any, value: Any, fields: Any, now: int) -> Any:
    """The beginning of the ``unit`` that ``value`` lies in, as a value of the class ``wanted``.

    Args:
        wanted: one of ``INSTANTS``.
        unit: from ``millennium`` to ``microsecond``, in any case.
        value: a temporal value that has what ``wanted`` and ``unit`` ask for.
        fields: units to change afterwards (``{day: 2}``), and ``timezone``, which replaces the zone without
            moving the clocks; None for none.
        now: the present moment, for the offset of a named zone in a Time.

    Raises:
        ArgumentError: an unknown unit or key, or a unit too large or too small for ``wanted``.
        InvalidArgumentValueError: an argument of a wrong type.
        ValueOutOfRangeError: the beginning is before the first year there is.
    """
    if unit is None or value is None:
        return None
    if type(value) not in INSTANTS:
        raise InvalidArgumentValueError(f"Expected a temporal value, got {type_name(value)}.")
    if fields is not None and type(fields) is not dict:
        raise InvalidArgumentValueError(f"The changes must be a Map, got {type_name(fields)}.")
    name = _unit_name(unit)
    parts = _truncated(wanted, name, value)
    if not fields:
        return changed(wanted, {}, parts, now)
    fields = spelled(fields, _CHANGES[wanted])
    check_keys(fields, _CHANGES[wanted])
    if None in fields.values():
        return None
    changes = dict(fields)
    if "timezone" in changes:
        zone = zone_from(changes.pop("timezone"))
        offset = moment_of(now, zone).offset_seconds if wanted is Time else None
        parts = parts._replace(zone=zone, offset_seconds=offset)
    if parts.time is not None:
        _keep_subseconds(changes, name, parts.time.nanosecond)
    return changed(wanted, changes, parts, now)


def _unit_name(unit: Any) -> str:
    if type(unit) is not str:
        raise InvalidArgumentValueError(f"The unit must be a String, got {type_name(unit)}.")
    name = unit.lower()
    if name not in _DATE_UNITS and name not in _TIME_UNITS:
        raise ArgumentError(f"There is no unit `{unit}`.{suggestion(unit, _UNIT_NAMES)}")
    return name


def _truncated(wanted: type, unit: str, value: Any) -> Parts:
    parts = parts_of(value)
    if wanted is Date and unit in _TIME_UNITS:
        raise ArgumentError(f"A Date cannot be truncated to a unit as small as `{unit}`.")
    if wanted in (LocalTime, Time):
        if unit in _DATE_UNITS and unit != "day":
            raise ArgumentError(f"A {wanted.__name__} cannot be truncated to a unit as large as `{unit}`.")
    elif parts.date is None:
        raise InvalidArgumentValueError(f"A {type_name(value)} has no date to truncate.")
    if parts.time is None and (unit in _TIME_UNITS or wanted in (LocalTime, Time)):
        raise InvalidArgumentValueError(f"A {type_name(value)} has no time to truncate.")
    if unit in _DATE_UNITS:
        date = None if parts.date is None else _DATE_UNITS[unit](parts.date)
        return parts._replace(date=date, time=MIDNIGHT)
    assert parts.time is not None
    size = _TIME_UNITS[unit]
    return parts._replace(time=LocalTime(parts.time.nanoseconds // size * size))


def _keep_subseconds(changes: dict[str, Any], unit: str, nanosecond: int) -> None:
    """Add what is left behind the second where only smaller units than that are to change."""
    if unit == "millisecond" and "millisecond" not in changes:
        if "microsecond" in changes or "nanosecond" in changes:
            changes["millisecond"] = nanosecond // 1_000_000
    elif unit == "microsecond" and "nanosecond" in changes:
        if "millisecond" not in changes and "microsecond" not in changes:
            changes["microsecond"] = nanosecond // 1_000
