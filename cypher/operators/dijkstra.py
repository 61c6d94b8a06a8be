"""Cheapest walks from node to node, the nearest first, for filters that look at the path or weight gathered.

What such a filter says of a step depends on the walk that leads to it; so steps are taken from the cheapest walk to
each node alone, and judged when that is certain. With ``every``, all the walks as cheap that visit no node twice
count. (E. W. Dijkstra: A note on two problems in connexion with graphs, Numerische Mathematik 1, 1959.)

Walks are taken several at a time: one is certain, too, if it weighs no more than any before it would with its lightest
step. (A. Crauser and others: A parallelization of Dijkstra's shortest path algorithm, MFCS 1998.)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from heapq import heappop, heappush
from typing import Any, NamedTuple

import numpy as np

from lithograph.cypher.context import Context
from lithograph.cypher.entities import PathRef
from lithograph.cypher.operators import base
from lithograph.cypher.operators.ends import Found
from lithograph.cypher.operators.guard import Gathered
from lithograph.cypher.operators.terrain import Terrain
from lithograph.cypher.operators.weights import Scale
from lithograph.cypher.scalar.arithmetic import add
from lithograph.cypher.vectors import Vector

MOST = 1024
"""Walks taken at once."""

BYTES_OF_WALK = 300
"""What a walk takes, by its entry in lists and heap."""


class Step(NamedTuple):
    """From an entry along an edge: what it weighs, to be compared, and as a value of the language."""

    entry: int
    edge: int
    node: int
    length: Any
    weight: Any


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
        heappush(self._heap, (total, depth, len(self.nodes)))
        self.nodes.append(node)
        self.edges.append(edge)
        self.parents.append(parent)
        self.depths.append(depth)
        self.totals.append(total)
        self.sums.append(shown)

    def matters(self, step: Step) -> bool:
        """Whether the walk with one more step is not known to be beaten, nor (with ``every``) to come back."""
        total, depth = self.totals[step.entry] + step.length, self.depths[step.entry] + 1
        if self._is_beaten(step.node, total, depth):
            return False
        return not (self.every and self._visits(step.entry, step.node))

    def take(self, count: int) -> list[int]:
        """The lightest entries, so many at most; those that turn out not to be certain are put back."""
        taken: list[int] = []
        while self._heap and len(taken) < count:
            total, depth, entry = heappop(self._heap)
            if not self._is_beaten(self.nodes[entry], total, depth):
                taken.append(entry)
        return taken

    def put_back(self, entries: Iterable[int]) -> None:
        """Let entries wait on."""
        for entry in entries:
            heappush(self._heap, (self.totals[entry], self.depths[entry], entry))

    def settle(self, entry: int) -> bool:
        """Take it for certain that no lighter walk leads to the node of an entry; False if one settled is as good."""
        node, total, depth = self.nodes[entry], self.totals[entry], self.depths[entry]
        if self._is_beaten(node, total, depth):
            return False
        self._settled.setdefault(node, []).append((total, depth))
        return True

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


def walks_nearest_first(
    terrain: Terrain, source: int, target: int | None, most: int | None, every: bool, context: Context
) -> Iterator[Found]:
    """The cheapest walks from a node to the others, or to ``target``, where the guard looks at what is gathered."""
    search, scale = Nearest(source, most, every), Scale()
    held, count = 0, 1
    try:
        while batch := search.take(count):
            ahead = _ahead(search, batch, scale, terrain, context)
            certain = _certain(search, batch, ahead)
            search.put_back(batch[certain:])
            count = min(MOST, 2 * certain)
            settled: list[int] = []
            for entry in batch[:certain]:
                if not search.settle(entry):
                    continue
                node = search.nodes[entry]
                cheapest = search.is_cheapest(entry)
                if node == target and not cheapest:
                    return
                if node != source and target in (None, node) and cheapest:
                    yield node, list(search.path(entry).relationships), search.sums[entry]
                    if node == target and not every:
                        return
                settled.append(entry)
            steps = [step for entry in settled for step in ahead.get(entry, ()) if search.matters(step)]
            for start in range(0, len(steps), base.LARGEST):
                _go_on(search, steps[start : start + base.LARGEST], terrain, context)
            made = len(search.nodes) * BYTES_OF_WALK
            context.hold(made - held)
            held = made
            yield None
    finally:
        context.hold(-held)


def _ahead(
    search: Nearest, batch: list[int], scale: Scale, terrain: Terrain, context: Context
) -> dict[int, list[Step]]:
    """By entry the steps that lead on from it."""
    entries = [entry for entry in batch if search.may_go_on(entry)]
    ahead: dict[int, list[Step]] = {}
    nodes = np.array([search.nodes[entry] for entry in entries], dtype=np.int64)
    for found in terrain.steps(nodes, context) if entries else ():
        rows = np.zeros(len(found.rows), dtype=np.intp)
        if not len(rows):
            continue
        lengths = terrain.weights(nodes[found.rows], found, scale, context).tolist()
        values = terrain.weigher.values(terrain.outer, rows, found.edges, found.nodes, context).tolist()
        steps = (found.rows.tolist(), found.edges.tolist(), found.nodes.tolist(), lengths, values)
        for row, *step in zip(*steps, strict=True):
            ahead.setdefault(entries[row], []).append(Step(entries[row], *step))
    return ahead


def _certain(search: Nearest, batch: list[int], ahead: dict[int, list[Step]]) -> int:
    """How many of a batch, the lightest first, no walk that goes on from those before them could beat."""
    bound: tuple[Any, int] | None = None
    for number, entry in enumerate(batch):
        total, depth = search.totals[entry], search.depths[entry]
        if bound is not None and bound < (total, depth):
            return number
        if entry in ahead:
            longer = total + min(step.length for step in ahead[entry]), depth + 1
            bound = longer if bound is None else min(bound, longer)
    return len(batch)


def _go_on(search: Nearest, steps: list[Step], terrain: Terrain, context: Context) -> None:
    """Push what leads on, if the guard lets it pass."""
    edges = np.array([step.edge for step in steps], dtype=np.int64)
    nodes = np.array([step.node for step in steps], dtype=np.int64)
    sums = [add(search.sums[step.entry], step.weight) if step.entry else step.weight for step in steps]
    gathered = Gathered(partial(_paths, search, steps), partial(Vector.of, sums))
    rows = np.zeros(len(steps), dtype=np.intp)
    allowed = terrain.guard.allowed(terrain.outer, rows, edges, nodes, context, gathered)
    for step, passes, shown in zip(steps, allowed.tolist(), sums, strict=True):
        if passes:
            search.push(step.entry, step.edge, step.node, search.totals[step.entry] + step.length, shown)


def _paths(search: Nearest, steps: list[Step]) -> Vector:
    """The path of each step's entry with that step."""
    known = {entry: search.path(entry) for entry in {step.entry for step in steps}}
    return Vector.objects([known[step.entry].with_step(step.edge, step.node) for step in steps])
