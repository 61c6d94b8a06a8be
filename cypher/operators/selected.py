"""``SHORTEST`` and ``ANY`` over one quantified relationship: for each two ends the first few trails, or groups of them.

A trail uses no relationship twice, and may come back to where it began. The one shortest trail, and all of them that are
as short, come of one search for all ends; more of them come one after the other, for each end.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from lithograph.cypher.compile.base import Compiled
from lithograph.cypher.context import Context
from lithograph.cypher.frames import Frame
from lithograph.cypher.labels import type_code_table
from lithograph.cypher.operators.base import Operator
from lithograph.cypher.operators.cheapest import Cheapest
from lithograph.cypher.operators.ends import Found, Wanted
from lithograph.cypher.operators.guard import Guard
from lithograph.cypher.operators.kshortest import number_of_paths
from lithograph.cypher.operators.sources import FromEachRow
from lithograph.cypher.operators.terrain import Terrain
from lithograph.cypher.operators.weighted import walks_in_rounds
from lithograph.cypher.operators.weights import Weigher
from lithograph.cypher.operators.yen import ShortestWalks


class SelectedExpand(FromEachRow):
    """The first ``count`` trails of ``minimum`` to ``maximum`` steps to each node, or to the bound one.

    With ``groups`` all the trails of the first ``count`` lengths. Without ``count`` it is 1.
    """

    def __init__(
        self,
        source: Operator,
        wanted: Wanted,
        bounds: tuple[int, int | None],
        guard: Guard,
        count: Compiled | None,
        groups: bool,
    ) -> None:
        super().__init__(source, wanted.hop)
        self.wanted = wanted
        self.minimum, self.maximum = bounds
        self.guard = guard
        self.count = count
        self.groups = groups

    def _search(self, outer: Frame, source: int, target: int | None, context: Context) -> Iterator[Frame]:
        count = 1 if self.count is None else number_of_paths(self.count.value(context))
        terrain = Terrain(self.hop, self.guard, Weigher(), outer, type_code_table(self.hop.types, context))
        yield from self.wanted.frames(outer, self._found(terrain, source, target, count, context))

    def _found(
        self, terrain: Terrain, source: int, target: int | None, count: int, context: Context
    ) -> Iterator[Found]:
        if count == 1 and self.minimum <= 1:
            yield from self._first(terrain, source, target, context)
            return
        ends = [target] if target is not None else []
        if target is None:
            yield from self._reachable(terrain, source, ends, context)
        for end in ends:
            least = min(self.minimum, 1)
            search = ShortestWalks(terrain, source, end, least, self.maximum, True, context)
            yield from self._several(search, count)

    def _first(self, terrain: Terrain, source: int, target: int | None, context: Context) -> Iterator[Found]:
        """The shortest trail, or every one as short, to each end: of standing still, if that is one, to the start."""
        if self.minimum == 0 and target in (None, source):
            yield source, [], 0
        # undirected, a walk could come back by the relationship that it went by: trails that come back are looked for
        returns = self.minimum > 0 and self.hop.direction != "both"
        if target != source or returns:
            capacity = context.transaction.store.vertices.capacity
            search = Cheapest(source, capacity, self.groups, target, returns)
            yield from walks_in_rounds(terrain, search, self.maximum, self.wanted, context)
        if self.minimum > 0 and not returns and target in (None, source):
            closed = ShortestWalks(terrain, source, source, 1, self.maximum, True, context)
            yield from self._several(closed, 1)

    def _reachable(self, terrain: Terrain, source: int, ends: list[int], context: Context) -> Iterator[Found]:
        """Put all nodes that a trail leads to into ``ends``, the nearest first."""
        search = Cheapest(source, context.transaction.store.vertices.capacity, returns=True)
        context.hold(search.size_bytes())
        try:
            frontier = search.start()
            while len(frontier) and (self.maximum is None or search.round < self.maximum):
                frontier = terrain.relax(search, frontier, context)
                yield None
            reached = search.reached()
            if self.minimum == 0:
                reached = np.unique(np.append(reached, source))
            ends.extend(reached.tolist())
        finally:
            context.hold(-search.size_bytes())

    def _several(self, search: ShortestWalks, count: int) -> Iterator[Found]:
        given, length = 0, -1
        for walk in search.walks():
            if walk is None:
                yield None
                continue
            if walk.length < self.minimum:
                continue
            if not self.groups or walk.length != length:
                if given == count:
                    return
                given += 1
                length = walk.length
            yield walk.nodes[-1], list(walk.edges), walk.length
            if given == count and not self.groups:
                return
