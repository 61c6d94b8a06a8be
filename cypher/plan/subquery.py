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
from lithograph.cypher.frames import Frame
from lithograph.cypher.operators.base import Operator, row_numbers
from lithograph.cypher.plan import logical
from lithograph.cypher.plan.build import Inner, build_inner
from lithograph.cypher.plan.scope import Namer
from lithograph.cypher.plan.statistics import Statistics
from lithograph.cypher.vectors import Kind, Mask, Vector

Lower = Callable[[logical.Plan, frozenset[str]], Operator]
_spaces = count()


class Subquery(Compiled):
    """The value of EXISTS, COUNT, COLLECT, a pattern predicate or a pattern comprehension."""

    __slots__ = ("_free", "_kind", "_lower", "_plans", "_query", "_single", "_space")

    def __init__(self, expression: ast.Expression, lower: Lower) -> None:
        super().__init__(may_raise=True)
        self._free = free_variables(expression)
        self._space = f"q{next(_spaces)}."
        self._lower = lower
        self._kind, self._query = _as_query(expression)
        # of shortestPath, which finds one path at most, the value is not the list but its item
        self._single = (
            isinstance(expression, ast.PathExpression) and expression.pattern.function == "shortestPath"
        )
        self._plans: dict[frozenset[str], tuple[Operator, Inner]] = {}

    def vector(self, frame: Frame, context: Context) -> Vector:
        bound = frozenset(name for name in self._free if name in frame.columns)
        operator, plan = self._plan(bound, context)
        outer = frame.select(bound).extend({plan.row: row_numbers(frame.count)})
        if self._kind == "COLLECT":
            lists = self._collected(operator, plan, outer, context)
            return (
                Vector.of([paths[0] if paths else None for paths in lists])
                if self._single
                else Vector.objects(lists)
            )
        if self._kind == "EXISTS":
            return Vector(Kind.BOOL, self._found(operator, plan, outer, context))
        numbers = np.zeros(frame.count, dtype=np.int64)
        for inner in operator.run(context, outer):
            if inner.count:
                numbers += np.bincount(inner.columns[plan.row].values, minlength=frame.count)
            context.pause()
        return Vector(Kind.INT, numbers)

    @staticmethod
    def _found(operator: Operator, plan: Inner, outer: Frame, context: Context) -> Mask:
        """Which of the outer rows have any (bool[n]); those that may have endlessly many are asked one by one."""
        found = np.zeros(outer.count, dtype=np.bool_)
        size = 1 if plan.wild else outer.count
        for start in range(0, outer.count, size):
            part = outer if size == outer.count else outer.slice(start, start + size)
            rows = part.columns[plan.row].values
            for inner in operator.run(context, part.extend({plan.row: row_numbers(part.count)})):
                if inner.count:
                    found[rows[inner.columns[plan.row].values]] = True
                    if found[rows].all():
                        break
                context.pause()
        return found

    @staticmethod
    def _collected(operator: Operator, plan: Inner, outer: Frame, context: Context) -> list[list[Any]]:
        lists: list[list[Any]] = [[] for _ in range(outer.count)]
        for inner in operator.run(context, outer):
            if inner.count:
                rows = inner.columns[plan.row].values.tolist()
                for row, value in zip(rows, inner.columns[plan.columns[0]].tolist(), strict=True):
                    lists[row].append(value)
            context.pause()
        return lists

    def _plan(self, bound: frozenset[str], context: Context) -> tuple[Operator, Inner]:
        found = self._plans.get(bound)
        if found is None:
            statistics = Statistics(context.transaction.store)
            namer, bare = Namer(self._space), self._kind != "COLLECT"
            once = self._kind == "EXISTS"
            inner = build_inner(self._query, bound, bound, statistics, namer, bare, once)
            columns = inner.columns if self._kind == "COLLECT" else ()
            found = self._plans[bound] = (self._lower(inner.plan, frozenset((*columns, inner.row))), inner)
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
            name = " path"
            item = ast.ProjectionItem(ast.Variable(name), name, True)
            match = ast.Match(ast.Pattern((replace(pattern, variable=name),)))
            return "COLLECT", _query(match, ast.Return(ast.Projection((item,))))
    raise TypeError(f"no subquery: {expression!r}")


def _query(*clauses: ast.Clause) -> ast.Query:
    return ast.Query((ast.SingleQuery(clauses),))
