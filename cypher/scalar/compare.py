"""``=``, ``<>``, ``<``, ``<=``, ``>``, ``>=``: true, false or null, never an error.

Equality: null with anything is null; values of different types are different; numbers compare by value,
NaN equals nothing. Lists and maps compare by content: a difference anywhere makes them different, else a
null anywhere makes the answer null.

Comparability (openCypher CIP2016-06-14): numbers, strings (by code point), booleans (false < true),
temporal values of one class, and lists, element by element. Everything else, durations and points
included, cannot be compared: null. Comparisons with NaN are false.
"""

from __future__ import annotations

from enum import Enum
from typing import Any, Final, Literal

from lithograph.storage.patience import breathe
from lithograph.storage.values.temporal import Date, DateTime, LocalDateTime, LocalTime, Time


class _Outcome(Enum):
    UNORDERED = 0


_UNORDERED: Final = _Outcome.UNORDERED
"""A number against NaN: known to be neither less, equal nor greater."""

_DIRECT: frozenset[type] = frozenset((str, bool, Date, LocalTime, Time, LocalDateTime, DateTime))
_NUMBERS: frozenset[type] = frozenset((int, float))


def equals(a: Any, b: Any) -> bool | None:
    """``a = b``."""
    if a is None or b is None:
        return None
    kind = type(a)
    if kind is type(b):
        if kind is list:
            return _lists_equal(a, b)
        if kind is dict:
            return _maps_equal(a, b)
        return bool(a == b)
    return bool(a == b) if kind in _NUMBERS and type(b) in _NUMBERS else False


def not_equals(a: Any, b: Any) -> bool | None:
    """``a <> b``."""
    equal = equals(a, b)
    return None if equal is None else not equal


def less_than(a: Any, b: Any) -> bool | None:
    """``a < b``."""
    order = _compare(a, b)
    return None if order is None else order is not _UNORDERED and order < 0


def less_or_equal(a: Any, b: Any) -> bool | None:
    """``a <= b``."""
    order = _compare(a, b)
    return None if order is None else order is not _UNORDERED and order <= 0


def greater_than(a: Any, b: Any) -> bool | None:
    """``a > b``."""
    order = _compare(a, b)
    return None if order is None else order is not _UNORDERED and order > 0


def greater_or_equal(a: Any, b: Any) -> bool | None:
    """``a >= b``."""
    order = _compare(a, b)
    return None if order is None else order is not _UNORDERED and order >= 0


def _lists_equal(a: list[Any], b: list[Any]) -> bool | None:
    if len(a) != len(b):
        return False
    breathe()
    unknown = False
    for x, y in zip(a, b, strict=True):
        equal = equals(x, y)
        if equal is False:
            return False
        unknown = unknown or equal is None
    return None if unknown else True


def _maps_equal(a: dict[str, Any], b: dict[str, Any]) -> bool | None:
    if a.keys() != b.keys():
        return False
    keys = list(a)
    return _lists_equal([a[key] for key in keys], [b[key] for key in keys])


def _compare(a: Any, b: Any) -> int | None | Literal[_Outcome.UNORDERED]:
    """Negative, zero or positive; None where the two cannot be compared."""
    kind = type(a)
    if kind in _NUMBERS:
        if type(b) not in _NUMBERS:
            return None
        if a < b:
            return -1
        if a > b:
            return 1
        return 0 if a == b else _UNORDERED
    if kind is not type(b):
        return None
    if kind in _DIRECT:
        return -1 if a < b else int(a != b)
    return _compare_lists(a, b) if kind is list else None


def _compare_lists(a: list[Any], b: list[Any]) -> int | None | Literal[_Outcome.UNORDERED]:
    """By the first pair that is not equal; a prefix comes first."""
    breathe()
    for x, y in zip(a, b, strict=False):
        order = _compare(x, y)
        if order != 0:
            return order
    return (len(a) > len(b)) - (len(a) < len(b))
