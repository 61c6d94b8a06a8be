"""How many rows each step of a plan is expected to give: what EXPLAIN and PROFILE tell drivers as ``EstimatedRows``.

What scans, look-ups and expansions find comes from the store's counts, as it does for the planner. What predicates let
through nobody counts; there the guesses below stand in, which are those of Neo4j's planner.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from lithograph.cypher import ast
from lithograph.cypher.plan import logical
from lithograph.cypher.plan.access import IN_LIST
from lithograph.cypher.plan.statistics import RANGE_SHARE, Statistics
from lithograph.storage.indexes.property import PropertyIndex

EQUAL_SHARE = 0.1
"""The part of the rows for which two values are equal."""
PRESENT_SHARE = 0.5
"""The part that has a value."""
PREDICATE_SHARE = 0.75
"""The part that any other predicate lets through."""
DISTINCT_SHARE = 0.95
"""The part that DISTINCT leaves."""
FEW_ROWS = 10.0
"""What SKIP and LIMIT are taken to say where it is not known, and what a procedure gives for a row."""
LONGEST_WALK = 32
"""No longer walks are thought of where there is no bound."""

_RANGES = frozenset({"<", "<=", ">", ">=", "STARTS WITH"})


class Estimates:
    """The rows of the steps of one plan, by the ``id`` of the step.

    Args:
        plan: the whole plan.
        statistics: the counts.
        parameters: those of the statement; numbers and lists among them are looked at.
    """

    def __init__(self, plan: logical.Plan, statistics: Statistics, parameters: Mapping[str, Any]) -> None:
        self._statistics = statistics
        self._parameters = parameters
        self._rows: dict[int, float] = {}
        self._outer = 1.0
        """The rows that the plan being looked at is given."""
        self._visit(plan, 1.0)

    def __getitem__(self, step: logical.Plan) -> float:
        return self._rows[id(step)]

    def _visit(self, plan: logical.Plan, given: float) -> float:
        """The rows of a plan, and on the way those of all its steps; ``given``: how many rows it is given."""
        before, self._outer = self._outer, given
        chain: list[logical.Plan] = []
        step: logical.Plan | None = plan
        while step is not None:
            chain.append(step)
            step = None if isinstance(step, logical.Union) else next(step.inputs(), None)
        rows = given
        for step in reversed(chain):
            rows = self._rows[id(step)] = max(0.0, self._after(step, rows))
        self._outer = before
        return rows

    def _after(self, step: logical.Plan, rows: float) -> float:
        """The rows that a step gives for so many."""
        inner = [self._visit(branch, self._given(step, rows)) for _, branch in step.branches()]
        if isinstance(step, logical.Union):
            return self._visit(step.parts[0], rows) + sum(inner)
        estimate = _ESTIMATES.get(type(step))
        return rows if estimate is None else estimate(self, step, rows, inner)

    @staticmethod
    def _given(step: logical.Plan, rows: float) -> float:
        """The rows that a plan beside a step is given."""
        return 1.0 if isinstance(step, logical.HashJoin | logical.Repeat | logical.SearchPaths) else rows

    # -- where a search begins

    def _all(self, _step: logical.ScanAll, rows: float, _inner: list[float]) -> float:
        return rows * self._statistics.nodes()

    def _by_label(self, step: logical.ScanAllByLabel, rows: float, _inner: list[float]) -> float:
        return rows * self._statistics.nodes(step.label)

    def _by_some_label(self, _step: logical.Plan, rows: float, _inner: list[float]) -> float:
        return rows * self._statistics.nodes_of_any_label()

    def _seek(self, step: logical.IndexSeek, rows: float, _inner: list[float]) -> float:
        return rows * self._sought(step, self._statistics.index(step.label, step.keys))

    def _range(self, step: logical.IndexRange, rows: float, _inner: list[float]) -> float:
        return rows * self._ranged(step, self._statistics.index(step.label, (step.key,)))

    def _by_edge(self, step: logical.ScanAllByEdge, rows: float, _inner: list[float]) -> float:
        match step.lookup:
            case None:
                found = self._statistics.relationships(step.hop.types)
            case logical.IndexSeek(keys=keys):
                found = self._sought(step.lookup, self._statistics.edge_index(step.type, keys))
            case logical.IndexRange(key=key):
                found = self._ranged(step.lookup, self._statistics.edge_index(step.type, (key,)))
        return rows * found * (2 if step.hop.direction == "both" else 1)

    def _sought(self, step: logical.IndexSeek, index: PropertyIndex | None) -> float:
        times = self._length(step.values[0]) if step.each else 1.0
        return times * (1.0 if index is None else self._statistics.equal(index, len(step.values)))

    @staticmethod
    def _ranged(step: logical.IndexRange, index: PropertyIndex | None) -> float:
        bounded = step.low is not None or step.high is not None or step.prefix is not None
        return (0.0 if index is None else len(index)) * (RANGE_SHARE if bounded else 1.0)

    # -- from there along relationships

    def _expand(self, step: logical.Expand, rows: float, _inner: list[float]) -> float:
        return rows * self._walks(step.hop, 1, 1)

    def _walk(
        self, step: logical.ExpandVariable | logical.SelectedExpand, rows: float, _inner: list[float]
    ) -> float:
        return rows * self._walks(step.hop, step.minimum, step.maximum)

    def _reach(
        self, step: logical.PruningBFSExpand | logical.BFSExpand, rows: float, _inner: list[float]
    ) -> float:
        return rows * min(self._ends(step.hop), self._walks(step.hop, step.minimum, step.maximum))

    def _weighted(self, step: logical.WeightedExpand, rows: float, _inner: list[float]) -> float:
        return rows * min(self._ends(step.hop), self._walks(step.hop, 1, step.maximum))

    def _k_shortest(self, step: logical.KShortestExpand, rows: float, _inner: list[float]) -> float:
        return rows * (FEW_ROWS if step.limit is None else self._number(step.limit))

    def _repeat(self, step: logical.Repeat, rows: float, inner: list[float]) -> float:
        return rows * self._series(inner[0], step.minimum, step.maximum, step.hop.into)

    def _search(self, step: logical.SearchPaths, rows: float, _inner: list[float]) -> float:
        return rows * self._ends(step.hop)

    def _ends(self, hop: logical.Hop) -> float:
        """The nodes there may be at the other end."""
        return 1.0 if hop.into else max(1.0, self._statistics.nodes())

    def _walks(self, hop: logical.Hop, minimum: int, maximum: int | None) -> float:
        return self._series(self._statistics.fan_out(hop.types, hop.direction), minimum, maximum, hop.into)

    def _series(self, fan_out: float, minimum: int, maximum: int | None, into: bool) -> float:
        """Walks of so many steps from one node, to any other, or to one that is bound: no more than 2^53 of them."""
        longest = max(minimum, LONGEST_WALK) if maximum is None else min(maximum, max(minimum, LONGEST_WALK))
        walks = 0.0
        for length in range(minimum, longest + 1):
            walks = min(walks + fan_out ** min(length, LONGEST_WALK), 2.0**53)
        return walks / max(1.0, self._statistics.nodes()) if into else walks

    # -- what becomes of the rows

    def _filter(self, step: logical.Filter, rows: float, _inner: list[float]) -> float:
        for predicate in step.predicates:
            if not _looked_up(predicate, step.input):
                rows *= self._share(predicate)
        return rows

    def _share(self, predicate: ast.Expression) -> float:
        """The part of the rows for which a predicate is true."""
        match predicate:
            case ast.HasLabels(labels=ast.LabelName(name)):
                every = max(self._statistics.nodes(), 1.0)
                return min(1.0, self._statistics.nodes(name) / every) or PREDICATE_SHARE
            case ast.IsNull(negated=negated):
                return PRESENT_SHARE if negated else 1 - PRESENT_SHARE
            case ast.Unary(operator="NOT", operand=operand):
                return 1 - self._share(operand)
            case ast.Binary(operator="AND", left=left, right=right):
                return self._share(left) * self._share(right)
            case ast.Binary(operator="OR", left=left, right=right):
                return 1 - (1 - self._share(left)) * (1 - self._share(right))
            case ast.Binary(operator="="):
                return EQUAL_SHARE
            case ast.Binary(operator="IN", right=right):
                return 1 - math.pow(1 - EQUAL_SHARE, self._length(right))
            case ast.Binary(operator=operator) if operator in _RANGES:
                return RANGE_SHARE
        return PREDICATE_SHARE

    def _unwind(self, step: logical.Unwind, rows: float, _inner: list[float]) -> float:
        return rows * self._length(step.expression)

    def _procedure(self, step: logical.CallProcedure, rows: float, _inner: list[float]) -> float:
        return rows if step.procedure.signature.is_void else rows * FEW_ROWS

    def _aggregate(self, step: logical.Aggregate, rows: float, _inner: list[float]) -> float:
        if step.each is not None:  # a row for each outer one, and for each other key
            return max(self._outer, math.sqrt(rows) if len(step.keys) > 1 else 0.0)
        return math.sqrt(rows) if step.keys else 1.0

    def _distinct(self, _step: logical.Distinct, rows: float, _inner: list[float]) -> float:
        return rows * DISTINCT_SHARE

    def _order(self, step: logical.OrderBy, rows: float, _inner: list[float]) -> float:
        if step.limit is None:
            return rows
        return min(rows, self._number(step.limit) + (0 if step.skip is None else self._number(step.skip)))

    def _slice(self, step: logical.SliceEach, rows: float, _inner: list[float]) -> float:
        if step.limit is None:
            return rows
        return min(rows, self._outer * self._number(step.limit))

    def _skip(self, step: logical.Skip, rows: float, _inner: list[float]) -> float:
        return rows - self._number(step.count)

    def _limit(self, step: logical.Limit, rows: float, _inner: list[float]) -> float:
        return min(rows, self._number(step.count))

    def _once(self, _step: logical.Plan, _rows: float, _inner: list[float]) -> float:
        return 1.0

    def _none(self, _step: logical.Plan, _rows: float, _inner: list[float]) -> float:
        return 0.0

    # -- plans beside the main one

    def _join(self, _step: logical.HashJoin, rows: float, inner: list[float]) -> float:
        return rows * inner[0] * EQUAL_SHARE

    def _optional(self, _step: logical.Optional, rows: float, inner: list[float]) -> float:
        return max(rows, inner[0])

    def _apply(self, step: logical.Apply, rows: float, inner: list[float]) -> float:
        if step.unit:
            return rows
        return max(rows, inner[0]) if step.optional else inner[0]

    def _select(self, _step: logical.SelectPaths, rows: float, inner: list[float]) -> float:
        return inner[0]

    # -- values

    def _constant(self, expression: ast.Expression) -> Any:
        match expression:
            case ast.Literal(value=value):
                return value
            case ast.Parameter(name=name):
                return self._parameters.get(name)
        return None

    def _number(self, expression: ast.Expression) -> float:
        value = self._constant(expression)
        return float(value) if type(value) is int else FEW_ROWS

    def _length(self, expression: ast.Expression) -> float:
        """How many items a list has, or is guessed to have."""
        if isinstance(expression, ast.ListLiteral):
            return len(expression.items)
        if isinstance(expression, ast.FunctionCall) and expression.name.lower() == "range":
            bounds = [self._constant(argument) for argument in expression.arguments]
            if all(type(bound) is int for bound in bounds) and 0 not in bounds[2:]:
                first, last, step = (*bounds, 1)[:3]
                return float(max(0, (last - first) // step + 1))
        value = self._constant(expression)
        return len(value) if type(value) is list else IN_LIST


def _looked_up(predicate: ast.Expression, step: logical.Plan) -> bool:
    """Whether a predicate is what the step before looked up, and stays only since that may find too much."""
    match step:
        case logical.ScanAllByEdge(lookup=lookup) if lookup is not None:
            return _looked_up(predicate, lookup)
        case logical.HashJoin(values=values, keys=keys):
            pairs = [{value, key} for value, key in zip(values, keys, strict=True)]
            return isinstance(predicate, ast.Binary) and {predicate.left, predicate.right} in pairs
        case logical.ScanAllById(variable=variable, value=value):
            return isinstance(predicate, ast.Binary) and value in (predicate.left, predicate.right)
        case logical.IndexSeek(variable=variable, label=label, keys=keys):
            sought = {ast.Property(ast.Variable(variable), key) for key in keys}
        case logical.IndexRange(variable=variable, label=label, key=key):
            sought = {ast.Property(ast.Variable(variable), key)}
        case _:
            return False
    match predicate:
        case ast.HasLabels(ast.Variable(name), ast.LabelName(tested)):
            return (name, tested) == (variable, label)
        case ast.Binary(left=left, right=right):
            return left in sought or right in sought
        case ast.IsNull(operand):
            return operand in sought
    return False


_Estimate: TypeAlias = Callable[[Estimates, Any, float, list[float]], float]

_ESTIMATES: dict[type, _Estimate] = {
    logical.ScanAll: Estimates._all,
    logical.ScanAllByLabel: Estimates._by_label,
    logical.ScanAllByComputedLabel: Estimates._by_some_label,
    logical.IndexSeek: Estimates._seek,
    logical.IndexRange: Estimates._range,
    logical.ScanAllByEdge: Estimates._by_edge,
    logical.Expand: Estimates._expand,
    logical.ExpandVariable: Estimates._walk,
    logical.SelectedExpand: Estimates._walk,
    logical.PruningBFSExpand: Estimates._reach,
    logical.BFSExpand: Estimates._reach,
    logical.WeightedExpand: Estimates._weighted,
    logical.KShortestExpand: Estimates._k_shortest,
    logical.Repeat: Estimates._repeat,
    logical.SearchPaths: Estimates._search,
    logical.Filter: Estimates._filter,
    logical.Unwind: Estimates._unwind,
    logical.CallProcedure: Estimates._procedure,
    logical.Aggregate: Estimates._aggregate,
    logical.CountElements: Estimates._once,
    logical.Distinct: Estimates._distinct,
    logical.OrderBy: Estimates._order,
    logical.Skip: Estimates._skip,
    logical.Limit: Estimates._limit,
    logical.SliceEach: Estimates._slice,
    logical.EmptyResult: Estimates._none,
    logical.HashJoin: Estimates._join,
    logical.Optional: Estimates._optional,
    logical.Apply: Estimates._apply,
    logical.SelectPaths: Estimates._select,
}
"""The steps that change the number of rows; all others give as many as they are given."""
