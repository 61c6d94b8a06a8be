"""Queries inside others: as a value, and as a clause."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal as OneOf

from lithograph.cypher.ast.base import Clause, Expression
from lithograph.cypher.ast.queries import Query

SubqueryKind = OneOf["EXISTS", "COUNT", "COLLECT"]


@dataclass(frozen=True, slots=True)
class SubqueryExpression(Expression):
    """``EXISTS { … }``, ``COUNT { … }``, ``COLLECT { … }``; a bare pattern inside becomes a MATCH."""

    kind: SubqueryKind
    query: Query


@dataclass(frozen=True, slots=True)
class CallSubquery(Clause):
    """``[OPTIONAL] CALL [(imports)] { query } [IN TRANSACTIONS [OF n ROWS]]``.

    ``imports`` is None for the form without parentheses, ``"*"`` for ``(*)``.
    """

    query: Query
    imports: tuple[str, ...] | OneOf["*"] | None = None
    in_transactions: bool = False
    batch: Expression | None = None
    optional: bool = False
