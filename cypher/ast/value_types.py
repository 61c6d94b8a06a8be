"""The types of values as ``IS ::`` names them."""

from __future__ import annotations

from dataclasses import dataclass, field

from lithograph.cypher.ast.base import Syntax


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueType(Syntax):
    """What follows ``IS ::``; null is of every type but those that say NOT NULL."""


@dataclass(frozen=True, slots=True)
class NamedType(ValueType):
    """``INTEGER``, ``LOCAL DATETIME``, ``ANY``; ``name`` is none of the synonyms.

    ``written``: how it is written, where it is one word behind a name and two colons, which might be an enumeration.
    """

    name: str
    nullable: bool = True
    written: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class ListType(ValueType):
    """``LIST<element>``."""

    element: ValueType
    nullable: bool = True


@dataclass(frozen=True, slots=True)
class UnionType(ValueType):
    """``A | B``: null is of it where it is of one of the parts."""

    parts: tuple[ValueType, ...]
