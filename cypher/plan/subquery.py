"""Expressions that hold a pattern or a query: an inner plan, run once for all rows of a frame.

Which names the inner pattern takes from outside is known when the first frame comes: those that are
columns of it. The plan is made then, and kept for frames with the same columns.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import count
from typing import Any

import numpy as np

from lithograph.cypher import ast
from lithograph.cypher.compile.base import Compiled
from lithograph.cypher.compile.variables import free_variables
from lithograph.cypher.context import Context
from lithograph.cypher.errors import UnsupportedError
from lithograph.cypher.frames import Frame
from lithograph.cypher.operators.base import Operator, row_numbers
from lithograph.cypher.plan import logical
from lithograph.cypher.plan.build import build_inner
from lithograph.cypher.plan.scope import Namer
from lithograph.cypher.plan.statistics import Statistics
from lithograph.cypher.vectors import Kind, Vector

Lower = Callable[[logical.Plan, frozenset[str]], Operator]
_spaces = count()


class Subquery(Compiled):
    """The value of EXISTS, COUNT, COLLECT, a pattern predicate, a pattern comprehension or ``shortestPath``."""

    __slots__ = ("_free", "_kind", "_lower", "_one", "_plans", "_query", "_row", "_space")

    def __init__(self, expression: ast.Expression, lower: Lower) -> None:
        super().__init__(may_raise=True)
        self._free = free_variables(expression)
        self._space = f"q{next(_spaces)}."
        self._row = f" {self._space}row"
        self._lower = lower
        self._kind, self._query = _as_query(expression)
        self._one = (
            isinstance(expression, ast.PathExpression) and expression.pattern.function == "shortestPath"
        )
        self._plans: dict[frozenset[str], tuple[Operator, tuple[str, ...]]] = {}

    def vector(self, frame: Frame, context: Context) -> Vector:
        bound = frozenset(name for name in self._free if name in frame.columns)
        operator, columns = self._plan(bound, context)
        outer = frame.select(bound).extend({self._row: row_numbers(frame.count)})
        if self._kind == "COLLECT":
            return self._collected(operator, columns[0], outer, context)
        numbers = np.zeros(frame.count, dtype=np.int64)
        for inner in operator.run(context, outer):
            if inner.count:
                numbers += np.bincount(inner.columns[self._row].values, minlength=frame.count)
            context.check()
        if self._kind == "EXISTS":
            return Vector(Kind.BOOL, numbers > 0)
        return Vector(Kind.INT, numbers)

    def _collected(self, operator: Operator, column: str, outer: Frame, context: Context) -> Vector:
        lists: list[list[Any]] = [[] for _ in range(outer.count)]
        for inner in operator.run(context, outer):
            if inner.count:
                rows = inner.columns[self._row].values.tolist()
                for row, value in zip(rows, inner.columns[column].tolist(), strict=True):
                    lists[row].append(value)
            context.check()
        if self._one:
            return Vector.objects([values[0] if values else None for values in lists])
        return Vector.objects(lists)

    def _plan(self, bound: frozenset[str], context: Context) -> tuple[Operator, tuple[str, ...]]:
        found = self._plans.get(bound)
        if found is None:
            statistics = Statistics(context.transaction.store)
            plan, columns = build_inner(self._query, bound, statistics, Namer(self._space))
            operator = self._lower(plan, frozenset((*columns, self._row)))
            found = self._plans[bound] = (operator, columns)
        return found


def _as_query(expression: ast.Expression) -> tuple[ast.SubqueryKind, ast.Query]:
    """Every such expression as a subquery expression."""
    match expression:
        case ast.SubqueryExpression(kind=kind, query=query):
            return kind, query
        case ast.PatternPredicate(pattern=pattern):
            return "EXISTS", _query(ast.Match(ast.Pattern((pattern,))))
        case ast.PatternComprehension(pattern=pattern, predicate=predicate, projection=projection):
            item = ast.ProjectionItem(projection, "value", True)
            match = ast.Match(ast.Pattern((pattern,)), predicate)
            return "COLLECT", _query(match, ast.Return(ast.Projection((item,))))
        case ast.PathExpression(pattern=pattern):
            path = ast.Variable(" path")
            match = ast.Match(ast.Pattern((replace(pattern, variable=path.name),)))
            item = ast.ProjectionItem(path, "value", True)
            return "COLLECT", _query(match, ast.Return(ast.Projection((item,))))
    raise UnsupportedError(type(expression).__name__, position=expression.position)


def _query(*clauses: ast.Clause) -> ast.Query:
    return ast.Query((ast.SingleQuery(clauses),))
