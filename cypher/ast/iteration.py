"""Expressions that go through a list and bind a variable to its items."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal as OneOf

from lithograph.cypher.ast.base import Expression


@dataclass(frozen=True, slots=True)
class ListComprehension(Expression):
    """``[variable IN source WHERE predicate | projection]``; also ``filter`` and ``extract``."""

    variable: str
    source: Expression
    predicate: Expression | None
    projection: Expression | None


QuantifierKind = OneOf["all", "any", "none", "single"]


@dataclass(frozen=True, slots=True)
class Quantifier(Expression):
    """``all(variable IN source WHERE predicate)`` and its siblings."""

    kind: QuantifierKind
    variable: str
    source: Expression
    predicate: Expression


@dataclass(frozen=True, slots=True)
class Reduce(Expression):
    """``reduce(accumulator = initial, variable IN source | body)``; with a predicate ``allReduce(…, predicate)``."""

    accumulator: str
    initial: Expression
    variable: str
    source: Expression
    body: Expression
    predicate: Expression | None = None
