"""Tables: everything known about vertices, or about edges, in columns by slot.

A slot is a dense integer and the element's id. Whether an element exists is a value too: ``codes`` holds
the label set of a vertex or the type of an edge, and -1 where there is none; so creating and deleting
are writes like any other. The arrays hold the newest values; ``versions`` has what was there before.
"""

from __future__ import annotations

import numpy as np

from lithograph.storage.arrays import grown, next_capacity
from lithograph.storage.columns.chunk import Chunk, Kind, Slots
from lithograph.storage.columns.column import PropertyColumn
from lithograph.storage.names import ABSENT, Names
from lithograph.storage.versions import Int32s, VersionLog, View

REUSE_SHARE = 4
"""Freed slots are reused once they are more than one in so many; until then fresh ones are taken."""


class Table:
    """Slots, existence and properties of one kind of element."""

    def __init__(self, keys: Names) -> None:
        self.keys = keys
        self.codes: Int32s = np.full(0, ABSENT, dtype=np.int32)
        self.high = 0
        """Slots from here on have never been used."""
        self.free: list[int] = []
        self.columns: dict[str, PropertyColumn] = {}
        self.versions = VersionLog()

    @property
    def capacity(self) -> int:
        return len(self.codes)

    @property
    def size(self) -> int:
        """Slots in use: of elements, committed or not, and of dead ones that vacuum has not found yet."""
        return self.high - len(self.free)

    def reserve(self, needed: int) -> None:
        """Make room for slots below ``needed``."""
        if needed > self.capacity:
            self._grow(next_capacity(self.capacity, needed))

    def _grow(self, capacity: int) -> None:
        self.codes = grown(self.codes, capacity, fill=ABSENT)
        self.versions.reserve_slots(capacity)
        for column in self.columns.values():
            column.reserve(capacity)

    def allocate(self, count: int) -> Slots:
        """``count`` unused slots (int64[count])."""
        if 0 < count <= len(self.free) and len(self.free) * REUSE_SHARE > self.high:
            taken = self.free[-count:]
            del self.free[-count:]
            return np.array(taken, dtype=np.int64)
        first = self.high
        self.reserve(first + count)
        self.high = first + count
        return np.arange(first, first + count, dtype=np.int64)

    def column(self, key: str) -> PropertyColumn:
        """The column of ``key``, made if there is none."""
        found = self.columns.get(key)
        if found is None:
            number = self.keys.intern(key) + 1
            found = self.columns[key] = PropertyColumn(key, number, self.capacity)
        return found

    # -- reading through a view

    def read_codes(self, slots: Slots, view: View) -> Int32s:
        """Label sets or types of ``slots`` (int32[n]); -1 where the view sees no element."""
        codes = self.codes[slots]
        if self.versions.count:
            return self.versions.repair_codes(codes, self.versions.head[slots], view)
        return codes

    def read_code(self, slot: int, view: View) -> int:
        """The same for one slot; -1 also for a slot that was never used."""
        if not 0 <= slot < self.high:
            return ABSENT
        code = int(self.codes[slot])
        return self.versions.code_before(slot, code, view) if self.versions.count else code

    def scan_codes(self, start: int, stop: int, view: View) -> Int32s:
        """``read_codes`` of the slots from ``start`` to ``stop``."""
        codes = self.codes[start:stop]
        if self.versions.count:
            return self.versions.repair_codes(codes, self.versions.head[start:stop], view)
        return codes

    def read_property(self, key: str, slots: Slots, view: View) -> Chunk:
        """Values of a property at ``slots``."""
        column = self.columns.get(key)
        if column is None:
            return Chunk(Kind.OBJECT, np.empty(len(slots), dtype=object))
        chunk = column.gather(slots)
        if not self.versions.touches(slots):
            return chunk
        return self._repaired(column, slots, chunk, view)

    def _repaired(self, column: PropertyColumn, slots: Slots, chunk: Chunk, view: View) -> Chunk:
        """The chunk with the values that ``view`` must not see put back."""
        versions = self.versions
        heads = versions.head[slots]
        rows = np.flatnonzero(heads)
        values: list[object] | None = None
        # where the newest version is visible the newest value is the right one: own writes, mostly
        for row in rows[~view.sees(versions.writers[heads[rows]])].tolist():
            newest = column.get(int(slots[row])) if values is None else values[row]
            seen = versions.value_before(int(slots[row]), column.number, newest, view)
            if seen is not newest:
                if values is None:
                    values = chunk.tolist()
                values[row] = seen
        return chunk if values is None else Chunk.of(values)

    def read_property_of(self, key: str, slot: int, view: View) -> object:
        """One property of one element, None where absent."""
        column = self.columns.get(key)
        if column is None:
            return None
        value = column.get(slot)
        if self.versions.count:
            return self.versions.value_before(slot, column.number, value, view)
        return value

    def read_properties_of(self, slot: int, view: View) -> dict[str, object]:
        """All properties of one element, in the order in which the keys first appeared."""
        found: dict[str, object] = {}
        versioned = self.versions.count > 0
        for key, column in self.columns.items():
            value = column.get(slot)
            if versioned:
                value = self.versions.value_before(slot, column.number, value, view)
            if value is not None:
                found[key] = value
        return found

    # -- forgetting

    def release(self, slots: Slots) -> None:
        """Give slots back whose elements nobody can see any more."""
        for column in self.columns.values():
            column.clear(slots)
        self.free.extend(slots.tolist())


class VertexTable(Table):
    """Vertices: ``codes`` are label sets."""


class EdgeTable(Table):
    """Edges: ``codes`` are types; the ends never change while the edge exists."""

    def __init__(self, keys: Names) -> None:
        super().__init__(keys)
        self.sources: Int32s = np.zeros(0, dtype=np.int32)
        self.targets: Int32s = np.zeros(0, dtype=np.int32)

    def _grow(self, capacity: int) -> None:
        super()._grow(capacity)
        self.sources = grown(self.sources, capacity)
        self.targets = grown(self.targets, capacity)
