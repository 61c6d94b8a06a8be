"""``E::V``: the value of an enumeration, looked up when the query runs, since enumerations come and change."""

from __future__ import annotations

from typing import Any

from lithograph.cypher.entities import GraphReader
from lithograph.cypher.errors import ArgumentError
from lithograph.storage.enums import check
from lithograph.storage.errors import EnumError
from lithograph.storage.values.enums import EnumValue


def enum_value(enum: Any, value: Any, reader: GraphReader) -> EnumValue:
    """The value of these names.

    Raises:
        ArgumentError: there is no such enumeration, or it has no such value.
    """
    try:
        check(reader.enums, enum, value)
    except EnumError as error:
        raise ArgumentError(str(error)) from None
    return EnumValue(enum, value)
