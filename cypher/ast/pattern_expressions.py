"""Patterns that have a value."""

from __future__ import annotations

from dataclasses import dataclass

from lithograph.cypher.ast.base import Expression
from lithograph.cypher.ast.patterns import PathPattern


@dataclass(frozen=True, slots=True)
class PatternPredicate(Expression):
    """``(a)-[:T]->()`` used as a truth value; ``exists((a)-->())``, a value like any other, when ``explicit``."""

    pattern: PathPattern
    explicit: bool = False


@dataclass(frozen=True, slots=True)
class PatternComprehension(Expression):
    """``[path = (a)-->(b) WHERE predicate | projection]``; the path's name is in the pattern."""

    pattern: PathPattern
    predicate: Expression | None
    projection: Expression


@dataclass(frozen=True, slots=True)
class PathExpression(Expression):
    """A pattern whose value is a path: ``shortestPath((a)-[*]-(b))`` in an expression."""

    pattern: PathPattern
