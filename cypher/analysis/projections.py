"""WITH and RETURN: names of columns, what may stand beside an aggregation, ORDER BY, SKIP and LIMIT."""

from __future__ import annotations

from lithograph.cypher import ast
from lithograph.cypher.analysis.expressions import Expressions
from lithograph.cypher.analysis.grouping import check_grouping, check_sorted
from lithograph.cypher.analysis.scope import Scope
from lithograph.cypher.analysis.types import Kind, Type
from lithograph.cypher.errors import (
    ColumnNameConflictError,
    InvalidAggregationError,
    InvalidArgumentTypeError,
    NegativeIntegerArgumentError,
    NoExpressionAliasError,
    NonConstantExpressionError,
    NoVariablesInScopeError,
    UndefinedVariableError,
    VariableAlreadyBoundError,
)


class Projections:
    """The checks of projections."""

    def __init__(self, expressions: Expressions) -> None:
        self._expressions = expressions

    def check(
        self, projection: ast.Projection, scope: Scope, predicate: ast.Expression | None, is_with: bool
    ) -> Scope:
        """The scope behind a WITH or RETURN (whose names are the columns, in order).

        Args:
            projection: the body of the clause.
            scope: what is bound before it.
            predicate: that of its WHERE.
            is_with: whether every column needs a name.
        """
        result = self._star(projection, scope, is_with)
        aggregated = False
        grouped: list[ast.Expression] = []
        mixed: list[ast.Expression] = []
        for item in projection.items:
            self._expressions.aggregated = False
            kind = self._expressions.visit_projected(item.expression, scope)
            if self._expressions.aggregated:
                aggregated = True
                mixed.append(item.expression)
            else:
                grouped.append(item.expression)
            if result.binds(item.name):
                raise ColumnNameConflictError(
                    f"Multiple results with the same name '{item.name}' are not allowed.",
                    position=item.position,
                )
            if item.name in scope.constants and item.expression != ast.Variable(item.name):
                raise VariableAlreadyBoundError(
                    f"`{item.name}` is a variable from outside of the subquery; another one needs another name.",
                    position=item.position,
                )
            result.shadow(item.name, kind)
        keys = [*grouped, *map(ast.Variable, scope.constants)]
        if projection.star:
            keys += map(ast.Variable, scope)
        check_grouping(mixed, keys, scope)

        order_scope = self._order_by(projection, scope, result, aggregated)
        if is_with:
            self._aliases(projection)
        self._expressions.predicate(predicate, order_scope)
        self._constant(projection.skip, "SKIP")
        self._constant(projection.limit, "LIMIT")
        return result

    @staticmethod
    def _star(projection: ast.Projection, scope: Scope, is_with: bool) -> Scope:
        if not projection.star:
            return scope.behind()
        if not scope and not is_with and not projection.items:
            raise NoVariablesInScopeError(
                "There are no variables in scope to use for '*'.", position=projection.position
            )
        return scope.copy()

    @staticmethod
    def _aliases(projection: ast.Projection) -> None:
        for item in projection.items:
            if not item.aliased and not isinstance(item.expression, ast.Variable):
                raise NoExpressionAliasError(
                    "Only variables can be non-aliased in WITH; give this expression a name with AS.",
                    position=item.position,
                )

    # ------------------------------------------------------------ ORDER BY

    def _order_by(
        self,
        projection: ast.Projection,
        scope: Scope,
        result: Scope,
        aggregated: bool,
    ) -> Scope:
        """Check ORDER BY; gives the scope that it and WHERE see."""
        both = scope.copy()
        for name, kind in result.items():
            both.shadow(name, kind)
        if not (aggregated or projection.distinct):
            for item in projection.order_by:
                self._expressions.visit(item.expression, both)
            return both
        # Behind an aggregation or DISTINCT only the columns are left of a row.
        items = frozenset(item.expression for item in projection.items)
        for item in projection.order_by:
            if item.expression not in items:
                self._expressions.aggregated = False
                visit = self._expressions.visit_projected if aggregated else self._expressions.visit
                visit(item.expression, both)
                check_sorted(item.expression, items, result, scope, self._expressions.aggregated)
        return result

    # ------------------------------------------------------------ SKIP, LIMIT

    def _constant(self, expression: ast.Expression | None, clause: str) -> None:
        if expression is None:
            return
        try:
            kind = self._expressions.visit(expression, Scope())
        except (UndefinedVariableError, InvalidAggregationError) as error:
            raise NonConstantExpressionError(
                f"{clause} must be the same for all rows; it cannot use variables or aggregations.",
                position=error.position,
            ) from None
        check_count(expression, kind, clause)


def check_count(expression: ast.Expression, kind: Type, clause: str) -> None:
    """Refuse what is no number of rows.

    Raises:
        InvalidArgumentTypeError: it is never an integer.
        NegativeIntegerArgumentError: it is below zero.
    """
    if kind.kind not in (Kind.INTEGER, Kind.ANY):
        raise InvalidArgumentTypeError(
            f"{clause} needs an integer, not {kind}.", position=expression.position
        )
    if isinstance(expression, ast.Literal) and isinstance(expression.value, int) and expression.value < 0:
        raise NegativeIntegerArgumentError(
            f"{clause} cannot be negative: {expression.value}.", position=expression.position
        )
