"""The types in signatures of procedures: what an argument takes, and how a value is made to fit.

``STRING``, ``INTEGER?``, ``LIST<STRING>``. A question mark allows null. ``NUMBER`` takes integers and floats,
``FLOAT`` takes integers too and makes floats of them, ``ANY`` takes everything.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lithograph.cypher.entities import NodeRef, PathRef, RelationshipRef
from lithograph.storage.values.spatial import Point
from lithograph.storage.values.temporal import Date, DateTime, Duration, LocalDateTime, LocalTime, Time

_PYTHON_TYPES: dict[str, tuple[type, ...]] = {
    "ANY": (object,),
    "BOOLEAN": (bool,),
    "INTEGER": (int,),
    "FLOAT": (float,),
    "NUMBER": (int, float),
    "STRING": (str,),
    "BYTEARRAY": (bytes,),
    "MAP": (dict,),
    "LIST": (list,),
    "NODE": (NodeRef,),
    "RELATIONSHIP": (RelationshipRef,),
    "PATH": (PathRef,),
    "DATE": (Date,),
    "TIME": (Time,),
    "LOCALTIME": (LocalTime,),
    "DATETIME": (DateTime,),
    "LOCALDATETIME": (LocalDateTime,),
    "DURATION": (Duration,),
    "POINT": (Point,),
}

NAMES = tuple(_PYTHON_TYPES)
"""The types there are, as signatures write them."""


class MisfitError(Exception):
    """A value is not of the type wanted; for whoever asked, who knows what it was for."""


@dataclass(frozen=True, slots=True)
class ValueType:
    """A type as a signature writes it; ``element`` is that of the items of a ``LIST``."""

    name: str
    nullable: bool = False
    element: ValueType | None = None

    def __post_init__(self) -> None:
        if self.name not in _PYTHON_TYPES:
            raise ValueError(f"There is no type {self.name}; there are {', '.join(NAMES)}.")

    def __str__(self) -> str:
        items = "" if self.element is None else f"<{self.element}>"
        return f"{self.name}{items}{'?' * self.nullable}"

    def fitted(self, value: Any) -> Any:
        """The value as this type: itself, or an integer as a float where a float is wanted.

        Raises:
            MisfitError: it is of another type.
        """
        if value is None:
            if not self.nullable:
                raise MisfitError
            return None
        if self.name == "ANY":
            return value
        kind = type(value)
        if self.name == "FLOAT" and kind is int:
            return float(value)
        if kind not in _PYTHON_TYPES[self.name]:
            raise MisfitError
        if self.element is not None:
            fit: Callable[[Any], Any] = self.element.fitted
            return [fit(item) for item in value]
        return value
