"""Cheapest walks from each row's node: ``*WSHORTEST`` and ``*ALLSHORTEST``; without weights the shortest ones.

The rows come ordered by weight. The start itself is no end, unless walks may return to it. Walks as cheap as each
other are all those that visit no node twice: going round at no cost makes no other walk.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lithograph.cypher.context import Context
from lithograph.cypher.frames import EMPTY, Frame
from lithograph.cypher.labels import type_code_table
from lithograph.cypher.operators.base import Operator
from lithograph.cypher.operators.cheapest import Cheapest
from lithograph.cypher.operators.dijkstra import walks_one_by_one
from lithograph.cypher.operators.elements import node_slots
from lithograph.cypher.operators.ends import Found, Wanted
from lithograph.cypher.operators.guard import Guard
from lithograph.cypher.operators.terrain import Terrain
from lithograph.cypher.operators.weights import Weigher
from lithograph.cypher.scalar.arithmetic import checked


class WeightedExpand(Operator):
    """The cheapest walk (with ``every``: all of them) to each node or the bound one, at most ``maximum`` long.

    ``returns``: a walk may lead back to where it began; ``minimum`` (0 or 1) then says whether standing still is one.
    """

    def __init__(
        self,
        source: Operator,
        wanted: Wanted,
        bounds: tuple[int, int | None],
        guard: Guard,
        weigher: Weigher,
        every: bool,
        returns: bool = False,
    ) -> None:
        self.source = source
        self.wanted = wanted
        self.hop = wanted.hop
        self.minimum, self.maximum = bounds
        self.guard = guard
        self.weigher = weigher
        self.every = every
        self.returns = returns

    def run(self, context: Context, argument: Frame) -> Iterator[Frame]:
        hop = self.hop
        for frame in self.source.run(context, argument):
            if not frame.count:
                yield EMPTY
                continue
            types = type_code_table(hop.types, context)
            sources = node_slots(frame.columns[hop.source]).tolist()
            targets = node_slots(frame.columns[hop.target]).tolist() if hop.into else None
            for row, source in enumerate(sources):
                target = None if targets is None else targets[row]
                if source >= 0 and (target is None or target >= 0):
                    outer = frame.slice(row, row + 1)
                    terrain = Terrain(hop, self.guard, self.weigher, outer, types)
                    yield from self.wanted.frames(outer, self._found(terrain, source, target, context))

    def _found(self, terrain: Terrain, source: int, target: int | None, context: Context) -> Iterator[Found]:
        if self.guard.gathers:
            return walks_one_by_one(terrain, source, target, self.maximum, self.every, context)
        return self._in_rounds(terrain, source, target, context)

    def _in_rounds(
        self, terrain: Terrain, source: int, target: int | None, context: Context
    ) -> Iterator[Found]:
        still = self.returns and self.minimum == 0
        if still and target in (None, source):
            yield source, [], 0
        capacity = context.transaction.store.vertices.capacity
        search = Cheapest(source, capacity, self.every, target, self.returns and not still)
        context.hold(search.size_bytes())
        try:
            frontier = search.start()
            while len(frontier) and (self.maximum is None or search.round < self.maximum):
                frontier = terrain.relax(search, frontier, context)
                yield None
            yield from self._read(search, terrain, target, context)
        finally:
            context.hold(-search.size_bytes())

    def _read(
        self, search: Cheapest, terrain: Terrain, target: int | None, context: Context
    ) -> Iterator[Found]:
        """The walks of a search that is over."""
        reached = search.reached()
        if target is not None:
            reached = reached[reached == target]
        chains = search.chains() if self.wanted.walks or self.every or search.scale.durations else None
        for node in reached.tolist():
            if chains is None:
                yield node, [], self._total(search, node)
                continue
            entry = int(search.entry_of[node])
            walk = chains.walk(entry)
            total = self._total(search, node)
            if search.scale.durations and self.wanted.total is not None:
                total = terrain.total(chains.nodes_of(entry), walk, context)
            if not self.every:
                yield node, walk, total
                continue
            for other in chains.every_walk(entry, self.maximum):
                yield None if other is None else (node, other, total)

    @staticmethod
    def _total(search: Cheapest, node: int) -> Any:
        total = search.total(node)
        return checked(total) if type(total) is int and not search.scale.durations else total
