"""The shortest walks between two nodes, one after the other, each by a search that may not do as those before did.

Every walk found is a candidate once, by where it leaves the walks given before: at each of its nodes a search goes to
the target without the steps that those have taken from there, and without what the way there has used. That is the
nodes where no node may be visited twice, and the relationships where (``trails``) only no relationship may. A search
finds a cheapest walk, which visits no node twice; but a trail may come back to where it left the others and go on as
they did. Directed, the cheapest such walk is a trail; undirected, it might turn round on its first relationship, and so
the first steps are tried one by one where coming back can be the shortest.

(J. Y. Yen: Finding the K shortest loopless paths in a network, Management Science 17, 1971; that each walk has to look
only behind the place where it left others is E. L. Lawler's remark, ibid. 18, 1972.)
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import Any

import numpy as np

from lithograph.cypher.context import Context
from lithograph.cypher.operators.cheapest import Cheapest, Frontier
from lithograph.cypher.operators.expand import Steps
from lithograph.cypher.operators.terrain import Terrain
from lithograph.cypher.operators.weights import Scale
from lithograph.storage.columns.chunk import Slots

Walk = tuple[tuple[int, ...], tuple[int, ...]]
"""(nodes behind the first one, edges)"""

BYTES_OF_STEP = 100
"""What a step of a candidate takes: numbers in tuples, for itself and as a place to leave from."""


@dataclass(frozen=True, slots=True, order=True)
class Candidate:
    """A walk by its weight, the shorter one first; it left others at its node number ``branch``."""

    total: Any
    length: int
    number: int
    nodes: tuple[int, ...] = field(compare=False)
    edges: tuple[int, ...] = field(compare=False)
    branch: int = field(compare=False)


@dataclass(slots=True)
class ShortestWalks:
    """The walks from ``source`` to ``target``; ``most`` bounds their length, which is ``least`` (0 or 1) at least.

    Trails are looked for by length alone: they take no weights.
    """

    terrain: Terrain
    source: int
    target: int
    least: int
    most: int | None
    trails: bool
    context: Context
    scale: Scale = field(default_factory=Scale)
    _heap: list[Candidate] = field(default_factory=list)
    _taken: dict[tuple[int, ...], set[int]] = field(default_factory=dict)
    """By the edges of a walk's beginning: the edges that walks given have gone on with."""
    _rest: dict[tuple[int, ...], int] = field(default_factory=dict)
    """By the same: how long the shortest of them have gone on."""
    _number: int = 0
    _held: int = 0

    def walks(self) -> Iterator[Candidate | None]:
        """The walks in the order of their weight; None now and then, for a breath."""
        try:
            yield from self._first()
            while self._heap:
                found = heappop(self._heap)
                yield found
                yield from self._branches(found)
        finally:
            self.context.hold(-self._held)

    def _first(self) -> Iterator[None]:
        if self.source != self.target:
            yield from self._search((self.source,), (), 0)
        elif self.least == 0:
            self._push((self.source,), (), 0, 0)
        elif self.trails:
            yield from self._search((self.source,), (), 0)

    def _branches(self, found: Candidate) -> Iterator[None]:
        """Search for the walks that leave this one."""
        for place in range(found.branch, len(found.edges)):
            beginning = found.edges[:place]
            self._taken.setdefault(beginning, set()).add(found.edges[place])
            self._rest.setdefault(beginning, len(found.edges) - place)
        last = len(found.edges) + 1 if self.trails else len(found.edges)
        for place in range(found.branch, last):
            yield from self._search(found.nodes[: place + 1], found.edges[:place], place)

    def _search(self, nodes: tuple[int, ...], edges: tuple[int, ...], branch: int) -> Iterator[None]:
        """Find the cheapest walk with this beginning that goes on as no one before it did; a candidate if there is one."""
        found = yield from self._onwards(nodes, edges)
        if found is not None:
            whole, walk = (*nodes, *found[0]), (*edges, *found[1])
            self._push(whole, walk, self._total(walk, whole), branch)

    def _onwards(self, nodes: tuple[int, ...], edges: tuple[int, ...]) -> Generator[None, None, Walk | None]:
        """What goes on from a beginning."""
        start, taken = nodes[-1], self._taken.get(edges, set())
        most = None if self.most is None else self.most - len(edges)
        if not self.trails:
            return (yield from self._direct(start, taken, (), nodes, most, False))
        if self.terrain.hop.direction != "both":
            return (yield from self._direct(start, taken, edges, (), most, True))
        found = None
        if start != self.target:
            found = yield from self._direct(start, taken, edges, (), most, False)
            if not taken or (found is not None and len(found[1]) <= self._rest[edges] + 1):
                return found
        return (yield from self._by_first_step(start, taken, edges, most, found))

    def _by_first_step(
        self, start: int, taken: set[int], used: tuple[int, ...], most: int | None, found: Walk | None
    ) -> Generator[None, None, Walk | None]:
        """``found``, or a shorter trail that may come back to its start."""
        steps = [
            step
            for part in self.terrain.steps(np.array([start], dtype=np.int64), self.context)
            for step in zip(part.edges.tolist(), part.nodes.tolist(), strict=True)
            if step[0] not in taken and step[0] not in used
        ]
        for edge, node in steps:
            if found is not None:
                most = len(found[1]) - 1
            if most is not None and most < 1:
                break
            if node == self.target:
                found = (node,), (edge,)
                continue
            rest = None if most is None else most - 1
            behind = yield from self._direct(node, set(), (*used, edge), (), rest, False)
            if behind is not None:
                found = (node, *behind[0]), (edge, *behind[1])
        return found

    def _direct(
        self,
        start: int,
        taken: set[int],
        used: tuple[int, ...],
        visited: tuple[int, ...],
        most: int | None,
        returns: bool,
    ) -> Generator[None, None, Walk | None]:
        """The cheapest walk from a node to the target.

        Args:
            start: the node.
            taken: edges that are no first step.
            used: edges that are no step at all.
            visited: nodes that are not gone to.
            most: how long the walk may be.
            returns: it may come back to ``start``, and go on from there by any edge.
        """
        capacity = self.context.transaction.store.vertices.capacity
        search = Cheapest(start, capacity, False, self.target, returns, most is not None)
        search.scale = self.scale
        frontier = search.start()
        nodes = np.array(visited, dtype=np.int64)
        while len(frontier) and (most is None or search.round < most):
            edges = np.array([*used, *taken] if search.round == 0 else used, dtype=np.int64)
            frontier = self._relax(search, frontier, edges, nodes)
            yield None
        entry = int(search.entry_of[self.target])
        if entry <= 0:
            return None
        chains = search.chains()
        return tuple(chains.nodes_of(entry)[1:]), tuple(chains.walk(entry))

    def _relax(self, search: Cheapest, frontier: Frontier, edges: Slots, nodes: Slots) -> Frontier:
        """A round that neither uses one of these edges nor leads to one of these nodes."""
        for found in self.terrain.steps(frontier.nodes, self.context):
            found = _without(found, edges, nodes)
            sources = frontier.nodes[found.rows]
            weights = self.terrain.weights(sources, found, search.scale, self.context)
            search.relax(frontier, found, weights)
        return search.next_frontier()

    def _total(self, edges: tuple[int, ...], nodes: tuple[int, ...]) -> Any:
        """What a walk weighs, to be compared with others."""
        if self.terrain.weigher.body is None:
            return len(edges)
        ends = np.array(nodes, dtype=np.int64)
        rows = np.zeros(len(edges), dtype=np.intp)
        steps = Steps(rows, np.array(edges, dtype=np.int64), ends[1:])
        return sum(self.terrain.weights(ends[:-1], steps, self.scale, self.context).tolist())

    def _push(self, nodes: tuple[int, ...], edges: tuple[int, ...], total: Any, branch: int) -> None:
        self._number += 1
        size = BYTES_OF_STEP * (len(edges) + 1)
        self.context.hold(size)
        self._held += size
        heappush(self._heap, Candidate(total, len(edges), self._number, nodes, edges, branch))


def _without(found: Steps, edges: Slots, nodes: Slots) -> Steps:
    """The steps that neither use one of these edges nor lead to one of these nodes."""
    if len(edges):
        found = found.filter(~np.isin(found.edges, edges))
    if len(nodes):
        found = found.filter(~np.isin(found.nodes, nodes))
    return found
