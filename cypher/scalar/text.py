"""Values as text: what ``toString`` and string concatenation give."""

from __future__ import annotations

import math
from typing import Any

from lithograph.cypher.errors import InvalidArgumentValueError
from lithograph.storage.values.enums import EnumValue
from lithograph.storage.values.spatial import Point
from lithograph.storage.values.temporal import TEMPORAL_TYPES
from lithograph.storage.values.types import a_type_name

TEXTUAL_TYPES: frozenset[type] = frozenset((str, int, float, bool, Point, EnumValue, *TEMPORAL_TYPES))
"""Types whose values :func:`to_text` takes."""


def to_text(value: Any) -> str:
    """The text of a string, number, boolean, temporal value, point or value of an enumeration.

    Raises:
        InvalidArgumentValueError: any other type.
    """
    kind = type(value)
    if kind is str:
        return str(value)
    if kind is bool:
        return "true" if value else "false"
    if kind is float:
        return float_text(value)
    if kind in TEXTUAL_TYPES:
        return str(value)
    raise InvalidArgumentValueError(f"{a_type_name(value)} cannot be turned into a String.")


def float_text(value: float) -> str:
    """The shortest text that reads back as ``value``, in the form of Java and so of Neo4j.

    ``1.0``, ``0.001``, ``1.0E10``, ``1.5E-7``, ``Infinity``, ``-Infinity``, ``NaN``.
    """
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    if value == 0 or 1e-3 <= abs(value) < 1e7:
        return repr(value)
    mantissa, _, exponent = repr(value).partition("e")
    sign = "-" if mantissa.startswith("-") else ""
    whole, _, fraction = mantissa.lstrip("-").partition(".")
    fraction = "" if fraction == "0" else fraction
    significant = (whole + fraction).lstrip("0")
    scale = int(exponent or 0) - len(fraction) + len(significant) - 1
    significant = significant.rstrip("0") or "0"
    return f"{sign}{significant[0]}.{significant[1:] or '0'}E{scale}"
