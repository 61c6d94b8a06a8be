"""The variables of the query that a step leaves."""

from __future__ import annotations

from lithograph.cypher.plan.logical.aggregation import Aggregate, CountElements
from lithograph.cypher.plan.logical.base import Plan
from lithograph.cypher.plan.logical.hop import Hop
from lithograph.cypher.plan.logical.inner import Optional, Union
from lithograph.cypher.plan.logical.rows import EmptyResult, Extend, Produce
from lithograph.cypher.plan.logical.updates import Foreach, Merge


def identifiers(step: Plan, before: set[str]) -> set[str]:
    """The variables of the query that a step leaves, when its input has those of ``before``."""
    match step:
        case Produce(columns=columns):
            names = {name for name, _ in columns}
        case Aggregate(keys=keys, aggregates=aggregates):
            names = {name for name, _ in keys} | {name for name, _ in aggregates}
        case EmptyResult():
            names = set()
        case Union(columns=columns):
            names = set(columns)
        case CountElements(name=name):
            names = {name}
        case Merge(introduced=introduced) | Optional(introduced=introduced):
            names = before | set(introduced)
        case Extend(items=items):
            names = before | {name for name, _ in items}
        case Foreach():
            names = before
        case _:
            names = before | _own_names(step)
    return {name for name in names if not name.startswith(" ")}


def _own_names(step: Plan) -> set[str]:
    """The variable, or those of the hop, that a step is about."""
    hop = getattr(step, "hop", None)
    if isinstance(hop, Hop):
        return {hop.source, hop.relationship, hop.target}
    variable = getattr(step, "variable", None)
    return {variable} if isinstance(variable, str) else set()
