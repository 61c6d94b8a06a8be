"""WITH and RETURN: items, aggregation, DISTINCT, ORDER BY, SKIP and LIMIT, in that order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from lithograph.cypher import ast
from lithograph.cypher.compile.variables import free_variables
from lithograph.cypher.plan import logical
from lithograph.cypher.plan.rewrite import rewrite
from lithograph.cypher.plan.scope import Namer, visible
from lithograph.cypher.scalar.aggregates import is_aggregate

Item = tuple[str, ast.Expression]
Sort = tuple[ast.Expression, bool]
"""What to sort by, and whether descending."""


@dataclass(frozen=True, slots=True)
class Projected:
    """The plan of a projection and the columns it leaves."""

    plan: logical.Plan
    columns: tuple[str, ...]


def holds_aggregate(expression: ast.Expression) -> bool:
    """Whether an aggregate function is called anywhere in the expression (not inside a subquery)."""
    found = False

    def look(syntax: ast.Syntax) -> ast.Syntax | None:
        nonlocal found
        if _is_call(syntax):
            found = True
        return syntax if found or isinstance(syntax, ast.SubqueryExpression) else None

    rewrite(expression, look)
    return found


def _is_call(syntax: ast.Syntax) -> bool:
    if isinstance(syntax, ast.CountStar):
        return True
    return isinstance(syntax, ast.FunctionCall) and is_aggregate(syntax.name)


class ProjectionPlanner:
    """Plans one projection on top of a plan that binds ``bound``."""

    def __init__(
        self,
        plan: logical.Plan,
        bound: frozenset[str],
        projection: ast.Projection,
        namer: Namer,
        writes: bool,
        constants: frozenset[str] = frozenset(),
    ) -> None:
        self.plan = plan
        self.projection = projection
        self.namer = namer
        self.writes = writes
        named = visible(bound - constants) if projection.star else []
        stars = [(name, ast.Variable(name)) for name in named]
        self.items: list[Item] = [*stars, *((item.name, item.expression) for item in projection.items)]
        self.columns = tuple(name for name, _ in self.items)
        self.sources: dict[str, str] = {}
        """The column in which each item's value is before the final renaming."""
        self.keys: dict[str, str] = {}
        """The columns of the variables grouped by; an aggregation leaves nothing else of what was bound."""

    def run(self, beside: frozenset[str] = frozenset()) -> Projected:
        """The plan; ``beside`` are variables from before that it passes on next to the columns."""
        sorts = [(item.expression, item.descending) for item in self.projection.order_by]
        columns: dict[ast.Expression, str] = {}
        if any(holds_aggregate(expression) for _, expression in self.items):
            columns = self._aggregate()
        else:
            self._extend(self.items)
        sorts = self._in_columns(sorts, columns)
        if self.projection.distinct:
            self.plan = logical.Distinct(self.plan, tuple(self.sources[name] for name in self.columns))
        self._order(sorts)
        renamed = tuple((name, self.sources[name]) for name in self.columns)
        renamed += tuple((name, name) for name in sorted(beside))
        return Projected(logical.Produce(self.plan, renamed), self.columns)

    # -- items

    def _extend(self, items: list[Item]) -> None:
        """Compute items into columns of their own; a variable is its own column already.

        Where there is an ORDER BY, a renamed one gets another, so that aliases can be put into its
        expressions without a comprehension there catching them.
        """
        computed: list[Item] = []
        for name, expression in items:
            if isinstance(expression, ast.Variable) and (
                name == expression.name or not self.projection.order_by
            ):
                self.sources[name] = expression.name
            else:
                column = self.namer.fresh("i")
                self.sources[name] = column
                computed.append((column, expression))
        if computed:
            self.plan = logical.Extend(self.plan, tuple(computed))

    def _in_columns(self, sorts: list[Sort], columns: dict[ast.Expression, str]) -> list[Sort]:
        """Sort expressions in terms of the items, by alias or as the same expression, and of other ``columns``.

        The longest expression that is an item counts as that, whatever its variables mean behind the items; a name
        by itself means what it means there.
        """
        by_expression = {**columns, **{item: self.sources[name] for name, item in self.items}}
        aliases = {name: self.sources[name] for name, _ in self.items}

        def substitute(syntax: ast.Syntax) -> ast.Syntax | None:
            if isinstance(syntax, ast.Variable) and syntax.name in aliases:
                return ast.Variable(aliases[syntax.name], position=syntax.position)
            if isinstance(syntax, ast.Literal) or not isinstance(syntax, ast.Expression):
                return None
            column = by_expression.get(syntax)
            return None if column is None else ast.Variable(column, position=syntax.position)

        return [(rewrite(expression, substitute), descending) for expression, descending in sorts]

    # -- aggregation

    def _aggregate(self) -> dict[ast.Expression, str]:
        """Group by the items without aggregates; compute the others from keys and aggregates.

        Returns:
            the columns of these.
        """
        keys: list[Item] = []
        calls: list[tuple[str, ast.FunctionCall | ast.CountStar]] = []
        columns: dict[ast.Expression, str] = {}
        for name, expression in self.items:
            if not holds_aggregate(expression):
                column = self.namer.fresh("k")
                keys.append((column, expression))
                columns.setdefault(expression, column)
                if isinstance(expression, ast.Variable):
                    self.keys[expression.name] = column
                self.sources[name] = column

        def known(syntax: ast.Syntax) -> ast.Syntax | None:
            if (
                isinstance(syntax, ast.Expression)
                and not isinstance(syntax, ast.Literal)
                and syntax in columns
            ):
                return ast.Variable(columns[syntax], position=syntax.position)
            return None

        def substitute(syntax: ast.Syntax) -> ast.Syntax | None:
            if isinstance(syntax, ast.SubqueryExpression):
                # what is aggregated inside is no call of this projection
                return known(syntax) or replace(syntax, query=rewrite(syntax.query, known))
            found = known(syntax)
            if found is not None:
                return found
            if _is_call(syntax):
                assert isinstance(syntax, ast.FunctionCall | ast.CountStar)
                column = columns[syntax] = self.namer.fresh("a")
                calls.append((column, syntax))
                return ast.Variable(column, position=syntax.position)
            return None

        computed = [
            (name, rewrite(expression, substitute))
            for name, expression in self.items
            if name not in self.sources
        ]
        self.plan = logical.Aggregate(self.plan, tuple(keys), tuple(calls))
        self._bind(self.keys, [expression for _, expression in computed])
        self._extend(computed)
        return columns

    def _bind(self, columns: dict[str, str], expressions: Iterable[ast.Expression]) -> None:
        """Give columns their names back where expressions still use these: patterns name variables by text."""
        used = frozenset().union(*map(free_variables, expressions))
        items = [(name, ast.Variable(columns[name])) for name in sorted(used & columns.keys())]
        items = [(name, variable) for name, variable in items if name != variable.name]
        if items:
            self.plan = logical.Extend(self.plan, tuple(items))

    # -- order and bounds

    def _order(self, sorts: list[Sort]) -> None:
        skip, limit = self.projection.skip, self.projection.limit
        if sorts:
            keys: list[tuple[str, bool]] = []
            computed: list[Item] = []
            for expression, descending in sorts:
                if isinstance(expression, ast.Variable):
                    keys.append((expression.name, descending))
                else:
                    column = self.namer.fresh("s")
                    computed.append((column, expression))
                    keys.append((column, descending))
            if computed:
                self._bind({**self.keys, **self.sources}, [expression for _, expression in computed])
                self.plan = logical.Extend(self.plan, tuple(computed))
            self.plan = logical.OrderBy(self.plan, tuple(keys), limit, skip)
        if skip is not None:
            self.plan = logical.Skip(self.plan, skip)
        if limit is not None:
            self.plan = logical.Limit(self.plan, limit, drain=self.writes)
