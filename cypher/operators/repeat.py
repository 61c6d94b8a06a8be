"""Quantified paths: an inner plan run again and again, each time for all walks of a level at once.

The inner plan leads from the node where a walk has come to the next one, along one relationship or several, and has
placed all conditions inside; here walks are put together, no relationship is used twice, and the variables inside
become lists.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from lithograph.cypher.context import Context
from lithograph.cypher.entities import NodeRef, RelationshipRef
from lithograph.cypher.frames import Frame
from lithograph.cypher.operators.base import Names, Operator, row_numbers
from lithograph.cypher.operators.elements import node_slots, relationship_slots
from lithograph.cypher.operators.levels import Level, Walked, unused
from lithograph.cypher.operators.walking import Walking
from lithograph.cypher.plan.logical import Repeat as Plan
from lithograph.cypher.vectors import Kind, Vector


class Repeat(Walking):
    """``inner`` repeated from a bound node; ``row`` names the column that tells which walk it continues.

    ``used`` are the columns around it that it looks at, ``groups`` the variables inside that are wanted as lists.
    """

    def __init__(
        self,
        source: Operator,
        inner: Operator,
        plan: Plan,
        row: str,
        used: Names,
        groups: tuple[str, ...],
        keep: Names,
        names: Names,
    ) -> None:
        bounds = (plan.minimum, plan.maximum)
        super().__init__(source, plan.hop, bounds, plan.others, keep, names, groups)
        self.inner = inner
        self.plan = plan
        self.row = row
        self.used = used

    def _following(self, frame: Frame, context: Context, level: Level) -> Iterator[Level]:
        used = [name for name in self.used if name in frame.columns]
        for part in level.portions():
            outer = frame.select(used).take(part.rows)
            start = Vector(Kind.NODE, part.nodes)
            argument = outer.extend({self.plan.start: start, self.row: row_numbers(len(part))})
            for found in self.inner.run(context, argument):
                for some in _cut(found, part.portion()):
                    yield self._continued(part, some)
                context.check()

    def _continued(self, level: Level, found: Frame) -> Level:
        """The walks one repetition longer that use no relationship twice."""
        if not found.count:
            return level.filter(np.zeros(len(level), dtype=np.bool_))
        rows = found.columns[self.row].values.astype(np.intp)
        names = self.plan.relationships[::-1] if self.hop.backwards else self.plan.relationships
        steps = [relationship_slots(found.columns[name]) for name in names]
        fresh = np.ones(len(rows), dtype=np.bool_)
        for edges in steps:
            fresh &= unused(level.edges, rows, edges)
        rows, found = rows[fresh], found.filter(fresh)
        edges = np.column_stack((level.edges[rows], *(step[fresh] for step in steps)))
        groups = {
            name: np.column_stack((lists[rows], found.columns[name].values))
            for name, lists in level.groups.items()
        }
        return Level(level.rows[rows], node_slots(found.columns[self.plan.end]), edges, groups)

    def _lists(self, level: Level) -> dict[str, Vector]:
        columns = {
            name: self._turned(lists, NodeRef if name in self.plan.nodes else RelationshipRef)
            for name, lists in level.groups.items()
        }
        if self.hop.relationship in self.names:
            columns[self.hop.relationship] = self._turned(level.edges, RelationshipRef)
        return columns

    def _turned(self, slots: Walked, kind: type[Any]) -> Vector:
        """A column of lists in the order written."""
        ordered = slots[:, ::-1] if self.hop.backwards else slots
        return Vector.objects([[kind(slot) for slot in row] for row in ordered.tolist()])


def _cut(frame: Frame, size: int) -> Iterator[Frame]:
    """A frame so many rows at a time; at least once, if there are none."""
    if frame.count <= size:
        yield frame
        return
    for start in range(0, frame.count, size):
        yield frame.slice(start, start + size)
