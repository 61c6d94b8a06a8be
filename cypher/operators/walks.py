"""Variable-length expansion: all walks of some length, no relationship twice, level by level.

A level is arrays: for each walk its row, its last node and, as a matrix, the edges walked. The next level
is one expansion of the last nodes; uniqueness is a comparison with every column of the matrix. Levels are
worked off depth first in portions, so that what is held stays bounded by depth times a frame.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lithograph.cypher.compile.base import Compiled
from lithograph.cypher.context import Context
from lithograph.cypher.entities import RelationshipRef
from lithograph.cypher.frames import EMPTY, Frame
from lithograph.cypher.labels import type_code_table
from lithograph.cypher.operators import base
from lithograph.cypher.operators.base import Names, Operator, repeated
from lithograph.cypher.operators.elements import node_slots
from lithograph.cypher.operators.expand import Steps, steps
from lithograph.cypher.plan.logical import Hop
from lithograph.cypher.scalar.logic import is_true
from lithograph.cypher.vectors import Indices, Kind, Mask, Vector
from lithograph.storage.columns.chunk import Slots

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
        element: str,
        conditions: list[Compiled],
        others: tuple[str, ...],
        keep: Names,
        names: Names,
    ) -> None:
        self.source = source
        self.hop = hop
        self.minimum, self.maximum = bounds
        self.element = element
        self.conditions = conditions
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
        while pending:
            level, rest = pending.pop()
            following = next(rest, None)
            if (
                following is not None
            ):  # what has no more to give is forgotten: a chain of any length is held once
                pending.append((following, rest))
            length = level.edges.shape[1]
            yield self._frame(frame, level) if length >= self.minimum else EMPTY
            if len(level) and (self.maximum is None or length < self.maximum):
                continued = self._following(frame, level, types, context)
                next_level = next(continued, None)
                if next_level is not None:
                    pending.append((next_level, continued))

    def _following(self, frame: Frame, level: Level, types: Mask, context: Context) -> Iterator[Level]:
        """The walks that continue these by one step, in portions."""
        for part in level.portions(base.LARGEST):
            for found in steps(context, part.nodes, self.hop, types):
                yield self._continued(frame, part, found, context)

    def _continued(self, frame: Frame, level: Level, found: Steps, context: Context) -> Level:
        """The walks one step longer that use no relationship twice and fulfil the conditions."""
        found = found.filter(_fresh(level.edges, found))
        if self.conditions and len(found.rows):
            found = found.filter(self._allowed(frame, level.rows[found.rows], found.edges, context))
        edges = np.column_stack((level.edges[found.rows], found.edges))
        return Level(level.rows[found.rows], found.nodes, edges)

    def _allowed(self, frame: Frame, rows: Indices, edges: Slots, context: Context) -> Mask:
        inner = frame.take(rows).extend({self.element: Vector(Kind.RELATIONSHIP, edges)})
        allowed = np.ones(len(edges), dtype=np.bool_)
        for condition in self.conditions:
            allowed &= true_rows(condition.vector(inner, context))
        return allowed

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


def true_rows(vector: Vector) -> Mask:
    """Where a vector of truth values is true (bool[n]); null is not.

    Raises:
        CypherTypeError: there is something else than truth values in it.
    """
    if vector.kind is Kind.BOOL:
        return vector.values if vector.nulls is None else vector.values & ~vector.nulls
    return np.array([is_true(value) for value in vector.tolist()], dtype=np.bool_)


def _disjoint(other: Vector, level: Level) -> Mask:
    """Which walks avoid the relationship (or list of them) that their row already has."""
    if other.kind is Kind.RELATIONSHIP:
        avoids: Mask = (level.edges != other.values[level.rows][:, None]).all(axis=1)
        return avoids
    taken = [frozenset(ref.slot for ref in refs or ()) for refs in other.tolist()]
    walks = zip(level.rows.tolist(), level.edges.tolist(), strict=True)
    return np.array([taken[row].isdisjoint(walk) for row, walk in walks], dtype=np.bool_)
