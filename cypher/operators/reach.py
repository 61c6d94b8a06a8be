"""Which nodes a walk of bounded length can reach, each once: for queries that ask for nothing else.

Where neither the relationships walked nor the number of walks matter, duplicates are dropped level by level,
so that the work is that of one breadth-first search instead of one for every walk. The answer is the same:
a node that some walk reaches within the bounds is reached by a shortest one, which uses no relationship
twice. For that the walk must be directed (along an undirected one a node would reach itself over one
relationship there and back) and the least length at most 1.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from lithograph.cypher.context import Context
from lithograph.cypher.frames import EMPTY, Frame
from lithograph.cypher.labels import type_code_table
from lithograph.cypher.operators import base
from lithograph.cypher.operators.base import Names, Operator, repeated
from lithograph.cypher.operators.bfs import SPARSE
from lithograph.cypher.operators.elements import node_slots
from lithograph.cypher.operators.expand import steps
from lithograph.cypher.operators.guard import Guard
from lithograph.cypher.operators.sources import FromEachRow
from lithograph.cypher.plan.logical import Hop
from lithograph.cypher.vectors import Kind, Mask, Vector
from lithograph.storage.columns.chunk import Slots


class PruningBFSExpand(FromEachRow):
    """Every node within ``minimum`` (0 or 1) to ``maximum`` steps of a bound one, once for each row."""

    def __init__(
        self,
        source: Operator,
        hop: Hop,
        bounds: tuple[int, int | None],
        guard: Guard,
        keep: Names,
        names: Names,
    ) -> None:
        super().__init__(source, hop)
        self.minimum, self.maximum = bounds
        self.guard = guard
        self.keep = keep
        self.names = names

    def _search(self, outer: Frame, source: int, _target: int | None, context: Context) -> Iterator[Frame]:
        """The rows of one outer row, a level at a time."""
        types = type_code_table(self.hop.types, context)
        reached = np.zeros(context.transaction.store.vertices.capacity, dtype=np.bool_)
        frontier = np.array([source], dtype=np.int64)
        if self.minimum == 0:
            reached[source] = True
            yield from self._frames(outer, frontier)
        depth = 0
        while len(frontier) and (self.maximum is None or depth < self.maximum):
            depth += 1
            frontier = self._level(outer, frontier, reached, types, context)
            yield from self._frames(outer, frontier)
            yield EMPTY

    def _level(self, outer: Frame, frontier: Slots, reached: Mask, types: Mask, context: Context) -> Slots:
        """One more step everywhere: the nodes not reached before (ascending), which are now."""
        parts = [np.zeros(0, dtype=np.int64)]
        for found in steps(context, frontier, self.hop, types):
            found = found.filter(~reached[found.nodes])
            sources, outers = frontier[found.rows], np.zeros(len(found.rows), dtype=np.intp)
            found = self.guard.kept(outer, outers, sources, found, self.hop.backwards, context)
            reached[found.nodes] = True
            parts.append(found.nodes)
        nodes = np.concatenate(parts)
        if len(nodes) * SPARSE > len(reached):
            new = np.zeros(len(reached), dtype=np.bool_)
            new[nodes] = True
            return np.flatnonzero(new)
        return np.unique(nodes)

    def _frames(self, outer: Frame, nodes: Slots) -> Iterator[Frame]:
        hop = self.hop
        if hop.into:
            nodes = nodes[nodes == node_slots(outer.columns[hop.target])]
        for start in range(0, len(nodes), base.LARGEST):
            part = nodes[start : start + base.LARGEST]
            columns = repeated(outer, np.zeros(len(part), dtype=np.intp), self.keep)
            if hop.target in self.names:
                columns[hop.target] = Vector(Kind.NODE, part)
            yield Frame(columns, len(part))
