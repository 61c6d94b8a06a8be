"""How many steps one after the other a plan may have.

Lowering a plan and running it take a few Python frames for every step, one inside the other, and the interpreter allows
only so many. A script of thousands of MERGEs is told so before anything runs. Consecutive CREATEs are one step,
however many there are.
"""

from __future__ import annotations

import sys

from lithograph.cypher import ast
from lithograph.cypher.errors import CypherSyntaxError
from lithograph.cypher.plan.logical import CreateExpand, CreateNode, Plan

MAXIMUM_STEPS = 1_000

RECURSION_LIMIT = 5_000
"""What ``MAXIMUM_STEPS`` need at four frames a step, and some more; less than half of what a thread's stack has."""


def ensure_room() -> None:
    """Let the interpreter nest as deeply as plans do."""
    if sys.getrecursionlimit() < RECURSION_LIMIT:
        sys.setrecursionlimit(RECURSION_LIMIT)


def too_many_steps() -> CypherSyntaxError:
    """The error for a query that is too long."""
    return CypherSyntaxError(
        f"The query has too many steps one after the other; {MAXIMUM_STEPS:,} are the limit. "
        "Split it, or write it once for all rows of a list: UNWIND $rows AS row MERGE …"
    )


def check_clauses(query: ast.Query) -> None:
    """Refuse what cannot have a plan within the limit, before time is spent on planning it.

    Raises:
        CypherSyntaxError: a single query has too many clauses and parts of patterns.
    """
    for part in query.parts:
        if sum(map(_least_steps, part.clauses)) > MAXIMUM_STEPS:
            raise too_many_steps()


def _least_steps(clause: ast.Clause) -> int:
    """About as many has the plan for the clause; the plan itself is looked at when it is there."""
    match clause:
        case ast.Match(pattern=pattern):
            return sum(max(1, len(path.elements) // 2) for path in pattern.paths)
        case ast.Set(items=items) | ast.Remove(items=items):
            return len(items)
        case ast.Create() | ast.Return():
            return 0
    return 1


_CREATE = (CreateNode, CreateExpand)
"""Any number of these in a row becomes one operator."""


def check_plan(plan: Plan) -> None:
    """Refuse a plan that is too deep, inner plans included.

    Raises:
        CypherSyntaxError: it is.
    """
    waiting = [(plan, 1)]
    while waiting:
        step, depth = waiting.pop()
        if depth > MAXIMUM_STEPS:
            raise too_many_steps()
        for below in step.inputs():
            together = isinstance(step, _CREATE) and isinstance(below, _CREATE)
            waiting.append((below, depth if together else depth + 1))
        waiting += [(branch, depth + 1) for _, branch in step.branches()]
