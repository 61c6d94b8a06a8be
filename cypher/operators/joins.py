"""Joins of rows with nodes that nothing but equal values connects with them."""

from __future__ import annotations

from collections.abc import Iterator

from lithograph.cypher.compile.base import Compiled
from lithograph.cypher.context import Context
from lithograph.cypher.frames import EMPTY, UNIT, Frame
from lithograph.cypher.operators import base
from lithograph.cypher.operators.base import Names, Operator, repeated
from lithograph.cypher.operators.elements import node_slots
from lithograph.cypher.operators.scans import crossed
from lithograph.cypher.vectors import Kind, Vector
from lithograph.storage.indexes.property import PropertyIndex

ENTRY_BYTES = 24
"""About what an entry of the index takes."""


class HashJoin(Operator):
    """Each row with every node of ``inner`` whose keys have the row's values, or may have them.

    The nodes go into an index that lasts as long as the execution, unless the first frame is a single row: that one
    gets all of them. Either is a superset; the predicates that follow in the plan have the last word.
    """

    def __init__(
        self,
        source: Operator,
        inner: Operator,
        variable: str,
        values: list[Compiled],
        keys: list[Compiled],
        keep: Names,
    ) -> None:
        self.source = source
        self.inner = inner
        self.variable = variable
        self.values = values
        self.keys = keys
        self.keep = keep

    def run(self, context: Context, argument: Frame) -> Iterator[Frame]:
        index: PropertyIndex | None = None
        begun = False
        for frame in self.source.run(context, argument):
            if not frame.count:
                yield EMPTY
            elif frame.count == 1 and not begun:
                yield from self._crossed(frame, context)
            else:
                if index is None:
                    index = PropertyIndex("", tuple(map(str, range(len(self.keys)))))
                    yield from self._fill(index, context)
                yield from self._joined(frame, index, context)
            begun = begun or frame.count > 0
        if index is not None:
            context.hold(-ENTRY_BYTES * len(index))

    def _crossed(self, frame: Frame, context: Context) -> Iterator[Frame]:
        """A row with every node of the inner plan."""
        for found in self.inner.run(context, UNIT):
            if found.count:
                yield from crossed(frame, node_slots(found.columns[self.variable]), self.variable, self.keep)
            else:
                yield EMPTY
            context.check()

    def _fill(self, index: PropertyIndex, context: Context) -> Iterator[Frame]:
        """Enter all nodes of the inner plan, breathing."""
        for frame in self.inner.run(context, UNIT):
            if frame.count:
                before = len(index)
                chunks = [key.vector(frame, context).to_chunk() for key in self.keys]
                index.add(chunks, node_slots(frame.columns[self.variable]))
                context.hold(ENTRY_BYTES * (len(index) - before))
            yield EMPTY

    def _joined(self, frame: Frame, index: PropertyIndex, context: Context) -> Iterator[Frame]:
        """The frame in portions, a small one first, whose size goes by how much those before have found."""
        start, size = 0, base.PROBE
        while start < frame.count:
            part = frame.slice(start, start + size)
            rows, slots = index.find([value.vector(part, context).to_chunk() for value in self.values])
            for first in range(0, len(rows), base.LARGEST):
                some = rows[first : first + base.LARGEST]
                columns = repeated(part, some, self.keep)
                columns[self.variable] = Vector(Kind.NODE, slots[first : first + base.LARGEST])
                yield Frame(columns, len(some))
            if not len(rows):
                yield EMPTY
            context.check()
            start += part.count
            size = max(1, base.LARGEST * part.count // max(part.count, len(rows)))
