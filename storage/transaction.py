"""Transactions: what one client sees, writes, undoes and commits.

A transaction reads through its view (``versions.py``) and writes in place. Every write claims its
elements (first writer wins), notes in the journal (``journal.py``) what was there before, changes the arrays,
tells the indexes, and adds a redo delta. Commit goes
``prepare`` (checks, commit timestamp, redo to the observer) → durable → ``publish`` (visible), the middle
step being the caller's, who may wait for several commits at once.

Isolation is snapshot isolation: all reads are as of the begin, own writes included. All methods that
write, and those that end the transaction, want the store's latch held alone; all that read want it shared.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import numpy.typing as npt

from lithograph.storage import deltas as redo
from lithograph.storage.adjacency import Adjacency, ranges
from lithograph.storage.columns.chunk import Chunk, Kind, Mask, Slots
from lithograph.storage.errors import (
    ConflictError,
    DeletedElementError,
    StillConnectedError,
    TransactionClosedError,
)
from lithograph.storage.journal import AnyJournal, DirectJournal, Journal
from lithograph.storage.names import ABSENT
from lithograph.storage.tables import Table
from lithograph.storage.values.properties import check_all_storable
from lithograph.storage.versions import EXISTENCE, Int32s, View

if TYPE_CHECKING:
    from lithograph.storage.store import Store

_Item = TypeVar("_Item", np.int64, np.int32)
_NUMBERS = count(1 << 63)
"""Where Memgraph's begin too."""


@dataclass(frozen=True, slots=True)
class Savepoint:
    """A point within a transaction to which a failed statement goes back."""

    journal: tuple[int, int]
    deletions: int
    verified: int


class Transaction:
    """See the module. Made by ``Store.begin``."""

    def __init__(self, store: Store, view: View) -> None:
        self.store = store
        self.view = view
        self.number = next(_NUMBERS)
        """What nobody else's is called, in this process; for people."""
        self.open = True
        self.began = time.time_ns()
        """When it began, in nanoseconds since 1970-01-01T00:00Z by the system's clock."""
        self.timestamp: int | None = None
        """The commit timestamp once prepared."""
        self.journal: AnyJournal = DirectJournal(store) if store.analytical else Journal(store, view)
        self._deletes = False
        """Whether it may have deleted anything, so that reading has to look out."""
        self._deleted: list[Slots] = []
        """The vertices it deleted."""
        self._verified = 0
        """So many items of ``_deleted`` have been found without edges."""

    @property
    def wrote(self) -> bool:
        """Whether there is anything to commit."""
        return bool(self.journal.deltas)

    @property
    def dirty(self) -> bool:
        """Whether its end takes more than forgetting it, and so the latch."""
        return self.journal.dirty

    @property
    def size(self) -> int:
        """How many changes there are to publish or to undo."""
        return self.journal.size

    # -- reading

    def vertex_label_sets(self, vertices: Slots) -> Int32s:
        """Label set ids (int32[n]), -1 where there is no such vertex."""
        return self.store.vertices.read_codes(vertices, self.view)

    def vertex_label_set_of(self, vertex: int) -> int:
        """The label set id of one vertex."""
        return self.store.vertices.read_code(vertex, self.view)

    def edge_types(self, edges: Slots) -> Int32s:
        """Type ids (int32[n]), -1 where there is no such edge."""
        return self.store.edges.read_codes(edges, self.view)

    def vertex_property(self, key: str, vertices: Slots) -> Chunk:
        """Values of a property.

        Raises:
            DeletedElementError: this transaction deleted one of the vertices.
        """
        if self._deletes:
            self._check_exists(self.store.vertices, vertices)
        return self.store.vertices.read_property(key, vertices, self.view)

    def vertex_property_of(self, key: str, vertex: int) -> object:
        """The value of a property of one vertex, None where absent.

        Raises:
            DeletedElementError: this transaction deleted the vertex.
        """
        if self._deletes and self.vertex_label_set_of(vertex) < 0:
            raise DeletedElementError("The element has been deleted in this transaction.")
        return self.store.vertices.read_property_of(key, vertex, self.view)

    def edge_property(self, key: str, edges: Slots) -> Chunk:
        """Values of a property.

        Raises:
            DeletedElementError: this transaction deleted one of the edges.
        """
        if self._deletes:
            self._check_exists(self.store.edges, edges)
        return self.store.edges.read_property(key, edges, self.view)

    def _check_exists(self, table: Table, slots: Slots) -> None:
        if (table.read_codes(slots, self.view) < 0).any():
            raise DeletedElementError("The element has been deleted in this transaction.")

    def scan(self, table: Table, start: int, stop: int) -> tuple[Slots, Int32s]:
        """The elements among the slots from ``start`` to ``stop``: slots and codes."""
        codes = table.scan_codes(start, min(stop, table.high), self.view)
        slots = np.flatnonzero(codes >= 0)
        return slots + start, codes[slots]

    def adjacency(self, outgoing: bool) -> Adjacency:
        """The pool of outgoing or incoming edges; its entries are to be checked with ``edge_types``."""
        return self.store.outgoing if outgoing else self.store.incoming

    def edges_of(self, vertices: Slots, outgoing: bool) -> Slots:
        """The visible edges of distinct vertices in one direction (int64[m])."""
        adjacency = self.adjacency(outgoing)
        edges = adjacency.edges[ranges(*adjacency.runs(vertices))].astype(np.int64)
        return edges[self.edge_types(edges) >= 0]

    # -- creating

    def create_vertices(self, labels: Iterable[str], count: int, properties: Mapping[str, Chunk]) -> Slots:
        """``count`` new vertices (int64[count]); a chunk of ``count`` values for each property.

        Raises:
            PropertyTypeError: a value cannot be stored.
        """
        store = self.store
        self._begin_writing()
        if not count:
            return np.zeros(0, dtype=np.int64)
        _check_chunks(properties)
        label_set = store.label_sets.intern(labels)
        texts = store.label_sets.texts(label_set)
        slots = store.vertices.allocate(count)
        capacity = store.vertices.capacity
        store.outgoing.reserve_vertices(capacity)
        store.incoming.reserve_vertices(capacity)
        self._appear(store.vertices, slots, label_set)
        self.journal.told(redo.CreateVertices(slots, texts))
        self._fill(store.vertices, "vertices", slots, properties)
        store.vertex_indexes.created(texts, slots, properties)
        return slots

    def create_edges(
        self, type_: str, sources: Slots, targets: Slots, properties: Mapping[str, Chunk]
    ) -> Slots:
        """New edges (int64[n]) from ``sources`` to ``targets`` (int64[n]).

        Raises:
            ConflictError: another transaction has deleted an end.
            DeletedElementError: this transaction has.
            PropertyTypeError: a value cannot be stored.
        """
        store = self.store
        self._begin_writing()
        if not len(sources):
            return np.zeros(0, dtype=np.int64)
        _check_chunks(properties)
        for ends in (sources, targets):
            self._check_ends(ends)
        code = store.types.intern(type_)
        slots = store.edges.allocate(len(sources))
        store.edges.sources[slots] = sources
        store.edges.targets[slots] = targets
        self._appear(store.edges, slots, code)
        store.outgoing.append(sources, slots, targets)
        store.incoming.append(targets, slots, sources)
        self.journal.told(redo.CreateEdges(slots, type_, sources, targets))
        self._fill(store.edges, "edges", slots, properties)
        store.edge_indexes.created((type_,), slots, properties)
        return slots

    def _check_ends(self, vertices: Slots) -> None:
        """Make sure that nobody has deleted these vertices."""
        table = self.store.vertices
        if len(vertices) == 1 and table.codes[vertices[0]] >= 0:
            return
        gone = table.codes[vertices] < 0
        if gone.any():
            entries = table.versions.head[vertices[gone]]
            if (table.versions.writers[entries] == self.view.own).all():
                raise DeletedElementError("A relationship cannot be created to a deleted node.")
            raise ConflictError()

    def _appear(self, table: Table, slots: Slots, code: int) -> None:
        table.codes[slots] = code
        self.journal.codes(table, slots, ABSENT, code)

    def _fill(
        self, table: Table, name: redo.TableName, slots: Slots, properties: Mapping[str, Chunk]
    ) -> None:
        """Give new elements their properties: no versions, since nobody sees the elements without."""
        for key, values in properties.items():
            table.column(key).put(slots, values)
            self.journal.told(redo.SetProperty(name, key, slots, values))

    # -- changing

    def set_vertex_property(self, key: str, vertices: Slots, values: Chunk) -> None:
        """Set (absent: remove) a property; of several values for one vertex the last one counts.

        Raises:
            ConflictError, DeletedElementError, PropertyTypeError
        """
        done = self._set_property(self.store.vertices, "vertices", key, vertices, values)
        self.store.vertex_indexes.property_set(key, done)

    def set_edge_property(self, key: str, edges: Slots, values: Chunk) -> None:
        """The same for edges."""
        done = self._set_property(self.store.edges, "edges", key, edges, values)
        self.store.edge_indexes.property_set(key, done)

    def _set_property(
        self, table: Table, name: redo.TableName, key: str, slots: Slots, values: Chunk
    ) -> Slots:
        self._begin_writing()
        if not len(slots):
            return slots
        _check_chunks({key: values})
        if len(slots) > 1:
            last = _last_occurrences(slots)
            if last is not None:
                slots, values = slots[last], _taken(values, last)
        self._claim(table, slots)
        column = table.column(key)
        self.journal.values(table, column, slots)
        column.put(slots, values)
        self.journal.told(redo.SetProperty(name, key, slots, values))
        return slots

    def change_labels(self, vertices: Slots, add: Iterable[str], remove: Iterable[str]) -> tuple[int, int]:
        """Add and remove labels; vertices may repeat. Returns how many labels came and went.

        Raises:
            ConflictError, DeletedElementError
        """
        store, table = self.store, self.store.vertices
        self._begin_writing()
        vertices = _distinct(vertices)
        self._claim(table, vertices)
        added = frozenset(map(store.label_sets.labels.intern, add))
        known = map(store.label_sets.labels.find, remove)
        removed = frozenset(label for label in known if label is not None)
        old_codes = table.codes[vertices]
        came = went = 0
        for old in _distinct(old_codes).tolist():
            members = store.label_sets.sets[old]
            new = store.label_sets.intern_ids((members | added) - removed)
            if new == old:
                continue
            slots = vertices[old_codes == old]
            table.codes[slots] = new
            self.journal.codes(table, slots, old, new)
            self.journal.told(redo.SetLabels(slots, store.label_sets.texts(new)))
            new_labels = [store.label_sets.labels.texts[label] for label in added - members - removed]
            store.vertex_indexes.labels_added(new_labels, slots)
            came += len(new_labels) * len(slots)
            went += len(members & removed) * len(slots)
        return came, went

    def _claim(self, table: Table, slots: Slots) -> None:
        self.journal.claim(table, slots)
        exist = table.codes[slots[0]] >= 0 if len(slots) == 1 else (table.codes[slots] >= 0).all()
        if not exist:
            raise DeletedElementError("A deleted element cannot be changed.")

    # -- deleting

    def delete_edges(self, edges: Slots) -> int:
        """Delete edges; repeated and already deleted ones do not matter. Returns how many went.

        Raises:
            ConflictError
        """
        return len(self._vanish(self.store.edges, edges, redo.DeleteEdges))

    def delete_vertices(self, vertices: Slots, detach: bool) -> tuple[int, int]:
        """Delete vertices, with their edges if ``detach``; returns how many vertices and edges went.

        Vertices that keep edges are noticed by ``verify_deletions`` at the end of the statement, so that
        their edges may be deleted after them.

        Raises:
            ConflictError
        """
        vertices = _distinct(vertices)
        edges = 0
        if detach:
            for outgoing in (True, False):
                edges += self.delete_edges(self.edges_of(vertices, outgoing))
        gone = self._vanish(self.store.vertices, vertices, redo.DeleteVertices)
        if len(gone):
            self._deleted.append(gone)
        return len(gone), edges

    def _vanish(self, table: Table, slots: Slots, delta: Any) -> Slots:
        self._begin_writing()
        slots = _distinct(slots)
        slots = slots[table.read_codes(slots, self.view) >= 0]
        if not len(slots):
            return slots
        self.journal.claim(table, slots)
        self.journal.codes(table, slots, table.codes[slots], ABSENT)
        table.codes[slots] = ABSENT
        self.journal.told(delta(slots))
        self._deletes = True
        return slots

    def verify_deletions(self) -> None:
        """Check, at the end of a statement, that no deleted vertex has edges left.

        Raises:
            StillConnectedError: one has.
            ConflictError: one has an edge that another transaction made meanwhile.
        """
        if self._verified == len(self._deleted):
            return
        vertices = np.concatenate(self._deleted[self._verified :])
        for adjacency in (self.store.outgoing, self.store.incoming):
            edges = adjacency.edges[ranges(*adjacency.runs(vertices))].astype(np.int64)
            if (self.edge_types(edges) >= 0).any():
                # maybe one that somebody else is deleting, which might come to nothing
                raise StillConnectedError()
            if (self.store.edges.codes[edges] >= 0).any():
                raise ConflictError()
        # they stay without: nobody can give an edge to a vertex that is deleted
        self._verified = len(self._deleted)
        self.journal.verified()

    # -- schema

    def create_index(self, table: redo.TableName, label: str, keys: tuple[str, ...]) -> bool:
        """Make an index when the transaction commits; False if it is there already."""
        if self.store.catalog(table).has(label, keys):
            return False
        self._begin_writing()
        self.journal.told(redo.CreateIndex(table, label, keys))
        return True

    def drop_index(self, table: redo.TableName, label: str, keys: tuple[str, ...]) -> bool:
        """Drop an index when the transaction commits; False if it is not there."""
        if not self.store.catalog(table).has(label, keys):
            return False
        self._begin_writing()
        self.journal.told(redo.DropIndex(table, label, keys))
        return True

    def set_enum(self, name: str, values: tuple[str, ...]) -> None:
        """Give an enumeration these values when the transaction commits; ``enums.py`` says which it may be given."""
        self._begin_writing()
        self.journal.told(redo.SetEnum(name, values))

    # -- settings

    def change_setting(self, name: str, value: str | None) -> None:
        """Set (None: forget) a setting of the database when the transaction commits; of two that do, the later counts."""
        self._begin_writing()
        self.journal.told(redo.ChangeSetting(name, value))

    @property
    def changes_schema(self) -> bool:
        """Whether committing makes or drops an index, which may take long."""
        return any(isinstance(delta, redo.CreateIndex | redo.DropIndex) for delta in self.journal.deltas[-2:])

    # -- ending

    def refresh(self) -> None:
        """See everything committed by now: between two statements this makes READ COMMITTED of it."""
        self.view.snapshot = self.store.visible

    def savepoint(self) -> Savepoint:
        """Where ``rollback_to`` can go back to."""
        return Savepoint(self.journal.mark(), len(self._deleted), self._verified)

    def rollback_to(self, savepoint: Savepoint) -> None:
        """Undo everything since ``savepoint``."""
        self.journal.rollback_to(savepoint.journal)
        del self._deleted[savepoint.deletions :]
        self._verified = min(self._verified, savepoint.verified)

    def prepare(self) -> int | None:
        """Check, take a commit timestamp and hand the redo deltas to the observer.

        Returns the timestamp, or None when there is nothing to make durable. After an error the
        transaction is still open and has to be rolled back.

        Raises:
            StillConnectedError, ConflictError: as ``verify_deletions``.
            WritesRefusedError: the deltas cannot be kept.
        """
        self._check_writable()
        self.verify_deletions()
        if not self.journal.deltas:
            return None
        self.timestamp = self.store.log(self.journal.deltas)
        return self.timestamp

    def publish(self) -> None:
        """Make what was prepared visible and end the transaction.

        Of several prepared transactions the one with the lowest timestamp comes first.
        """
        self._check_open()
        if self.timestamp is None and self.wrote:
            raise TransactionClosedError("The transaction has to be prepared before it is published.")
        try:
            if self.timestamp is not None:
                self.journal.settle()
                self.store.make_visible(self.view.own, self.timestamp, self.journal.deltas)
        finally:
            self._end()  # it is durable: whatever fails here must not get it rolled back

    def rollback(self) -> None:
        """Undo everything and end the transaction; on an ended one, nothing."""
        if self.open:
            self.rollback_to(Savepoint((0, 0), 0, 0))
            self._end()

    def _end(self) -> None:
        self.open = False
        self._deleted = []
        self.store.ended(self)

    def _check_open(self) -> None:
        if not self.open:
            raise TransactionClosedError("The transaction has already ended.")

    def _check_writable(self) -> None:
        self._check_open()
        if self.timestamp is not None:
            raise TransactionClosedError("The transaction is being committed.")

    def _begin_writing(self) -> None:
        self._check_writable()
        self.journal.begin()


def _check_chunks(properties: Mapping[str, Chunk]) -> None:
    for chunk in properties.values():
        if chunk.kind is Kind.OBJECT:
            check_all_storable(chunk.values.tolist())


def _distinct(items: npt.NDArray[_Item]) -> npt.NDArray[_Item]:
    """Each item once, ascending."""
    return items if len(items) < 2 else np.unique(items)


def _last_occurrences(slots: Slots) -> Slots | None:
    """Rows that hold the last occurrence of their slot, or None when no slot repeats."""
    if (slots[1:] > slots[:-1]).all():
        return None  # as a scan gives them
    ordered = np.sort(slots)
    if (ordered[1:] != ordered[:-1]).all():
        return None
    backwards = slots[::-1]
    _, first = np.unique(backwards, return_index=True)
    return np.sort(len(slots) - 1 - first)


def _taken(values: Chunk, rows: Slots | Mask) -> Chunk:
    present = None if values.present is None else values.present[rows]
    return Chunk(values.kind, values.values[rows], present, values.dictionary)


__all__ = ["EXISTENCE", "Savepoint", "Transaction"]
