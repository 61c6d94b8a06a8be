"""Cheapest walks one node at a time, the nearest first, for filters that look at the path or weight gathered.

What such a filter says of a step depends on the walk that leads to it; so steps are taken from the cheapest walk to
each node alone, and judged when that is certain. With ``every``, all the walks as cheap that visit no node twice
count. (E. W. Dijkstra: A note on two problems in connexion with graphs, Numerische Mathematik 1, 1959.)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from heapq import heappop, heappush
from typing import Any

import numpy as np

from lithograph.cypher.context import Context
from lithograph.cypher.entities import PathRef
from lithograph.cypher.operators.ends import Found
from lithograph.cypher.operators.guard import Gathered
from lithograph.cypher.operators.terrain import Terrain
from lithograph.cypher.operators.weights import Scale
from lithograph.cypher.scalar.arithmetic import add
from lithograph.cypher.vectors import Vector

BREATH = 1024
"""Walks taken in between two breaths."""

BYTES_OF_WALK = 300
"""What a walk takes, by its entry in lists and heap."""


@dataclass(slots=True)
class Nearest:
    """One search; entries are walks, by number: entry 0 is the start. ``most`` bounds their length."""

    source: int
    most: int | None
    every: bool = False
    nodes: list[int] = field(default_factory=list)
    edges: list[int] = field(default_factory=list)
    parents: list[int] = field(default_factory=list)
    depths: list[int] = field(default_factory=list)
    totals: list[Any] = field(default_factory=list)
    """What walks weigh, to be compared."""
    sums: list[Any] = field(default_factory=list)
    """The same as a value of the language."""
    _heap: list[tuple[Any, int, int]] = field(default_factory=list)
    _settled: dict[int, list[tuple[Any, int]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.push(-1, -1, self.source, 0, 0)

    def push(self, parent: int, edge: int, node: int, total: Any, shown: Any) -> None:
        """Take in a walk: that of the entry ``parent`` with one more step."""
        depth = self.depths[parent] + 1 if parent >= 0 else 0
        if self._is_beaten(node, total, depth) or (self.every and self._visits(parent, node)):
            return
        heappush(self._heap, (total, depth, len(self.nodes)))
        self.nodes.append(node)
        self.edges.append(edge)
        self.parents.append(parent)
        self.depths.append(depth)
        self.totals.append(total)
        self.sums.append(shown)

    def settled(self) -> Iterator[int]:
        """The entries in the order of their weight, each when it is certain that it is the cheapest to its node.

        After each the caller pushes what leads on from it, if ``may_go_on`` says so.
        """
        while self._heap:
            total, depth, entry = heappop(self._heap)
            node = self.nodes[entry]
            if not self._is_beaten(node, total, depth):
                self._settled.setdefault(node, []).append((total, depth))
                yield entry

    def may_go_on(self, entry: int) -> bool:
        """Whether the walk may have one more step."""
        return self.most is None or self.depths[entry] < self.most

    def is_cheapest(self, entry: int) -> bool:
        """Whether no walk to the node of a settled entry is cheaper, and none (but for ``every``) as cheap."""
        first = self._settled[self.nodes[entry]][0]
        if self.every:
            return bool(self.totals[entry] == first[0])
        return len(self._settled[self.nodes[entry]]) == 1

    def path(self, entry: int) -> PathRef:
        """The walk of an entry."""
        nodes, edges = [self.nodes[entry]], []
        while entry:
            edges.append(self.edges[entry])
            entry = self.parents[entry]
            nodes.append(self.nodes[entry])
        return PathRef(tuple(nodes[::-1]), tuple(edges[::-1]))

    def _is_beaten(self, node: int, total: Any, depth: int) -> bool:
        """Whether a settled walk to the node is at least as good, in weight and (where that is bounded) in length."""
        for settled, least in self._settled.get(node, ()):
            shorter = self.most is None or least <= depth
            if shorter and (settled < total or (settled == total and not self.every)):
                return True
        return False

    def _visits(self, entry: int, node: int) -> bool:
        while entry >= 0:
            if self.nodes[entry] == node:
                return True
            entry = self.parents[entry]
        return False


def walks_one_by_one(
    terrain: Terrain, source: int, target: int | None, most: int | None, every: bool, context: Context
) -> Iterator[Found]:
    """The cheapest walks from a node to the others, or to ``target``, where the guard looks at what is gathered."""
    search, scale = Nearest(source, most, every), Scale()
    held = 0
    try:
        for entry in search.settled():
            node = search.nodes[entry]
            cheapest = search.is_cheapest(entry)
            if node == target and not cheapest:
                return
            if node != source and target in (None, node) and cheapest:
                yield node, list(search.path(entry).relationships), search.sums[entry]
                if node == target and not every:
                    return
            if search.may_go_on(entry):
                _go_on(search, scale, terrain, entry, context)
            made = len(search.nodes) * BYTES_OF_WALK
            if made - held > BREATH * BYTES_OF_WALK:
                context.hold(made - held)
                held = made
                yield None
    finally:
        context.hold(-held)


def _go_on(search: Nearest, scale: Scale, terrain: Terrain, entry: int, context: Context) -> None:
    """Push all that leads on from an entry."""
    node = np.array([search.nodes[entry]], dtype=np.int64)
    for found in terrain.steps(node, context):
        rows = np.zeros(len(found.rows), dtype=np.intp)
        if not len(rows):
            continue
        lengths = terrain.weights(node[rows], found, scale, context).tolist()
        values = terrain.weigher.values(terrain.outer, rows, found.edges, found.nodes, context).tolist()
        first = search.sums[entry]
        sums = [add(first, value) if entry else value for value in values]
        ends = list(zip(found.edges.tolist(), found.nodes.tolist(), strict=True))
        gathered = Gathered(partial(_paths, search.path(entry), ends), partial(Vector.of, sums))
        allowed = terrain.guard.allowed(terrain.outer, rows, found.edges, found.nodes, context, gathered)
        total = search.totals[entry]
        for passes, (edge, end), length, shown in zip(allowed.tolist(), ends, lengths, sums, strict=True):
            if passes:
                search.push(entry, edge, end, total + length, shown)


def _paths(path: PathRef, ends: list[tuple[int, int]]) -> Vector:
    """The path with each of these steps, (edge, node)."""
    return Vector.objects([PathRef((*path.nodes, node), (*path.relationships, edge)) for edge, node in ends])
