"""``toEnum``: the value of an enumeration by its text, as ``toString`` gives it, or by its two names."""

from __future__ import annotations

from lithograph.cypher.entities import GraphReader
from lithograph.cypher.errors import ArgumentError
from lithograph.cypher.scalar.enums import enum_value
from lithograph.cypher.scalar.functions import arguments, takes
from lithograph.cypher.scalar.functions.registry import function
from lithograph.storage.values.enums import EnumValue

_ONE_TEXT = object()


@function("toEnum")
def to_enum(name: takes.String, value: takes.String = _ONE_TEXT, *, reader: GraphReader) -> EnumValue | None:
    """The value of an enumeration, by ``'Status::Good'`` or by ``'Status'`` and ``'Good'``.

    Raises:
        ArgumentError: there is no such enumeration, or it has no such value.
    """
    if name is None or value is None:
        return None
    enum = arguments.string("toEnum", name)
    if value is not _ONE_TEXT:
        return enum_value(enum, arguments.string("toEnum", value), reader)
    enum, parted, value = enum.partition("::")
    if not parted:
        raise ArgumentError(f"Invalid enum '{enum}': toEnum() takes 'Enum::Value', or the two names.")
    return enum_value(enum, value, reader)
