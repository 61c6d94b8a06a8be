"""From one bound node to another: of the relationships at whichever of the two has fewer, those that lead to the other.

Where they lead is looked at first, since most lead elsewhere; only the rest is read through the transaction.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from lithograph.cypher.context import Context
from lithograph.cypher.frames import Frame
from lithograph.cypher.operators import base
from lithograph.cypher.operators.elements import node_slots
from lithograph.cypher.operators.expand import Expand, Steps, portions, steps
from lithograph.cypher.plan.logical import Hop
from lithograph.cypher.vectors import Indices, Mask
from lithograph.storage.adjacency import Adjacency, ranges
from lithograph.storage.columns.chunk import Slots

AT_ONCE = 4
"""So many times ``LARGEST`` relationships are looked through at once: few of them become rows."""


def steps_between(context: Context, sources: Slots, targets: Slots, hop: Hop, types: Mask) -> Iterator[Steps]:
    """All steps from ``sources`` to ``targets`` (both int64[n]; -1 is nowhere), pair by pair.

    ``types`` and undirected hops as in ``expand.steps``. With a limit, all relationships at a source count as walked along;
    else those that are looked at.
    """
    if context.hops is not None:
        for found in steps(context, sources, hop, types):
            yield found.filter(found.nodes == targets[found.rows])
        return
    if hop.direction != "in":
        yield from _directed(context, sources, targets, True, types)
    if hop.direction != "out":
        for found in _directed(context, sources, targets, False, types):
            loops = hop.direction == "both"
            yield found.filter(sources[found.rows] != targets[found.rows]) if loops else found


class ExpandInto(Expand):
    """One relationship between two bound nodes."""

    def _steps(self, context: Context, frame: Frame, types: Mask) -> Iterator[Steps]:
        sources, targets = (node_slots(frame.columns[name]) for name in (self.hop.source, self.hop.target))
        return steps_between(context, sources, targets, self.hop, types)


def _directed(
    context: Context, sources: Slots, targets: Slots, outgoing: bool, types: Mask
) -> Iterator[Steps]:
    ahead, behind = context.transaction.adjacency(outgoing), context.transaction.adjacency(not outgoing)
    if len(sources) == 1:
        if sources[0] >= 0 and targets[0] >= 0:
            yield from _of_pair(context, (ahead, behind), int(sources[0]), int(targets[0]), types)
        return
    somewhere = (sources >= 0) & (targets >= 0)
    if not somewhere.any():
        return
    fewer = behind.lengths[targets] < ahead.lengths[sources]  # -1 has some length, which does not matter
    for adjacency, chosen, begins, ends in (
        (ahead, somewhere & ~fewer, sources, targets),
        (behind, somewhere & fewer, targets, sources),
    ):
        rows = np.flatnonzero(chosen)
        if not len(rows):
            continue
        for numbers, edges in _leading(context, adjacency, begins[rows], ends[rows], types):
            yield Steps(rows[numbers], edges, targets[rows[numbers]])


def _of_pair(
    context: Context, adjacencies: tuple[Adjacency, Adjacency], source: int, target: int, types: Mask
) -> Iterator[Steps]:
    """The same for one pair alone, in the least number of steps."""
    (ahead, behind), begin, end = adjacencies, source, target
    if behind.lengths[target] < ahead.lengths[source]:
        ahead, begin, end = behind, target, source
    start, stop = ahead.run(begin)
    context.take_hops(stop - start)
    for first in range(start, stop, base.LARGEST):
        last = min(first + base.LARGEST, stop)
        edges = ahead.edges[first:last][ahead.others[first:last] == end].astype(np.int64)
        if len(edges):
            edges = edges[types[context.transaction.edge_types(edges)]]
            yield Steps(np.zeros(len(edges), dtype=np.intp), edges, np.full(len(edges), target))


def _leading(
    context: Context, adjacency: Adjacency, begins: Slots, ends: Slots, types: Mask
) -> Iterator[tuple[Indices, Slots]]:
    """The relationships between pairs of nodes, in the runs of ``begins``: (numbers of the pairs, edges)."""
    wanted = ends.astype(adjacency.others.dtype)
    for rows, starts, lengths in portions(*adjacency.runs(begins), AT_ONCE * base.LARGEST):
        context.check()
        context.take_hops(int(lengths.sum()))
        positions = ranges(starts, lengths)
        hits = np.flatnonzero(adjacency.others[positions] == np.repeat(wanted[rows], lengths))
        numbers = rows[np.searchsorted(np.cumsum(lengths), hits, "right")]
        for first in range(0, len(hits), base.LARGEST):
            some = slice(first, first + base.LARGEST)
            edges = adjacency.edges[positions[hits[some]]].astype(np.int64)
            kept = np.flatnonzero(types[context.transaction.edge_types(edges)])
            yield numbers[some][kept], edges[kept]
