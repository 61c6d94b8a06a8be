"""Equality, comparability, equivalence and order of plain values, as openCypher defines them (CIP2016-06-14), by recursion
and without a thought for speed. It shares nothing with the engine.
"""

from __future__ import annotations

import math
from functools import cmp_to_key
from typing import Any

TYPES = ("MAP", "LIST", "STRING", "BOOLEAN", "NUMBER", "NULL")
"""The types of plain values in ascending order; null comes last."""


def type_of(value: Any) -> str:
    match value:
        case None:
            return "NULL"
        case bool():
            return "BOOLEAN"
        case int() | float():
            return "NUMBER"
        case str():
            return "STRING"
        case list():
            return "LIST"
        case dict():
            return "MAP"
    raise TypeError(f"no plain value: {value!r}")


def is_nan(value: Any) -> bool:
    return type(value) is float and math.isnan(value)


def equal(a: Any, b: Any) -> bool | None:
    """``a = b``: null with anything is unknown, and so is what hangs on an unknown part; else types differ or values."""
    if a is None or b is None:
        return None
    if type_of(a) != type_of(b):
        return False
    match a:
        case list():
            return len(a) == len(b) and all_equal(list(zip(a, b, strict=True)))
        case dict():
            return a.keys() == b.keys() and all_equal([(a[key], b[key]) for key in a])
    return bool(a == b)


def all_equal(pairs: list[tuple[Any, Any]]) -> bool | None:
    found = [equal(a, b) for a, b in pairs]
    return False if False in found else None if None in found else True


def less(a: Any, b: Any) -> bool | None:
    """``a < b``: known for two numbers, strings and truth values, and for lists until they hold what cannot be compared.

    Of lists the first pair that is not equal decides; without one the shorter comes first.
    """
    if a is None or b is None or type_of(a) != type_of(b) or type_of(a) == "MAP":
        return None
    if not isinstance(a, list):
        return bool(a < b)
    for x, y in zip(a, b, strict=False):
        smaller = less(x, y)
        if smaller is None or equal(x, y) is not True:
            return smaller
    return len(a) < len(b)


def equivalent(a: Any, b: Any) -> bool:
    """Whether DISTINCT and grouping take the two for one: as equality, but null is null and NaN is NaN."""
    if type_of(a) != type_of(b):
        return False
    match a:
        case None:
            return True
        case list():
            return len(a) == len(b) and all(map(equivalent, a, b))
        case dict():
            return a.keys() == b.keys() and all(equivalent(a[key], b[key]) for key in a)
    return bool(a == b) or (is_nan(a) and is_nan(b))


def order(a: Any, b: Any) -> int:
    """Negative, 0 or positive: how ORDER BY places any two values."""
    ranks = TYPES.index(type_of(a)), TYPES.index(type_of(b))
    if ranks[0] != ranks[1]:
        return ranks[0] - ranks[1]
    match a:
        case None:
            return 0
        case list():
            for x, y in zip(a, b, strict=False):
                if order(x, y):
                    return order(x, y)
            return len(a) - len(b)
        case dict():  # the specification leaves it open; here by size, then keys, then values
            if len(a) != len(b):
                return len(a) - len(b)
            keys = sorted(a), sorted(b)
            if keys[0] != keys[1]:
                return -1 if keys[0] < keys[1] else 1
            return order([a[key] for key in keys[0]], [b[key] for key in keys[0]])
    if is_nan(a) or is_nan(b):
        return is_nan(a) - is_nan(b)
    return (a > b) - (a < b)


def ordered(values: list[Any], descending: bool = False) -> list[Any]:
    return sorted(values, key=cmp_to_key(order), reverse=descending)


def classes(values: list[Any]) -> list[list[Any]]:
    """The values, equivalent ones together, in the order of their first appearance."""
    found: list[list[Any]] = []
    for value in values:
        home = next((group for group in found if equivalent(group[0], value)), None)
        if home is None:
            found.append([value])
        else:
            home.append(value)
    return found
