"""Queries inside others: as a value, and as a clause."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal as OneOf

from lithograph.cypher.ast.base import Clause, Expression, Syntax
from lithograph.cypher.ast.queries import Query

SubqueryKind = OneOf["EXISTS", "COUNT", "COLLECT"]


@dataclass(frozen=True, slots=True)
class SubqueryExpression(Expression):
    """``EXISTS { … }``, ``COUNT { … }``, ``COLLECT { … }``; a bare pattern inside becomes a MATCH."""

    kind: SubqueryKind
    query: Query


ErrorBehaviour = OneOf["CONTINUE", "BREAK", "FAIL"]


@dataclass(frozen=True, slots=True)
class OnError(Syntax):
    """``ON ERROR behaviour`` or ``ON ERROR RETRY [FOR n SECONDS] [THEN behaviour]``.

    ``seconds`` is None where the time is not said, and without RETRY.
    """

    behaviour: ErrorBehaviour = "FAIL"
    retry: bool = False
    seconds: Expression | None = None


@dataclass(frozen=True, slots=True)
class InTransactions(Syntax):
    """``IN [[n] CONCURRENT] TRANSACTIONS [OF n ROWS] [REPORT STATUS AS status] [ON ERROR …]``.

    ``batch`` and ``concurrency`` are None where their numbers are not said.
    """

    batch: Expression | None = None
    concurrent: bool = False
    concurrency: Expression | None = None
    status: str | None = None
    on_error: OnError = OnError()


@dataclass(frozen=True, slots=True)
class CallSubquery(Clause):
    """``[OPTIONAL] CALL [(imports)] { query } [IN TRANSACTIONS …]``.

    ``imports`` is None for the form without parentheses, ``"*"`` for ``(*)``.
    """

    query: Query
    imports: tuple[str, ...] | OneOf["*"] | None = None
    transactions: InTransactions | None = None
    optional: bool = False
