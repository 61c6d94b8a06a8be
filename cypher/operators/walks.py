"""Variable-length expansion: all walks of some length, no relationship twice, level by level.

A level is arrays: for each walk its row, its last node and, as a matrix, the edges walked. The next level
is one expansion of the last nodes; uniqueness is a comparison with every column of the matrix. Levels are
worked off depth first in portions, so that what is held stays bounded by depth times a frame.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from lithograph.cypher.context import Context
from lithograph.cypher.entities import GraphReader, RelationshipRef
from lithograph.cypher.frames import EMPTY, Frame
from lithograph.cypher.labels import type_code_table
from lithograph.cypher.operators import base
from lithograph.cypher.operators.base import Names, Operator, repeated
from lithograph.cypher.operators.elements import node_slots
from lithograph.cypher.operators.expand import Steps, steps
from lithograph.cypher.operators.guard import Gathered, Guard, path_along
from lithograph.cypher.plan.logical import Hop
from lithograph.cypher.vectors import Indices, Kind, Mask, Vector
from lithograph.storage.columns.chunk import Slots

SHORT = 8
"""Walks longer than that are worked off in smaller portions, so that these take about the same memory."""

Walked = npt.NDArray[np.int64]


@dataclass(slots=True)
class Level:
    """Walks of one length: ``rows`` intp[n], ``nodes`` int64[n], ``edges`` int64[n, length]."""

    rows: Indices
    nodes: Slots
    edges: Walked

    def __len__(self) -> int:
        return len(self.rows)

    def filter(self, mask: Mask) -> Level:
        return Level(self.rows[mask], self.nodes[mask], self.edges[mask])

    def portions(self, size: int) -> Iterator[Level]:
        for start in range(0, len(self), size):
            part = slice(start, start + size)
            yield Level(self.rows[part], self.nodes[part], self.edges[part])


class ExpandVariable(Operator):
    """Walks of ``minimum`` to ``maximum`` relationships from a bound node."""

    def __init__(
        self,
        source: Operator,
        hop: Hop,
        bounds: tuple[int, int | None],
        guard: Guard,
        others: tuple[str, ...],
        keep: Names,
        names: Names,
    ) -> None:
        self.source = source
        self.hop = hop
        self.minimum, self.maximum = bounds
        self.guard = guard
        self.others = others
        self.keep = keep
        self.names = names

    def run(self, context: Context, argument: Frame) -> Iterator[Frame]:
        for frame in self.source.run(context, argument):
            if not frame.count:
                yield EMPTY
                continue
            sources = node_slots(frame.columns[self.hop.source])
            rows = np.flatnonzero(sources >= 0)
            first = Level(rows, sources[rows], np.zeros((len(rows), 0), dtype=np.int64))
            types = type_code_table(self.hop.types, context)
            yield from self._walk(frame, first, types, context)

    def _walk(self, frame: Frame, first: Level, types: Mask, context: Context) -> Iterator[Frame]:
        """The frames of these walks and of all that continue them."""
        pending: list[tuple[Level, Iterator[Level]]] = [(first, iter(()))]
        context.hold(_held(first))
        try:
            while pending:
                level, rest = pending.pop()
                context.hold(-_held(level))
                following = next(rest, None)
                if following is not None:
                    # what has no more to give is forgotten: a chain of any length is held once
                    pending.append((following, rest))
                    context.hold(_held(following))
                length = level.edges.shape[1]
                yield self._frame(frame, level) if length >= self.minimum else EMPTY
                if len(level) and (self.maximum is None or length < self.maximum):
                    continued = self._following(frame, level, types, context)
                    next_level = next(continued, None)
                    if next_level is not None:
                        pending.append((next_level, continued))
                        context.hold(_held(next_level))
        finally:
            context.hold(-sum(_held(level) for level, _ in pending))

    def _following(self, frame: Frame, level: Level, types: Mask, context: Context) -> Iterator[Level]:
        """The walks that continue these by one step, in portions."""
        size = max(1, base.LARGEST * SHORT // max(SHORT, level.edges.shape[1]))
        for part in level.portions(size):
            for found in steps(context, part.nodes, self.hop, types):
                for some in found.portions(size):
                    yield self._continued(frame, part, some, context)

    def _continued(self, frame: Frame, level: Level, found: Steps, context: Context) -> Level:
        """The walks one step longer that use no relationship twice and that the guard lets pass."""
        found = found.filter(_fresh(level.edges, found))
        if self.guard:
            rows, sources = level.rows[found.rows], level.nodes[found.rows]
            gathered = Gathered(partial(self._paths, frame, level, found, context.reader))
            found = self.guard.kept(frame, rows, sources, found, self.hop.backwards, context, gathered)
        edges = np.column_stack((level.edges[found.rows], found.edges))
        return Level(level.rows[found.rows], found.nodes, edges)

    def _paths(self, frame: Frame, level: Level, found: Steps, reader: GraphReader) -> Vector:
        """The paths so far, each with the step found."""
        starts = node_slots(frame.columns[self.hop.source])[level.rows[found.rows]]
        walked = np.column_stack((level.edges[found.rows], found.edges))
        pairs = zip(starts.tolist(), walked.tolist(), strict=True)
        return Vector.objects([path_along(start, edges, reader) for start, edges in pairs])

    def _frame(self, frame: Frame, level: Level) -> Frame:
        """The rows of walks that may end here."""
        hop = self.hop
        if hop.into:
            level = level.filter(level.nodes == node_slots(frame.columns[hop.target])[level.rows])
        for other in self.others:
            level = level.filter(_disjoint(frame.columns[other], level))
        if not len(level):
            return EMPTY
        columns = repeated(frame, level.rows, self.keep)
        if hop.target in self.names:
            columns[hop.target] = Vector(Kind.NODE, level.nodes)
        if hop.relationship in self.names:
            edges = level.edges[:, ::-1] if hop.backwards else level.edges
            lists = [[RelationshipRef(edge) for edge in walk] for walk in edges.tolist()]
            columns[hop.relationship] = Vector.objects(lists)
        return Frame(columns, len(level))


def _held(level: Level) -> int:
    """The memory of walks that wait: they, and those that they continue."""
    return 2 * (level.rows.nbytes + level.nodes.nbytes + level.edges.nbytes)


def _fresh(walked: Walked, found: Steps) -> Mask:
    """Which steps use a relationship that their walk has not used yet."""
    length = walked.shape[1]
    if length * 16 > len(found.rows):  # few long walks: all positions at once
        fresh: Mask = (walked[found.rows] != found.edges[:, None]).all(axis=1)
        return fresh
    fresh = np.ones(len(found.rows), dtype=np.bool_)
    for position in range(length):
        fresh &= walked[found.rows, position] != found.edges
    return fresh


def _disjoint(other: Vector, level: Level) -> Mask:
    """Which walks avoid the relationship (or list of them) that their row already has."""
    if other.kind is Kind.RELATIONSHIP:
        avoids: Mask = (level.edges != other.values[level.rows][:, None]).all(axis=1)
        return avoids
    taken = [frozenset(ref.slot for ref in refs or ()) for refs in other.tolist()]
    walks = zip(level.rows.tolist(), level.edges.tolist(), strict=True)
    return np.array([taken[row].isdisjoint(walk) for row, walk in walks], dtype=np.bool_)
