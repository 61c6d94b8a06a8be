"""``valueType``: the type of a value in GQL's notation, as Neo4j writes it."""

from __future__ import annotations

from typing import Any

from lithograph.cypher.entities import (
    NodeRef,
    PathRef,
    RelationshipRef,
    VirtualNode,
    VirtualRelationship,
)
from lithograph.cypher.scalar.functions.registry import function
from lithograph.storage.values.enums import EnumValue
from lithograph.storage.values.spatial import Point
from lithograph.storage.values.temporal import Date, DateTime, Duration, LocalDateTime, LocalTime, Time

_NAMES: dict[type, str] = {
    bool: "BOOLEAN",
    str: "STRING",
    int: "INTEGER",
    float: "FLOAT",
    bytes: "BYTEARRAY",
    Date: "DATE",
    LocalTime: "LOCAL TIME",
    Time: "ZONED TIME",
    LocalDateTime: "LOCAL DATETIME",
    DateTime: "ZONED DATETIME",
    Duration: "DURATION",
    Point: "POINT",
    EnumValue: "ENUM",
    NodeRef: "NODE",
    VirtualNode: "NODE",
    RelationshipRef: "RELATIONSHIP",
    VirtualRelationship: "RELATIONSHIP",
    dict: "MAP",
    list: "LIST",
    PathRef: "PATH",
}
"""In the order in which the types of a list's elements are named."""

_PLACES = {kind: place for place, kind in enumerate(_NAMES)}


@function("valueType", null_in_null_out=False)
def value_type(value: Any) -> str:
    """``INTEGER NOT NULL``, ``LIST<STRING | INTEGER NOT NULL> NOT NULL``, ``NULL``, …"""
    if value is None:
        return "NULL"
    if type(value) is not list:
        return f"{_NAMES[type(value)]} NOT NULL"
    return f"LIST<{_element_type(value)}> NOT NULL"


def _element_type(elements: list[Any]) -> str:
    if not elements:
        return "NOTHING"
    found = {(_PLACES[type(e)], value_type(e).removesuffix(" NOT NULL")) for e in elements if e is not None}
    if not found:
        return "NULL"
    nullable = any(e is None for e in elements)
    suffix = "" if nullable else " NOT NULL"
    return " | ".join(f"{name}{suffix}" for _, name in sorted(found))
