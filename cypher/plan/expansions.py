"""Which plan node walks along a relationship pattern, and what has to be bound before it can."""

from __future__ import annotations

from lithograph.cypher import ast
from lithograph.cypher.compile.variables import free_variables
from lithograph.cypher.errors import UnsupportedError
from lithograph.cypher.plan import logical
from lithograph.cypher.plan.patterns import PatternEdge
from lithograph.cypher.plan.scope import Namer


def gathers(function: ast.Lambda | None) -> bool:
    """Whether a lambda looks at the path or the weight gathered so far."""
    return function is not None and bool(free_variables(function.body) & set(function.variables[2:]))


def may_begin(edge: PatternEdge, bound: frozenset[str]) -> bool:
    """Whether enough is bound to expand: one end; both, or the left one, where the search cannot do without."""
    left, right = edge.source in bound, edge.target in bound
    expansion = edge.expansion
    if expansion is None:  # also a quantified path
        return left or right
    if expansion.algorithm == "kshortest":
        return left and right
    if gathers(expansion.filter) or expansion.algorithm == "allshortest":
        return left  # what is gathered, or added up, begins there
    return left or right


def expand(plan: logical.Plan, edge: PatternEdge, hop: logical.Hop, others: tuple[str, ...]) -> logical.Plan:
    """The plan with one more step, along ``hop``; ``others`` are relationships it must not use again."""
    expansion = edge.expansion
    if expansion is None:
        return logical.Expand(plan, hop, others)
    _check(expansion)
    minimum = 1 if expansion.minimum is None else expansion.minimum
    maximum = expansion.maximum
    conditions = (edge.element, edge.conditions)
    if edge.selector is not None:
        return logical.SelectedExpand(plan, hop, minimum, maximum, edge.selector, *conditions)
    if edge.shortest is not None or expansion.algorithm == "bfs":
        every = edge.shortest == "allShortestPaths"
        return logical.BFSExpand(plan, hop, minimum, maximum, *conditions, expansion.filter, every)
    if expansion.algorithm in ("wshortest", "allshortest"):
        every = expansion.algorithm == "allshortest"
        return logical.WeightedExpand(
            plan, hop, maximum, *conditions, expansion.weight, expansion.filter, expansion.total, every
        )
    if expansion.algorithm == "kshortest":
        return logical.KShortestExpand(
            plan, hop, minimum, maximum, expansion.limit, *conditions,
            expansion.weight, expansion.filter, expansion.total,
        )  # fmt: skip
    return logical.ExpandVariable(plan, hop, minimum, maximum, *conditions, others, expansion.filter)


def apart(walk: str, other: str, single: bool, namer: Namer) -> ast.Expression:
    """That a walk and another relationship (``single``), or list of them, have none in common.

    A search does not go round what others use: what it has found counts only if this holds.
    """
    step, column = ast.Variable(namer.fresh("e")), ast.Variable(other)
    used = ast.ListLiteral((column,)) if single else column
    return ast.Quantifier("none", step.name, ast.Variable(walk), ast.Binary("IN", step, used))


def _check(expansion: ast.Expansion) -> None:
    """Refuse lambdas over what the kind of expansion does not gather."""
    weighted = expansion.algorithm in ("wshortest", "allshortest")
    if expansion.weight is not None and gathers(expansion.weight):
        raise UnsupportedError(
            "A weight that depends on the path or weight gathered so far", position=expansion.weight.position
        )
    function = expansion.filter
    if function is None:
        return
    gathered = 4 if weighted else 2 if expansion.algorithm == "kshortest" else 3
    if free_variables(function.body) & set(function.variables[gathered:]):
        what = "the path" if gathered == 2 else "the weight"
        raise UnsupportedError(
            f"A filter over {what} gathered so far in this kind of expansion", position=function.position
        )
