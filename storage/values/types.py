"""What the types of values are called in messages for users.

The layers above add the types they bring (:func:`register_type`).
"""

from __future__ import annotations

from typing import Any

from lithograph.storage.values.enums import EnumValue
from lithograph.storage.values.spatial import Point
from lithograph.storage.values.temporal import Date, DateTime, Duration, LocalDateTime, LocalTime, Time

_NAMES: dict[type, str] = {
    type(None): "Null",
    bool: "Boolean",
    int: "Integer",
    float: "Float",
    str: "String",
    bytes: "ByteArray",
    list: "List",
    dict: "Map",
    Date: "Date",
    LocalTime: "LocalTime",
    Time: "Time",
    LocalDateTime: "LocalDateTime",
    DateTime: "DateTime",
    Duration: "Duration",
    Point: "Point",
    EnumValue: "Enum",
}


def register_type(python_type: type, name: str) -> None:
    """Let :func:`type_name` call values of ``python_type`` by ``name``."""
    _NAMES[python_type] = name


def type_name(value: Any) -> str:
    """``Integer``, ``String``, ``List``, …; the Python class's name for what is no value at all."""
    return _NAMES.get(type(value)) or type(value).__name__


def a_type_name(value: Any) -> str:
    """The same with its article, as sentences begin: ``An Integer``, ``A String``, …."""
    name = type_name(value)
    return f"An {name}" if name[0] in "AEIOU" else f"A {name}"
