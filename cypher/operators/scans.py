"""Ways to a first node: scans, index look-ups, ids, and counting without looking.

Every scan has an input and is done for each of its rows. Index look-ups give supersets (see
``storage/indexes``); the filters that follow in the plan test label and value again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from lithograph.cypher.compile.base import Compiled
from lithograph.cypher.compile.rows import values_of
from lithograph.cypher.context import Context
from lithograph.cypher.frames import EMPTY, Frame
from lithograph.cypher.labels import label_names
from lithograph.cypher.operators import base
from lithograph.cypher.operators.base import Names, Once, Operator, PerFrame, repeated
from lithograph.cypher.vectors import Indices, Kind, Mask, Vector
from lithograph.storage.columns.chunk import Chunk, Slots
from lithograph.storage.indexes.hashed import ORDERED
from lithograph.storage.indexes.property import PropertyIndex, Range

NO_SLOTS: Slots = np.zeros(0, dtype=np.int64)

FEW_ITEMS = 32
"""So many are looked up one by one, which arrays would only make slower."""


def crossed(frame: Frame, slots: Slots, variable: str, keep: Names) -> Iterator[Frame]:
    """Every row of the frame with every one of the nodes ``slots``."""
    if frame.count == 1:
        rows = np.zeros(len(slots), dtype=np.intp)
        yield from _joined(frame, rows, slots, variable, keep)
        return
    at_once = max(1, base.LARGEST // max(1, len(slots)))
    for start in range(0, frame.count, at_once):
        numbers = np.arange(start, min(start + at_once, frame.count))
        rows = np.repeat(numbers, len(slots))
        yield from _joined(frame, rows, np.tile(slots, len(numbers)), variable, keep)


def _joined(frame: Frame, rows: Indices, slots: Slots, variable: str, keep: Names) -> Iterator[Frame]:
    for start in range(0, len(rows), base.LARGEST):
        part = rows[start : start + base.LARGEST]
        columns = repeated(frame, part, keep)
        columns[variable] = Vector(Kind.NODE, slots[start : start + base.LARGEST])
        yield Frame(columns, len(part))


class ScanAll(PerFrame):
    """All nodes, or those with a label (by the label column, or a label index where there is one)."""

    def __init__(self, source: Operator, variable: str, keep: Names, label: str | None = None) -> None:
        self.source = source
        self.variable = variable
        self.keep = keep
        self.label = label

    def frames(self, frame: Frame, context: Context) -> Iterator[Frame]:
        for slots in node_batches(context, self.label):
            yield from crossed(frame, slots, self.variable, self.keep)
            context.check()


class ScanByComputedLabel(PerFrame):
    """For each row at least the nodes with the label that ``names`` gives, or with all those labels, or with one of them.

    What is found is tested again by a filter behind it, so that of several labels one is enough to go by.
    """

    def __init__(self, source: Operator, variable: str, names: Compiled, any_: bool, keep: Names) -> None:
        self.source = source
        self.variable = variable
        self.names = names
        self.any = any_
        self.keep = keep

    def frames(self, frame: Frame, context: Context) -> Iterator[Frame]:
        for label, rows in self._rows_by_label(frame, context).items():
            part = frame.take(np.array(rows, dtype=np.intp))
            for slots in node_batches(context, label):
                yield from crossed(part, slots, self.variable, self.keep)
                context.check()

    def _rows_by_label(self, frame: Frame, context: Context) -> dict[str | None, list[int]]:
        """The rows to look up by each label; by None: among all nodes."""
        found: dict[str | None, list[int]] = {}
        values = values_of(self.names.operand(frame, context), frame.count)
        for row, value in zip(range(frame.count), values, strict=False):
            names = label_names(value)
            single = len(names) == 1 or (names and not self.any)
            found.setdefault(names[0] if single else None, []).append(row)
        return found


def node_batches(context: Context, label: str | None) -> Iterator[Slots]:
    """All nodes, or those with a label, in batches that grow (int64[n] each, maybe of no node)."""
    transaction = context.transaction
    store = transaction.store
    index = None if label is None else store.vertex_indexes.by_label.get(label)
    start, size = 0, base.SMALLEST
    stop = store.vertices.high if index is None else index.count
    while start < stop:
        end = min(start + size, stop)
        if index is not None:
            slots = index.slots(start, end)
            slots = slots[_wanted(context, label)[transaction.vertex_label_sets(slots)]]
        else:
            codes = store.vertices.scan_codes(start, end, transaction.view)
            slots = np.flatnonzero(_wanted(context, label)[codes]) + start
        yield slots
        start, size = end, min(size * 4, base.LARGEST)


def _wanted(context: Context, label: str | None) -> Mask:
    """The truth table over label set codes; the last item is for -1."""
    sets = context.transaction.store.label_sets
    if label is None:
        table = np.ones(len(sets) + 1, dtype=np.bool_)
        table[-1] = False
        return table
    found = sets.labels.find(label)
    return np.zeros(len(sets) + 1, dtype=np.bool_) if found is None else sets.holding(found)


def edge_batches(context: Context, type_: str) -> Iterator[Slots]:
    """The slots of relationships that have a type, or had it, in batches that grow (int64[n] each, maybe none)."""
    store = context.transaction.store
    index, code = store.edge_indexes.by_label.get(type_), store.types.find(type_)
    if code is None:
        return
    start, size = 0, base.SMALLEST
    stop = store.edges.high if index is None else index.count
    while start < stop:
        end = min(start + size, stop)
        if index is not None:
            yield index.slots(start, end)
        else:
            codes = store.edges.scan_codes(start, end, context.transaction.view)
            yield np.flatnonzero(codes == code) + start
        start, size = end, min(size * 4, base.LARGEST)


class ScanEdges(PerFrame):
    """The slots of all relationships of a type, for each row."""

    def __init__(self, source: Operator, variable: str, type_: str, keep: Names) -> None:
        self.source = source
        self.variable = variable
        self.type = type_
        self.keep = keep

    def frames(self, frame: Frame, context: Context) -> Iterator[Frame]:
        for slots in edge_batches(context, self.type):
            yield from crossed(frame, slots, self.variable, self.keep)
            context.check()


class IndexSeek(PerFrame):
    """Nodes by equality: a whole frame of look-ups at once; with ``each``, for every item of a list."""

    def __init__(
        self,
        source: Operator,
        variable: str,
        name: tuple[str, tuple[str, ...]],
        values: list[Compiled],
        each: bool,
        keep: Names,
        edges: bool = False,
    ) -> None:
        """``edges``: it is an index on relationships, and what is in the column are their slots."""
        self.source = source
        self.edges = edges
        self.variable = variable
        self.name = name
        self.values = values
        self.each = each
        self.keep = keep

    def frames(self, frame: Frame, context: Context) -> Iterator[Frame]:
        index = _index(self.name, self.edges, context)
        if index is None:
            yield from _without_index(frame, self.name[0], self.variable, self.keep, context, self.edges)
        elif frame.count > 1 and all(value.constant for value in self.values):
            slots = self._look_up(index, frame.slice(0, 1), context)[1]
            yield from crossed(frame, np.unique(slots), self.variable, self.keep)
        else:
            yield from self._found(index, frame, context)

    def _found(self, index: PropertyIndex, frame: Frame, context: Context) -> Iterator[Frame]:
        """The frame in portions, a small one first, whose size goes by how much those before have found."""
        if frame.count == 1 and not self.each:
            yield from self._found_one(index, frame, context)
            return
        start, size = 0, base.PROBE
        while start < frame.count:
            part = frame.slice(start, start + size) if frame.count > 1 else frame
            rows, slots = self._look_up(index, part, context)
            if index.repeats and len(slots) > 1:
                rows, slots = _distinct_pairs(rows, slots)
            if not len(slots):
                yield EMPTY
            yield from _joined(part, rows, slots, self.variable, self.keep)
            start += part.count
            size = max(1, base.LARGEST * part.count // max(part.count, len(slots)))

    def _found_one(self, index: PropertyIndex, frame: Frame, context: Context) -> Iterator[Frame]:
        """The same for a frame of one row, of which most point queries consist."""
        found = index.find_one([value.one(frame, context) for value in self.values])
        if index.repeats and len(found) > 1:
            found = sorted(set(found))
        slots = np.array(found, dtype=np.int64)
        if len(slots) == 1:
            columns = {name: vector for name, vector in frame.columns.items() if name in self.keep}
            columns[self.variable] = Vector(Kind.NODE, slots)
            yield Frame(columns, 1)
        elif found:
            yield from _joined(frame, np.zeros(len(slots), dtype=np.intp), slots, self.variable, self.keep)
        else:
            yield EMPTY

    def _look_up(self, index: PropertyIndex, frame: Frame, context: Context) -> tuple[Indices, Slots]:
        if self.each:
            return self._look_up_lists(index, frame, context)
        return index.find([value.vector(frame, context).to_chunk() for value in self.values])

    def _look_up_lists(self, index: PropertyIndex, frame: Frame, context: Context) -> tuple[Indices, Slots]:
        rows: list[int] = []
        slots: list[int] = []
        for row, items in enumerate(self.values[0].vector(frame, context).tolist()):
            if isinstance(items, list):
                found = _found_of(index, items)
                rows.extend([row] * len(found))
                slots.extend(found)
        return np.array(rows, dtype=np.intp), np.array(slots, dtype=np.int64)


def _found_of(index: PropertyIndex, items: list[Any]) -> list[int]:
    """The slots of all items, each once, ascending."""
    if len(items) <= FEW_ITEMS:
        return sorted({slot for item in items for slot in index.find_one([item])})
    found: list[int] = np.unique(index.find([Chunk.of(items)])[1]).tolist()
    return found


def _index(name: tuple[str, tuple[str, ...]], edges: bool, context: Context) -> PropertyIndex | None:
    store = context.transaction.store
    return (store.edge_indexes if edges else store.vertex_indexes).by_keys.get(name)


def _without_index(
    frame: Frame, label: str, variable: str, keep: Names, context: Context, edges: bool = False
) -> Iterator[Frame]:
    """What a look-up gives when the index has been dropped since the plan was made: all with the label."""
    for slots in edge_batches(context, label) if edges else node_batches(context, label):
        yield from crossed(frame, slots, variable, keep)
        context.check()


def _distinct_pairs(rows: Indices, slots: Slots) -> tuple[Indices, Slots]:
    """Each (row, slot) once: an element may be in an index several times under one value."""
    pairs = np.unique(rows.astype(np.int64) << 32 | slots)
    return (pairs >> 32).astype(np.intp), pairs & 0xFFFFFFFF


class IndexRange(Operator):
    """Nodes by a range or a prefix, the bounds being constants of the query; or all that have a value."""

    def __init__(
        self,
        source: Operator,
        variable: str,
        name: tuple[str, tuple[str, ...]],
        bounds: tuple[Compiled | None, bool, Compiled | None, bool, Compiled | None],
        keep: Names,
        edges: bool = False,
    ) -> None:
        """``edges``: it is an index on relationships, and what is in the column are their slots."""
        self.source = source
        self.edges = edges
        self.variable = variable
        self.name = name
        self.bounds = bounds
        self.keep = keep

    def run(self, context: Context, argument: Frame) -> Iterator[Frame]:
        slots: Slots | None = None
        for frame in self.source.run(context, argument):
            if not frame.count:
                yield EMPTY
                continue
            if slots is None:
                index = _index(self.name, self.edges, context)
                if index is None:
                    yield from _without_index(
                        frame, self.name[0], self.variable, self.keep, context, self.edges
                    )
                    continue
                slots = np.unique(self._look_up(index, context))
            yield from crossed(frame, slots, self.variable, self.keep)

    def _look_up(self, index: PropertyIndex, context: Context) -> Slots:
        low, low_open, high, high_open, prefix = self.bounds
        if prefix is not None:
            start = prefix.value(context)
            return index.starting(start) if isinstance(start, str) else NO_SLOTS
        if low is None and high is None:
            return index.every()
        least = None if low is None else low.value(context)
        most = None if high is None else high.value(context)
        given = [value for bound, value in ((low, least), (high, most)) if bound is not None]
        kinds = {type(value) for value in given}
        if kinds <= _NUMBERS or (len(kinds) == 1 and kinds <= ORDERED):
            return index.between(Range(least, low_open, most, high_open))
        return index.others() if len(kinds) == 1 and None not in given else NO_SLOTS


_NUMBERS: frozenset[type] = frozenset((int, float))


class ScanAllById(Operator):
    """The node with an id, for each row."""

    def __init__(self, source: Operator, variable: str, value: Compiled, textual: bool, keep: Names) -> None:
        self.source = source
        self.variable = variable
        self.value = value
        self.textual = textual
        self.keep = keep

    def run(self, context: Context, argument: Frame) -> Iterator[Frame]:
        convert: Callable[[Any], int] = _slot_of_text if self.textual else _slot_of_number
        table = context.transaction.store.vertices
        for frame in self.source.run(context, argument):
            if not frame.count:
                yield EMPTY
                continue
            wanted = np.array(list(map(convert, self.value.vector(frame, context).tolist())), dtype=np.int64)
            rows = np.flatnonzero((wanted >= 0) & (wanted < table.high))
            rows = rows[context.transaction.vertex_label_sets(wanted[rows]) >= 0]
            yield from _joined(frame, rows, wanted[rows], self.variable, self.keep)


def _slot_of_number(value: Any) -> int:
    if type(value) is float and value.is_integer() and abs(value) < 2.0**63:
        return int(value)
    return value if type(value) is int else -1


def _slot_of_text(value: Any) -> int:
    return (
        int(value)
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 19
        else -1
    )


class CountElements(Operator):
    """One row with the number of nodes or relationships, from the store's counts where no version is in the way.

    ``types`` are those of the relationships to be counted, an empty tuple for all; None: it is nodes.
    """

    def __init__(self, name: str, label: str | None, types: tuple[str, ...] | None = None) -> None:
        self.name = name
        self.label = label
        self.types = types

    def run(self, context: Context, argument: Frame) -> Iterator[Frame]:
        number = 0
        if self.types is None:
            for part in self._nodes(context, argument):
                number += part
                yield EMPTY
        else:
            for part in self._relationships(self.types, context):
                number += part
                yield EMPTY
        yield Frame({self.name: Vector.of([number])}, 1)

    def _nodes(self, context: Context, argument: Frame) -> Iterator[int]:
        """The number in parts."""
        store = context.transaction.store
        if store.vertices.versions.count:
            scan = ScanAll(Once(), "n", frozenset(), self.label)
            for frame in scan.run(context, argument):
                yield frame.count
        elif self.label is None:
            yield store.vertex_counts.total
        else:
            found = store.label_sets.labels.find(self.label)
            counts = store.vertex_counts.of_code.items()
            yield sum(n for code, n in counts if found in store.label_sets.sets[code])

    @staticmethod
    def _relationships(types: tuple[str, ...], context: Context) -> Iterator[int]:
        """The number in parts."""
        store, view = context.transaction.store, context.transaction.view
        codes = [code for code in map(store.types.find, types) if code is not None]
        if not store.edges.versions.count:
            counts = store.edge_counts
            yield sum(counts.of_code.get(code, 0) for code in codes) if types else counts.total
            return
        for start in range(0, store.edges.high, base.LARGEST):
            found = store.edges.scan_codes(start, min(start + base.LARGEST, store.edges.high), view)
            yield int(np.count_nonzero(np.isin(found, codes) if types else found >= 0))
            context.check()
