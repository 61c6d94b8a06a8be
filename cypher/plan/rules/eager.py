"""Rows that do not come from the graph need not all be there before the first one changes it.

An Accumulate keeps what a clause writes from being seen by what went before it. Where nothing before it looks at the graph
(``UNWIND $rows AS row`` and what is computed from that) there is nothing to keep it from, so it goes, and rows stream.
Only for whole plans: the rows that an inner one is given may hold elements.
"""

from __future__ import annotations

from dataclasses import fields, replace

from lithograph.cypher import ast
from lithograph.cypher.plan import logical
from lithograph.cypher.walk import children

BLIND = (
    logical.Unwind,
    logical.Extend,
    logical.Produce,
    logical.Filter,
    logical.Distinct,
    logical.Aggregate,
    logical.OrderBy,
    logical.Skip,
    logical.Limit,
)
"""Steps that only work on the rows they are given."""


def stream_where_nothing_is_read(plan: logical.Plan) -> logical.Plan:
    """See the module."""
    steps: list[logical.Step] = []
    while isinstance(plan, logical.Step):  # a loop, since generated scripts have thousands of steps
        steps.append(plan)
        plan = plan.input
    if isinstance(plan, logical.Union):
        plan = replace(plan, parts=tuple(map(stream_where_nothing_is_read, plan.parts)))
    blind = isinstance(plan, logical.Once)
    for step in reversed(steps):
        if blind and isinstance(step, logical.Accumulate):
            continue
        blind = blind and isinstance(step, BLIND) and not _looks(step)
        plan = step if step.input is plan else replace(step, input=plan)
    return plan


def _looks(step: logical.Step) -> bool:
    """Whether one of the step's expressions looks at the graph."""
    return any(_at_graph(getattr(step, field.name)) for field in fields(step) if field.name != "input")


def _at_graph(value: object) -> bool:
    if isinstance(value, tuple):
        return any(map(_at_graph, value))
    if isinstance(
        value,
        ast.SubqueryExpression | ast.PatternPredicate | ast.PatternComprehension | ast.PathExpression,
    ):
        return True
    return isinstance(value, ast.Syntax) and any(map(_at_graph, children(value)))
