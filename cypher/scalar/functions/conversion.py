"""Conversions between types: ``toX``, ``toXOrNull`` and ``toXList``; and names of types.

``toX`` raises for a type it cannot convert and gives null for a string that does not read as an X;
``toXOrNull`` gives null for both; ``toXList`` converts the elements of a list as ``toXOrNull`` does.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from types import GenericAlias
from typing import Any

from lithograph.cypher.errors import CypherArithmeticError, CypherError
from lithograph.cypher.scalar.functions import arguments, takes
from lithograph.cypher.scalar.functions.registry import function
from lithograph.cypher.scalar.text import TEXTUAL_TYPES, to_text
from lithograph.storage.values.properties import MAXIMUM_INTEGER, MINIMUM_INTEGER

_INTEGER = re.compile(r"[+-]?[0-9]+")
_FLOAT = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_SPECIAL_FLOATS = {
    "Infinity": math.inf,
    "+Infinity": math.inf,
    "-Infinity": -math.inf,
    "NaN": math.nan,
}
_BOOLEANS = {"true": True, "false": False}


@function("toInteger", "toInt")
def to_integer(value: takes.NumberBooleanOrString) -> int | None:
    """Of a number (truncated), a boolean (0 or 1) or a string such as ``'42'`` or ``'4.9'``.

    A float beyond 64 bits becomes the nearest integer there is, NaN becomes 0.

    Raises:
        CypherArithmeticError: a string of an integer beyond 64 bits.
    """
    if value is None:
        return None
    kind = type(value)
    if kind is int:
        return int(value)
    if kind is float:
        return _truncated(value)
    if kind is bool:
        return int(value)
    if kind is str:
        return _integer_of_text(value.strip())
    raise arguments.wrong_type("toInteger", "a number, a Boolean or a String", value)


@function("toFloat")
def to_float(value: takes.NumberOrString) -> float | None:
    """Of a number or a string such as ``'4.2'``, ``'1e5'``, ``'-Infinity'`` or ``'NaN'``."""
    if value is None:
        return None
    kind = type(value)
    if kind is float or kind is int:
        return float(value)
    if kind is str:
        text = value.strip()
        return float(text) if _FLOAT.fullmatch(text) else _SPECIAL_FLOATS.get(text)
    raise arguments.wrong_type("toFloat", "a number or a String", value)


@function("toBoolean")
def to_boolean(value: takes.BooleanIntegerOrString) -> bool | None:
    """Of a boolean, an integer (0 is false) or a string, ``'true'`` or ``'false'`` in any case."""
    if value is None:
        return None
    kind = type(value)
    if kind is bool or kind is int:
        return bool(value)
    if kind is str:
        return _BOOLEANS.get(value.strip().lower())
    raise arguments.wrong_type("toBoolean", "a Boolean, an Integer or a String", value)


@function("toString")
def to_string(value: takes.Textual) -> str | None:
    """Of a string, number, boolean, temporal value, point or value of an enumeration."""
    if value is None:
        return None
    if type(value) not in TEXTUAL_TYPES:
        raise arguments.wrong_type(
            "toString", "a String, number, Boolean, temporal value, Point or Enum", value
        )
    return to_text(value)


def _enter_variants(name: str, convert: Callable[[Any], Any], kind: type) -> None:
    def or_null(value: Any) -> Any:
        try:
            return convert(value)
        except CypherError:
            return None

    def of_list(values: takes.List) -> list[Any] | None:
        if values is None:
            return None
        return [or_null(value) for value in arguments.sequence(f"{name}List", values)]

    or_null.__doc__ = f"``{name}``, or null where that would be an error."
    of_list.__doc__ = f"``{name}OrNull`` of each element."
    function(f"{name}OrNull", gives=kind)(or_null)
    function(f"{name}List", gives=GenericAlias(list, kind))(of_list)


for _name, _convert, _kind in (
    ("toInteger", to_integer, int),
    ("toFloat", to_float, float),
    ("toBoolean", to_boolean, bool),
    ("toString", to_string, str),
):
    _enter_variants(_name, _convert, _kind)


def _truncated(value: float) -> int:
    if math.isnan(value):
        return 0
    if -(2.0**63) <= value < 2.0**63:
        return int(value)
    return MAXIMUM_INTEGER if value > 0 else MINIMUM_INTEGER


def _integer_of_text(text: str) -> int | None:
    if _INTEGER.fullmatch(text):
        digits = text.lstrip("+-").lstrip("0") or "0"
        number = int(digits) if len(digits) <= 19 else MAXIMUM_INTEGER + 2
        number = -number if text.startswith("-") else number
        if not MINIMUM_INTEGER <= number <= MAXIMUM_INTEGER:
            raise CypherArithmeticError(f"toInteger(): '{text[:40]}' does not fit into 64 bits.")
        return number
    return _truncated(float(text)) if _FLOAT.fullmatch(text) else None
