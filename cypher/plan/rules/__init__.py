"""Rewrite rules: plan to plan, each in a file of its own, applied in the order of ``RULES``.

A rule never changes what a plan answers, and says when it applies; without the rules every plan is
right, only slower, so tests compare the two.
"""

from __future__ import annotations

from collections.abc import Callable

from lithograph.cypher.plan.logical import Plan
from lithograph.cypher.plan.rules.reach import reach_instead_of_walks

Rule = Callable[[Plan], Plan]

RULES: tuple[Rule, ...] = (reach_instead_of_walks,)


def optimised(plan: Plan) -> Plan:
    """The plan after all rules."""
    for rule in RULES:
        plan = rule(plan)
    return plan
