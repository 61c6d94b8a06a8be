"""The shortest walks between two nodes, one after the other, each by a search that may not do as those before did.

Every walk found is a candidate once, by where it leaves the walks given before: at each of its nodes a search goes to
the target without the steps that those have taken from there, and without what the way there has used. That is the
nodes where no node may be visited twice, and the relationships where (``trails``) only no relationship may. A search
finds a cheapest walk, which visits no node twice anyway.

(J. Y. Yen: Finding the K shortest loopless paths in a network, Management Science 17, 1971; that each walk has to look
only behind the place where it left others is E. L. Lawler's remark, ibid. 18, 1972.)
"""

from __future__ import annotations

from collections.abc import Iterator
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
    """The walks from ``source`` to ``target``; ``most`` bounds their length, which is ``least`` (0 or 1) at least."""

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
            self._taken.setdefault(found.edges[:place], set()).add(found.edges[place])
        last = len(found.edges) + 1 if self.trails else len(found.edges)
        for place in range(found.branch, last):
            yield from self._search(found.nodes[: place + 1], found.edges[:place], place)

    def _search(self, nodes: tuple[int, ...], edges: tuple[int, ...], branch: int) -> Iterator[None]:
        """Find the cheapest walk with this beginning that goes on as no one before it did; a candidate if there is one."""
        start, rest = nodes[-1], None if self.most is None else self.most - len(edges)
        capacity = self.context.transaction.store.vertices.capacity
        returns, bounded = start == self.target, rest is not None
        search = Cheapest(start, capacity, False, self.target, returns, bounded)
        search.scale = self.scale
        frontier = search.start()
        while len(frontier) and (rest is None or search.round < rest):
            frontier = self._relax(search, frontier, nodes, edges)
            yield None
        if search.entry_of[self.target] > 0:
            chains = search.chains()
            entry = int(search.entry_of[self.target])
            whole = (*nodes, *chains.nodes_of(entry)[1:])
            walk = (*edges, *chains.walk(entry))
            self._push(whole, walk, self._total(walk, whole), branch)

    def _relax(
        self, search: Cheapest, frontier: Frontier, nodes: tuple[int, ...], edges: tuple[int, ...]
    ) -> Frontier:
        """A round that leaves out what the beginning has used, and its first steps taken before."""
        taken = self._taken.get(edges, set()) if search.round == 0 else set()
        banned = np.array([*taken, *(edges if self.trails else ())], dtype=np.int64)
        visited = np.array(() if self.trails else nodes, dtype=np.int64)
        for found in self.terrain.steps(frontier.nodes, self.context):
            found = _without(found, banned, visited)
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
