"""Where a search for cheapest walks may go from a node, and what the steps weigh, for one outer row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from lithograph.cypher.context import Context
from lithograph.cypher.frames import Frame
from lithograph.cypher.operators.cheapest import Cheapest, Frontier
from lithograph.cypher.operators.expand import Steps, steps
from lithograph.cypher.operators.guard import Guard
from lithograph.cypher.operators.weights import Scale, Weigher, Weights
from lithograph.cypher.plan.logical import Hop
from lithograph.cypher.vectors import Mask
from lithograph.storage.columns.chunk import Slots


@dataclass(frozen=True, slots=True)
class Terrain:
    """``types`` is the truth table over the types of relationships, ``outer`` a frame of the one row."""

    hop: Hop
    guard: Guard
    weigher: Weigher
    outer: Frame
    types: Mask

    def steps(self, sources: Slots, context: Context) -> Iterator[Steps]:
        """The steps from nodes; those that the guard lets pass, unless it looks at what is gathered."""
        for found in steps(context, sources, self.hop, self.types):
            if self.guard and not self.guard.gathers:
                rows = np.zeros(len(found.rows), dtype=np.intp)
                left = sources[found.rows]
                found = self.guard.kept(self.outer, rows, left, found, self.hop.backwards, context)
            yield found

    def weights(self, sources: Slots, found: Steps, scale: Scale, context: Context) -> Weights:
        """What the steps weigh; ``sources`` (int64[n]) are the nodes that they leave."""
        nodes = sources if self.hop.backwards else found.nodes
        rows = np.zeros(len(found.rows), dtype=np.intp)
        return self.weigher.weights(self.outer, rows, found.edges, nodes, scale, context)

    def relax(self, search: Cheapest, frontier: Frontier, context: Context) -> Frontier:
        """One round of a search; the frontier of the next."""
        for found in self.steps(frontier.nodes, context):
            weights = self.weights(frontier.nodes[found.rows], found, search.scale, context)
            size = search.size_bytes()
            search.relax(frontier, found, weights)
            context.hold(search.size_bytes() - size)
        return search.next_frontier()

    def total(self, nodes: list[int], edges: list[int], context: Context) -> Any:
        """The weight of a walk, added up along its ``nodes`` (one more than ``edges``)."""
        ends = np.array(nodes[:-1] if self.hop.backwards else nodes[1:], dtype=np.int64)
        return self.weigher.total(self.outer, np.array(edges, dtype=np.int64), ends, context)
