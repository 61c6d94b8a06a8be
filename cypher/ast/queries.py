"""Whole queries, and the statements that explain them."""

from __future__ import annotations

from dataclasses import dataclass

from lithograph.cypher.ast.base import Clause, Expression, Statement, Syntax
from lithograph.cypher.ast.hints import IndexHint


@dataclass(frozen=True, slots=True)
class SingleQuery(Syntax):
    """Clauses in a row."""

    clauses: tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class Directives(Syntax):
    """``USING INDEX :Label(a), HOPS LIMIT hops, PERIODIC COMMIT batch, PARALLEL EXECUTION [threads]`` before a query.

    ``hops``, ``batch`` and ``threads`` are numbers or parameters.
    """

    indexes: tuple[IndexHint, ...] = ()
    hops: Expression | None = None
    batch: Expression | None = None
    parallel: bool = False
    threads: Expression | None = None


@dataclass(frozen=True, slots=True)
class Query(Statement):
    """Single queries joined by UNION (all of them UNION ALL when ``all``); only a whole one has ``directives``."""

    parts: tuple[SingleQuery, ...]
    all: bool = False
    directives: Directives | None = None


@dataclass(frozen=True, slots=True)
class Explain(Statement):
    """``EXPLAIN query``."""

    query: Query


@dataclass(frozen=True, slots=True)
class Profile(Statement):
    """``PROFILE query``."""

    query: Query
