"""How many bytes the content of a value takes, whatever the column that holds it."""

from __future__ import annotations

from typing import Any

from lithograph.storage.values.enums import EnumValue
from lithograph.storage.values.spatial import Point
from lithograph.storage.values.temporal import Date, DateTime, Duration, LocalDateTime, LocalTime, Time

_FIXED: dict[type, int] = {
    bool: 1,
    int: 8,
    float: 8,
    Date: 8,
    LocalTime: 8,
    Time: 12,
    LocalDateTime: 12,
    DateTime: 16,
    Duration: 28,
    EnumValue: 8,
}


def content_size(value: Any) -> int:
    """Bytes of ``value``: 8 for a number, of a string its UTF-8, of lists and maps those of all that is in them.

    Null is 0; so is what cannot be stored.
    """
    kind = type(value)
    if kind in _FIXED:
        return _FIXED[kind]
    if kind is str:
        return len(value.encode("utf-8", "surrogatepass"))
    if kind is bytes:
        return len(value)
    if kind is list:
        return sum(map(content_size, value))
    if kind is dict:
        return sum(content_size(key) + content_size(item) for key, item in value.items())
    return 4 + 8 * len(value.coordinates) if kind is Point else 0
