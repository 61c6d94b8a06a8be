"""Counting without looking: ``MATCH (n:Label) RETURN count(n)`` is in the store's own counts.

So is ``MATCH ()-[r:TYPE]->() RETURN count(r)``; but nothing that also says something of the relationship's ends.
"""

from __future__ import annotations

from lithograph.cypher import ast
from lithograph.cypher.plan import logical


def count_from_metadata(query: ast.SingleQuery) -> logical.CountElements | None:
    """A plan for a query that only counts nodes (all, or those of one label) or relationships; None for any other."""
    if len(query.clauses) != 2:
        return None
    match, final = query.clauses
    if not isinstance(match, ast.Match) or match.optional or match.predicate is not None:
        return None
    if not isinstance(final, ast.Return):
        return None
    node, edge = _only_node(match.pattern), _only_edge(match.pattern)
    if node is not None and _counts(final.projection, node.variable):
        label = node.labels.name if isinstance(node.labels, ast.LabelName) else None
        return logical.CountElements(final.projection.items[0].name, label)
    if edge is not None and _counts(final.projection, edge.variable):
        return logical.CountElements(final.projection.items[0].name, None, _types(edge.types) or ())
    return None


def _only_edge(pattern: ast.Pattern) -> ast.RelationshipPattern | None:
    """The relationship of a pattern that is nothing but one in one direction, between any nodes."""
    if (
        len(pattern.paths) != 1
        or len(pattern.paths[0].elements) != 3
        or pattern.paths[0].function is not None
    ):
        return None
    first, edge, last = pattern.paths[0].elements
    if not isinstance(edge, ast.RelationshipPattern) or edge.direction == "both":
        return None
    plain = ast.RelationshipPattern(edge.direction, edge.variable, edge.types)
    anything = (ast.NodePattern(), ast.NodePattern())
    return edge if edge == plain and (first, last) == anything and _types(edge.types) is not None else None


def _types(types: ast.LabelExpression | None) -> tuple[str, ...] | None:
    """The types that are named; none of them if all count; None for what is more than names."""
    match types:
        case None:
            return ()
        case ast.LabelName(name=name):
            return (name,)
        case ast.LabelOr(parts=parts):
            names = [part.name for part in parts if isinstance(part, ast.LabelName)]
            return tuple(dict.fromkeys(names)) if len(names) == len(parts) else None
    return None


def _only_node(pattern: ast.Pattern) -> ast.NodePattern | None:
    if len(pattern.paths) != 1 or len(pattern.paths[0].elements) != 1 or pattern.paths[0].variable:
        return None
    node = pattern.paths[0].elements[0]
    if not isinstance(node, ast.NodePattern) or node.properties is not None or node.predicate is not None:
        return None
    return node if node.labels is None or isinstance(node.labels, ast.LabelName) else None


def _counts(projection: ast.Projection, variable: str | None) -> bool:
    """Whether a projection is nothing but a count of all rows, of which each has a ``variable``."""
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
        and variable is not None
        and call.arguments == (ast.Variable(variable),)
    )
