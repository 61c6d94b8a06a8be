"""Durations from maps: ``{months: 5, days: 1.5, nanoseconds: 3}``."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

from lithograph.cypher.errors import ArgumentError, InvalidArgumentValueError
from lithograph.cypher.scalar.temporal.fields import Fields, check_keys, spelled
from lithograph.storage.values.temporal import NANOSECONDS_PER_SECOND, Duration
from lithograph.storage.values.types import type_name

_MONTHS = {"years": 12, "quarters": 3, "months": 1}
_DAYS = {"weeks": 7, "days": 1}
_NANOSECONDS = {
    "hours": 3600 * NANOSECONDS_PER_SECOND,
    "minutes": 60 * NANOSECONDS_PER_SECOND,
    "seconds": NANOSECONDS_PER_SECOND,
    "milliseconds": 1_000_000,
    "microseconds": 1_000,
    "nanoseconds": 1,
}
_KEYS = frozenset((*_MONTHS, *_DAYS, *_NANOSECONDS))
_SINGULAR = {name: f"{name}s" for name in ("day", "hour", "minute", "second", "millisecond", "microsecond")}
"""The keys that Memgraph's durations have."""


def duration_from(fields: Fields) -> Duration | None:
    """The duration that a map describes; null where an entry is null.

    What a fraction leaves of a month becomes days (a month being a twelfth of a mean year), of a day seconds.

    Raises:
        ArgumentError: unknown keys or none, one unit twice, a number that is not finite.
        InvalidArgumentValueError: a value that is no number.
        ValueOutOfRangeError: a part does not fit into 64 bits.
    """
    fields = spelled(fields, _KEYS | _SINGULAR.keys())
    for name, plural in _SINGULAR.items():
        if name in fields and plural in fields:
            raise ArgumentError(f"`{name}` and `{plural}` cannot be given together.")
    fields = {_SINGULAR.get(key, key): value for key, value in fields.items()}
    check_keys(fields, _KEYS)
    if None in fields.values():
        return None
    months, days, nanoseconds = (_sum(fields, units) for units in (_MONTHS, _DAYS, _NANOSECONDS))
    if isinstance(months, int) and isinstance(days, int) and isinstance(nanoseconds, int):
        return Duration(months, days, 0, nanoseconds)
    return Duration.approximate(
        Fraction(months), Fraction(days), Fraction(nanoseconds, NANOSECONDS_PER_SECOND)
    )


def exact(number: float) -> int | Fraction:
    """The number as it is written in decimal, so that 0.1 is a tenth; ``number`` must be finite."""
    return number if isinstance(number, int) else Fraction(Decimal(repr(number)))


def _sum(fields: Fields, units: dict[str, int]) -> int | Fraction:
    return sum((_amount(fields, key) * size for key, size in units.items() if key in fields), 0)


def _amount(fields: Fields, key: str) -> int | Fraction:
    value = fields[key]
    if type(value) is not int and type(value) is not float:
        raise InvalidArgumentValueError(f"`{key}` must be a number, got {type_name(value)}.")
    if not math.isfinite(value):
        raise ArgumentError(f"`{key}` must be finite, got {value}.")
    return exact(value)
