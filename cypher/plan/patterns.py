"""A pattern taken apart: named nodes, named relationships, paths, and a list of predicates.

Everything a pattern says beside its shape becomes a predicate like any other: ``(n:User {id: 1})`` is a
node ``n`` with ``n:User`` and ``n.id = 1``. So the planner has one kind of condition to place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from lithograph.cypher import ast
from lithograph.cypher.compile.variables import free_variables
from lithograph.cypher.labels import is_computed, with_names
from lithograph.cypher.plan.rewrite import rewrite
from lithograph.cypher.plan.scope import Namer

if TYPE_CHECKING:
    from lithograph.cypher.plan.automaton import PathSearch

Names = frozenset[str]


@dataclass(frozen=True, slots=True, eq=False)
class Repetition:
    """A quantified path: what ``graph`` asks for, so many times, each beginning at ``start`` where the last had its ``end``.

    ``relationships`` are all those inside, in the order written; ``nodes`` and ``named`` are the variables inside, of
    nodes and of both kinds, that stand for lists outside.
    """

    graph: PatternGraph
    start: str
    end: str
    minimum: int
    maximum: int | None
    relationships: tuple[str, ...]
    nodes: tuple[str, ...]
    named: tuple[str, ...]

    def needs(self) -> Names:
        """The variables from outside that the conditions inside use."""
        used = frozenset[str]().union(*(p.variables for p in self.graph.predicates))
        return used - self.graph.names()


@dataclass(frozen=True, slots=True)
class PatternEdge:
    """A relationship of a pattern between two named nodes; ``conditions`` concern each single one.

    With a ``repetition``: a quantified path, whose relationships ``name`` holds in one list.
    """

    name: str
    source: str
    target: str
    direction: ast.Direction
    types: ast.LabelExpression | None
    expansion: ast.Expansion | None
    element: str
    conditions: tuple[ast.Expression, ...]
    shortest: ast.PathFunction | None = None
    selector: ast.PathSelector | None = None
    repetition: Repetition | None = None
    search: PathSearch | None = None
    """A whole path with a selector, of which this is all but the ends."""

    @property
    def is_single(self) -> bool:
        """Whether this is exactly one relationship, not a list of them."""
        return self.expansion is None and self.repetition is None and self.search is None

    @property
    def is_walk(self) -> bool:
        """Whether this stands for all walks of some length that can be judged when they are there."""
        expansion = self.expansion
        if self.is_search or expansion is None or expansion.filter is not None:
            return False
        return expansion.algorithm == "walk"

    @property
    def is_search(self) -> bool:
        """Whether this stands for shortest or cheapest walks."""
        expansion = self.expansion
        if expansion is None:
            return self.search is not None
        return self.shortest is not None or self.selector is not None or expansion.algorithm != "walk"

    @property
    def needs(self) -> frozenset[str]:
        """The variables from outside that ``conditions`` and the expansion use."""
        if self.repetition is not None:
            return self.repetition.needs()
        if self.search is not None:
            return self.search.needs(frozenset((self.source, self.target)))
        used: list[ast.Syntax | None] = [*self.conditions]
        if self.expansion is not None:
            used += [self.expansion.filter, self.expansion.weight, self.expansion.limit]
        names = (free_variables(syntax) for syntax in used if syntax is not None)
        return frozenset[str]().union(*names) - {self.element}

    @property
    def extras(self) -> frozenset[str]:
        """The variables bound beside the relationships: the total weight, or those inside a quantified path."""
        if self.repetition is not None:
            return frozenset(self.repetition.named)
        if self.search is not None:
            return self.search.names
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


_HINTS = {ast.NodePattern: "n", ast.RelationshipPattern: "r", ast.QuantifiedPath: "q"}


def _path(path: ast.PathPattern, graph: PatternGraph, namer: Namer) -> Iterator[str]:
    elements = [_as_relationship(element) for element in path.elements]
    names = [
        (None if isinstance(element, ast.QuantifiedPath) else element.variable)
        or namer.fresh(_HINTS[type(element)])
        for element in elements
    ]
    for position, element in enumerate(elements):
        if isinstance(element, ast.NodePattern):
            _node(element, names[position], graph, namer)
            continue
        ends = (names[position - 1], names[position + 1])
        if isinstance(element, ast.QuantifiedPath):
            graph.edges.append(_repetition(element, names[position], ends, namer))
        else:
            graph.edges.append(_edge(element, names[position], ends, path, graph, namer))
    if path.predicate is not None:
        graph.predicates.extend(Predicate.of(part) for part in conjuncts(path.predicate))
    yield from names


def _as_relationship(element: ast.PathElement) -> ast.PathElement:
    """A quantified path that says nothing of its nodes is a quantified relationship."""
    match element:
        case ast.QuantifiedPath(
            elements=(ast.NodePattern() as left, ast.RelationshipPattern() as relationship, right),
            predicate=None,
        ) if left == right == ast.NodePattern():
            quantifier = ast.Expansion("walk", element.minimum, element.maximum, quantified=True)
            return replace(relationship, expansion=quantifier)
    return element


def _repetition(path: ast.QuantifiedPath, name: str, ends: tuple[str, str], namer: Namer) -> PatternEdge:
    graph = PatternGraph()
    parts = list(_path(ast.PathPattern(path.elements, predicate=path.predicate), graph, namer))
    variables = path.variables()
    repetition = Repetition(
        graph,
        parts[0],
        parts[-1],
        path.minimum,
        path.maximum,
        tuple(parts[1::2]),
        tuple(v for v, element in variables.items() if isinstance(element, ast.NodePattern)),
        tuple(variables),
    )
    return PatternEdge(name, *ends, "out", None, None, name, (), repetition=repetition)


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
    path: ast.PathPattern,
    graph: PatternGraph,
    namer: Namer,
) -> PatternEdge:
    function, selector = path.function, path.selector
    single = pattern.expansion is None and function is None and selector is None
    element = name if single else namer.fresh("e")
    conditions = list(_properties(ast.Variable(element), pattern.properties, namer))
    if pattern.expansion is not None and pattern.expansion.quantified:
        conditions = [_of_each(condition, name, element) for condition in conditions]
    types = _spelled_out(pattern.types)
    if types is not None and is_computed(types):
        conditions.append(ast.HasLabels(ast.Variable(element), types))
        types = None
    if pattern.predicate is not None:
        predicate = pattern.predicate if single else _of_each(pattern.predicate, name, element)
        conditions.extend(conjuncts(predicate))
    if single:
        graph.predicates.extend(map(Predicate.of, conditions))
        conditions = []
    expansion = pattern.expansion
    if expansion is None and not single:
        expansion = ast.Expansion("walk", 1, 1)
    return PatternEdge(
        name,
        *ends,
        pattern.direction,
        types,
        expansion,
        element,
        tuple(conditions),
        function,
        selector,
    )


def _of_each(condition: ast.Expression, name: str, element: str) -> ast.Expression:
    """A condition on each relationship of a walk, which goes by the name of the walk there."""

    def substitute(syntax: ast.Syntax) -> ast.Syntax | None:
        return ast.Variable(element, position=syntax.position) if syntax == ast.Variable(name) else None

    renamed: ast.Expression = rewrite(condition, substitute)
    return renamed


def _label_conjuncts(labels: ast.LabelExpression | None) -> Iterator[ast.LabelExpression]:
    labels = _spelled_out(labels)
    if isinstance(labels, ast.LabelAnd):
        for part in labels.parts:
            yield from _label_conjuncts(part)
    elif labels is not None:
        yield labels


def _spelled_out(labels: ast.LabelExpression | None) -> ast.LabelExpression | None:
    """A label expression with names for what is computed of nothing but literals."""
    return None if labels is None else with_names(labels, _literal_names)


def _literal_names(label: ast.LabelDynamic) -> list[str] | None:
    items = label.expression.items if isinstance(label.expression, ast.ListLiteral) else (label.expression,)
    names = [item.value for item in items if isinstance(item, ast.Literal) and isinstance(item.value, str)]
    return names if len(names) == len(items) else None


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
    elif isinstance(predicate, ast.HasLabels) and any(_label_conjuncts(predicate.labels)):
        for label in _label_conjuncts(predicate.labels):
            yield ast.HasLabels(predicate.subject, label, position=predicate.position)
    else:
        yield predicate
