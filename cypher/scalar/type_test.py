"""``x IS :: T``: is a value of a type?

Null is of every type that does not say NOT NULL, and of NULL; nothing is of NOTHING. A list is of ``LIST<T>`` if all
of its elements are of T, so the empty one always is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lithograph.cypher import ast
from lithograph.cypher.entities import NodeRef, PathRef, RelationshipRef
from lithograph.storage.errors import PropertyTypeError
from lithograph.storage.values.properties import check_storable
from lithograph.storage.values.spatial import Point
from lithograph.storage.values.temporal import Date, DateTime, Duration, LocalDateTime, LocalTime, Time

Test = Callable[[Any], bool]

CLASSES: dict[str, type] = {
    "BOOLEAN": bool,
    "STRING": str,
    "INTEGER": int,
    "FLOAT": float,
    "DATE": Date,
    "LOCAL TIME": LocalTime,
    "ZONED TIME": Time,
    "LOCAL DATETIME": LocalDateTime,
    "ZONED DATETIME": DateTime,
    "DURATION": Duration,
    "POINT": Point,
    "NODE": NodeRef,
    "RELATIONSHIP": RelationshipRef,
    "MAP": dict,
    "PATH": PathRef,
}


def type_test(wanted: ast.ValueType) -> Test:
    """The test whether a value is of the type ``wanted``; it raises nothing."""
    match wanted:
        case ast.UnionType(parts):
            tests = tuple(map(type_test, parts))
            return lambda value: any(test(value) for test in tests)
        case ast.ListType(element, nullable):
            inner = type_test(element)
            return lambda value: nullable if value is None else type(value) is list and all(map(inner, value))
        case ast.NamedType(name, nullable):
            return _named(name, nullable)
    raise TypeError(f"not a type: {wanted!r}")


def _named(name: str, nullable: bool) -> Test:
    match name:
        case "NOTHING":
            return lambda value: False
        case "NULL":
            return lambda value: value is None and nullable
        case "ANY":
            return lambda value: value is not None or nullable
        case "PROPERTY VALUE":
            return lambda value: nullable if value is None else _storable(value)
    wanted = CLASSES[name]
    return lambda value: nullable if value is None else type(value) is wanted


def _storable(value: Any) -> bool:
    try:
        check_storable(value)
    except PropertyTypeError:
        return False
    return True
