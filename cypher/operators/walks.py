"""Variable-length expansion: all walks of some length, no relationship twice, level by level.

A level is arrays: for each walk its row, its last node and, as a matrix, the edges walked. The next level
is one expansion of the last nodes; uniqueness is a comparison with every column of the matrix.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np

from lithograph.cypher.context import Context
from lithograph.cypher.entities import GraphReader, RelationshipRef
from lithograph.cypher.frames import Frame
from lithograph.cypher.labels import type_code_table
from lithograph.cypher.operators.base import Names, Operator
from lithograph.cypher.operators.elements import node_slots
from lithograph.cypher.operators.expand import Steps, steps
from lithograph.cypher.operators.guard import Gathered, Guard, path_along
from lithograph.cypher.operators.levels import Level, unused
from lithograph.cypher.operators.walking import Walking
from lithograph.cypher.plan.logical import Hop
from lithograph.cypher.vectors import Vector

GATHERING = 16
"""By how much portions are smaller where a filter looks at paths, which have to be made for each step."""


class ExpandVariable(Walking):
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
        super().__init__(source, hop, bounds, others, keep, names)
        self.guard = guard

    def _following(self, frame: Frame, context: Context, level: Level) -> Iterator[Level]:
        types = type_code_table(self.hop.types, context)
        for part in level.portions():
            most = max(1, part.portion() // (GATHERING if self.guard.gathers else 1))
            for found in steps(context, part.nodes, self.hop, types, most):
                yield self._continued(frame, part, found, context)

    def _continued(self, frame: Frame, level: Level, found: Steps, context: Context) -> Level:
        """The walks one step longer that use no relationship twice and that the guard lets pass."""
        found = found.filter(unused(level.edges, found.rows, found.edges))
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

    def _lists(self, level: Level) -> dict[str, Vector]:
        hop = self.hop
        if hop.relationship not in self.names:
            return {}
        edges = level.edges[:, ::-1] if hop.backwards else level.edges
        lists = [[RelationshipRef(edge) for edge in walk] for walk in edges.tolist()]
        return {hop.relationship: Vector.objects(lists)}
