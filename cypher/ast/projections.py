"""WITH and RETURN, what they project and sort by; FINISH, which ends a query in their place."""

from __future__ import annotations

from dataclasses import dataclass

from lithograph.cypher.ast.base import Clause, Expression, Syntax


@dataclass(frozen=True, slots=True)
class ProjectionItem(Syntax):
    """``expression [AS alias]``; ``name`` is the alias, or the source text where there is none."""

    expression: Expression
    name: str
    aliased: bool


@dataclass(frozen=True, slots=True)
class SortItem(Syntax):
    """``expression [ASC|DESC]``."""

    expression: Expression
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Projection(Syntax):
    """The body of WITH and RETURN; ``star`` for ``*`` (items then follow it)."""

    items: tuple[ProjectionItem, ...]
    star: bool = False
    distinct: bool = False
    order_by: tuple[SortItem, ...] = ()
    skip: Expression | None = None
    limit: Expression | None = None


@dataclass(frozen=True, slots=True)
class With(Clause):
    """``WITH projection [WHERE predicate]``."""

    projection: Projection
    predicate: Expression | None = None


@dataclass(frozen=True, slots=True)
class Return(Clause):
    """``RETURN projection``."""

    projection: Projection


@dataclass(frozen=True, slots=True)
class Finish(Clause):
    """``FINISH``: the end of a query that gives nothing."""
