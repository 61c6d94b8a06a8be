"""The order of a MATCH: start at the cheapest node, expand the cheapest next, filter at once.

Greedy, over exact counts. Every predicate is placed right after the step that binds the last of its
variables. Parts of the pattern that are not connected follow one another, each for every row of those
before: by an index look-up for every row, or else by a hash join, where an equality connects them; otherwise it
is a Cartesian product.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace

from lithograph.cypher import ast
from lithograph.cypher.errors import UnsupportedError
from lithograph.cypher.plan import logical
from lithograph.cypher.plan.access import Access, accesses, edge_accesses, equalities
from lithograph.cypher.plan.automaton import plan_search
from lithograph.cypher.plan.expansions import apart, expand, may_begin
from lithograph.cypher.plan.hints import NO_HINTS, Hints
from lithograph.cypher.plan.patterns import PatternEdge, PatternGraph, Predicate, Repetition
from lithograph.cypher.plan.scope import Namer
from lithograph.cypher.plan.statistics import Statistics
from lithograph.storage.patience import breathe

FEW = 4.0
"""With so many nodes at most at its far end, a walk is worth knowing that end beforehand."""

UNKNOWN = 1000.0
"""The rows that come from the clauses before, and from steps of which nothing is known."""

NONE: frozenset[str] = frozenset()

FLIPPED: dict[ast.Direction, ast.Direction] = {"out": "in", "in": "out", "both": "both"}


class MatchPlanner:
    """Plans one pattern graph on top of a plan that binds ``bound``."""

    def __init__(
        self,
        plan: logical.Plan,
        bound: frozenset[str],
        graph: PatternGraph,
        statistics: Statistics,
        namer: Namer,
        hints: Hints = NO_HINTS,
    ) -> None:
        self.hints = hints
        self.plan = plan
        self.bound = bound
        self.statistics = statistics
        self.namer = namer
        self._before = bound
        self._nodes = [name for name in graph.nodes if name not in bound]
        self._edges = list(graph.edges)
        self._needs = {edge: edge.needs & (bound | graph.names()) for edge in graph.edges}
        """The variables without which a long expansion cannot judge a relationship."""
        self._paths = list(graph.paths)
        known = bound | graph.names()
        # a name that is neither bound nor matched here is bound inside the predicate, by a pattern of its own
        self._predicates = [Predicate(p.expression, p.variables & known) for p in graph.predicates]
        self._predicates.extend(
            _exists(name) for name in graph.nodes if name in bound and not graph.touches(name)
        )
        self._ways: dict[str, tuple[list[Predicate], list[Access]]] = {}
        """The ways to nodes, with the predicates that they were made of."""
        self._walked: list[PatternEdge] = []
        self.products: list[str] = []
        """The first nodes of parts that come for every row of other parts of this MATCH."""
        self._scanned = False
        """Whether a part of this MATCH begins with a scan."""
        self._rows = UNKNOWN if bound or not isinstance(plan, logical.Once) else 1.0
        self._names: dict[str, str] = {}
        """The column of a relationship where that is not its name: one that was bound before."""

    def run(self) -> tuple[logical.Plan, frozenset[str]]:
        """The plan, and the variables it binds."""
        self._check_hints()
        self._filter()
        while self._edges or self._nodes:
            breathe()
            edge = self._next_edge()
            if self._start_as_told():
                self._filter()
                continue
            if edge is None:
                told = self.hints.variables  # which wait for what they are looked up by
                free = [name for name in self._nodes if name not in told] or self._nodes
                self._start(free) if free else self._judge_afterwards()
            elif edge.is_single or not self._start_at_far_end(edge):
                self._expand(edge)
            self._filter()
        return self.plan, self.bound

    # -- steps

    def _start(self, names: Iterable[str]) -> None:
        """Bind a first node of a part that nothing bound is connected with: the cheapest of ``names``."""
        best = min(self._accesses(names), key=self._rank)
        if self._rows > FEW and not best.sees_rows and not self.hints.prefers(best):
            joined = [name for name in names if any(equalities(name, self._predicates, self.bound))]
            if joined:
                self._join(joined)
                return
        edge, by_edge = min(
            self._edge_accesses(), key=lambda found: self._rank(found[1]), default=(None, best)
        )
        if edge is not None and self._rank(by_edge) < self._rank(best):
            self._begin(by_edge, edge)
        else:
            self._begin(best)

    def _rank(self, access: Access) -> tuple[bool, tuple[float, int]]:
        """What to compare ways in by: what they cost, but first whether the query prefers them."""
        return not self.hints.prefers(access), access.cost()

    def _begin(self, best: Access, edge: PatternEdge | None = None) -> None:
        """Begin with a node, or with a single relationship and both its ends."""
        if not best.is_lookup:
            if self._scanned:
                self.products.append(best.variable)
            self._scanned = True
        if edge is not None:
            self._take_edge(edge, best)
        else:
            self._take(best)

    def _start_as_told(self) -> bool:
        """Begin by a way that a hint asks for, as soon as there is one; whether there was."""
        if not self.hints.told:
            return False
        names = [name for name in self._nodes if name in self.hints.variables]
        ways: list[tuple[Access, PatternEdge | None]] = [(access, None) for access in self._accesses(names)]
        ways += [(access, edge) for edge, access in self._edge_accesses()]
        told = [(access, edge) for access, edge in ways if self.hints.demands(access)]
        if not told:
            return False
        self._begin(*min(told, key=lambda way: way[0].cost()))
        return True

    def _check_hints(self) -> None:
        """Refuse hints that no order could obey."""
        known = self.bound.union(self._nodes, *(edge.extras | {edge.name} for edge in self._edges))
        edges = {edge.name: edge for edge in self._edges if edge.is_single}
        for variable in self.hints.variables:
            if variable in edges:
                edge = edges[variable]
                ways = edge_accesses(edge, self._predicates, known, self.statistics)
                self.hints.check(variable, ways, self.statistics, is_node=False)
            else:
                ways = accesses(variable, self._predicates, known, self.statistics)
                open_ = ways if variable in self._nodes else iter(())
                self.hints.check(variable, open_, self.statistics, is_node=True)

    def _edge_accesses(self) -> Iterator[tuple[PatternEdge, Access]]:
        """The ways to begin with a single relationship of which nothing is bound, and none before may be it."""
        for edge in self._edges:
            names = {edge.name, edge.source, edge.target}
            if edge.expansion is None and len(names) == 3 and not names & self.bound:
                if not any(_may_share(edge, other) for other in self._walked):
                    for access in edge_accesses(edge, self._predicates, self.bound, self.statistics):
                        yield edge, access

    def _take_edge(self, edge: PatternEdge, best: Access) -> None:
        """Bind a relationship and both its ends."""
        self.plan = best.onto(self.plan)
        self._rows *= best.rows
        self._edges.remove(edge)
        self._walked.append(edge)
        self._bind_node(edge.source)
        self._bind_node(edge.target)
        self.bound |= {edge.name}

    def _join(self, names: Iterable[str]) -> None:
        """Bind the cheapest of ``names``, all of which an equality connects with what is bound, by a hash join."""
        ways = (
            access for name in names for access in accesses(name, self._predicates, NONE, self.statistics)
        )
        best = min(ways, key=Access.cost)
        pairs = list(equalities(best.variable, self._predicates, self.bound))
        before, self.plan = self.plan, logical.Once()
        bound, self.bound = self.bound, NONE
        self._take(best)
        self._place_predicates()
        values, keys = (tuple(expressions) for expressions in zip(*pairs, strict=True))
        self.plan = logical.HashJoin(before, self.plan, best.variable, values, keys)
        self.bound |= bound

    def _start_at_far_end(self, edge: PatternEdge) -> bool:
        """Bind the other end of a long expansion, too, where that is a few nodes: all walks elsewhere are in vain."""
        ends = [name for name in (edge.source, edge.target) if name not in self.bound]
        best = min(self._accesses(ends), key=Access.cost, default=None)
        if best is None or best.rows > FEW or isinstance(best.step, logical.ScanAll):
            return False
        self._take(best)
        return True

    def _accesses(self, names: Iterable[str]) -> Iterator[Access]:
        """The ways to each of the nodes; looked for again only where other predicates are of use by now."""
        about: defaultdict[str, list[Predicate]] = defaultdict(list)
        for predicate in self._predicates:
            for name in predicate.variables:
                about[name].append(predicate)
        for name in names:
            usable = [p for p in about[name] if p.variables - {name} <= self.bound]
            before, found = self._ways.get(name, (None, []))
            if usable != before:
                found = list(accesses(name, usable, self.bound, self.statistics))
                self._ways[name] = usable, found
            yield from found

    def _take(self, best: Access) -> None:
        self.plan = best.onto(self.plan)
        self._rows *= best.rows
        self._bind_node(best.variable)
        if isinstance(best.step, logical.ScanAllByLabel):
            scanned = ast.HasLabels(ast.Variable(best.variable), ast.LabelName(best.step.label))
            self._predicates = [p for p in self._predicates if p.expression != scanned]

    def _next_edge(self) -> PatternEdge | None:
        ready = [
            edge for edge in self._edges if may_begin(edge, self.bound) and self._needs[edge] <= self.bound
        ]
        return min(ready, key=self._cost, default=None)

    def _judge_afterwards(self) -> None:
        """Let go of a wait for each other: all nodes are bound, and every walk left needs what one of them binds.

        A walk whose relationships cannot be judged on the way is judged when it and the others are there.
        """
        edge = next((edge for edge in self._edges if edge.is_walk), None)
        if edge is None:
            names = ", ".join(sorted(set().union(*self._needs.values()) - self.bound))
            raise UnsupportedError(f"A search whose filter needs what the search itself finds ({names})")
        every = [
            ast.Quantifier("all", edge.element, ast.Variable(edge.name), condition)
            for condition in edge.conditions
        ]
        self._predicates.extend(Predicate(condition, self._needs[edge] | {edge.name}) for condition in every)
        later = replace(edge, conditions=())
        self._edges[self._edges.index(edge)] = later
        self._needs[later] = frozenset()

    def _cost(self, edge: PatternEdge) -> tuple[int, float]:
        """What to expand first: into bound nodes, then single steps by fan-out, then walks."""
        both = edge.source in self.bound and edge.target in self.bound
        rank = (0 if both else 1) + (0 if edge.is_single else 2)
        fan_out = self.statistics.fan_out(edge.types, edge.direction)
        unbound = {edge.source, edge.target} - self.bound
        selective = any(
            p.variables & unbound and p.variables - unbound <= self.bound for p in self._predicates
        )
        return rank, fan_out * (0.3 if selective else 1.0)

    def _expand(self, edge: PatternEdge) -> None:
        self._edges.remove(edge)
        backwards = edge.source not in self.bound
        source, target = (edge.target, edge.source) if backwards else (edge.source, edge.target)
        direction = FLIPPED[edge.direction] if backwards else edge.direction
        column = edge.name if edge.name not in self.bound else self.namer.fresh("r")
        hop = logical.Hop(source, column, target, direction, edge.types, target in self.bound, backwards)
        others = tuple(
            self._names.get(other.name, other.name) for other in self._walked if _may_share(edge, other)
        )
        if edge.repetition is not None:
            self.plan = self._repeat(edge.repetition, hop, others)
        elif edge.search is not None:
            self.plan = plan_search(self.plan, edge.search, hop, self._stretch)
        else:
            self.plan = expand(self.plan, edge, hop, () if edge.is_search else others)
        self._keep_apart(edge, column)
        if not hop.into:
            fan_out = self.statistics.fan_out(edge.types, edge.direction)
            single = edge.expansion is None and edge.repetition is None
            self._rows *= max(1.0, fan_out) if single else UNKNOWN
        self._walked.append(edge)
        self._bind_node(target)
        if column != edge.name:
            same = ast.Binary("=", ast.Variable(edge.name), ast.Variable(column))
            self._predicates.append(Predicate(same, frozenset((edge.name, column))))
            self._names[edge.name] = column
        self.bound |= {column, *edge.extras}

    def _repeat(self, repetition: Repetition, hop: logical.Hop, others: tuple[str, ...]) -> logical.Plan:
        """The plan with a quantified path, whose inside is planned from the end that is bound."""
        first, last = repetition.start, repetition.end
        if hop.backwards:
            first, last = last, first
        bound = repetition.needs() | {first}
        inner, _ = MatchPlanner(logical.Once(), bound, repetition.graph, self.statistics, self.namer).run()
        return logical.Repeat(
            self.plan, inner, hop, first, last, repetition.minimum, repetition.maximum,
            repetition.relationships, repetition.nodes, repetition.named, others,
        )  # fmt: skip

    def _stretch(self, graph: PatternGraph, begin: str) -> logical.Plan:
        """The plan of a stretch of a path, from the node where it begins."""
        bound = self._before | {begin}
        inner, _ = MatchPlanner(logical.Once(), bound, graph, self.statistics, self.namer).run()
        return inner

    def _keep_apart(self, search: PatternEdge, column: str) -> None:
        """Let what a search finds count only if nothing before it uses the same relationship."""
        for other in self._walked if search.is_search else ():
            if _may_share(search, other):
                name = self._names.get(other.name, other.name)
                condition = apart(column, name, other.is_single, self.namer)
                self._predicates.append(Predicate.of(condition))

    def _bind_node(self, name: str) -> None:
        self.bound |= {name}
        if name in self._nodes:
            self._nodes.remove(name)

    def _filter(self) -> None:
        """Place the paths and predicates whose variables are bound by now."""
        for path in [p for p in self._paths if self.bound.issuperset(p.parts)]:
            parts = tuple(self._names.get(part, part) for part in path.parts)
            self.plan = logical.ConstructNamedPath(self.plan, path.variable, parts)
            self.bound |= {path.variable}
            self._paths.remove(path)
        self._place_predicates()

    def _place_predicates(self) -> None:
        """Filter by what is bound, but by nothing that was bound before and is still to be matched here."""
        pending = {edge.name for edge in self._edges if edge.name in self._before}
        ready: list[Predicate] = []
        waiting: list[Predicate] = []
        for predicate in self._predicates:
            names = predicate.variables
            (ready if names <= self.bound and names.isdisjoint(pending) else waiting).append(predicate)
        if ready:
            # labels first: they are the cheapest test and throw most rows out
            ready.sort(key=lambda p: not isinstance(p.expression, ast.HasLabels))
            self._predicates = waiting
            self.plan = logical.Filter(self.plan, tuple(p.expression for p in ready))


def _exists(name: str) -> Predicate:
    """That a variable bound before is not null: no expansion begins at it, which would find nothing."""
    return Predicate(ast.IsNull(ast.Variable(name), negated=True), frozenset((name,)))


def _may_share(edge: PatternEdge, other: PatternEdge) -> bool:
    """Whether two relationships of one MATCH could be the same one."""
    mine, theirs = _type_names(edge.types), _type_names(other.types)
    return mine is None or theirs is None or bool(mine & theirs)


def _type_names(types: ast.LabelExpression | None) -> frozenset[str] | None:
    """The only types possible, None when that cannot be told."""
    if isinstance(types, ast.LabelName):
        return frozenset((types.name,))
    if isinstance(types, ast.LabelOr):
        parts = [_type_names(part) for part in types.parts]
        known = [part for part in parts if part is not None]
        return frozenset().union(*known) if len(known) == len(parts) else None
    return None
