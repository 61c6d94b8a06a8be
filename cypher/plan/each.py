"""Inner plans: made for one outer row, rewritten so that one run serves a whole batch of them.

Every row of such a plan knows by number, in the column ``row``, which outer row it belongs to; most operators carry
that column along like any other. What has a meaning over *all* rows gets it over those of each outer row: aggregates and
DISTINCT group by it, ORDER BY sorts by it first, SKIP and LIMIT count for each. What a subquery is given
from outside (``constants``) stays visible behind a projection: it is fetched again, by number.
"""

from __future__ import annotations

from dataclasses import replace

from lithograph.cypher import ast
from lithograph.cypher.plan import logical

Names = frozenset[str]


def for_each_row(plan: logical.Plan, row: str, constants: Names) -> logical.Plan:
    """The plan for a batch of rows, which it is given with their numbers in the column ``row``."""
    steps: list[logical.Step] = []
    while isinstance(plan, logical.Step):  # a loop, since there may be thousands
        steps.append(plan)
        plan = plan.input
    if isinstance(plan, logical.Union):
        parts = tuple(for_each_row(part, row, constants) for part in plan.parts)
        plan = replace(plan, parts=parts, columns=(*plan.columns, row))
    for step in reversed(steps):
        plan = _step(replace(step, input=plan), row, constants)
    return plan


def _step(step: logical.Step, row: str, constants: Names) -> logical.Plan:
    match step:
        case logical.Produce(columns=columns):
            produced = replace(step, columns=(*columns, (row, row)))
            return _recalled(produced, row, constants.difference(name for name, _ in columns))
        case logical.Aggregate(keys=keys):
            grouped = replace(step, keys=(*keys, (row, ast.Variable(row))), each=None if keys else row)
            return _recalled(grouped, row, constants)
        case logical.Distinct(columns=columns):
            return replace(step, columns=(*columns, row))
        case logical.OrderBy(keys=keys):
            return replace(step, keys=((row, False), *keys), limit=None, skip=None)
        case logical.Skip(count=count):
            return logical.SliceEach(step.input, row, count, None)
        case logical.Limit(count=count):
            return logical.SliceEach(step.input, row, None, count)
    return step


def _recalled(step: logical.Step, row: str, names: Names) -> logical.Plan:
    return logical.Recall(step, row, tuple(sorted(names))) if names else step
