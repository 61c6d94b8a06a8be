"""Values as literals of the language: what is read back is equal, also in type and to the last bit."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

from lithograph.cypher.render.names import render_enum_value, render_name
from lithograph.storage.errors import PropertyTypeError
from lithograph.storage.values.enums import EnumValue
from lithograph.storage.values.spatial import Point
from lithograph.storage.values.temporal import Date, DateTime, Duration, LocalDateTime, LocalTime, Time
from lithograph.storage.values.types import type_name

_ESCAPES = {
    "\\": "\\\\", '"': '\\"', "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t",
}  # fmt: skip

_TO_ESCAPE = re.compile('[\\\\"\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]')
"""Quotes, backslashes, and whatever might break a line or be lost on the way."""


def render_string(text: str) -> str:
    """A string in double quotes, on one line."""
    return '"' + _TO_ESCAPE.sub(_escape, text) + '"'


def _escape(match: re.Match[str]) -> str:
    character = match[0]
    return _ESCAPES.get(character) or f"\\u{ord(character):04X}"


def render_float(value: float) -> str:
    """A float that stays one: ``1.0``, ``1e+17``; the unwritable as a division that yields it."""
    if math.isfinite(value):
        return repr(value)
    if math.isnan(value):
        return "(0.0 / 0.0)"
    return "(1.0 / 0.0)" if value > 0 else "(-1.0 / 0.0)"


def render_value(value: Any) -> str:
    """A value as an expression that yields it.

    Raises:
        PropertyTypeError: there is no way to write it (a graph element).
    """
    render = _RENDERERS.get(type(value))
    if render is None:
        raise PropertyTypeError(f"A value of type {type_name(value)} cannot be written as a literal.")
    return render(value)


def _list(items: list[Any] | tuple[Any, ...]) -> str:
    return "[" + ", ".join(map(render_value, items)) + "]"


def _map(entries: dict[str, Any]) -> str:
    return (
        "{" + ", ".join(f"{render_name(key)}: {render_value(value)}" for key, value in entries.items()) + "}"
    )


def _point(point: Point) -> str:
    names = ("longitude", "latitude", "height") if point.geographic else ("x", "y", "z")
    parts = zip(names, point.coordinates, strict=False)
    return (
        f"point({{{', '.join(f'{name}: {render_float(part)}' for name, part in parts)}, srid: {point.srid}}})"
    )


def _bytes(data: bytes) -> str:
    return f'toByteString("0x{data.hex()}")'


def _called(function: str) -> Callable[[Any], str]:
    return lambda value: f"{function}({render_string(str(value))})"


_RENDERERS: dict[type, Callable[[Any], str]] = {
    type(None): lambda value: "null",
    bool: lambda value: "true" if value else "false",
    int: str,
    float: render_float,
    str: render_string,
    bytes: _bytes,
    list: _list,
    tuple: _list,
    dict: _map,
    Date: _called("date"),
    LocalTime: _called("localtime"),
    Time: _called("time"),
    LocalDateTime: _called("localdatetime"),
    DateTime: _called("datetime"),
    Duration: _called("duration"),
    Point: _point,
    EnumValue: lambda value: render_enum_value(value.enum, value.value),
}
