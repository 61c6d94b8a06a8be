"""Quantified paths: an inner plan run again and again, each time for all walks of a level at once.

The inner plan leads from the node where a walk has come to the next one, along one relationship or several, and has
placed all conditions inside; here walks are put together, no relationship is used twice, and the variables inside
become lists.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np

from lithograph.cypher.context import Context
from lithograph.cypher.entities import NodeRef, RelationshipRef
from lithograph.cypher.frames import EMPTY, Frame
from lithograph.cypher.operators.base import Names, Operator, repeated, row_numbers
from lithograph.cypher.operators.elements import node_slots, relationship_slots
from lithograph.cypher.operators.levels import Level, Walked, disjoint, unused, worked_off
from lithograph.cypher.plan.logical import Repeat as Plan
from lithograph.cypher.vectors import Kind, Vector


class Repeat(Operator):
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
        self.source = source
        self.inner = inner
        self.plan = plan
        self.hop = plan.hop
        self.row = row
        self.used = used
        self.groups = groups
        self.keep = keep
        self.names = names

    def run(self, context: Context, argument: Frame) -> Iterator[Frame]:
        for frame in self.source.run(context, argument):
            if not frame.count:
                yield EMPTY
                continue
            sources = node_slots(frame.columns[self.hop.source])
            rows = np.flatnonzero(sources >= 0)
            none = np.zeros((len(rows), 0), dtype=np.int64)
            first = Level(rows, sources[rows], none, dict.fromkeys(self.groups, none))
            following = partial(self._following, frame, context)
            frames = partial(self._frames, frame)
            yield from worked_off(first, self.plan.maximum, following, frames, context)

    def _following(self, frame: Frame, context: Context, level: Level) -> Iterator[Level]:
        """The walks that continue these by one repetition, in portions."""
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

    def _frames(self, frame: Frame, level: Level, times: int) -> Iterator[Frame]:
        """The rows of walks that may end here."""
        hop = self.hop
        if times < self.plan.minimum:
            return
        if hop.into:
            level = level.filter(level.nodes == node_slots(frame.columns[hop.target])[level.rows])
        level = disjoint(level, [frame.columns[other] for other in self.plan.others])
        lists = hop.relationship in self.names or bool(self.groups)
        for part in level.for_lists() if lists else level.portions():
            yield self._frame(frame, part)

    def _frame(self, frame: Frame, level: Level) -> Frame:
        hop = self.hop
        columns = repeated(frame, level.rows, self.keep)
        if hop.target in self.names:
            columns[hop.target] = Vector(Kind.NODE, level.nodes)
        if hop.relationship in self.names:
            columns[hop.relationship] = self._lists(level.edges, RelationshipRef)
        for name, lists in level.groups.items():
            columns[name] = self._lists(lists, NodeRef if name in self.plan.nodes else RelationshipRef)
        return Frame(columns, len(level))

    def _lists(self, slots: Walked, kind: type[Any]) -> Vector:
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
