"""Shortest walks, breadth first, a level at a time over arrays.

For one source the search keeps, for every node reached, its depth and one step that led there; a walk is
read back from the end. With ``all_shortest`` every step into a node at its least depth is kept, and all
walks are read back.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np

from lithograph.cypher.context import Context
from lithograph.cypher.entities import GraphReader, PathRef, RelationshipRef
from lithograph.cypher.frames import EMPTY, Frame
from lithograph.cypher.labels import type_code_table
from lithograph.cypher.operators import base
from lithograph.cypher.operators.base import Names, Operator, repeated
from lithograph.cypher.operators.expand import Steps, steps
from lithograph.cypher.operators.guard import Gathered, Guard, path_along
from lithograph.cypher.operators.sources import FromEachRow
from lithograph.cypher.plan.logical import Hop
from lithograph.cypher.vectors import Kind, Vector
from lithograph.storage.arrays import stable_order
from lithograph.storage.columns.chunk import Slots
from lithograph.storage.versions import Int32s

SPARSE = 16
"""A level with fewer than one node in so many is made distinct by sorting, else by looking at all nodes."""


class Search:
    """One breadth-first search from ``source``: how deep every node is, and the steps that led there.

    For single walks ``edge_to`` and ``node_before`` (int32, by node) hold the one step kept; for all
    shortest walks ``parents`` holds for each level (from, edge, to), sorted by ``to``.
    """

    __slots__ = ("depths", "edge_to", "node_before", "parents", "single", "source")

    def __init__(self, source: int, capacity: int, single: bool) -> None:
        self.source = source
        self.single = single
        self.depths: Int32s = np.full(capacity, -1, dtype=np.int32)
        self.depths[source] = 0
        self.edge_to: Int32s = np.zeros(capacity if single else 0, dtype=np.int32)
        self.node_before: Int32s = np.zeros(capacity if single else 0, dtype=np.int32)
        self.parents: list[tuple[Slots, Slots, Slots]] = []

    def size_bytes(self) -> int:
        """The memory held."""
        steps = sum(len(sources) for sources, _, _ in self.parents)
        return self.depths.nbytes + self.edge_to.nbytes + self.node_before.nbytes + steps * 24

    def enter(self, depth: int, sources: Slots, edges: Slots, nodes: Slots) -> Slots:
        """Take in the steps of a level, to nodes not reached before; returns these nodes, each once."""
        self.depths[nodes] = depth
        if self.single:
            # of several steps to one node the last one stays
            self.edge_to[nodes] = edges
            self.node_before[nodes] = sources
            if len(nodes) * SPARSE > len(self.depths):
                return np.flatnonzero(self.depths == depth)
        else:
            order = stable_order(nodes)
            self.parents.append((sources[order], edges[order], nodes[order]))
        return np.unique(nodes)

    def walks_to(self, node: int) -> Iterator[list[int]]:
        """The edges of the shortest walk, or walks, from the source to a node it reached."""
        if self.single:
            walk: list[int] = []
            while node != self.source:
                walk.append(int(self.edge_to[node]))
                node = int(self.node_before[node])
            yield walk[::-1]
            return
        stack: list[tuple[int, int, list[int]]] = [(node, int(self.depths[node]), [])]
        while stack:
            at, depth, suffix = stack.pop()
            if depth == 0:
                yield suffix[::-1]
                continue
            sources, edges, targets = self.parents[depth - 1]
            first = int(targets.searchsorted(at, "left"))
            last = int(targets.searchsorted(at, "right"))
            steps_in = zip(sources[first:last].tolist(), edges[first:last].tolist(), strict=True)
            stack.extend((before, depth - 1, [*suffix, edge]) for before, edge in reversed(list(steps_in)))

    def paths(self, sources: Slots, found: Steps, reader: GraphReader) -> Vector:
        """The path to each step found, by way of the walk kept to the node that it leaves."""
        known: dict[int, PathRef] = {}
        made: list[PathRef] = []
        steps = zip(sources.tolist(), found.edges.tolist(), found.nodes.tolist(), strict=True)
        for before, edge, node in steps:
            path = known.get(before)
            if path is None:
                path = known[before] = path_along(self.source, next(self.walks_to(before)), reader)
            made.append(path.with_step(edge, node))
        return Vector.objects(made)


class BFSExpand(FromEachRow):
    """A shortest walk of ``minimum`` to ``maximum`` steps to each node, or to the bound one."""

    def __init__(
        self,
        source: Operator,
        hop: Hop,
        bounds: tuple[int, int | None],
        guard: Guard,
        all_shortest: bool,
        keep: Names,
        names: Names,
    ) -> None:
        super().__init__(source, hop)
        self.minimum, self.maximum = bounds
        self.guard = guard
        self.all_shortest = all_shortest
        self.keep = keep
        self.names = names

    def _search(self, outer: Frame, source: int, target: int | None, context: Context) -> Iterator[Frame]:
        capacity = context.transaction.store.vertices.capacity
        search = Search(source, capacity, not self.all_shortest)
        context.hold(search.size_bytes())
        try:
            yield from self._levels(search, outer, target, context)
        finally:
            context.hold(-search.size_bytes())

    def _levels(self, search: Search, outer: Frame, target: int | None, context: Context) -> Iterator[Frame]:
        source = search.source
        if self.minimum == 0 and (target is None or target == source):
            yield self._frame(outer, [source], [[]])
            if target is not None:
                return
        frontier = np.array([source], dtype=np.int64)
        depth = 0
        while len(frontier) and (self.maximum is None or depth < self.maximum):
            depth += 1
            frontier = self._level(search, outer, frontier, depth, context)
            yield EMPTY
            if target is not None and search.depths[target] >= 0:
                frontier = np.zeros(0, dtype=np.int64)
            if depth >= self.minimum:
                reached = frontier if target is None else np.array([target])
                yield from self._reached(search, outer, reached[search.depths[reached] == depth])

    def _level(self, search: Search, outer: Frame, frontier: Slots, depth: int, context: Context) -> Slots:
        """Take one more step everywhere; returns the nodes reached for the first time (ascending)."""
        types = type_code_table(self.hop.types, context)
        found: list[tuple[Slots, Slots, Slots]] = []
        for part in steps(context, frontier, self.hop, types):
            part = part.filter(search.depths[part.nodes] < 0)
            sources = frontier[part.rows]
            gathered = Gathered(partial(search.paths, sources, part, context.reader))
            outers = np.zeros(len(part.rows), dtype=np.intp)
            part = self.guard.kept(outer, outers, sources, part, self.hop.backwards, context, gathered)
            found.append((frontier[part.rows], part.edges, part.nodes))
        if not found:
            return frontier[:0]
        sources, edges, nodes = (np.concatenate(arrays) for arrays in zip(*found, strict=True))
        size = search.size_bytes()
        reached = search.enter(depth, sources, edges, nodes)
        context.hold(search.size_bytes() - size)
        return reached

    def _reached(self, search: Search, outer: Frame, nodes: Slots) -> Iterator[Frame]:
        """The rows for nodes that were reached at this level."""
        wanted = self.hop.relationship in self.names
        ends: list[int] = []
        walks: list[list[int]] = []
        for node in nodes.tolist():
            if not wanted and not self.all_shortest:
                ends.append(node)
                walks.append([])
            for walk in search.walks_to(node) if wanted or self.all_shortest else ():
                ends.append(node)
                walks.append(walk)
            if len(ends) >= base.SMALLEST * 16:
                yield self._frame(outer, ends, walks)
                ends, walks = [], []
        if ends:
            yield self._frame(outer, ends, walks)

    def _frame(self, outer: Frame, ends: list[int], walks: list[list[int]]) -> Frame:
        hop = self.hop
        columns = repeated(outer, np.zeros(len(ends), dtype=np.intp), self.keep)
        if hop.target in self.names:
            columns[hop.target] = Vector(Kind.NODE, np.array(ends, dtype=np.int64))
        if hop.relationship in self.names:
            turned = (walk[::-1] if hop.backwards else walk for walk in walks)
            columns[hop.relationship] = Vector.objects(
                [[RelationshipRef(e) for e in walk] for walk in turned]
            )
        return Frame(columns, len(ends))
