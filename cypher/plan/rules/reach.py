"""Variable-length expansions of which only the distinct ends matter become searches for what can be reached.

Applies below a DISTINCT, or an aggregation whose aggregates do not count duplicates, as long as only steps
lie between that keep or drop whole rows by their values (Extend, Filter, Expand and the like), when nobody
uses the relationships of the expansion, and under the conditions of ``operators/reach.py``.
"""

from __future__ import annotations

from dataclasses import replace

from lithograph.cypher import ast
from lithograph.cypher.compile.variables import free_variables
from lithograph.cypher.plan import logical
from lithograph.cypher.plan.logical import Names, Plan, Step
from lithograph.cypher.plan.rules.deterministic import is_deterministic

BLIND = frozenset({"min", "max"})
"""Aggregates to which duplicates do not matter; those with DISTINCT come on top."""


def reach_instead_of_walks(plan: Plan) -> Plan:
    """See the module."""
    steps: list[Step] = []
    while isinstance(plan, Step):  # a loop, since generated scripts have thousands of steps
        steps.append(plan)
        match plan:
            case logical.Distinct(input=source, columns=columns):
                plan = _below(source, frozenset(columns))
            case logical.Aggregate(input=source) if all(_is_blind(call) for _, call in plan.aggregates):
                used = (*(key for _, key in plan.keys), *(call for _, call in plan.aggregates))
                plan = _below(source, _free(*used))
            case _:
                plan = plan.input
    if isinstance(plan, logical.Union):
        plan = replace(plan, parts=tuple(map(reach_instead_of_walks, plan.parts)))
    for step in reversed(steps):
        plan = step if step.input is plan else replace(step, input=plan)
    return plan


def _is_blind(call: ast.FunctionCall | ast.CountStar) -> bool:
    return isinstance(call, ast.FunctionCall) and (call.distinct or call.name.lower() in BLIND)


def _below(plan: Plan, needed: Names) -> Plan:
    """The plan rewritten, where only the distinct combinations of the columns ``needed`` matter."""
    match plan:
        case logical.Extend(input=source, items=items):
            if not all(is_deterministic(item) for _, item in items):
                return plan
            used = _free(*(item for _, item in items))
            return replace(plan, input=_below(source, (needed - {name for name, _ in items}) | used))
        case logical.Produce(input=source, columns=columns):
            left = tuple((new, old) for new, old in columns if new in needed)
            return replace(plan, input=_below(source, frozenset(old for _, old in left)), columns=left)
        case logical.Filter(input=source, predicates=predicates):
            if not all(map(is_deterministic, predicates)):
                return plan
            return replace(plan, input=_below(source, needed | _free(*predicates)))
        case logical.Expand(input=source, hop=hop, others=others):
            used = frozenset((hop.source, hop.target, *others))
            return replace(plan, input=_below(source, (needed | used) - {hop.relationship}))
        case logical.ExpandVariable(input=source, hop=hop):
            rewritten = _expansion(plan, needed)
            kept = needed - {hop.relationship, plan.element} | {hop.source, hop.target, *plan.others}
            filtered = () if plan.filter is None else (plan.filter,)
            return replace(rewritten, input=_below(source, kept | _free(*plan.conditions, *filtered)))
        case logical.Distinct(input=source, columns=columns):
            return replace(plan, input=_below(source, frozenset(columns)))
    return plan


def _expansion(plan: logical.ExpandVariable, needed: Names) -> logical.Step:
    hop = plan.hop
    if hop.relationship in needed or hop.direction == "both" or plan.minimum > 1 or plan.others:
        return plan
    if plan.filter is not None:
        return plan
    return logical.PruningBFSExpand(
        plan.input, hop, plan.minimum, plan.maximum, plan.element, plan.conditions
    )


def _free(*expressions: ast.Syntax) -> Names:
    return frozenset[str]().union(*map(free_variables, expressions))
