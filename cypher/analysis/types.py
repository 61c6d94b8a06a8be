"""What is known of the type of an expression before anything runs.

Often that is nothing (``ANY``): a property, a parameter, a null may be of any type. Only what can be known for
certain is used to refuse a query.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """Types of values; the value is what messages call it."""

    ANY = "a value"
    BOOLEAN = "a boolean"
    INTEGER = "an integer"
    FLOAT = "a float"
    STRING = "a string"
    LIST = "a list"
    MAP = "a map"
    NODE = "a node"
    RELATIONSHIP = "a relationship"
    PATH = "a path"
    DATE = "a date"
    LOCAL_TIME = "a local time"
    ZONED_TIME = "a time"
    LOCAL_DATETIME = "a local datetime"
    ZONED_DATETIME = "a datetime"
    DURATION = "a duration"
    POINT = "a point"
    BYTEARRAY = "bytes"

    @property
    def written(self) -> str:
        """As ``valueType`` and signatures of functions have it: ``LOCAL TIME``."""
        return self.name.replace("_", " ")


@dataclass(frozen=True, slots=True)
class Type:
    """A kind; of a list, also the type of its elements where they have one in common."""

    kind: Kind
    element: Type | None = None

    def __str__(self) -> str:
        return self.kind.value


ANY = Type(Kind.ANY)
BOOLEAN = Type(Kind.BOOLEAN)
INTEGER = Type(Kind.INTEGER)
FLOAT = Type(Kind.FLOAT)
STRING = Type(Kind.STRING)
MAP = Type(Kind.MAP)
NODE = Type(Kind.NODE)
RELATIONSHIP = Type(Kind.RELATIONSHIP)
PATH = Type(Kind.PATH)

TEMPORAL_AND_SPATIAL = frozenset(
    {
        Kind.DATE, Kind.LOCAL_TIME, Kind.ZONED_TIME, Kind.LOCAL_DATETIME, Kind.ZONED_DATETIME, Kind.DURATION, Kind.POINT,
    }
)  # fmt: skip
NUMBERS = frozenset({Kind.INTEGER, Kind.FLOAT})


def list_of(element: Type) -> Type:
    """The type of lists of such elements."""
    return Type(Kind.LIST, element)


def element_of(kind: Type) -> Type:
    """The type of an element of a list of this type."""
    return kind.element or ANY


def common(types: list[Type]) -> Type:
    """The type that all of them are; ANY when they differ, or there are none."""
    if not types:
        return ANY
    first = types[0]
    return first if all(each == first for each in types) else ANY
