"""Images: a store as the deltas that would make it from nothing, and back.

``image`` reads a store through a transaction's view, in chunks, while writers go on; ``Loader`` fills an
empty store from deltas, those of an image and then those of commits. Loading is bulk work: adjacency,
indexes, counts and free slots are made once, at the end.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import numpy as np

from lithograph.storage import deltas as redo
from lithograph.storage.arrays import LARGEST
from lithograph.storage.columns.chunk import Chunk, Kind, Slots, is_there
from lithograph.storage.errors import StorageError
from lithograph.storage.names import ABSENT
from lithograph.storage.store import Store
from lithograph.storage.tables import Table
from lithograph.storage.transaction import Transaction

CHUNK = 1 << 16
"""Slots in one delta of an image: bounds the memory and the time under the latch."""


SLOT_SIZE = 72
"""Bytes that a loaded store takes for a slot even if nothing is in it: its codes, its runs, its place among the free."""


class ImageError(StorageError):
    """Deltas that contradict each other: a slot out of range, an edge without its end."""

    code = "Neo.DatabaseError.General.UnknownError"


def image(transaction: Transaction) -> Iterator[redo.Delta]:
    """The graph as ``transaction`` sees it; takes the latch, shared, for each chunk."""
    store = transaction.store
    with store.latch.held(exclusive=False):
        indexes = [*store.vertex_indexes.names(), *store.edge_indexes.names()]
        settings = list(store.settings.items())
        enums = list(store.enums.items())
        highs = {"vertices": store.vertices.high, "edges": store.edges.high}
    for enum, enum_values in enums:
        yield redo.SetEnum(enum, enum_values)
    yield from _vertices(transaction, highs["vertices"])
    yield from _edges(transaction, highs["edges"])
    yield from _properties(transaction, store.vertices, "vertices", highs["vertices"])
    yield from _properties(transaction, store.edges, "edges", highs["edges"])
    for name in indexes:
        yield redo.CreateIndex(name.table, name.label, name.keys)
    for setting, value in settings:
        yield redo.ChangeSetting(setting, value)


def _vertices(transaction: Transaction, high: int) -> Iterator[redo.Delta]:
    store = transaction.store
    for start in range(0, high, CHUNK):
        with store.latch.held(exclusive=False):
            slots, codes = transaction.scan(store.vertices, start, min(start + CHUNK, high))
        for code in np.unique(codes).tolist():
            yield redo.CreateVertices(slots[codes == code], store.label_sets.texts(code))


def _edges(transaction: Transaction, high: int) -> Iterator[redo.Delta]:
    store = transaction.store
    for start in range(0, high, CHUNK):
        with store.latch.held(exclusive=False):
            slots, codes = transaction.scan(store.edges, start, min(start + CHUNK, high))
            sources = store.edges.sources[slots].astype(np.int64)
            targets = store.edges.targets[slots].astype(np.int64)
        for code in np.unique(codes).tolist():
            chosen = codes == code
            yield redo.CreateEdges(slots[chosen], store.types.texts[code], sources[chosen], targets[chosen])


def _properties(
    transaction: Transaction, table: Table, name: redo.TableName, high: int
) -> Iterator[redo.Delta]:
    latch = transaction.store.latch
    for key in list(table.columns):
        for start in range(0, high, CHUNK):
            with latch.held(exclusive=False):
                slots, _ = transaction.scan(table, start, min(start + CHUNK, high))
                values = table.read_property(key, slots, transaction.view)
            slots, values = present_only(slots, values)
            if len(slots):
                yield redo.SetProperty(name, key, slots, values)


def present_only(slots: Slots, values: Chunk) -> tuple[Slots, Chunk]:
    """Slots and values without those that have none."""
    if values.kind is Kind.OBJECT:
        there = is_there(values.values)
    elif values.kind is Kind.DICTIONARY:
        there = values.values >= 0
    elif values.present is None:
        return slots, values
    else:
        there = values.present
    if there.all():
        return slots, Chunk(values.kind, values.values, None, values.dictionary)
    return slots[there], Chunk(values.kind, values.values[there], None, values.dictionary)


class Loader:
    """Fills an empty store. Nobody else may use the store before ``finish`` has returned."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._indexes: dict[tuple[redo.TableName, str, tuple[str, ...]], redo.CreateIndex] = {}

    def apply(self, delta: redo.Delta) -> None:
        """Do what a delta says.

        Raises:
            ImageError: it cannot be true.
        """
        match delta:
            case redo.CreateVertices():
                self._appear(self.store.vertices, delta.slots, self.store.label_sets.intern(delta.labels))
            case redo.CreateEdges():
                self._create_edges(delta)
            case redo.SetProperty():
                table = self._table(delta.table)
                self._check(table, delta.slots)
                table.column(delta.key).put(delta.slots, delta.values)
            case redo.SetLabels():
                self._check(self.store.vertices, delta.slots)
                self.store.vertices.codes[delta.slots] = self.store.label_sets.intern(delta.labels)
            case redo.DeleteVertices():
                self._vanish(self.store.vertices, delta.slots)
            case redo.DeleteEdges():
                self._vanish(self.store.edges, delta.slots)
            case redo.CreateIndex():
                self._indexes[delta.table, delta.label, delta.keys] = delta
            case redo.DropIndex():
                self._indexes.pop((delta.table, delta.label, delta.keys), None)
            case redo.ChangeSetting():
                self.store.change_setting(delta)
            case redo.SetEnum():
                self.store.enums[delta.name] = delta.values

    def commit(self, timestamp: int) -> None:
        """The deltas so far are those up to this commit timestamp."""
        self.store.timestamp = self.store.visible = timestamp

    def finish(self) -> None:
        """Make everything that is derived; from now on the store may be used.

        Raises:
            ImageError: an edge has no end.
        """
        store = self.store
        edges = np.flatnonzero(store.edges.codes[: store.edges.high] >= 0)
        sources = store.edges.sources[edges].astype(np.int64)
        targets = store.edges.targets[edges].astype(np.int64)
        for ends in (sources, targets):
            if len(ends) and (ends.max() >= store.vertices.high or (store.vertices.codes[ends] < 0).any()):
                raise ImageError("An edge refers to a vertex that does not exist.")
        capacity = store.vertices.capacity
        store.outgoing.rebuild(sources, edges, targets, capacity)
        store.incoming.rebuild(targets, edges, sources, capacity)
        for table, counts in ((store.vertices, store.vertex_counts), (store.edges, store.edge_counts)):
            codes = table.codes[: table.high]
            table.free = np.flatnonzero(codes < 0).tolist()
            for code, number in enumerate(np.bincount(codes[codes >= 0]).tolist()):
                if number:
                    counts.move(code, number)
        for delta in self._indexes.values():
            store.change_schema(delta)

    def _table(self, name: redo.TableName) -> Table:
        return self.store.vertices if name == "vertices" else self.store.edges

    def _create_edges(self, delta: redo.CreateEdges) -> None:
        edges = self.store.edges
        for ends in (delta.sources, delta.targets):
            self._check(self.store.vertices, ends)
        self._appear(edges, delta.slots, self.store.types.intern(delta.type))
        edges.sources[delta.slots] = delta.sources
        edges.targets[delta.slots] = delta.targets

    def _appear(self, table: Table, slots: Slots, code: int) -> None:
        if not len(slots):
            return
        highest = int(slots.max())
        if highest >= LARGEST or slots.min() < 0:
            raise ImageError(f"Slot {highest} is out of range.")
        if highest >= table.capacity:
            _check_memory(highest + 1)
        table.reserve(highest + 1)
        table.high = max(table.high, highest + 1)
        if (table.codes[slots] >= 0).any():
            raise ImageError("An element is created where there is one already.")
        table.codes[slots] = code

    def _vanish(self, table: Table, slots: Slots) -> None:
        self._check(table, slots)
        table.codes[slots] = ABSENT
        for column in table.columns.values():
            column.clear(slots)

    def _check(self, table: Table, slots: Slots) -> None:
        if len(slots) and (slots.min() < 0 or slots.max() >= table.high or (table.codes[slots] < 0).any()):
            raise ImageError("A change refers to an element that does not exist.")


def _check_memory(needed: int) -> None:
    """A few bytes of a file can name any slot, and every slot below it takes room."""
    there = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    if needed * SLOT_SIZE > there:
        raise ImageError(
            f"Slot {needed - 1} is out of range: so many slots take {needed * SLOT_SIZE / 2**30:.1f} GiB, and this "
            f"machine has {there / 2**30:.1f} GiB."
        )
