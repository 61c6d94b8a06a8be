"""Counting without looking: ``MATCH (n:Label) RETURN count(n)`` is in the store's own counts."""

from __future__ import annotations

from lithograph.cypher import ast
from lithograph.cypher.plan import logical


def count_from_metadata(query: ast.SingleQuery) -> logical.CountElements | None:
    """A plan for a query that only counts all nodes, or those of one label; None for any other."""
    if len(query.clauses) != 2:
        return None
    match, final = query.clauses
    if not isinstance(match, ast.Match) or match.optional or match.predicate is not None:
        return None
    node = _only_node(match.pattern)
    if node is None or not isinstance(final, ast.Return) or not _counts(final.projection, node):
        return None
    label = node.labels.name if isinstance(node.labels, ast.LabelName) else None
    return logical.CountElements(final.projection.items[0].name, label)


def _only_node(pattern: ast.Pattern) -> ast.NodePattern | None:
    if len(pattern.paths) != 1 or len(pattern.paths[0].elements) != 1 or pattern.paths[0].variable:
        return None
    node = pattern.paths[0].elements[0]
    if not isinstance(node, ast.NodePattern) or node.properties is not None or node.predicate is not None:
        return None
    return node if node.labels is None or isinstance(node.labels, ast.LabelName) else None


def _counts(projection: ast.Projection, node: ast.NodePattern) -> bool:
    if len(projection.items) != 1 or projection.star or projection.order_by or projection.distinct:
        return False
    if projection.skip is not None or projection.limit is not None:
        return False
    call = projection.items[0].expression
    if isinstance(call, ast.CountStar):
        return True
    return (
        isinstance(call, ast.FunctionCall)
        and call.name.lower() == "count"
        and not call.distinct
        and node.variable is not None
        and call.arguments == (ast.Variable(node.variable),)
    )
