"""The indexes of a store: which there are, and what has to be entered where when something is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from lithograph.storage.columns.chunk import Chunk, Mask, Slots
from lithograph.storage.columns.column import PropertyColumn
from lithograph.storage.deltas import TableName
from lithograph.storage.indexes.label import LabelIndex
from lithograph.storage.indexes.property import PropertyIndex
from lithograph.storage.names import LabelSets, Names
from lithograph.storage.tables import Table
from lithograph.storage.versions import Int32s

BATCH = 1 << 16

STALE_SHARE = 2
"""An index is stale when it has more than so many times the entries that it was filled with."""

FEW_ENTRIES = 1024
"""So many entries more are never worth a rebuild."""


@dataclass(frozen=True, slots=True, order=True)
class IndexName:
    """What identifies an index."""

    table: TableName
    label: str
    keys: tuple[str, ...]


class Catalog:
    """All indexes of one table (vertices by label, edges by type)."""

    def __init__(self, table_name: TableName, table: Table, labels: Names, sets: LabelSets | None) -> None:
        self.table_name = table_name
        self.table = table
        self.labels = labels
        self.sets = sets
        self.by_label: dict[str, LabelIndex] = {}
        self.by_keys: dict[tuple[str, tuple[str, ...]], PropertyIndex] = {}
        self._of_label: dict[str, list[PropertyIndex]] = {}
        self._of_key: dict[str, list[PropertyIndex]] = {}

    def names(self) -> Iterator[IndexName]:
        """The indexes there are."""
        for label in self.by_label:
            yield IndexName(self.table_name, label, ())
        for label, keys in self.by_keys:
            yield IndexName(self.table_name, label, keys)

    def has(self, label: str, keys: tuple[str, ...]) -> bool:
        return (label, keys) in self.by_keys if keys else label in self.by_label

    def on_label(self, label: str) -> list[PropertyIndex]:
        """The property indexes on a label."""
        return self._of_label.get(label, [])

    # -- definition

    def create(self, label: str, keys: tuple[str, ...]) -> None:
        """Make an index and fill it in bulk from the newest values, whoever wrote them."""
        if keys:
            index = PropertyIndex(label, keys)
            self._fill(index)
            index.filled = len(index)
            self.by_keys[label, keys] = index
            self._of_label.setdefault(label, []).append(index)
            for key in keys:
                self._of_key.setdefault(key, []).append(index)
        else:
            by_label = LabelIndex(label)
            for slots in self._slots_of(label):
                by_label.add(slots)
            self.by_label[label] = by_label

    def drop(self, label: str, keys: tuple[str, ...]) -> None:
        """Forget an index."""
        if not keys:
            del self.by_label[label]
            return
        index = self.by_keys.pop((label, keys))
        self._of_label[label].remove(index)
        for key in keys:
            self._of_key[key].remove(index)

    def stale(self) -> list[IndexName]:
        """The property indexes that may hold more stale entries than others."""
        return [
            IndexName(self.table_name, label, keys)
            for (label, keys), index in self.by_keys.items()
            if index.repeats and len(index) > STALE_SHARE * index.filled + FEW_ENTRIES
        ]

    def rebuild(self, names: Iterable[IndexName]) -> None:
        """Make indexes anew, without stale entries; only while no transaction runs."""
        for name in names:
            self.drop(name.label, name.keys)
            self.create(name.label, name.keys)

    def slots_released(self) -> None:
        """Slots will be used again, and then have entries of two elements."""
        for index in self.by_keys.values():
            index.repeats = True

    def _slots_of(self, label: str) -> Iterator[Slots]:
        """The slots that have the label in their newest version or have a version at all."""
        for start in range(0, self.table.high, BATCH):
            stop = min(start + BATCH, self.table.high)
            mask = self.holds(label, self.table.codes[start:stop])
            if self.table.versions.count:
                mask = mask | (self.table.versions.head[start:stop] > 0)
            yield np.flatnonzero(mask) + start

    def holds(self, label: str, codes: Int32s) -> Mask:
        """Which existence codes are of elements with the label (bool[n])."""
        found = self.labels.find(label)
        if found is None:
            return np.zeros(len(codes), dtype=np.bool_)
        return codes == found if self.sets is None else self.sets.holding(found)[codes]

    def _fill(self, index: PropertyIndex) -> None:
        columns = [self.table.column(key) for key in index.keys]
        for slots in self._slots_of(index.label):
            index.add([column.gather(slots) for column in columns], slots)
        self._fill_older(index, columns)

    def _fill_older(self, index: PropertyIndex, columns: list[PropertyColumn]) -> None:
        """Enter the values that only older snapshots see, going back from the newest ones."""
        versions = self.table.versions
        positions = {column.number: position for position, column in enumerate(columns)}
        entries = np.arange(versions.count, 0, -1)
        wanted = np.isin(versions.columns[entries], list(positions)) & (versions.slots[entries] >= 0)
        states: dict[int, list[Any]] = {}
        for entry in entries[wanted].tolist():
            slot = int(versions.slots[entry])
            if slot not in states:
                states[slot] = [column.get(slot) for column in columns]
            states[slot][positions[int(versions.columns[entry])]] = versions.before_values[entry]
            index.add_one(states[slot], slot)
            index.repeats = True

    # -- upkeep: what writes tell

    def created(self, labels: Iterable[str], slots: Slots, properties: Mapping[str, Chunk]) -> None:
        """Elements with these labels and properties (beside ``slots``) came into being."""
        for label in labels:
            by_label = self.by_label.get(label)
            if by_label is not None:
                by_label.add(slots)
            for index in self.on_label(label):
                if all(key in properties for key in index.keys):
                    self._enter(index, [properties[key] for key in index.keys], slots)

    def property_set(self, key: str, slots: Slots) -> None:
        """The property has been set at ``slots`` (each once); the columns hold the new values."""
        for index in self._of_key.get(key, ()):
            index.repeats = True
            self._enter_newest(index, slots[self.holds(index.label, self.table.codes[slots])])

    def labels_added(self, labels: Iterable[str], slots: Slots) -> None:
        """The elements ``slots`` (each once) have been given these labels."""
        for label in labels:
            by_label = self.by_label.get(label)
            if by_label is not None:
                by_label.add(slots)
            for index in self.on_label(label):
                index.repeats = True
                self._enter_newest(index, slots)

    def _enter_newest(self, index: PropertyIndex, slots: Slots) -> None:
        if len(slots):
            chunks = [self.table.column(key).gather(slots) for key in index.keys]
            self._enter(index, chunks, slots)

    def _enter(self, index: PropertyIndex, chunks: list[Chunk], slots: Slots) -> None:
        if len(slots) == 1:
            index.add_one([chunk.tolist()[0] for chunk in chunks], int(slots[0]))
        else:
            index.add(chunks, slots)
