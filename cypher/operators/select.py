"""``SHORTEST`` and ``ANY`` over any path: everything that matches, of which each two ends keep the shortest.

What is kept is gone through again and again as more comes in, so that only as much waits as can be in the answer. It
takes as long as finding all the paths does.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from lithograph.cypher.compile.base import Compiled
from lithograph.cypher.context import Context
from lithograph.cypher.frames import Frame
from lithograph.cypher.operators import base
from lithograph.cypher.operators.base import Names, Operator, PerFrame, drained, released, row_numbers, sliced
from lithograph.cypher.operators.elements import node_slots
from lithograph.cypher.operators.kshortest import number_of_paths
from lithograph.cypher.plan.logical import SelectPaths as Plan
from lithograph.cypher.vectors import Indices, Kind
from lithograph.storage.columns.chunk import Slots


class SelectPaths(PerFrame):
    """The shortest of what ``inner`` finds for each row and each two ends; ``row`` names the column of row numbers."""

    def __init__(
        self, source: Operator, inner: Operator, plan: Plan, row: str, count: Compiled | None, names: Names
    ) -> None:
        self.source = source
        self.inner = inner
        self.plan = plan
        self.row = row
        self.count = count
        self.names = names

    def frames(self, frame: Frame, context: Context) -> Iterator[Frame]:
        count = 1 if self.count is None else number_of_paths(self.count.value(context))
        outer = frame.extend({self.row: row_numbers(frame.count)})
        kept: list[Frame] = []
        waiting = 0
        for found in drained(self.inner.run(context, outer), context, kept):
            yield found
            rows = sum(part.count for part in kept)
            if rows > 2 * waiting + base.LARGEST:
                kept[:] = [self._select(kept, count, context)]
                waiting = kept[0].count
        if kept:
            selected = self._select(kept, count, context)
            released([selected], context)
            yield from sliced(selected.select(name for name in selected.columns if name in self.names))

    def _select(self, frames: list[Frame], count: int, context: Context) -> Frame:
        """The rows to keep, as one frame that is accounted for instead of the frames."""
        released(frames, context)
        frame = Frame.concatenate(frames)
        lengths = self._lengths(frame)
        ends = [node_slots(frame.columns[name]) for name in (self.plan.first, self.plan.last)]
        keys = (lengths, ends[1], ends[0], frame.columns[self.row].values)
        order = np.lexsort(keys)
        chosen = frame.take(order[_first(order, keys, count, self.plan.selector.kind == "GROUPS")])
        context.hold(chosen.size_bytes())
        return chosen

    def _lengths(self, frame: Frame) -> Slots:
        """How many relationships the path of each row has."""
        total = np.zeros(frame.count, dtype=np.int64)
        for name in self.plan.relationships:
            column = frame.columns[name]
            if column.kind is Kind.RELATIONSHIP:
                total += 1
            else:
                total += np.array([_length(value) for value in column.tolist()], dtype=np.int64)
        return total


def _length(value: object) -> int:
    return len(value) if isinstance(value, list) else 1


def _first(order: Indices, keys: tuple[Slots, ...], count: int, groups: bool) -> Indices:
    """Which places of ``order`` are among the first ``count`` between their ends: rows, or lengths of rows."""
    lengths, *ends = (key[order] for key in keys)
    new = np.ones(len(order), dtype=np.bool_)
    new[1:] = np.any([end[1:] != end[:-1] for end in ends], axis=0)
    step = np.ones(len(order), dtype=np.int64)
    if groups:
        step[1:] = new[1:] | (lengths[1:] != lengths[:-1])
    number = np.cumsum(step)
    start = np.maximum.accumulate(np.where(new, number, 0))
    return np.flatnonzero(number - start < count)
