"""Clause after clause to a plan."""

from __future__ import annotations

from lithograph.cypher import ast
from lithograph.cypher.compile.variables import free_variables
from lithograph.cypher.errors import ProcedureNotFoundError, UnsupportedError
from lithograph.cypher.plan import logical
from lithograph.cypher.plan.match import MatchPlanner
from lithograph.cypher.plan.metadata import count_from_metadata
from lithograph.cypher.plan.patterns import take_apart
from lithograph.cypher.plan.projection import ProjectionPlanner
from lithograph.cypher.plan.rules import optimised
from lithograph.cypher.plan.scope import Namer
from lithograph.cypher.plan.statistics import Statistics
from lithograph.cypher.plan.steps import check_clauses, check_plan
from lithograph.cypher.plan.updates import plan_create, plan_merge, plan_update_items
from lithograph.storage.patience import breathe

Bound = frozenset[str]
UPDATES = (ast.Create, ast.Merge, ast.Set, ast.Remove, ast.Delete, ast.Foreach)


def build(query: ast.Query, statistics: Statistics) -> logical.Planned:
    """The plan of a checked query.

    Raises:
        CypherSyntaxError: it has too many steps.
    """
    check_clauses(query)
    parts = [_Builder(statistics, frozenset()).single(part) for part in query.parts]
    plan, columns = parts[0].plan, parts[0].columns
    if len(parts) > 1:
        plan = logical.Union(tuple(part.plan for part in parts), columns)
        if not query.all:
            plan = logical.Distinct(plan, columns)
    writes = any(part.writes for part in parts)
    reads = any(part.reads for part in parts)
    plan = optimised(plan)
    check_plan(plan)
    return logical.Planned(plan, columns, writes, reads)


def build_inner(
    query: ast.Query, bound: Bound, statistics: Statistics, namer: Namer
) -> tuple[logical.Plan, tuple[str, ...]]:
    """The plan of a query inside an expression, on top of the rows around it (EXISTS and its kind).

    Only MATCH, WHERE, UNWIND and, for COLLECT, a last plain RETURN have a meaning over a whole batch of
    outer rows at once; the others are refused.
    """
    if len(query.parts) > 1:
        raise UnsupportedError("UNION inside a subquery expression", position=query.position)
    builder = _Builder(statistics, bound, namer)
    columns: tuple[str, ...] = ()
    for clause in query.parts[0].clauses:
        if isinstance(clause, ast.Match | ast.Unwind):
            builder.clause(clause)
        elif isinstance(clause, ast.Return) and _is_plain(clause.projection):
            items = tuple((namer.fresh("i"), item.expression) for item in clause.projection.items)
            builder.plan = logical.Extend(builder.plan, items)
            columns = tuple(name for name, _ in items)
        else:
            kind = type(clause).__name__.upper()
            raise UnsupportedError(f"{kind} inside a subquery expression", position=clause.position)
    check_plan(builder.plan)
    return builder.plan, columns


def _is_plain(projection: ast.Projection) -> bool:
    bounds = projection.order_by or projection.skip or projection.limit
    return not (projection.distinct or projection.star or bounds)


class _Builder:
    """Plans the clauses of one single query."""

    def __init__(self, statistics: Statistics, bound: Bound, namer: Namer | None = None) -> None:
        self.statistics = statistics
        self.namer = namer or Namer()
        self.plan: logical.Plan = logical.Once()
        self.bound = bound
        self.columns: tuple[str, ...] = ()
        self.writes = False
        self.reads = False
        self._unsettled = False
        """Whether the last clause was an update: what reads after it has to see all of it."""

    def single(self, query: ast.SingleQuery) -> logical.Planned:
        """All clauses of a query."""
        shortcut = count_from_metadata(query)
        if shortcut is not None:
            return logical.Planned(shortcut, (shortcut.name,), False, True)
        for clause in query.clauses:
            self.clause(clause)
        if not isinstance(query.clauses[-1], ast.Return):
            self.plan = logical.EmptyResult(self.plan)
            self.columns = ()
        return logical.Planned(self.plan, self.columns, self.writes, self.reads)

    def clause(self, clause: ast.Clause) -> None:
        """One clause more."""
        breathe()
        if isinstance(clause, UPDATES):
            self.writes = True
        elif self._unsettled:
            self.plan = logical.Accumulate(self.plan)
        self._unsettled = isinstance(clause, UPDATES)
        match clause:
            case ast.Match():
                self._match(clause)
            case ast.Unwind(expression=expression, variable=variable):
                self.plan = logical.Unwind(self.plan, expression, variable)
                self.bound |= {variable}
            case ast.With(projection=projection, predicate=predicate):
                self._project(projection, predicate)
            case ast.Return(projection=projection):
                self._project(projection)
            case ast.Create(pattern=pattern):
                self.plan, self.bound = plan_create(self.plan, self.bound, pattern.paths, self.namer)
            case ast.Merge():
                self.reads = True
                self.plan, self.bound = plan_merge(
                    logical.Accumulate(self.plan), self.bound, clause, self.statistics, self.namer
                )
            case ast.Set(items=items) | ast.Remove(items=items):
                self.plan = plan_update_items(logical.Accumulate(self.plan), items)
            case ast.Delete(expressions=expressions, detach=detach):
                self.plan = logical.Delete(logical.Accumulate(self.plan), expressions, detach)
            case ast.Foreach(variable=variable, source=source, updates=updates):
                self._foreach(variable, source, updates)
            case ast.CallProcedure(name=name):
                raise ProcedureNotFoundError(
                    f"There is no procedure named '{name}'.", position=clause.position
                )
            case _:
                kind = "CALL" if type(clause).__name__.startswith("Call") else type(clause).__name__.upper()
                raise UnsupportedError(kind, position=clause.position)

    def _match(self, clause: ast.Match) -> None:
        self.reads = True
        graph = take_apart(clause.pattern.paths, clause.predicate, self.namer)
        if not clause.optional:
            planner = MatchPlanner(self.plan, self.bound, graph, self.statistics, self.namer)
            self.plan, self.bound = planner.run()
            return
        inner, bound = MatchPlanner(logical.Once(), self.bound, graph, self.statistics, self.namer).run()
        introduced = tuple(sorted(graph.names() - self.bound))
        self.plan = logical.Optional(self.plan, inner, introduced)
        self.bound |= set(introduced) & bound

    def _project(self, projection: ast.Projection, predicate: ast.Expression | None = None) -> None:
        """A projection; the predicate of a WITH sees its columns, and behind them what was bound before."""
        planner = ProjectionPlanner(self.plan, self.bound, projection, self.namer, self.writes)
        hidden = self.bound.difference(planner.columns)
        used = hidden & free_variables(predicate) if predicate is not None else frozenset()
        projected = planner.run(used)
        self.plan, self.columns = projected.plan, projected.columns
        if predicate is not None:
            self.plan = logical.Filter(self.plan, (predicate,))
        if used:
            self.plan = logical.Produce(self.plan, tuple((name, name) for name in self.columns))
        self.bound = frozenset(projected.columns)

    def _foreach(self, variable: str, source: ast.Expression, updates: tuple[ast.Clause, ...]) -> None:
        inner = _Builder(self.statistics, self.bound | {variable}, self.namer)
        for clause in updates:
            inner.clause(clause)
        independent = len(updates) == 1 or all(isinstance(clause, ast.Create) for clause in updates)
        self.plan = logical.Foreach(
            logical.Accumulate(self.plan), variable, source, inner.plan, rowwise=not independent
        )
