"""MATCH with SHORTEST or ANY: the paths selected for each two ends, and WHERE on what was selected.

This is a search: for paths of one relationship with a quantifier, and conditions on its ends or on each relationship
alone, over the nodes; for others over nodes and positions in the pattern (``automaton.py``), which judges whole paths one
after the other where a condition is about more than a repetition. Only what a search cannot follow, or short paths with
such a condition, are all found and then selected from.
"""

from __future__ import annotations

from dataclasses import replace

from lithograph.cypher import ast
from lithograph.cypher.plan import logical
from lithograph.cypher.plan.automaton import search_of
from lithograph.cypher.plan.every_step import ask_every_step
from lithograph.cypher.plan.hints import NO_HINTS, Hints
from lithograph.cypher.plan.match import MatchPlanner
from lithograph.cypher.plan.patterns import PatternGraph, Predicate, conjuncts, take_apart
from lithograph.cypher.plan.scope import Namer
from lithograph.cypher.plan.statistics import Statistics

Bound = frozenset[str]


def plan_selected(
    plan: logical.Plan,
    bound: Bound,
    clause: ast.Match,
    statistics: Statistics,
    namer: Namer,
    hints: Hints = NO_HINTS,
) -> tuple[logical.Plan, Bound, Bound]:
    """(the plan, the variables it binds, those that the pattern names) for a clause of one path with a selector."""
    (path,) = clause.pattern.paths
    where = () if clause.predicate is None else tuple(conjuncts(clause.predicate))
    graph = take_apart((path,), None, namer)
    ask_every_step(graph)
    if _is_search(graph, path, bound):
        graph.predicates.extend(map(Predicate.of, where))
        plan, bound = MatchPlanner(plan, bound, graph, statistics, namer, hints).run()
        return plan, bound, graph.names()
    assert path.selector is not None
    unselected = replace(path, selector=None)
    graph = take_apart((unselected,), None, namer)
    ask_every_step(graph)
    behind = list(map(Predicate.of, where))
    searched = search_of(graph, path.selector, bound, namer, behind)
    if searched is not None:
        searched.predicates.extend(behind)
        plan, bound = MatchPlanner(plan, bound, searched, statistics, namer, hints).run()
        return plan, bound, graph.names()
    named = replace(unselected, variable=path.variable or namer.fresh("p"))
    graph = take_apart((named,), None, namer)
    ask_every_step(graph)
    inner, bound = MatchPlanner(logical.Once(), bound, graph, statistics, namer, hints).run()
    parts = graph.paths[0].parts
    plan = logical.SelectPaths(plan, inner, path.selector, parts[0], parts[-1], parts[1::2])
    return (logical.Filter(plan, where) if where else plan), bound, graph.names()


def _is_search(graph: PatternGraph, path: ast.PathPattern, bound: Bound) -> bool:
    """Whether a search finds what is to be selected: what is left to judge afterwards concerns the ends alone."""
    if len(graph.edges) != 1 or graph.edges[0].selector is None or graph.edges[0].name in bound:
        return False
    expansion = graph.edges[0].expansion
    if expansion is not None and (expansion.algorithm != "walk" or expansion.filter is not None):
        return False
    own = {graph.edges[0].name, path.variable}
    return not any(predicate.variables & own for predicate in graph.predicates)
