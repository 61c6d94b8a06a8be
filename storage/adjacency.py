"""Adjacency: for each vertex one contiguous run of (edge, other end), in a pool.

There is one pool for outgoing and one for incoming edges. A run that is full moves to the end of the pool
with twice the room. Nothing here has versions: a run may hold edges that a reader must not see, and
whoever expands checks each edge's type through the versioned read. Dead entries go in ``remove``, which
vacuum calls when nobody can see them; the holes that moving leaves go in ``compact``.

Sequential runs instead of linked lists, as in Zhu et al.: LiveGraph, VLDB 2020.
"""

from __future__ import annotations

import numpy as np

from lithograph.storage.arrays import grown, next_capacity, stable_order
from lithograph.storage.columns.chunk import Slots
from lithograph.storage.versions import Int32s

SMALLEST_RUN = 4
WASTE_SHARE = 2
"""The pool is compacted when more than one entry in so many belongs to no run."""


def ranges(starts: Slots, lengths: Slots) -> Slots:
    """``start, start + 1, …`` for each pair, end to end (int64[sum of lengths])."""
    total = int(lengths.sum())
    if not total:
        return np.zeros(0, dtype=np.int64)
    ends = np.cumsum(lengths)
    steps: Slots = np.arange(total, dtype=np.int64)
    steps += np.repeat(starts - (ends - lengths), lengths)
    return steps


class Adjacency:
    """One pool of runs. ``edges`` and ``others`` are int32, indexed by position."""

    def __init__(self) -> None:
        self.starts: Int32s = np.zeros(0, dtype=np.int32)
        self.lengths: Int32s = np.zeros(0, dtype=np.int32)
        self.rooms: Int32s = np.zeros(0, dtype=np.int32)
        self.edges: Int32s = np.zeros(0, dtype=np.int32)
        self.others: Int32s = np.zeros(0, dtype=np.int32)
        self.end = 0
        """Positions from here on are unused."""
        self.wasted = 0
        """Positions that belong to no run."""

    def reserve_vertices(self, capacity: int) -> None:
        """Make room for runs of vertices below ``capacity``."""
        if capacity > len(self.starts):
            self.starts = grown(self.starts, capacity)
            self.lengths = grown(self.lengths, capacity)
            self.rooms = grown(self.rooms, capacity)

    # -- reading

    def run(self, vertex: int) -> tuple[int, int]:
        """Start and end position of one vertex's run."""
        start = int(self.starts[vertex])
        return start, start + int(self.lengths[vertex])

    def runs(self, vertices: Slots) -> tuple[Slots, Slots]:
        """Start positions and lengths of the runs of ``vertices`` (int64[n] each)."""
        return self.starts[vertices].astype(np.int64), self.lengths[vertices].astype(np.int64)

    # -- writing

    def append_one(self, vertex: int, edge: int, other: int) -> None:
        """Add one entry."""
        length = int(self.lengths[vertex])
        if length == self.rooms[vertex]:
            self._move(np.array([vertex], dtype=np.int64), np.array([length + 1], dtype=np.int64))
        position = int(self.starts[vertex]) + length
        self.edges[position] = edge
        self.others[position] = other
        self.lengths[vertex] = length + 1

    def append(self, vertices: Slots, edges: Slots, others: Slots) -> None:
        """Add an entry for each (vertex, edge, other), int64[n] each; vertices may repeat."""
        if len(vertices) == 1:
            self.append_one(int(vertices[0]), int(edges[0]), int(others[0]))
            return
        if not len(vertices):
            return
        order = stable_order(vertices)
        ordered = vertices[order]
        firsts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
        distinct = ordered[firsts]
        counts = np.diff(np.append(firsts, len(ordered)))
        lengths = self.lengths[distinct].astype(np.int64)
        needed = lengths + counts
        full = needed > self.rooms[distinct]
        if full.any():
            self._move(distinct[full], needed[full])
        positions = ranges(self.starts[distinct] + lengths, counts)
        self.edges[positions] = edges[order]
        self.others[positions] = others[order]
        self.lengths[distinct] = needed

    def _move(self, vertices: Slots, needed: Slots) -> None:
        """Move the runs of distinct ``vertices`` to the end, with room for ``needed`` and to grow."""
        # the next power of two that is at least `needed`
        rooms = np.maximum(1 << np.ceil(np.log2(needed)).astype(np.int64), SMALLEST_RUN)
        total = int(rooms.sum())
        if self.end + total > len(self.edges):
            capacity = next_capacity(len(self.edges), self.end + total)
            self.edges = grown(self.edges, capacity)
            self.others = grown(self.others, capacity)
        starts = self.end + np.cumsum(rooms) - rooms
        old_starts, lengths = self.runs(vertices)
        source, target = ranges(old_starts, lengths), ranges(starts, lengths)
        self.edges[target] = self.edges[source]
        self.others[target] = self.others[source]
        self.wasted += int(self.rooms[vertices].sum())
        self.starts[vertices] = starts
        self.rooms[vertices] = rooms
        self.end += total

    def rebuild(self, vertices: Slots, edges: Slots, others: Slots, capacity: int) -> None:
        """Replace everything by these entries, runs without slack (bulk loading)."""
        order = stable_order(vertices)
        self.edges = edges[order].astype(np.int32)
        self.others = others[order].astype(np.int32)
        lengths = np.bincount(vertices, minlength=capacity)[:capacity]
        self.lengths = lengths.astype(np.int32)
        self.rooms = self.lengths.copy()
        self.starts = (np.cumsum(lengths) - lengths).astype(np.int32)
        self.end = len(self.edges)
        self.wasted = 0

    # -- forgetting

    def remove(self, vertices: Slots, dead: Slots) -> None:
        """Drop the entries of the edges ``dead`` from the runs of ``vertices`` (distinct)."""
        starts, lengths = self.runs(vertices)
        positions = ranges(starts, lengths)
        owners = np.repeat(np.arange(len(vertices)), lengths)
        stays = ~np.isin(self.edges[positions], dead)
        kept = np.bincount(owners[stays], minlength=len(vertices))
        target = ranges(starts, kept)
        source = positions[stays]
        self.edges[target] = self.edges[source]
        self.others[target] = self.others[source]
        self.lengths[vertices] = kept

    def compact(self) -> None:
        """Close the holes if there are many."""
        if self.wasted * WASTE_SHARE <= self.end:
            return
        vertices = np.flatnonzero(self.lengths)
        starts, lengths = self.runs(vertices)
        positions = ranges(starts, lengths)
        self.edges = self.edges[positions]
        self.others = self.others[positions]
        self.starts[:] = 0
        self.rooms[:] = 0
        self.starts[vertices] = np.cumsum(lengths) - lengths
        self.rooms[vertices] = lengths
        self.end = len(positions)
        self.wasted = 0
