"""Expand: from a batch of nodes along one relationship each, as array operations.

Gather the adjacency runs of all source nodes, repeat their rows, look the types of all edges up through
the versioned read, and keep those that match; there is no per-row Python.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from lithograph.cypher.context import Context
from lithograph.cypher.frames import EMPTY, Frame
from lithograph.cypher.labels import type_code_table
from lithograph.cypher.operators import base
from lithograph.cypher.operators.base import Names, Operator, repeated
from lithograph.cypher.operators.elements import node_slots
from lithograph.cypher.plan.logical import Hop
from lithograph.cypher.vectors import Indices, Kind, Mask, Vector
from lithograph.storage.adjacency import ranges
from lithograph.storage.columns.chunk import Slots


@dataclass(slots=True)
class Steps:
    """Single steps from given nodes: which of them (``rows``), along which edge, to which node."""

    rows: Indices
    edges: Slots
    nodes: Slots

    def filter(self, mask: Mask) -> Steps:
        return Steps(self.rows[mask], self.edges[mask], self.nodes[mask])

    def first(self, count: int) -> Steps:
        return Steps(self.rows[:count], self.edges[:count], self.nodes[:count])


def steps(
    context: Context, sources: Slots, hop: Hop, types: Mask, most: int | None = None
) -> Iterator[Steps]:
    """All steps from ``sources`` (int64[n]; -1 goes nowhere), about ``most`` at a time (without it ``LARGEST``).

    ``types`` is the truth table over type codes (``labels.type_code_table``). Along an undirected hop a
    self loop is one step, not two. There are as many as the query may still take (``HOPS LIMIT``).
    """
    for some in _steps(context, sources, hop, types, base.LARGEST if most is None else most):
        taken = context.take_hops(len(some.rows))
        if taken == len(some.rows):
            yield some
        else:
            yield some.first(taken)
            return


def _steps(context: Context, sources: Slots, hop: Hop, types: Mask, most: int) -> Iterator[Steps]:
    if hop.direction != "in":
        yield from _directed(context, sources, True, types, most)
    if hop.direction != "out":
        for found in _directed(context, sources, False, types, most):
            if hop.direction == "both":
                yield found.filter(found.nodes != sources[found.rows])
            else:
                yield found


def _directed(context: Context, sources: Slots, outgoing: bool, types: Mask, most: int) -> Iterator[Steps]:
    adjacency = context.transaction.adjacency(outgoing)
    if len(sources) == 1:
        if sources[0] < 0:
            return
        start, stop = adjacency.run(int(sources[0]))
        for begin in range(start, stop, most):
            end = min(begin + most, stop)
            edges = adjacency.edges[begin:end].astype(np.int64)
            found = Steps(
                np.zeros(end - begin, dtype=np.intp), edges, adjacency.others[begin:end].astype(np.int64)
            )
            yield found.filter(types[context.transaction.edge_types(edges)])
        return
    starts, lengths = adjacency.runs(np.maximum(sources, 0))
    lengths[sources < 0] = 0
    for rows, part_starts, part_lengths in portions(starts, lengths, most):
        positions = ranges(part_starts, part_lengths)
        edges = adjacency.edges[positions].astype(np.int64)
        kept = np.flatnonzero(types[context.transaction.edge_types(edges)])
        all_rows = np.repeat(rows, part_lengths)
        if len(kept) == len(edges):
            yield Steps(all_rows, edges, adjacency.others[positions].astype(np.int64))
        else:
            yield Steps(all_rows[kept], edges[kept], adjacency.others[positions[kept]].astype(np.int64))
        context.check()


def portions(starts: Slots, lengths: Slots, most: int) -> Iterator[tuple[Indices, Slots, Slots]]:
    """The runs cut into portions of about ``most`` entries: (rows, starts, lengths)."""
    rows = np.flatnonzero(lengths)
    starts, lengths = starts[rows], lengths[rows]
    if len(lengths) and int(lengths.max()) > most:
        pieces = -(-lengths // most)
        number = ranges(np.zeros(len(pieces), dtype=np.int64), pieces)
        rows, starts, lengths = (np.repeat(array, pieces) for array in (rows, starts, lengths))
        starts = starts + number * most
        lengths = np.minimum(lengths - number * most, most)
    portion = np.cumsum(lengths) // most
    cuts = np.flatnonzero(np.diff(portion)) + 1
    for begin, end in zip([0, *cuts.tolist()], [*cuts.tolist(), len(rows)], strict=True):
        if end > begin:
            yield rows[begin:end], starts[begin:end], lengths[begin:end]


class Expand(Operator):
    """One relationship from a bound node to any; every one of the ``others`` is a different one."""

    def __init__(
        self, source: Operator, hop: Hop, others: tuple[str, ...], keep: Names, names: Names
    ) -> None:
        self.source = source
        self.hop = hop
        self.others = others
        self.keep = keep
        self.names = names
        """The columns that are wanted afterwards."""

    def run(self, context: Context, argument: Frame) -> Iterator[Frame]:
        for frame in self.source.run(context, argument):
            if not frame.count:
                yield EMPTY
                continue
            types = type_code_table(self.hop.types, context)
            for found in self._steps(context, frame, types):
                yield self._frame(frame, found)

    def _steps(self, context: Context, frame: Frame, types: Mask) -> Iterator[Steps]:
        return steps(context, node_slots(frame.columns[self.hop.source]), self.hop, types)

    def _frame(self, frame: Frame, found: Steps) -> Frame:
        hop = self.hop
        for other in self.others:
            found = found.filter(differs(frame.columns[other], found))
        if not len(found.rows):
            return EMPTY
        columns = repeated(frame, found.rows, self.keep)
        if hop.relationship in self.names:
            columns[hop.relationship] = Vector(Kind.RELATIONSHIP, found.edges)
        if hop.target in self.names:
            columns[hop.target] = Vector(Kind.NODE, found.nodes)
        return Frame(columns, len(found.rows))


def differs(other: Vector, found: Steps) -> Mask:
    """Which steps do not use the relationship (or one of the list) that the row already has."""
    if other.kind is Kind.RELATIONSHIP:
        different: Mask = other.values[found.rows] != found.edges
        return different
    walked = [frozenset(ref.slot for ref in refs or ()) for refs in other.tolist()]
    pairs = zip(found.rows.tolist(), found.edges.tolist(), strict=True)
    return np.array([edge not in walked[row] for row, edge in pairs], dtype=np.bool_)


class EdgeEnds(Operator):
    """Relationships, whose slots are in their column, with both their ends; only those of the type that are seen.

    An undirected hop finds a relationship in both directions, a self loop once.
    """

    def __init__(self, source: Operator, hop: Hop, type_: str, keep: Names, names: Names) -> None:
        self.source = source
        self.hop = hop
        self.type = type_
        self.keep = keep
        self.names = names
        """The columns that are wanted afterwards."""

    def run(self, context: Context, argument: Frame) -> Iterator[Frame]:
        hop, edges = self.hop, context.transaction.store.edges
        for frame in self.source.run(context, argument):
            code = context.transaction.store.types.find(self.type)
            if not frame.count or code is None:
                yield EMPTY
                continue
            slots = frame.columns[hop.relationship].values
            rows = np.flatnonzero(context.transaction.edge_types(slots) == code)
            starts = edges.sources[slots[rows]].astype(np.int64)
            ends = edges.targets[slots[rows]].astype(np.int64)
            if hop.direction != "in":
                yield self._frame(frame, rows, starts, ends)
            if hop.direction == "both":
                turned = np.flatnonzero(starts != ends)
                rows, starts, ends = rows[turned], starts[turned], ends[turned]
            if hop.direction != "out":
                yield self._frame(frame, rows, ends, starts)

    def _frame(self, frame: Frame, rows: Indices, sources: Slots, targets: Slots) -> Frame:
        hop = self.hop
        if not len(rows):
            return EMPTY
        columns = repeated(frame, rows, self.keep)
        found = {
            hop.relationship: Vector(Kind.RELATIONSHIP, frame.columns[hop.relationship].values[rows]),
            hop.source: Vector(Kind.NODE, sources),
            hop.target: Vector(Kind.NODE, targets),
        }
        columns.update((name, vector) for name, vector in found.items() if name in self.names)
        return Frame(columns, len(rows))
