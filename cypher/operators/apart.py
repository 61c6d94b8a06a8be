"""Rows that touch the same element of the graph, one after the other.

An update works on a whole batch. Where a later row has to see what an earlier one wrote, the rows are taken apart into
rounds before: within a round no row reads or writes what another one writes, and of two rows that touch
one element, one of them writing, the earlier one is in an earlier round. (Level scheduling of the dependency
graph, as for sparse triangular solves: Anderson and Saad, Solving sparse triangular linear systems on parallel
computers, 1989.)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from lithograph.cypher.context import Context
from lithograph.cypher.entities import NodeRef, PathRef, RelationshipRef
from lithograph.cypher.frames import EMPTY, Frame
from lithograph.cypher.operators.base import Operator, PerFrame
from lithograph.cypher.vectors import Indices, Kind, Vector

Elements = list[tuple[int, ...]]
"""For each row the elements in question: nodes as their slots, relationships as the complement."""


class Apart(PerFrame):
    """The updates ``inner`` on rows that do not get in each other's way; the rows go on as they came.

    ``written`` and ``searched`` are columns in whose values elements are looked for at any depth, in those of
    ``read`` only at the top. ``overwrites`` says whether rows that only write already clash. With ``single``
    every row goes alone.
    """

    def __init__(
        self,
        source: Operator,
        inner: Operator,
        written: Sequence[str],
        read: Sequence[str],
        searched: Sequence[str],
        overwrites: bool,
        single: bool,
    ) -> None:
        self.source = source
        self.inner = inner
        self.written = written
        self.read = read
        self.searched = searched
        self.overwrites = overwrites
        self.single = single

    def frames(self, frame: Frame, context: Context) -> Iterator[Frame]:
        for part in self._parts(frame):
            for _ in self.inner.run(context, part):
                yield EMPTY
        yield frame

    def _parts(self, frame: Frame) -> Iterator[Frame]:
        if frame.count == 1:
            yield frame
        elif self.single:
            for row in range(frame.count):
                yield frame.slice(row, row + 1)
        else:
            rounds = self._rounds(frame)
            if rounds is None:
                yield frame
            else:
                yield from map(frame.take, rounds)

    def _rounds(self, frame: Frame) -> list[Indices] | None:
        """The rows of each round, or None when they can all go together."""
        reads = [
            *(_top(frame.columns[name]) for name in self.read),
            *(_deep(frame.columns[name]) for name in self.searched),
        ]
        reads_of_rows = _together(reads)
        if reads_of_rows is None and not self.overwrites:
            return None
        writes_of_rows = _together([_deep(frame.columns[name]) for name in self.written])
        if writes_of_rows is None:
            return None
        return _levels(writes_of_rows, reads_of_rows or [()] * frame.count)


def _levels(writes: Elements, reads: Elements) -> list[Indices] | None:
    """Rows by level: after every earlier row that writes what it touches, or reads what it writes."""
    written: dict[int, int] = {}
    read: dict[int, int] = {}
    levels: list[int] = []
    for targets, sources in zip(writes, reads, strict=True):
        level = 0
        for element in sources:
            level = max(level, written.get(element, -1) + 1)
        for element in targets:
            level = max(level, written.get(element, -1) + 1, read.get(element, -1) + 1)
        for element in sources:
            read[element] = max(level, read.get(element, -1))
        for element in targets:
            written[element] = level
        levels.append(level)
    if not any(levels):
        return None
    order = np.argsort(np.array(levels), kind="stable")
    cuts = np.flatnonzero(np.diff(np.array(levels)[order])) + 1
    return list(np.split(order, cuts))


def _together(columns: Sequence[Elements | None]) -> Elements | None:
    """The elements of several columns by row; None when there are none at all."""
    known = [column for column in columns if column is not None]
    if len(known) < 2:
        return known[0] if known else None
    return [tuple(element for part in parts for element in part) for parts in zip(*known, strict=True)]


def _top(vector: Vector) -> Elements | None:
    """The elements that are values of a column."""
    if vector.kind <= Kind.RELATIONSHIP:
        slots = vector.values if vector.kind is Kind.NODE else np.where(vector.values < 0, -1, ~vector.values)
        missing = vector.values < 0
        return [() if gone else (slot,) for slot, gone in zip(slots.tolist(), missing.tolist(), strict=True)]
    if vector.kind is not Kind.OBJECT:
        return None
    values = vector.tolist()
    if _ELEMENTS.isdisjoint(map(type, values)):
        return None
    return [tuple(_found(value)) if type(value) in _ELEMENTS else () for value in values]


def _deep(vector: Vector) -> Elements | None:
    """The elements in the values of a column, at any depth."""
    if vector.kind is not Kind.OBJECT:
        return _top(vector)
    values = vector.tolist()
    if (_ELEMENTS | _NESTING).isdisjoint(map(type, values)):
        return None
    found = [tuple(_found(value)) for value in values]
    return found if any(found) else None


_ELEMENTS = frozenset((NodeRef, RelationshipRef, PathRef))
_NESTING = frozenset((list, dict))


def _found(value: Any) -> Iterator[int]:
    waiting = [value]
    while waiting:
        item = waiting.pop()
        match item:
            case NodeRef(slot=slot):
                yield slot
            case RelationshipRef(slot=slot):
                yield ~slot
            case PathRef(nodes=nodes, relationships=relationships):
                yield from nodes
                yield from (~slot for slot in relationships)
            case list():
                waiting.extend(item)
            case dict():
                waiting.extend(item.values())
