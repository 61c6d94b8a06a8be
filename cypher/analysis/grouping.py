"""What may stand beside an aggregation: in its own expression, and in an ORDER BY behind it."""

from __future__ import annotations

from collections.abc import Sequence

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


def check_grouping(expression: ast.Expression, keys: Sequence[ast.Expression]) -> None:
    """Refuse a mixture of an aggregation with something the rows are not grouped by.

    Beside an aggregation there may be constants, and variables and properties that are keys.

    Raises:
        AmbiguousAggregationExpressionError
    """
    simple = [key for key in keys if isinstance(key, ast.Variable | ast.Property)]
    loose = _first_loose(expression, simple, frozenset())
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
    node: ast.Syntax, keys: Sequence[ast.Expression], local: frozenset[str]
) -> ast.Variable | None:
    """The first variable outside of aggregations that no key and no inner name accounts for."""
    if is_aggregation(node) or node in keys:
        return None
    if isinstance(node, ast.Variable):
        return None if node.name in local else node
    local = local | bound_inside(node)
    for child in children(node):
        loose = _first_loose(child, keys, local)
        if loose is not None:
            return loose
    return None


def check_sorted(
    expression: ast.Expression, items: Sequence[ast.Expression], result: Scope, aggregated: bool
) -> None:
    """Refuse an ORDER BY expression that cannot be computed from the columns."""

    def visit(node: ast.Syntax, local: frozenset[str]) -> None:
        if node in items and not isinstance(node, ast.Literal):
            if aggregated and not is_aggregation(node) and not isinstance(node, ast.Variable | ast.Property):
                raise AmbiguousAggregationExpressionError(
                    "Beside an aggregation, ORDER BY takes single variables and properties; "
                    "give this expression a name in the projection and use that.",
                    position=node.position,
                )
            return
        if isinstance(node, ast.Variable):
            if node.name not in local and node.name not in result:
                raise UndefinedVariableError(
                    f"Variable `{node.name}` is not defined behind an aggregation or DISTINCT, which keep "
                    "only the columns.",
                    position=node.position,
                )
            return
        inside = local | bound_inside(node)
        for child in children(node):
            visit(child, inside)
        if is_aggregation(node):
            raise InvalidAggregationError(
                "An aggregation in ORDER BY has to be among the columns.",
                position=node.position,
            )

    visit(expression, frozenset())


def bound_inside(node: ast.Syntax) -> frozenset[str]:
    """The names that an expression binds for what is inside it."""
    match node:
        case ast.ListComprehension(variable=name) | ast.Quantifier(variable=name):
            return frozenset({name})
        case ast.Reduce(accumulator=accumulator, variable=name):
            return frozenset({accumulator, name})
        case ast.PatternComprehension(pattern=path):
            return path.names()
        case _:
            return frozenset()
