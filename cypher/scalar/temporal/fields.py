"""Maps that temporal values are made from: which keys there are, and which numbers they take.

``{year: 1984, month: 10, day: 11, hour: 12, timezone: 'Europe/Stockholm'}``. The keys form chains from the
greatest unit to the smallest. What has no other value to begin with (``date``, ``time``, ``datetime``) has
to name every unit down to the smallest one it names; the rest are their least. As in Neo4j, upper and lower case are the
same in keys.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lithograph.cypher.errors import ArgumentError, InvalidArgumentValueError, suggestion
from lithograph.storage.values.gregorian import MAXIMUM_YEAR, MINIMUM_YEAR
from lithograph.storage.values.types import type_name

CALENDAR = ("year", "month", "day")
WEEKS = ("year", "week", "dayOfWeek")
QUARTERS = ("year", "quarter", "dayOfQuarter")
ORDINAL = ("year", "ordinalDay")
CLOCK = ("hour", "minute", "second")
SUBSECONDS = ("millisecond", "microsecond", "nanosecond")

DATE_KEYS = frozenset((*CALENDAR, *WEEKS, *QUARTERS, *ORDINAL))
TIME_KEYS = frozenset((*CLOCK, *SUBSECONDS))
EPOCH_KEYS = ("epochSeconds", "epochMillis")

_BOUNDS: dict[str, tuple[int, int]] = {
    "year": (MINIMUM_YEAR, MAXIMUM_YEAR),
    "month": (1, 12),
    "day": (1, 31),
    "week": (1, 53),
    "dayOfWeek": (1, 7),
    "quarter": (1, 4),
    "dayOfQuarter": (1, 92),
    "ordinalDay": (1, 366),
    "hour": (0, 23),
    "minute": (0, 59),
    "second": (0, 59),
}

Fields = Mapping[str, Any]


_ALIASES = {"weekday": "dayOfWeek", "quarterday": "dayOfQuarter"}


def spelled(fields: Fields, known: frozenset[str]) -> Fields:
    """The same map with its keys as they are ``known``, whatever case they are in; others stay.

    Raises:
        ArgumentError: two keys of the map are the same one.
    """
    if fields.keys() <= known:
        return fields
    names = {name.lower(): name for name in known} | _ALIASES
    result: dict[str, Any] = {}
    for key, value in fields.items():
        name = names.get(key.lower(), key)
        if name in result:
            raise ArgumentError(f"The key `{name}` is given twice, once as `{key}`.")
        result[name] = value
    return result


def check_keys(fields: Fields, known: frozenset[str]) -> None:
    """Refuse keys that are not ``known``, and a map without any.

    Raises:
        ArgumentError
    """
    if not fields:
        raise ArgumentError(f"The map is empty; it needs at least one of {', '.join(sorted(known))}.")
    for key in fields:
        if key not in known:
            raise ArgumentError(f"There is no key `{key}`.{suggestion(key, sorted(known))}")


def integer(fields: Fields, key: str) -> int:
    """The integer under ``key``.

    Raises:
        InvalidArgumentValueError: it is none.
    """
    value = fields[key]
    if type(value) is not int:
        raise InvalidArgumentValueError(f"`{key}` must be an Integer, got {type_name(value)}.")
    return value


def within(fields: Fields, key: str, low: int, high: int) -> int:
    """The integer under ``key``, which lies between ``low`` and ``high``.

    Raises:
        InvalidArgumentValueError, ArgumentError
    """
    value = integer(fields, key)
    if not low <= value <= high:
        raise ArgumentError(f"`{key}` must be from {low} to {high}, got {value}.")
    return value


def unit(fields: Fields, key: str, default: int) -> int:
    """The number of a unit of date or time, ``default`` where it is not given.

    Raises:
        InvalidArgumentValueError, ArgumentError: no integer, or out of the unit's bounds.
    """
    return within(fields, key, *_BOUNDS[key]) if key in fields else default


def check_chain(fields: Fields, chain: tuple[str, ...]) -> None:
    """Refuse a unit of ``chain`` without the greater ones.

    Raises:
        ArgumentError
    """
    missing = None
    for key in chain:
        if key not in fields:
            missing = missing or key
        elif missing is not None:
            raise ArgumentError(f"`{key}` cannot be given without `{missing}`.")
