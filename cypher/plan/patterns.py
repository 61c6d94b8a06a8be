"""A pattern taken apart: named nodes, named relationships, paths, and a list of predicates.

Everything a pattern says beside its shape becomes a predicate like any other: ``(n:User {id: 1})`` is a
node ``n`` with ``n:User`` and ``n.id = 1``. So the planner has one kind of condition to place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from lithograph.cypher import ast
from lithograph.cypher.compile.variables import free_variables
from lithograph.cypher.plan.scope import Namer


@dataclass(frozen=True, slots=True)
class PatternEdge:
    """A relationship of a pattern between two named nodes; ``conditions`` concern each single one."""

    name: str
    source: str
    target: str
    direction: ast.Direction
    types: ast.LabelExpression | None
    expansion: ast.Expansion | None
    element: str
    conditions: tuple[ast.Expression, ...]
    shortest: ast.PathFunction | None = None

    @property
    def is_walk(self) -> bool:
        """Whether this stands for all walks of some length that can be judged when they are there."""
        expansion = self.expansion
        if self.shortest is not None or expansion is None or expansion.filter is not None:
            return False
        return expansion.algorithm == "walk"

    @property
    def is_search(self) -> bool:
        """Whether this stands for shortest or cheapest walks."""
        expansion = self.expansion
        return expansion is not None and (self.shortest is not None or expansion.algorithm != "walk")

    @property
    def needs(self) -> frozenset[str]:
        """The variables from outside that ``conditions`` and the expansion use."""
        used: list[ast.Syntax | None] = [*self.conditions]
        if self.expansion is not None:
            used += [self.expansion.filter, self.expansion.weight, self.expansion.limit]
        names = (free_variables(syntax) for syntax in used if syntax is not None)
        return frozenset[str]().union(*names) - {self.element}

    @property
    def extras(self) -> frozenset[str]:
        """The variables bound beside the relationships: the total weight."""
        total = None if self.expansion is None else self.expansion.total
        return frozenset() if total is None else frozenset((total,))


@dataclass(frozen=True, slots=True)
class NamedPath:
    """A path variable and the names of its parts, nodes and relationships in turn."""

    variable: str
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Predicate:
    """One conjunct, with the variables it needs."""

    expression: ast.Expression
    variables: frozenset[str]

    @staticmethod
    def of(expression: ast.Expression) -> Predicate:
        return Predicate(expression, free_variables(expression))


@dataclass(slots=True)
class PatternGraph:
    """What a MATCH asks for."""

    nodes: list[str] = field(default_factory=list)
    edges: list[PatternEdge] = field(default_factory=list)
    paths: list[NamedPath] = field(default_factory=list)
    predicates: list[Predicate] = field(default_factory=list)

    def names(self) -> frozenset[str]:
        """All variables that the pattern binds or uses."""
        names = [*self.nodes, *(edge.name for edge in self.edges), *(path.variable for path in self.paths)]
        return frozenset(names).union(*(edge.extras for edge in self.edges))

    def touches(self, node: str) -> bool:
        """Whether a relationship of the pattern begins or ends at a node."""
        return any(node in (edge.source, edge.target) for edge in self.edges)


def take_apart(
    paths: Iterable[ast.PathPattern], predicate: ast.Expression | None, namer: Namer
) -> PatternGraph:
    """The pattern graph of comma-separated paths and their WHERE."""
    graph = PatternGraph()
    for path in paths:
        parts = list(_path(path, graph, namer))
        if path.variable is not None:
            graph.paths.append(NamedPath(path.variable, tuple(parts)))
    if predicate is not None:
        graph.predicates.extend(Predicate.of(part) for part in conjuncts(predicate))
    return graph


def _path(path: ast.PathPattern, graph: PatternGraph, namer: Namer) -> Iterator[str]:
    names = [
        element.variable or namer.fresh("n" if isinstance(element, ast.NodePattern) else "r")
        for element in path.elements
    ]
    for position, element in enumerate(path.elements):
        if isinstance(element, ast.NodePattern):
            _node(element, names[position], graph, namer)
        else:
            ends = (names[position - 1], names[position + 1])
            graph.edges.append(_edge(element, names[position], ends, path.function, graph, namer))
    yield from names


def _node(pattern: ast.NodePattern, name: str, graph: PatternGraph, namer: Namer) -> None:
    if name not in graph.nodes:
        graph.nodes.append(name)
    variable = ast.Variable(name, position=pattern.position)
    for label in _label_conjuncts(pattern.labels):
        graph.predicates.append(Predicate.of(ast.HasLabels(variable, label)))
    conditions = _properties(variable, pattern.properties, namer)
    graph.predicates.extend(Predicate.of(condition) for condition in conditions)
    if pattern.predicate is not None:
        graph.predicates.extend(Predicate.of(part) for part in conjuncts(pattern.predicate))


def _edge(
    pattern: ast.RelationshipPattern,
    name: str,
    ends: tuple[str, str],
    function: ast.PathFunction | None,
    graph: PatternGraph,
    namer: Namer,
) -> PatternEdge:
    single = pattern.expansion is None and function is None
    element = name if single else namer.fresh("e")
    conditions = list(_properties(ast.Variable(element), pattern.properties, namer))
    if pattern.predicate is not None:
        conditions.extend(conjuncts(pattern.predicate))
    if single:
        graph.predicates.extend(map(Predicate.of, conditions))
        conditions = []
    expansion = pattern.expansion
    if expansion is None and not single:
        expansion = ast.Expansion("walk", 1, 1)
    return PatternEdge(
        name, *ends, pattern.direction, pattern.types, expansion, element, tuple(conditions), function
    )


def _label_conjuncts(labels: ast.LabelExpression | None) -> Iterator[ast.LabelExpression]:
    if isinstance(labels, ast.LabelAnd):
        for part in labels.parts:
            yield from _label_conjuncts(part)
    elif labels is not None:
        yield labels


def _properties(
    element: ast.Variable, properties: ast.Expression | None, namer: Namer
) -> Iterator[ast.Expression]:
    """The conditions that a property map stands for."""
    if isinstance(properties, ast.MapLiteral):
        for key, value in properties.entries:
            yield ast.Binary("=", ast.Property(element, key), value)
    elif properties is not None:
        every = ast.Variable(namer.fresh("k"))
        same = ast.Binary("=", ast.Subscript(element, every), ast.Subscript(properties, every))
        yield ast.Quantifier("all", every.name, ast.FunctionCall("keys", (properties,)), same)


def conjuncts(predicate: ast.Expression) -> Iterator[ast.Expression]:
    """The parts of an AND."""
    if isinstance(predicate, ast.Binary) and predicate.operator == "AND":
        yield from conjuncts(predicate.left)
        yield from conjuncts(predicate.right)
    elif isinstance(predicate, ast.HasLabels) and isinstance(predicate.labels, ast.LabelAnd):
        for label in predicate.labels.parts:
            yield from conjuncts(ast.HasLabels(predicate.subject, label, position=predicate.position))
    else:
        yield predicate
