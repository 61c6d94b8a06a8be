"""A path as an automaton: positions in the pattern, and the stretches of it that lead from one to another.

A *part* is what stands between two nodes of the path: a relationship, a walk or a quantified path. It consists of
*stretches*, each as short as the conditions allow: a condition that looks at one relationship and its two ends leaves
single steps, one that compares nodes further apart in a repetition makes one stretch of all that lies between. Any
condition over more than that, such as the length of a list, is none that a search could judge on its way: it is asked of
whole paths, in the order of their length, until enough have passed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from lithograph.cypher import ast
from lithograph.cypher.plan import logical
from lithograph.cypher.plan.patterns import NamedPath, Names, PatternEdge, PatternGraph, Predicate
from lithograph.cypher.plan.scope import Namer

MOST_POSITIONS = 1_000
"""A pattern that is written out to more positions, since its quantifiers are bounded, is not searched this way."""

SHORT = 3
"""Conditions on whole paths, none of whose parts may have more relationships, are asked of all the paths there are: so many
can be gone through, and they are found for all sources together."""


@dataclass(frozen=True, slots=True, eq=False)
class Stretch:
    """What ``graph`` asks for between ``start`` and ``end``, along ``relationships``, in the order written."""

    graph: PatternGraph
    start: str
    end: str
    relationships: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Stretches one behind the other, ``minimum`` to ``maximum`` times; ``single``: just one relationship.

    ``name`` is that of the relationship, or of the list of all. ``nodes`` and ``relationships`` are what becomes a list
    beside it, each with its place in a repetition.
    """

    name: str
    single: bool
    stretches: tuple[Stretch, ...]
    minimum: int = 1
    maximum: int | None = 1
    nodes: tuple[tuple[str, int], ...] = ()
    relationships: tuple[tuple[str, int], ...] = ()

    @property
    def names(self) -> Names:
        """The variables bound beside ``name``."""
        return frozenset(name for name, _ in (*self.nodes, *self.relationships))

    @property
    def hops(self) -> int:
        """The relationships of a repetition."""
        return sum(len(stretch.relationships) for stretch in self.stretches)

    @property
    def is_short(self) -> bool:
        """Whether one can go through all that there is of it."""
        return self.maximum is not None and self.maximum * self.hops <= SHORT

    @property
    def positions(self) -> int:
        """How many positions it takes to write it out."""
        times = max(self.minimum, 1) if self.maximum is None else self.maximum
        return (times + 1) * len(self.stretches)


@dataclass(frozen=True, slots=True, eq=False)
class PathSearch:
    """Parts with a node between each two of them, of which ``conditions`` may be asked; ``selector`` says how many.

    ``of_ends`` is asked of its first and last node; no way is looked for to nodes that cannot be the other end. ``judged`` is
    what whole paths have to fulfil, which it knows by the names ``paths``.
    """

    selector: ast.PathSelector
    parts: tuple[Part, ...]
    between: tuple[str, ...]
    conditions: tuple[tuple[Predicate, ...], ...]
    of_ends: tuple[Predicate, ...] = ()
    judged: tuple[Predicate, ...] = ()
    paths: tuple[NamedPath, ...] = ()

    @property
    def names(self) -> Names:
        """The variables bound inside."""
        names = (part.names | {part.name} for part in self.parts)
        return frozenset(self.between).union(*names)

    def needs(self, ends: Names) -> Names:
        """The variables from outside that the conditions use."""
        graphs = [stretch.graph for part in self.parts for stretch in part.stretches]
        predicates = [
            *(p for graph in graphs for p in graph.predicates),
            *(p for c in self.conditions for p in c),
            *self.of_ends,
            *self.judged,
        ]
        inside = frozenset[str]().union(*(graph.names() for graph in graphs))
        inside |= {path.variable for path in self.paths}
        return frozenset[str]().union(*(p.variables for p in predicates)) - inside - ends - self.names


def search_of(
    graph: PatternGraph,
    selector: ast.PathSelector,
    bound: Names,
    namer: Namer,
    where: Sequence[Predicate] = (),
) -> PatternGraph | None:
    """A graph of one path with a search in its place, between the same ends; None where a search cannot judge it.

    ``where`` is asked of what has been selected: as far as it concerns the ends alone, it may as well be asked before.
    """
    chain = _Chain.of(graph)
    if chain is None or not (chain.inner | {edge.name for edge in chain.edges}).isdisjoint(bound):
        return None
    sorted_out = chain.sort_out(graph.predicates, graph.names())
    parts: list[Part] = []
    for edge, conditions in zip(chain.edges, sorted_out.of_edges, strict=True):
        part = _part(edge, conditions, graph.names(), namer)
        if part is None:
            return None
        parts.append(part)
    if sum(part.positions for part in parts) > MOST_POSITIONS:
        return None
    if sorted_out.of_paths and all(part.is_short for part in parts):
        return None
    between = tuple(chain.nodes[1:-1])
    judged, paths = tuple(sorted_out.of_paths), tuple(graph.paths)
    ends = (chain.nodes[0], chain.nodes[-1])
    of_ends = (*sorted_out.of_ends, *(p for p in where if p.variables & graph.names() <= set(ends)))
    of_nodes = tuple(map(tuple, sorted_out.of_nodes))
    search = PathSearch(selector, tuple(parts), between, of_nodes, of_ends, judged, paths)
    name = namer.fresh("q")
    edge = PatternEdge(name, *ends, "out", None, None, name, (), search=search)
    return PatternGraph(list(dict.fromkeys(ends)), [edge], graph.paths, sorted_out.of_ends)


def judged_searches(graph: PatternGraph, bound: Names, namer: Namer) -> None:
    """Let a ``shortestPath`` of the graph look for the shortest path that fulfils what the graph asks of the whole of it.

    That is: what the conditions on each relationship, and on its ends, leave. They may be about other nodes and relationships
    of the graph, too, which are then found before.
    """
    others = bound.union(graph.nodes, (edge.name for edge in graph.edges if edge.is_single))
    for place, edge in enumerate(graph.edges):
        paths = tuple(path for path in graph.paths if edge.name in path.parts)
        whole = {edge.name, *(path.variable for path in paths)}
        known = others | whole
        judged = tuple(p for p in graph.predicates if p.variables & whole and p.variables <= known)
        if edge.shortest is None or edge.name in bound or not judged:
            continue
        part = _part(replace(edge, shortest=None), [], graph.names(), namer)
        if part is None or part.minimum > 1:
            continue
        selector = ast.PathSelector("SHORTEST" if edge.shortest == "shortestPath" else "GROUPS")
        ends = (edge.source, edge.target)
        of_ends = tuple(p for p in graph.predicates if p.variables <= bound.union(ends))
        search = PathSearch(selector, (part,), (), (), of_ends, judged, paths)
        graph.edges[place] = PatternEdge(edge.name, *ends, "out", None, None, edge.name, (), search=search)
        graph.predicates = [p for p in graph.predicates if p not in judged]
        # Unlike other paths with a selector, these do not come back to where they began.
        if part.minimum == 1:
            graph.predicates.append(Predicate.of(ast.Binary("<>", *map(ast.Variable, ends))))


@dataclass(slots=True)
class _SortedOut:
    """Conditions by what they are about."""

    of_ends: list[Predicate]
    of_nodes: list[list[Predicate]]
    of_edges: list[list[Predicate]]
    of_paths: list[Predicate]


@dataclass(slots=True)
class _Chain:
    """Nodes and edges in turn; no node stands twice, but that the ends may be one."""

    nodes: list[str]
    edges: list[PatternEdge] = field(default_factory=list)

    @staticmethod
    def of(graph: PatternGraph) -> _Chain | None:
        if not graph.edges:
            return None
        chain = _Chain([graph.edges[0].source])
        for edge in graph.edges:
            if edge.source != chain.nodes[-1]:
                return None
            chain.nodes.append(edge.target)
            chain.edges.append(edge)
        distinct = len(set(chain.nodes)) + (chain.nodes[0] == chain.nodes[-1])
        return chain if distinct == len(chain.nodes) else None

    @property
    def inner(self) -> Names:
        return frozenset(self.nodes[1:-1])

    def sort_out(self, predicates: Sequence[Predicate], names: Names) -> _SortedOut:
        """Which conditions concern the ends, a node between, a relationship, or more than that."""
        found = _SortedOut([], [[] for _ in self.nodes[1:-1]], [[] for _ in self.edges], [])
        places = {name: number for number, name in enumerate(self.nodes[1:-1])}
        for predicate in predicates:
            own = predicate.variables & names
            edge = next(
                (n for n, edge in enumerate(self.edges) if edge.is_single and own <= _triple(edge)), None
            )
            if own <= {self.nodes[0], self.nodes[-1]}:
                found.of_ends.append(predicate)
            elif len(own) == 1 and own <= places.keys():
                found.of_nodes[places[next(iter(own))]].append(predicate)
            elif edge is not None:
                found.of_edges[edge].append(predicate)
            else:
                found.of_paths.append(predicate)
        return found


def _triple(edge: PatternEdge) -> Names:
    return frozenset((edge.source, edge.name, edge.target))


def _part(edge: PatternEdge, conditions: list[Predicate], names: Names, namer: Namer) -> Part | None:
    expansion = edge.expansion
    if edge.repetition is not None:
        return _repeated(edge)
    if expansion is None:
        graph = PatternGraph([edge.source, edge.target], [edge], [], conditions)
        return Part(edge.name, True, (Stretch(graph, edge.source, edge.target, (edge.name,)),))
    if expansion.algorithm != "walk" or expansion.filter is not None or edge.needs & names:
        return None
    start, end = namer.fresh("n"), namer.fresh("n")
    step = PatternEdge(edge.element, start, end, edge.direction, edge.types, None, edge.element, ())
    graph = PatternGraph([start, end], [step], [], list(map(Predicate.of, edge.conditions)))
    minimum = 1 if expansion.minimum is None else expansion.minimum
    return Part(edge.name, False, (Stretch(graph, start, end, (edge.element,)),), minimum, expansion.maximum)


def plan_search(
    plan: logical.Plan,
    search: PathSearch,
    hop: logical.Hop,
    planned: Callable[[PatternGraph, str], logical.Plan],
) -> logical.SearchPaths:
    """The plan with the search as one more step, from the end that ``hop`` says.

    ``planned`` makes the plan of a stretch that begins at a bound node.
    """
    written = _Writing(hop.backwards, planned)
    turn = slice(None, None, -1 if hop.backwards else 1)
    parts, between = search.parts[turn], search.between[turn]
    of_end = tuple(p for p in search.of_ends if hop.target in p.variables and hop.source not in p.variables)
    end = (hop.target, () if hop.into else of_end)
    conditions = (*zip(between, search.conditions[turn], strict=True), end)
    for number, (part, (node, demanded)) in enumerate(zip(parts, conditions, strict=True)):
        written.add(number, part, node, demanded)
    shown = tuple(
        logical.PathPart(part.name, part.single, part.hops, part.nodes, part.relationships) for part in parts
    )
    return logical.SearchPaths(
        plan, hop, search.selector, tuple(written.stretches), tuple(written.moves), tuple(written.part_of),
        shown, between, _judge(search), tuple(_longest(search)),
    )  # fmt: skip


def _judge(search: PathSearch) -> logical.Plan | None:
    if not search.judged:
        return None
    rows: logical.Plan = logical.Once()
    for path in search.paths:
        rows = logical.ConstructNamedPath(rows, path.variable, path.parts)
    return logical.Filter(rows, tuple(predicate.expression for predicate in search.judged))


def _longest(search: PathSearch) -> Iterator[ast.Expression]:
    """Numbers known before the search that the length of a whole path has to be below, or equal to."""
    lengths = {("length", path.variable) for path in search.paths}
    if len(search.parts) == 1:
        lengths.add(("size", search.parts[0].name))
    for predicate in search.judged:
        match predicate.expression:
            case ast.Binary(
                "<" | "<=" | "=", ast.FunctionCall(name, (ast.Variable(of),)), number
            ) | ast.Binary(">" | ">=" | "=", number, ast.FunctionCall(name, (ast.Variable(of),))):
                if (name.lower(), of) in lengths and isinstance(number, ast.Literal | ast.Parameter):
                    yield number


class _Writing:
    """An automaton while it is written out, part by part; position 0 is where the path begins."""

    def __init__(self, backwards: bool, planned: Callable[[PatternGraph, str], logical.Plan]) -> None:
        self.backwards = backwards
        self.planned = planned
        self.stretches: list[logical.Stretch] = []
        self.moves: list[logical.Move] = []
        self.part_of: list[int] = [-1]

    def add(self, number: int, part: Part, node: str, conditions: tuple[Predicate, ...]) -> None:
        """A part, and the ``node`` behind it of which something is demanded; its position becomes the last one."""
        stretches = [
            self._stretch(stretch) for stretch in (part.stretches[::-1] if self.backwards else part.stretches)
        ]
        position = len(self.part_of) - 1
        ends = [position] if part.minimum == 0 else []
        times = max(part.minimum, 1) if part.maximum is None else part.maximum
        for time in range(1, times + 1):
            position = self._once(number, position, stretches)
            ends += [position] if time >= part.minimum else []
        if part.maximum is None:
            self._once(number, position, stretches, position)
        checked = self._condition(node, conditions)
        behind = self._position(number)
        self.moves += [logical.Move(end, behind, checked) for end in ends]

    def _once(self, part: int, position: int, stretches: list[int], end: int | None = None) -> int:
        """One repetition more; the position behind it, which is a new one without ``end``."""
        for number, stretch in enumerate(stretches):
            last = number == len(stretches) - 1
            target = end if last and end is not None else self._position(part)
            self.moves.append(logical.Move(position, target, stretch))
            position = target
        return position

    def _position(self, part: int) -> int:
        self.part_of.append(part)
        return len(self.part_of) - 1

    def _stretch(self, stretch: Stretch) -> int:
        begin, end, relationships = stretch.start, stretch.end, stretch.relationships
        if self.backwards:
            begin, end, relationships = end, begin, relationships[::-1]
        inner = self.planned(stretch.graph, begin)
        self.stretches.append(logical.Stretch(inner, begin, end, relationships))
        return len(self.stretches) - 1

    def _condition(self, node: str, conditions: tuple[Predicate, ...]) -> int:
        """The stretch of no length that tests a node; -1 where there is nothing to test."""
        if not conditions:
            return -1
        inner = self.planned(PatternGraph([node], [], [], list(conditions)), node)
        self.stretches.append(logical.Stretch(inner, node, node, ()))
        return len(self.stretches) - 1


def _repeated(edge: PatternEdge) -> Part:
    """A quantified path in stretches."""
    repetition = edge.repetition
    assert repetition is not None
    inside = repetition.graph
    nodes = [repetition.start, *(step.target for step in inside.edges)]
    stretches = tuple(_stretches(inside, nodes))
    places = {name: place for place, name in reversed(list(enumerate(nodes)))}
    order = {name: place for place, name in enumerate(repetition.relationships)}
    named_nodes = tuple((name, places[name]) for name in repetition.nodes)
    named = tuple((name, order[name]) for name in repetition.named if name not in repetition.nodes)
    return Part(edge.name, False, stretches, repetition.minimum, repetition.maximum, named_nodes, named)


def _stretches(graph: PatternGraph, nodes: list[str]) -> Iterator[Stretch]:
    """The inside of a repetition, cut at every node over which no condition reaches."""
    spans = [_span(predicate.variables, graph, nodes) for predicate in graph.predicates]
    repeats = [_span(frozenset((name,)), graph, nodes) for name in nodes]
    uncut = {place for low, high in (*spans, *repeats) for place in range(low + 1, high)}
    cuts = [place for place in range(len(nodes)) if place not in uncut]
    first = 0
    waiting = list(zip(spans, graph.predicates, strict=True))
    for last in cuts[1:]:
        own = [predicate for (low, high), predicate in waiting if first <= low and high <= last]
        waiting = [(span, predicate) for span, predicate in waiting if predicate not in own]
        edges = graph.edges[first:last]
        inner = PatternGraph(list(dict.fromkeys(nodes[first : last + 1])), edges, [], own)
        yield Stretch(inner, nodes[first], nodes[last], tuple(edge.name for edge in edges))
        first = last


def _span(variables: Names, graph: PatternGraph, nodes: list[str]) -> tuple[int, int]:
    """The places of the first and the last node that variables touch; (0, 0) where they touch none."""
    places = [place for place, name in enumerate(nodes) if name in variables]
    for place, edge in enumerate(graph.edges):
        if edge.name in variables:
            places += [place, place + 1]
    return (min(places), max(places)) if places else (0, 0)
