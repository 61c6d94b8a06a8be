"""Which literals of a statement a parameter could stand for, meaning exactly the same; and putting it there.

A literal stays where its value, and not its type alone, matters to a name, a check or a plan:

* SKIP, LIMIT and batch sizes, whose sign is checked; bounds of expansions (which are no literals in the tree)
* items of WITH and RETURN without an alias: their text is the name of the column
* items beside an aggregation, and where there is an ORDER BY: expressions that are equal are one there
* what ``range`` is given: long ranges are planned otherwise
* dynamic labels and keys, the numbers of directives before a query, and whatever clause this module does not know

A list of nothing but literals goes as a whole, so that it is one value when the statement runs.
"""

from __future__ import annotations

from collections.abc import Iterator

from lithograph.cypher import ast
from lithograph.cypher.plan.projection import holds_aggregate
from lithograph.cypher.walk import children

FIXED_FUNCTIONS = frozenset({"range"})
"""Functions, in lower case, whose arguments' values are looked at before anything runs."""

_CLAUSES = (
    ast.Match, ast.Unwind, ast.With, ast.Return, ast.Create, ast.Merge, ast.Set, ast.Delete, ast.Foreach,
    ast.CallSubquery,
)  # fmt: skip
_CLOSED = (ast.Expansion, ast.LabelExpression, ast.Remove, ast.CallProcedure, ast.Directives)

Liftable = ast.Literal | ast.ListLiteral


def liftable(node: ast.Syntax) -> Iterator[Liftable]:
    """The literals, and lists of literals, that a parameter could stand for, in the order of the tree."""
    match node:
        case ast.Literal(value=value):
            if type(value) in (int, float, str):
                yield node
            return
        case ast.ListLiteral() if node.items and is_literal(node):
            yield node
            return
        case ast.Projection():
            yield from _in_projection(node)
            return
        case ast.FunctionCall(name=name) if name.lower() in FIXED_FUNCTIONS:
            return
        case ast.Subscript(subject=subject):
            yield from liftable(subject)
            return
        case ast.CallSubquery(query=query):
            yield from liftable(query)
            return
    if isinstance(node, _CLOSED) or (isinstance(node, ast.Clause) and not isinstance(node, _CLAUSES)):
        return
    for child in children(node):
        yield from liftable(child)


def _in_projection(projection: ast.Projection) -> Iterator[Liftable]:
    items = projection.items
    if projection.order_by or any(holds_aggregate(item.expression) for item in items):
        return
    for item in items:
        if item.aliased:
            yield from liftable(item.expression)


def is_literal(node: ast.Syntax) -> bool:
    """Whether an expression is made of literals alone."""
    if isinstance(node, ast.ListLiteral | ast.MapLiteral):
        return all(map(is_literal, children(node)))
    return isinstance(node, ast.Literal)
