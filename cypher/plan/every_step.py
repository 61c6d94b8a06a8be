"""Conditions that ask the same of every node or every relationship along a path.

``all(n IN nodes(p) WHERE …)`` waits for the path to be there. Here each step is asked on the way instead: walks end where
they would be thrown out anyway, and a search for the shortest of them goes by what it may walk along.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from lithograph.cypher import ast
from lithograph.cypher.compile.variables import free_variables
from lithograph.cypher.plan.patterns import PatternEdge, PatternGraph, Predicate
from lithograph.cypher.plan.rewrite import rewrite
from lithograph.cypher.plan.rules.deterministic import is_deterministic
from lithograph.cypher.walk import children

ENDS: dict[ast.Direction, tuple[str, ...]] = {
    "out": ("endNode",),
    "in": ("startNode",),
    "both": ("startNode", "endNode"),
}
"""The functions that give, of a step, the node behind it; undirected it is one or the other, and both are on the path."""

BINDING = (
    ast.ListComprehension,
    ast.Quantifier,
    ast.Reduce,
    ast.Lambda,
    ast.SubqueryExpression,
    ast.PatternPredicate,
    ast.PatternComprehension,
    ast.PathExpression,
)
"""What has variables of its own, or names variables by text."""


def ask_every_step(graph: PatternGraph) -> None:
    """Replace such predicates of the graph by conditions on its parts: all that hold before anything is selected."""
    known = graph.names()
    waiting, graph.predicates = graph.predicates, []
    for predicate in waiting:
        asked = _asked_of_all(predicate.expression)
        if (
            asked is None
            or not (free_variables(asked.predicate) - {asked.variable}).isdisjoint(known)
            or not (is_deterministic(asked.predicate) and _Asking(graph, asked).ask())
        ):
            graph.predicates.append(predicate)


def _asked_of_all(expression: ast.Expression) -> ast.Quantifier | None:
    """The same with ``all`` or ``none``, if it says something of all the items of a list."""
    match expression:
        case ast.Quantifier(kind="all" | "none"):
            return expression
        case ast.Unary(operator="NOT", operand=ast.Quantifier(kind="any") as some):
            return replace(some, kind="none")
    return None


class _Asking:
    """One condition on its way to the parts of a pattern."""

    def __init__(self, graph: PatternGraph, asked: ast.Quantifier) -> None:
        self.graph = graph
        self.asked = asked

    def ask(self) -> bool:
        """Put the condition where it belongs; False where its list is none of the pattern."""
        match self.asked.source:
            case ast.FunctionCall(name=name, arguments=(ast.Variable(name=variable),)):
                parts = next((path.parts for path in self.graph.paths if path.variable == variable), ())
                edges = [edge for edge in self.graph.edges if edge.name in parts[1::2]]
                if not parts or any(map(_is_of_memgraph, edges)):
                    return False
                if name.lower() == "nodes":
                    return self._of_nodes(dict.fromkeys(parts[::2]), edges)
                return name.lower() in ("relationships", "rels") and self._of_relationships(edges)
            case ast.Variable(name=variable):
                return self._of_list(variable)
        return False

    def _of_nodes(self, names: dict[str, None], edges: list[PatternEdge]) -> bool:
        self.graph.predicates.extend(self._of_each(names))
        for edge in edges:
            if edge.repetition is not None:
                inside = edge.repetition.graph
                inside.predicates.extend(self._of_each(inside.nodes))
            elif not edge.is_single:
                step = ast.Variable(edge.element)
                ends = (ast.FunctionCall(function, (step,)) for function in ENDS[edge.direction])
                self._demand(edge, tuple(map(self._of, ends)))
        return True

    def _of_relationships(self, edges: list[PatternEdge]) -> bool:
        for edge in edges:
            if edge.repetition is not None:
                inside = edge.repetition.graph
                inside.predicates.extend(self._of_each(edge.repetition.relationships))
            elif edge.is_single:
                self.graph.predicates.extend(self._of_each((edge.name,)))
            else:
                self._demand(edge, (self._of(ast.Variable(edge.element)),))
        return True

    def _of_list(self, name: str) -> bool:
        """Of the list that a walk, or a variable inside a quantified path, is outside."""
        for edge in self.graph.edges:
            if edge.repetition is not None and name in edge.repetition.named:
                edge.repetition.graph.predicates.extend(self._of_each((name,)))
                return True
            if name == edge.name and edge.expansion is not None and not _is_of_memgraph(edge):
                return self._of_relationships([edge])
        return False

    def _demand(self, edge: PatternEdge, conditions: tuple[ast.Expression, ...]) -> None:
        place = self.graph.edges.index(edge)
        self.graph.edges[place] = replace(edge, conditions=(*edge.conditions, *conditions))

    def _of_each(self, names: Iterable[str]) -> Iterator[Predicate]:
        return (Predicate.of(self._of(ast.Variable(name))) for name in names)

    def _of(self, thing: ast.Expression) -> ast.Expression:
        """The condition on one thing."""
        asked = self.asked
        if _binds(asked.predicate):  # it might name the variable by text, or catch the names in ``thing``
            return replace(asked, source=ast.ListLiteral((thing,)))

        def substitute(syntax: ast.Syntax) -> ast.Syntax | None:
            return thing if isinstance(syntax, ast.Variable) and syntax.name == asked.variable else None

        condition: ast.Expression = rewrite(asked.predicate, substitute)
        return condition if asked.kind == "all" else ast.Unary("NOT", condition)


def _is_of_memgraph(edge: PatternEdge) -> bool:
    """Whether this is one of Memgraph's searches: what WHERE says of those is asked of what they have found."""
    return edge.expansion is not None and edge.expansion.algorithm != "walk"


def _binds(syntax: ast.Syntax) -> bool:
    return isinstance(syntax, BINDING) or any(map(_binds, children(syntax)))
