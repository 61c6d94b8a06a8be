"""What can be stored in a property, and what cannot.

Storable are null (it means absent), booleans, 64-bit integers, floats, strings without lone surrogates,
byte strings, temporal values, points and values of enumerations, and lists and maps of these, nested and mixed. Nodes,
relationships and paths are not.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lithograph.storage.errors import PropertyTypeError, ValueOutOfRangeError
from lithograph.storage.patience import breathe
from lithograph.storage.values.enums import EnumValue
from lithograph.storage.values.spatial import Point
from lithograph.storage.values.temporal import TEMPORAL_TYPES
from lithograph.storage.values.types import type_name

MINIMUM_INTEGER = -(2**63)
MAXIMUM_INTEGER = 2**63 - 1

MAXIMUM_DEPTH = 200
"""Lists and maps may be nested this deep; the same bound as for values that arrive over Bolt."""

_PLAIN: frozenset[type] = frozenset((type(None), bool, float, bytes, Point, EnumValue, *TEMPORAL_TYPES))
"""Types all of whose values can be stored."""


def check_storable(value: Any) -> None:
    """Raise unless ``value`` can be stored.

    Raises:
        PropertyTypeError: it is of a wrong type, or holds a value that is; the message says which type
            and where. Also a map key that is no string, and text that is no Unicode (lone surrogates).
        ValueOutOfRangeError: an integer beyond 64 bits, or nesting beyond ``MAXIMUM_DEPTH``.
    """
    kind = type(value)
    if kind is str:
        if not value.isascii():
            _check_text(value, "")
    elif kind is int:
        if not MINIMUM_INTEGER <= value <= MAXIMUM_INTEGER:
            raise ValueOutOfRangeError(f"Integer {_shown(value)} does not fit into 64 bits.")
    elif kind not in _PLAIN:
        _check(value, "", 0)


def check_all_storable(values: Sequence[Any]) -> None:
    """:func:`check_storable` for each of ``values``, cheaper where they are of one plain type."""
    if not set(map(type, values)) <= _PLAIN:
        for value in values:
            check_storable(value)


def _check(value: Any, place: str, depth: int) -> None:
    kind = type(value)
    if kind in _PLAIN:
        return
    if kind is str:
        _check_text(value, place)
    elif kind is int:
        if not MINIMUM_INTEGER <= value <= MAXIMUM_INTEGER:
            raise ValueOutOfRangeError(f"Integer {_shown(value)}{_at(place)} does not fit into 64 bits.")
    elif kind is list:
        _check_depth(depth)
        for index, item in enumerate(value):
            _check(item, f"{place}[{index}]", depth + 1)
    elif kind is dict:
        _check_depth(depth)
        for key, item in value.items():
            if type(key) is not str:
                raise PropertyTypeError(f"Map keys must be strings, not {type_name(key)}{_at(place)}.")
            _check_text(key, place)
            _check(item, f"{place}.{key}", depth + 1)
    else:
        raise PropertyTypeError(
            f"Property values can only be of primitive types, lists or maps thereof, not {type_name(value)}{_at(place)}."
        )


def _check_text(text: str, place: str) -> None:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise PropertyTypeError(
            f"String{_at(place)} has a lone surrogate at position {error.start} and is not valid Unicode."
        ) from None


def _check_depth(depth: int) -> None:
    breathe()
    if depth >= MAXIMUM_DEPTH:
        raise ValueOutOfRangeError(f"Lists and maps cannot be nested more than {MAXIMUM_DEPTH} deep.")


def _at(place: str) -> str:
    return f" (at {place.removeprefix('.')})" if place else ""


def _shown(value: int) -> str:
    """Decimal digits, unless there are so many that writing them would take long."""
    return str(value) if value.bit_length() < 256 else f"of {value.bit_length()} bits"
