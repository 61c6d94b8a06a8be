"""Whole queries, and the statements that explain them."""

from __future__ import annotations

from dataclasses import dataclass

from lithograph.cypher.ast.base import Clause, Statement, Syntax


@dataclass(frozen=True, slots=True)
class SingleQuery(Syntax):
    """Clauses in a row."""

    clauses: tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class Query(Statement):
    """Single queries joined by UNION (all of them UNION ALL when ``all``)."""

    parts: tuple[SingleQuery, ...]
    all: bool = False


@dataclass(frozen=True, slots=True)
class Explain(Statement):
    """``EXPLAIN query``."""

    query: Query


@dataclass(frozen=True, slots=True)
class Profile(Statement):
    """``PROFILE query``."""

    query: Query
