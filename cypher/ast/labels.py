"""What a node's labels or a relationship's type are to be: names joined by and, or, not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeGuard

from lithograph.cypher.ast.base import Expression, Syntax


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelExpression(Syntax):
    """What follows the colon of a node or relationship."""


@dataclass(frozen=True, slots=True)
class LabelName(LabelExpression):
    """A label or a type by name."""

    name: str


@dataclass(frozen=True, slots=True)
class LabelAnd(LabelExpression):
    """``:A:B``, ``:A&B``."""

    parts: tuple[LabelExpression, ...]


@dataclass(frozen=True, slots=True)
class LabelOr(LabelExpression):
    """``:A|B``."""

    parts: tuple[LabelExpression, ...]


@dataclass(frozen=True, slots=True)
class LabelNot(LabelExpression):
    """``:!A``."""

    part: LabelExpression


@dataclass(frozen=True, slots=True)
class LabelAny(LabelExpression):
    """``:%``, any label at all."""


@dataclass(frozen=True, slots=True)
class LabelDynamic(LabelExpression):
    """``:$name`` or ``:$(expression)``: a string, or a list of strings that are all wanted; with ``any`` one of them.

    ``:$all(expression)`` is another spelling of ``:$(expression)``.
    """

    expression: Expression
    any: bool = False


def is_name(label: LabelExpression) -> TypeGuard[LabelName | LabelDynamic]:
    """Whether it says which label, or labels, an element has to get."""
    return isinstance(label, LabelName) or (isinstance(label, LabelDynamic) and not label.any)
