"""Cheapest walks from each row's node: ``*WSHORTEST`` and ``*ALLSHORTEST``.

The rows come ordered by weight. The start itself is no end. Walks as cheap as each other are all those that visit no
node twice: going round at no cost makes no other walk.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lithograph.cypher.context import Context
from lithograph.cypher.frames import Frame
from lithograph.cypher.labels import type_code_table
from lithograph.cypher.operators.base import Operator
from lithograph.cypher.operators.cheapest import Cheapest
from lithograph.cypher.operators.dijkstra import walks_nearest_first
from lithograph.cypher.operators.ends import Found, Wanted
from lithograph.cypher.operators.guard import Guard, path_along
from lithograph.cypher.operators.sources import FromEachRow
from lithograph.cypher.operators.terrain import Terrain
from lithograph.cypher.operators.weights import Weigher
from lithograph.cypher.scalar.arithmetic import checked


class WeightedExpand(FromEachRow):
    """The cheapest walk (with ``every``: all of them) to each node or the bound one, at most ``maximum`` long."""

    def __init__(
        self,
        source: Operator,
        wanted: Wanted,
        maximum: int | None,
        guard: Guard,
        weigher: Weigher,
        every: bool,
    ) -> None:
        super().__init__(source, wanted.hop)
        self.wanted = wanted
        self.maximum = maximum
        self.guard = guard
        self.weigher = weigher
        self.every = every

    def _search(self, outer: Frame, source: int, target: int | None, context: Context) -> Iterator[Frame]:
        types = type_code_table(self.hop.types, context)
        terrain = Terrain(self.hop, self.guard, self.weigher, outer, types)
        yield from self.wanted.frames(outer, self._found(terrain, source, target, context))

    def _found(self, terrain: Terrain, source: int, target: int | None, context: Context) -> Iterator[Found]:
        if self.guard.gathers:
            return walks_nearest_first(terrain, source, target, self.maximum, self.every, context)
        capacity = context.transaction.store.vertices.capacity
        bounded = self.maximum is not None
        search = Cheapest(source, capacity, self.every, target, bounded=bounded)
        return walks_in_rounds(terrain, search, self.maximum, self.wanted, context)


def walks_in_rounds(
    terrain: Terrain, search: Cheapest, most: int | None, wanted: Wanted, context: Context
) -> Iterator[Found]:
    """The walks that a search finds, the lightest first, once all is known."""
    context.hold(search.size_bytes())
    try:
        frontier = search.start()
        while len(frontier) and (most is None or search.round < most):
            frontier = terrain.relax(search, frontier, context)
            yield None
        yield from _read(search, terrain, most, wanted, context)
    finally:
        context.hold(-search.size_bytes())


def _read(
    search: Cheapest, terrain: Terrain, most: int | None, wanted: Wanted, context: Context
) -> Iterator[Found]:
    """The walks of a search that is over."""
    reached = search.reached()
    if search.target is not None:
        reached = reached[reached == search.target]
    durations = search.scale.durations and wanted.total is not None
    chains = search.chains() if wanted.walks or search.every or durations else None
    for node in reached.tolist():
        total = search.total(node)
        if chains is None:
            yield node, [], _shown(total)
            continue
        entry = int(search.entry_of[node])
        walk = chains.walk(entry)
        total = terrain.total(chains.nodes_of(entry), walk, context) if durations else _shown(total)
        if not search.every:
            yield node, walk, total
            continue
        mixed = search.best.dtype == object and wanted.total is not None
        for other in chains.every_walk(entry, most):
            if other is None:
                yield None
                continue
            # what compares equal, such as 1 and 1.0, makes walks as light, and each has a total of its own
            own = terrain.total(_nodes(search.source, other, context), other, context) if mixed else total
            yield node, other, own


def _nodes(source: int, edges: list[int], context: Context) -> list[int]:
    return list(path_along(source, edges, context.reader).nodes)


def _shown(total: Any) -> Any:
    return checked(total) if type(total) is int else total
