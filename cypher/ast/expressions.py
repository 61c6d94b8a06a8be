"""Expressions: literals, names, access to parts, operators, lists and maps, calls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal as OneOf

from lithograph.cypher.ast.base import Expression, Syntax


@dataclass(frozen=True, slots=True)
class Literal(Expression):
    """``null``, ``true``, ``42``, ``1.5``, ``'text'``; ``value`` is the Python value.

    Equal only to the same value of the same type, unlike in Python, where ``1 == 1.0 == True`` and
    ``0.0 == -0.0``: expressions that are equal may be computed once for all.
    """

    value: None | bool | int | float | str

    def __eq__(self, other: object) -> bool:
        if type(other) is not Literal or type(other.value) is not type(self.value):
            return False
        if isinstance(self.value, float):
            return repr(self.value) == repr(other.value)
        return self.value == other.value

    def __hash__(self) -> int:
        return hash(self.value)


@dataclass(frozen=True, slots=True)
class Parameter(Expression):
    """``$name``, ``$0``."""

    name: str


@dataclass(frozen=True, slots=True)
class OptionalParameter(Expression):
    """A parameter, or a default where it is not given. No text says so: it stands for an argument left out."""

    name: str
    default: Expression


@dataclass(frozen=True, slots=True)
class Variable(Expression):
    """A name bound by a clause."""

    name: str


@dataclass(frozen=True, slots=True)
class EnumValue(Expression):
    """``Enum::value``."""

    enum: str
    value: str


@dataclass(frozen=True, slots=True)
class Property(Expression):
    """``subject.key``."""

    subject: Expression
    key: str


@dataclass(frozen=True, slots=True)
class Subscript(Expression):
    """``subject[index]``."""

    subject: Expression
    index: Expression


@dataclass(frozen=True, slots=True)
class Slice(Expression):
    """``subject[start..stop]``; either bound may be missing."""

    subject: Expression
    start: Expression | None
    stop: Expression | None


UnaryOperator = OneOf["-", "+", "NOT"]

BinaryOperator = OneOf[
    "+", "-", "*", "/", "%", "^", "AND", "OR", "XOR", "=", "<>", "<", "<=", ">", ">=",
    "IN", "STARTS WITH", "ENDS WITH", "CONTAINS", "=~", "||",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Unary(Expression):
    """``-x``, ``+x``, ``NOT x``."""

    operator: UnaryOperator
    operand: Expression


@dataclass(frozen=True, slots=True)
class Binary(Expression):
    """``left operator right``. A chain ``a < b <= c`` is the AND of its pairs."""

    operator: BinaryOperator
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class ListLiteral(Expression):
    """``[a, b]``."""

    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class MapLiteral(Expression):
    """``{key: value}``."""

    entries: tuple[tuple[str, Expression], ...]


@dataclass(frozen=True, slots=True)
class FunctionCall(Expression):
    """``name([DISTINCT] arguments)``; ``name`` as written, with its namespace (``point.distance``)."""

    name: str
    arguments: tuple[Expression, ...]
    distinct: bool = False


@dataclass(frozen=True, slots=True)
class CountStar(Expression):
    """``count(*)``."""


@dataclass(frozen=True, slots=True)
class AllProperties(Syntax):
    """``.*`` in a map projection."""


@dataclass(frozen=True, slots=True)
class MapProjection(Expression):
    """``subject {.key, .*, name: value, variable}``; items are (key, value) or ``.*``."""

    subject: Expression
    items: tuple[tuple[str, Expression] | AllProperties, ...]
