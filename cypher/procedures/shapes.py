"""What the types of property values are called, in the words of Neo4j, of Memgraph and of APOC."""

from __future__ import annotations

from lithograph.cypher.procedures.observations import Shape
from lithograph.storage.values.enums import EnumValue
from lithograph.storage.values.spatial import Point
from lithograph.storage.values.temporal import Date, DateTime, Duration, LocalDateTime, LocalTime, Time

_WORDS: dict[type, tuple[str, str, str]] = {
    bool: ("Boolean", "Bool", "BOOLEAN"),
    int: ("Long", "Int", "INTEGER"),
    float: ("Double", "Float", "FLOAT"),
    str: ("String", "String", "STRING"),
    bytes: ("ByteArray", "Bytes", "BYTES"),
    list: ("AnyArray", "List", "LIST"),
    dict: ("Map", "Map", "MAP"),
    Date: ("Date", "Date", "DATE"),
    Time: ("Time", "ZonedTime", "TIME"),
    LocalTime: ("LocalTime", "LocalTime", "LOCAL_TIME"),
    DateTime: ("DateTime", "ZonedDateTime", "DATE_TIME"),
    LocalDateTime: ("LocalDateTime", "LocalDateTime", "LOCAL_DATE_TIME"),
    Duration: ("Duration", "Duration", "DURATION"),
    Point: ("Point", "Point", "POINT"),
    EnumValue: ("Enum", "Enum", "ENUM"),
}
"""By Python type: Neo4j's word, Memgraph's, APOC's."""


def neo4j_name(shape: Shape) -> str:
    """``String``, ``Long``, ``LongArray``; an empty list is a ``StringArray``, as which Neo4j stores it.

    Lists that Neo4j could not store (of items of several types, or of lists or maps) are an ``AnyArray``.
    """
    kind, element = shape
    if kind is not list:
        return _WORDS[kind][0]
    if element is None:
        return "StringArray"
    if element in (object, list, dict, bytes, type(None)):
        return "AnyArray"
    return f"{_WORDS[element][0]}Array"


def memgraph_name(shape: Shape) -> str:
    """``String``, ``Int``, ``List``."""
    return _WORDS[shape[0]][1]


def apoc_name(shape: Shape) -> str:
    """``STRING``, ``INTEGER``, ``LIST``."""
    return _WORDS[shape[0]][2]
