"""Journals: what becomes of the writes of a transaction beside the change of the arrays.

A :class:`Journal` keeps versions for readers, an undo list for a rollback, and redo deltas for the observer. A
:class:`DirectJournal`, of the analytical mode, keeps none of them: every write is at once what everybody sees, and
nothing is undone; all it remembers are deleted vertices until it is known that no edge is left at them, since a graph
with edges to nowhere would be no graph.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lithograph.storage import deltas as redo
from lithograph.storage.columns.chunk import Chunk, Slots
from lithograph.storage.columns.column import PropertyColumn
from lithograph.storage.names import ABSENT
from lithograph.storage.tables import Table
from lithograph.storage.versions import Int32s, View

if TYPE_CHECKING:
    from lithograph.storage.store import Store


@dataclass(slots=True)
class Undo:
    """One write: entries ``first`` to ``stop`` of a table's version log, all of one column."""

    table: Table
    column: PropertyColumn | None
    first: int
    stop: int


class AnyJournal(ABC):
    """What a transaction asks of its journal. All methods want the store's latch held alone."""

    deltas: list[redo.Delta]
    """What the observer is told at the commit."""

    @property
    @abstractmethod
    def dirty(self) -> bool:
        """Whether the end of the transaction is more than forgetting it."""

    @property
    @abstractmethod
    def size(self) -> int:
        """How many changes there are to publish or to undo."""

    @abstractmethod
    def begin(self) -> None:
        """The transaction is about to write."""

    @abstractmethod
    def claim(self, table: Table, slots: Slots) -> None:
        """Make sure that these elements may be written. Raises ConflictError."""

    @abstractmethod
    def codes(self, table: Table, slots: Slots, before: Int32s | int, after: int) -> None:
        """The label sets or types of ``slots`` (each once) change."""

    @abstractmethod
    def values(self, table: Table, column: PropertyColumn, slots: Slots) -> None:
        """A property of ``slots`` (each once) is about to change."""

    @abstractmethod
    def told(self, delta: redo.Delta) -> None:
        """The same writes as a delta."""

    @abstractmethod
    def mark(self) -> tuple[int, int]:
        """A point for ``rollback_to``."""

    @abstractmethod
    def rollback_to(self, mark: tuple[int, int]) -> None:
        """Undo what came after ``mark``, as far as it can be undone."""

    @abstractmethod
    def verified(self) -> None:
        """No vertex deleted so far has edges left."""

    @abstractmethod
    def settle(self) -> None:
        """The writes are committed: move the exact counts, and note what vacuum will find dead."""

    def renumber(self, table: Table, translation: Int32s) -> None:  # noqa: B027  (nothing to do without versions)
        """Vacuum has moved the entries of the version log."""


class Journal(AnyJournal):
    """Of a transaction under snapshot isolation."""

    __slots__ = ("_store", "_view", "deltas", "undo")

    def __init__(self, store: Store, view: View) -> None:
        self._store = store
        self._view = view
        self.undo: list[Undo] = []
        self.deltas: list[redo.Delta] = []

    @property
    def dirty(self) -> bool:
        return bool(self._view.own)

    @property
    def size(self) -> int:
        return sum([undo.stop - undo.first for undo in self.undo])

    def begin(self) -> None:
        if not self._view.own:
            self._view.own = self._store.writers.register()

    def claim(self, table: Table, slots: Slots) -> None:
        if len(slots) == 1:
            table.versions.claim_one(int(slots[0]), self._view)
        else:
            table.versions.claim(slots, self._view)

    def codes(self, table: Table, slots: Slots, before: Int32s | int, after: int) -> None:
        first, stop = table.versions.record_codes(slots, before, after, self._view.own)
        self.undo.append(Undo(table, None, first, stop))

    def values(self, table: Table, column: PropertyColumn, slots: Slots) -> None:
        before = [column.get(int(slots[0]))] if len(slots) == 1 else column.gather(slots).tolist()
        first, stop = table.versions.record_values(slots, column.number, before, self._view.own)
        self.undo.append(Undo(table, column, first, stop))

    def told(self, delta: redo.Delta) -> None:
        self.deltas.append(delta)

    def mark(self) -> tuple[int, int]:
        return len(self.undo), len(self.deltas)

    def rollback_to(self, mark: tuple[int, int]) -> None:
        writes, deltas = mark
        for undo in reversed(self.undo[writes:]):
            self._undo_one(undo)
        del self.undo[writes:]
        del self.deltas[deltas:]

    def _undo_one(self, undo: Undo) -> None:
        table, versions = undo.table, undo.table.versions
        if undo.column is None:
            before = versions.before_codes[undo.first : undo.stop].copy()
            slots = versions.unchain(undo.first, undo.stop)
            table.codes[slots] = before
            born = slots[before == ABSENT]
            if len(born):
                self._store.bury(table, born)
        else:
            values = versions.before_values[undo.first : undo.stop]
            slots = versions.unchain(undo.first, undo.stop)
            undo.column.put(slots, Chunk.of(values))

    def verified(self) -> None:
        """The undo list does not change with that."""

    def settle(self) -> None:
        for undo in self.undo:
            if undo.column is None:
                versions = undo.table.versions
                before = versions.before_codes[undo.first : undo.stop]
                after = versions.after_codes[undo.first : undo.stop]
                self._store.count(undo.table, before, after)
                died = versions.slots[undo.first : undo.stop][after == ABSENT].astype(np.int64)
                if len(died):
                    self._store.bury(undo.table, died)

    def renumber(self, table: Table, translation: Int32s) -> None:
        for undo in self.undo:
            if undo.table is table and undo.stop > undo.first:
                size = undo.stop - undo.first
                undo.first = int(translation[undo.first])
                undo.stop = undo.first + size


class DirectJournal(AnyJournal):
    """Of a transaction in analytical mode."""

    __slots__ = ("_begun", "_deleted", "_store", "deltas")

    def __init__(self, store: Store) -> None:
        self._store = store
        self._begun = False
        self._deleted: list[tuple[Slots, Int32s]] = []
        """Deleted vertices that may still have edges, with the label sets they had."""
        self.deltas: list[redo.Delta] = []
        """Only indexes, settings and enumerations, which change at the commit."""

    @property
    def dirty(self) -> bool:
        return bool(self.deltas or self._deleted)

    @property
    def size(self) -> int:
        return 0

    def begin(self) -> None:
        if not self._begun:
            self._begun = True
            self._store.advance()

    def claim(self, table: Table, slots: Slots) -> None:
        """Whoever comes writes; that is the mode's contract."""

    def codes(self, table: Table, slots: Slots, before: Int32s | int, after: int) -> None:
        store = self._store
        if isinstance(before, int):
            before = np.full(len(slots), before, dtype=np.int32)
        store.count(table, before, np.full(len(slots), after, dtype=np.int32))
        if after == ABSENT and table is store.vertices:
            self._deleted.append((slots, before))
        elif after == ABSENT:
            store.bury(table, slots)

    def values(self, table: Table, column: PropertyColumn, slots: Slots) -> None:
        """What was there before is gone."""

    def told(self, delta: redo.Delta) -> None:
        if isinstance(delta, redo.CreateIndex | redo.DropIndex | redo.ChangeSetting | redo.SetEnum):
            self.deltas.append(delta)

    def mark(self) -> tuple[int, int]:
        return 0, len(self.deltas)

    def rollback_to(self, mark: tuple[int, int]) -> None:
        """Of all writes only deletions that left edges behind are taken back."""
        vertices = self._store.vertices
        for slots, before in reversed(self._deleted):
            vertices.codes[slots] = before
            self._store.count(vertices, np.full(len(slots), ABSENT, dtype=np.int32), before)
        self._deleted.clear()
        del self.deltas[mark[1] :]

    def verified(self) -> None:
        for slots, _ in self._deleted:
            self._store.bury(self._store.vertices, slots)
        self._deleted.clear()

    def settle(self) -> None:
        """All of it was counted at once."""
