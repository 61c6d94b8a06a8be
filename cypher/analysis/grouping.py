"""What may stand beside an aggregation: in its own expression, and in an ORDER BY behind it."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from lithograph.cypher import ast
from lithograph.cypher.analysis.functions import is_aggregate
from lithograph.cypher.analysis.scope import Scope
from lithograph.cypher.errors import (
    AmbiguousAggregationExpressionError,
    CypherError,
    InvalidAggregationError,
    UndefinedVariableError,
)
from lithograph.cypher.walk import children


def is_aggregation(node: ast.Syntax) -> bool:
    """Whether a node of the tree is itself an aggregation."""
    return isinstance(node, ast.CountStar) or (isinstance(node, ast.FunctionCall) and is_aggregate(node.name))


def check_grouping(mixed: Iterable[ast.Expression], keys: Iterable[ast.Expression], scope: Scope) -> None:
    """Refuse expressions that mix an aggregation with something of ``scope`` that the rows are not grouped by.

    Beside an aggregation there may be constants, and variables and properties that are keys.

    Raises:
        AmbiguousAggregationExpressionError
    """
    simple = frozenset(key for key in keys if isinstance(key, ast.Variable | ast.Property))
    names = scope.names()
    for expression in mixed:
        loose = _first_loose(expression, simple, names)
        if loose is not None:
            raise _ambiguous(loose)


def _ambiguous(loose: ast.Expression) -> CypherError:
    name = loose.name if isinstance(loose, ast.Variable) else "it"
    return AmbiguousAggregationExpressionError(
        f"This expression mixes an aggregation with `{name}`, which the rows are not grouped by. "
        "Project what is not aggregated in a WITH before.",
        position=loose.position,
    )


def _first_loose(
    node: ast.Syntax, keys: Collection[ast.Syntax], outer: frozenset[str]
) -> ast.Variable | None:
    """The first of the variables ``outer`` that is used outside of aggregations and no key.

    All other variables are bound inside: by a comprehension, a pattern or a subquery.
    """
    if node in keys:
        return None
    inside = _without(outer, bound_inside(node))
    if is_aggregation(node):
        return None
    used = _variable(node)
    if used is not None and used.name in outer and used not in keys:
        return used
    for child in children(node):
        loose = _first_loose(child, keys, inside)
        if loose is not None:
            return loose
    return None


def _variable(node: ast.Syntax) -> ast.Variable | None:
    """The variable that a node is, or that a part of a pattern has by name."""
    if isinstance(node, ast.Variable):
        return node
    if isinstance(node, ast.NodePattern | ast.RelationshipPattern) and node.variable is not None:
        return ast.Variable(node.variable, position=node.position)
    return None


def check_sorted(
    expression: ast.Expression,
    items: Collection[ast.Syntax],
    result: Scope,
    before: Scope,
    aggregated: bool,
) -> None:
    """Refuse an ORDER BY expression that cannot be computed from the columns, but needs something else of ``before``."""

    def visit(node: ast.Syntax, outer: frozenset[str], nested: bool) -> None:
        if node in items and not isinstance(node, ast.Literal):
            if aggregated and not is_aggregation(node) and not isinstance(node, ast.Variable | ast.Property):
                raise AmbiguousAggregationExpressionError(
                    "Beside an aggregation, ORDER BY takes single variables and properties; "
                    "give this expression a name in the projection and use that.",
                    position=node.position,
                )
            return
        used = _variable(node)
        if used is not None and used.name in outer and used.name not in result:
            raise UndefinedVariableError(
                f"Variable `{used.name}` is not defined behind an aggregation or DISTINCT, which keep "
                "only the columns.",
                position=node.position,
            )
        inside = _without(outer, bound_inside(node))
        nested = nested or isinstance(node, ast.SubqueryExpression)
        for child in children(node):
            visit(child, inside, nested)
        if is_aggregation(node) and not nested:
            raise InvalidAggregationError(
                "An aggregation in ORDER BY has to be among the columns.",
                position=node.position,
            )

    visit(expression, before.names(), False)


def _without(names: frozenset[str], hidden: frozenset[str]) -> frozenset[str]:
    """Mostly nothing is hidden, and there may be very many names."""
    return names - hidden if hidden else names


def bound_inside(node: ast.Syntax) -> frozenset[str]:
    """The names that an expression binds for what is inside it."""
    match node:
        case ast.ListComprehension(variable=name) | ast.Quantifier(variable=name):
            return frozenset({name})
        case ast.Reduce(accumulator=accumulator, variable=name):
            return frozenset({accumulator, name})
        case _:
            return frozenset()
