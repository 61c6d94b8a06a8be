"""Single property values in msgpack: which extension types stand for which classes.

Null, booleans, integers, floats, strings, byte strings, lists and maps are msgpack's own. The numbers
below are on disk: never change or reuse one.

==== =============== ==========================================
code class           payload: a msgpack array of
==== =============== ==========================================
16   Date            days
17   LocalTime       nanoseconds
18   Time            nanoseconds, offset seconds
19   LocalDateTime   seconds, nanoseconds
20   DateTime        seconds, nanoseconds, offset seconds, zone or nil
21   Duration        months, days, seconds, nanoseconds
22   Point           srid, x, y, z or nil
23   EnumValue       name of the enumeration, name of the value
==== =============== ==========================================

Codes 1 to 15 are arrays of numbers (``arrays.py``).
"""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any

import msgpack

from lithograph.storage.errors import PropertyTypeError, StorageError
from lithograph.storage.values.enums import EnumValue
from lithograph.storage.values.properties import MAXIMUM_DEPTH, check_storable
from lithograph.storage.values.spatial import Point
from lithograph.storage.values.temporal import Date, DateTime, Duration, LocalDateTime, LocalTime, Time
from lithograph.storage.values.types import type_name


class MalformedError(Exception):
    """Bytes that are none of ours, although their checksum holds. Readers add the file and the place."""


_EXTENSIONS: tuple[tuple[int, type, tuple[str, ...]], ...] = (
    (16, Date, ("days",)),
    (17, LocalTime, ("nanoseconds",)),
    (18, Time, ("nanoseconds", "offset_seconds")),
    (19, LocalDateTime, ("seconds", "nanoseconds")),
    (20, DateTime, ("seconds", "nanoseconds", "offset_seconds", "zone")),
    (21, Duration, ("months", "days", "seconds", "nanoseconds")),
    (22, Point, ("srid", "x", "y", "z")),
    (23, EnumValue, ("enum", "value")),
)

_CODES: dict[type, tuple[int, Callable[[Any], Any], bool]] = {
    cls: (code, attrgetter(*names), len(names) == 1) for code, cls, names in _EXTENSIONS
}
_CLASSES: dict[int, type] = {code: cls for code, cls, _ in _EXTENSIONS}
_PARTS: dict[int, int] = {code: len(names) for code, _, names in _EXTENSIONS}

_CHECKED_TYPES: frozenset[type] = frozenset((type(None), bool, float, str, bytes, *_CODES))
"""Types all of whose values, as read from msgpack, can be stored."""

_NESTING = frozenset((list, dict))

_pack_parts = msgpack.Packer().pack


def to_extension(value: Any) -> msgpack.ExtType:
    """msgpack's ``default``: what a value of a class of ours becomes.

    Raises:
        PropertyTypeError: there is no form for such a value.
    """
    try:
        code, parts, single = _CODES[type(value)]
    except KeyError:
        raise PropertyTypeError(f"A value of type {type_name(value)} cannot be written to the log.") from None
    return msgpack.ExtType(code, _pack_parts((parts(value),) if single else parts(value)))


def from_extension(code: int, payload: bytes) -> Any:
    """The value that an extension type stands for.

    Raises:
        MalformedError: unknown code, or parts that make no value.
    """
    cls = _CLASSES.get(code)
    if cls is None:
        raise MalformedError(f"unknown type of value {code}")
    parts = msgpack.unpackb(payload, max_array_len=_PARTS[code], max_map_len=0, max_ext_len=0)
    if type(parts) is not list or len(parts) != _PARTS[code]:
        raise MalformedError(f"a {cls.__name__} with wrong parts")
    try:
        return cls(*parts)
    except (StorageError, TypeError) as error:
        raise MalformedError(f"a {cls.__name__} of {parts!r}: {error}") from None


def check_read(values: list[Any]) -> None:
    """Whether what msgpack made of a file's bytes are values that can be stored.

    Raises:
        MalformedError: one is not.
    """
    unsure = set(map(type, values)) - _CHECKED_TYPES
    if not unsure:
        return
    try:
        for value in values:
            if type(value) in unsure:
                check_storable(value)
    except StorageError as error:
        raise MalformedError(str(error)) from None


def check_depth(values: list[Any]) -> None:
    """Refuse nesting that msgpack would write and could not read back.

    Raises:
        PropertyTypeError: deeper than storage allows.
    """
    level, depth = [value for value in values if type(value) in _NESTING], 0
    while level:
        depth += 1
        if depth > MAXIMUM_DEPTH:
            raise PropertyTypeError(
                f"Lists and maps nested more than {MAXIMUM_DEPTH} deep cannot be written."
            )
        inner: list[Any] = []
        for value in level:
            items = value.values() if type(value) is dict else value
            if not _NESTING.isdisjoint(map(type, items)):
                inner += [item for item in items if type(item) in _NESTING]
        level = inner
