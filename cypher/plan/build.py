"""Clause after clause to a plan."""

from __future__ import annotations

from dataclasses import dataclass

from lithograph.cypher import ast
from lithograph.cypher.compile.variables import free_variables
from lithograph.cypher.errors import UnsupportedError
from lithograph.cypher.plan import logical
from lithograph.cypher.plan.automaton import judged_searches
from lithograph.cypher.plan.batches import batched, changes
from lithograph.cypher.plan.conflicts import list_goes_by_rows
from lithograph.cypher.plan.each import for_each_row
from lithograph.cypher.plan.every_step import ask_every_step
from lithograph.cypher.plan.hints import Hints
from lithograph.cypher.plan.match import MatchPlanner
from lithograph.cypher.plan.metadata import count_from_metadata
from lithograph.cypher.plan.patterns import take_apart
from lithograph.cypher.plan.products import CartesianProduct
from lithograph.cypher.plan.projection import ProjectionPlanner
from lithograph.cypher.plan.rules import optimised
from lithograph.cypher.plan.rules.deterministic import is_deterministic
from lithograph.cypher.plan.rules.eager import stream_where_nothing_is_read
from lithograph.cypher.plan.scope import Namer, visible
from lithograph.cypher.plan.selectors import plan_selected
from lithograph.cypher.plan.statistics import Statistics
from lithograph.cypher.plan.steps import check_clauses, check_plan
from lithograph.cypher.plan.updates import creates_joined, plan_create, plan_merge, plan_update_items
from lithograph.storage.patience import breathe

Bound = frozenset[str]
TAME = 3
"""Walks of so many relationships at most can be gone through."""

NOTHING_SAID = ast.Directives()


def build(query: ast.Query, statistics: Statistics) -> logical.Planned:
    """The plan of a checked query.

    Raises:
        CypherSyntaxError: it has too many steps.
    """
    check_clauses(query)
    directives = query.directives or NOTHING_SAID
    parts = [_Builder(statistics, frozenset(), directives=directives).single(part) for part in query.parts]
    plan, columns = parts[0].plan, parts[0].columns
    if len(parts) > 1:
        plan = logical.Union(tuple(part.plan for part in parts), columns)
        if not query.all:
            plan = logical.Distinct(plan, columns)
    writes = any(part.writes for part in parts)
    reads = any(part.reads for part in parts)
    products = tuple(product for part in parts for product in part.products)
    plan = stream_where_nothing_is_read(optimised(plan))
    check_plan(plan)
    return logical.Planned(plan, columns, writes, reads, products)


@dataclass(frozen=True, slots=True)
class Inner:
    """The plan of a query inside another one, for batches of rows numbered in the column ``row``."""

    plan: logical.Plan
    columns: tuple[str, ...]
    writes: bool
    row: str
    products: tuple[CartesianProduct, ...] = ()
    wild: bool = False
    """Whether a row may have more of them than could ever be gone through: it walks without a bound."""


def build_inner(
    query: ast.Query,
    bound: Bound,
    constants: Bound,
    statistics: Statistics,
    namer: Namer,
    bare: bool = False,
    once: bool = False,
) -> Inner:
    """The plan of a subquery.

    Args:
        query: checked; each of its parts may use what is outside by its own names.
        bound: what it is given.
        constants: what of that stays visible behind a WITH.
        bare: whether the rows of a query without RETURN count (EXISTS and COUNT) or go nowhere (CALL).
        once: whether it only matters which of the outer rows have any (EXISTS).
    """
    row = namer.fresh("row")
    builders = [_Builder(statistics, bound, namer, constants) for _ in query.parts]
    parts = [builder.single(part, bare) for builder, part in zip(builders, query.parts, strict=True)]
    plan, columns = parts[0].plan, parts[0].columns
    if len(parts) > 1:
        plan = logical.Union(tuple(part.plan for part in parts), columns)
        if not query.all:
            plan = logical.Distinct(plan, columns)
    each = for_each_row(plan, row, constants)
    plan = optimised(each)
    if once:
        distinct = optimised(logical.Distinct(each, (row,)))
        # Telling rows apart costs more than it saves, unless walks become a search for what can be reached.
        plan = plan if distinct == logical.Distinct(each, (row,)) else distinct
    check_plan(plan)
    products = tuple(product for part in parts for product in part.products)
    return Inner(plan, columns, any(part.writes for part in parts), row, products, _is_wild(plan))


def _is_wild(plan: logical.Plan) -> bool:
    if isinstance(plan, logical.ExpandVariable) and (plan.maximum is None or plan.maximum > TAME):
        return True
    return any(map(_is_wild, plan.inputs()))


class _Builder:
    """Plans the clauses of one single query."""

    def __init__(
        self,
        statistics: Statistics,
        bound: Bound,
        namer: Namer | None = None,
        constants: Bound = frozenset(),
        directives: ast.Directives = NOTHING_SAID,
    ) -> None:
        self.statistics = statistics
        self.directives = directives
        self.namer = namer or Namer()
        self.constants = constants
        self.whole = namer is None
        """Whether this is no part of another query."""
        self.plan: logical.Plan = logical.Once()
        self.bound = bound
        self.columns: tuple[str, ...] = ()
        self.writes = False
        self.reads = False
        self.products: list[CartesianProduct] = []
        self._unsettled = False
        """Whether the last clause was an update: what reads after it has to see all of it."""

    def single(self, query: ast.SingleQuery, bare: bool = False) -> logical.Planned:
        """All clauses of a query; ``bare``: without RETURN it gives its rows as they are."""
        shortcut = count_from_metadata(query) if self.whole else None
        if shortcut is not None:
            return logical.Planned(shortcut, (shortcut.name,), False, True)
        first, behind = batched(query) if self.directives.batch is not None else (0, 0)
        for clause in query.clauses[:first]:
            self.clause(clause)
        if behind and self.directives.batch is not None:
            self._in_batches(query.clauses[first:behind], self.directives.batch)
        for clause in creates_joined(query.clauses[behind:]):
            self.clause(clause)
        if not isinstance(query.clauses[-1], ast.Return) and not bare:
            self.plan = logical.EmptyResult(self.plan)
            self.columns = ()
        return logical.Planned(self.plan, self.columns, self.writes, self.reads, tuple(self.products))

    def clause(self, clause: ast.Clause) -> None:
        """One clause more."""
        breathe()
        writes = changes(clause)
        if writes:
            self.writes = True
        elif self._unsettled:
            self.plan = logical.Accumulate(self.plan)
        self._unsettled = writes
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
            case ast.Finish():
                self._unsettled = False
            case ast.CallSubquery():
                self._subquery(clause)
            case ast.CallProcedure():
                self._call(clause)
            case _:
                raise UnsupportedError(type(clause).__name__.upper(), position=clause.position)

    def _match(self, clause: ast.Match) -> None:
        self.reads = True
        if not clause.optional:
            self.plan, self.bound, _ = self._matched(self.plan, clause)
            return
        inner, bound, names = self._matched(logical.Once(), clause)
        introduced = tuple(sorted(names - self.bound))
        self.plan = logical.Optional(self.plan, inner, introduced)
        self.bound |= set(introduced) & bound

    def _matched(self, plan: logical.Plan, clause: ast.Match) -> tuple[logical.Plan, Bound, Bound]:
        """(what a MATCH makes of a plan, the variables bound then, those that the pattern names)."""
        hints = Hints(clause.hints, self.directives.indexes)
        if clause.pattern.paths[0].selector is not None:
            return plan_selected(plan, self.bound, clause, self.statistics, self.namer, hints)
        graph = take_apart(clause.pattern.paths, clause.predicate, self.namer)
        ask_every_step(graph)
        judged_searches(graph, self.bound, self.namer)
        planner = MatchPlanner(plan, self.bound, graph, self.statistics, self.namer, hints)
        matched, bound = planner.run()
        if planner.products:
            self.products.append(CartesianProduct(tuple(planner.products), clause.position))
        return matched, bound, graph.names()

    def _project(self, projection: ast.Projection, predicate: ast.Expression | None = None) -> None:
        """A projection; the predicate of a WITH sees its columns, and behind them what was bound before."""
        planner = ProjectionPlanner(
            self.plan, self.bound, projection, self.namer, self.writes, self.constants
        )
        hidden = self.bound.difference(planner.columns)
        used = hidden & free_variables(predicate) if predicate is not None else frozenset()
        projected = planner.run(used)
        self.plan, self.columns = projected.plan, projected.columns
        if predicate is not None:
            self.plan = logical.Filter(self.plan, (predicate,))
        if used:
            self.plan = logical.Produce(self.plan, tuple((name, name) for name in self.columns))
        self.bound = self.constants.union(projected.columns)

    def _subquery(self, call: ast.CallSubquery) -> None:
        """CALL { … }: an inner plan for batches of the rows so far."""
        if call.imports is None:
            bound, constants = _imported(call.query, self.bound), frozenset[str]()
        else:
            names = self.bound if call.imports == "*" else call.imports
            bound = constants = frozenset(visible(frozenset(names)))
        inner = build_inner(call.query, bound, constants, self.statistics, self.namer)
        self.products.extend(inner.products)
        self.writes |= inner.writes
        self._unsettled = inner.writes
        self.reads = True
        in_batches = call.transactions is not None
        settled = not inner.writes or in_batches  # which uses its input up itself
        self.plan = logical.Apply(
            self.plan if settled else logical.Accumulate(self.plan),
            inner.plan,
            inner.row,
            tuple(sorted(bound)),
            inner.columns,
            unit=not inner.columns,
            rowwise=inner.writes and not only_creates(call.query),
            alike=not (bound or inner.writes or call.optional or in_batches) and is_deterministic(call.query),
            transactions=call.transactions,
            optional=call.optional,
        )
        self.bound |= set(inner.columns)
        if call.transactions is not None and call.transactions.status is not None:
            self.bound |= {call.transactions.status}

    def _in_batches(self, clauses: tuple[ast.Clause, ...], batch: ast.Expression) -> None:
        """Clauses from the first that changes the graph on, for so many of the rows before it at a time: PERIODIC COMMIT."""
        row = self.namer.fresh("row")
        inner = _Builder(self.statistics, self.bound, self.namer, directives=self.directives)
        for clause in clauses:
            inner.clause(clause)
        given = tuple(visible(self.bound))
        introduced = (
            tuple(visible(inner.bound)) if _projects(clauses) else tuple(visible(inner.bound - self.bound))
        )
        plan = optimised(for_each_row(inner.plan, row, frozenset()))
        check_plan(plan)
        self.plan = logical.Apply(
            self.plan, plan, row, given, introduced, transactions=ast.InTransactions(batch)
        )
        self.bound = inner.bound
        self.writes = self.reads = True
        self.products.extend(inner.products)

    def _call(self, clause: ast.CallProcedure) -> None:
        procedure = clause.procedure
        assert procedure is not None, "calls are resolved before they are planned"
        assert isinstance(clause.yields, tuple)
        self.reads = True
        if procedure.writes:
            self.plan = logical.Accumulate(self.plan)
        columns = tuple((item.field, item.variable) for item in clause.yields)
        self.plan = logical.CallProcedure(
            self.plan, procedure, clause.arguments or (), columns, clause.position
        )
        self.bound |= {variable for _, variable in columns}
        if clause.predicate is not None:
            self.plan = logical.Filter(self.plan, (clause.predicate,))

    def _foreach(self, variable: str, source: ast.Expression, updates: tuple[ast.Clause, ...]) -> None:
        inner = _Builder(self.statistics, self.bound | {variable}, self.namer)
        for clause in updates:
            inner.clause(clause)
        independent = len(updates) == 1 or all(isinstance(clause, ast.Create) for clause in updates)
        self.plan = logical.Foreach(
            logical.Accumulate(self.plan), variable, source, inner.plan,
            rowwise=not independent, list_by_rows=list_goes_by_rows(source, updates),
        )  # fmt: skip


def _projects(clauses: tuple[ast.Clause, ...]) -> bool:
    return any(isinstance(clause, ast.With) for clause in clauses)


def _imported(query: ast.Query, bound: Bound) -> Bound:
    """What the WITH at the beginning of each part of a subquery takes from outside; nothing else does."""
    used: set[str] = set()
    for part in query.parts:
        first = part.clauses[0]
        if isinstance(first, ast.With) and len(part.clauses) > 1:
            used |= set(visible(bound)) if first.projection.star else free_variables(first)
    return bound & used


def only_creates(query: ast.Query) -> bool:
    """Whether nothing that the query does for a row could matter to the next: it creates, and reads nothing."""
    return all(
        isinstance(clause, ast.Create | ast.Unwind | ast.Return)
        or (isinstance(clause, ast.With) and clause is part.clauses[0])
        for part in query.parts
        for clause in part.clauses
    )
