"""``USING PERIODIC COMMIT``: which clauses of a query are done for so many rows at a time."""

from __future__ import annotations

from lithograph.cypher import ast
from lithograph.cypher.errors import UnsupportedError
from lithograph.cypher.plan.projection import holds_aggregate

UPDATES = (ast.Create, ast.Merge, ast.Set, ast.Remove, ast.Delete, ast.Foreach)


def changes(clause: ast.Clause) -> bool:
    """Whether a clause may change the graph itself; a subquery in it is looked at apart."""
    if isinstance(clause, ast.CallProcedure):
        return clause.procedure is not None and clause.procedure.writes
    return isinstance(clause, UPDATES)


def changes_anything(query: ast.Query) -> bool:
    """Whether any clause may change the graph, those of subqueries among them."""
    return any(map(_changes_within, (clause for part in query.parts for clause in part.clauses)))


def _changes_within(clause: ast.Clause) -> bool:
    return changes(clause) or (isinstance(clause, ast.CallSubquery) and changes_anything(clause.query))


def batched(query: ast.SingleQuery) -> tuple[int, int]:
    """The clauses, from one number up to another, that a batch of rows goes through before a commit; (0, 0) for none.

    They begin with the first that changes the graph, and end where something concerns all rows at once.

    Raises:
        UnsupportedError: something changes the graph behind that.
    """
    clauses = query.clauses
    first = next((number for number, clause in enumerate(clauses) if _changes_within(clause)), None)
    if first is None:
        return 0, 0
    end = first
    while end < len(clauses) and not _concerns_all_rows(clauses[end]):
        end += 1
    for clause in clauses[end:]:
        if _changes_within(clause):
            raise UnsupportedError(
                "USING PERIODIC COMMIT with a change of the graph behind an aggregation, DISTINCT, ORDER BY, SKIP or "
                "LIMIT that comes after another one",
                position=clause.position,
            )
    return first, end


def _concerns_all_rows(clause: ast.Clause) -> bool:
    if isinstance(clause, ast.Return | ast.Finish):
        return True
    if not isinstance(clause, ast.With):
        return False
    projection = clause.projection
    bounded = projection.skip is not None or projection.limit is not None
    return (
        projection.distinct
        or bounded
        or bool(projection.order_by)
        or any(holds_aggregate(item.expression) for item in projection.items)
    )
