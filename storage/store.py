"""The store: a property graph in memory, and the one public entry to it.

It owns the tables, adjacency, indexes, names and the clock of commits, begins transactions, and keeps
house when they end. It knows no language, no wire and no file: what has to be durable is told to an
observer (``deltas.py``), and a store is filled again through a loader (``images.py``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from lithograph.storage import deltas as redo
from lithograph.storage.adjacency import Adjacency
from lithograph.storage.columns.chunk import Slots
from lithograph.storage.enums import Enums
from lithograph.storage.indexes.catalog import Catalog
from lithograph.storage.latch import Latch
from lithograph.storage.names import LabelSets, Names
from lithograph.storage.tables import EdgeTable, Table, VertexTable
from lithograph.storage.transaction import Transaction
from lithograph.storage.versions import Int32s, View, Writers

LONG_LOG = 1 << 16
"""A version log with so many entries is vacuumed even while transactions run."""


class Counts:
    """How many committed elements there are of each code; exact."""

    __slots__ = ("of_code", "total")

    def __init__(self) -> None:
        self.of_code: dict[int, int] = {}
        self.total = 0

    def move(self, code: int, amount: int) -> None:
        """Add ``amount`` (of either sign) elements with a code; -1 is no element."""
        if code >= 0:
            self.of_code[code] = self.of_code.get(code, 0) + amount
            self.total += amount


class Store:
    """See the module. Not thread-safe but for the latch: hold it as ``Transaction`` says."""

    def __init__(self) -> None:
        self.keys = Names()
        self.types = Names()
        self.label_sets = LabelSets()
        self.vertices = VertexTable(self.keys)
        self.edges = EdgeTable(self.keys)
        self.outgoing = Adjacency()
        self.incoming = Adjacency()
        self.vertex_indexes = Catalog("vertices", self.vertices, self.label_sets.labels, self.label_sets)
        self.edge_indexes = Catalog("edges", self.edges, self.types, None)
        self.writers = Writers()
        self.vertex_counts = Counts()
        self.edge_counts = Counts()
        self.timestamp = 0
        """The newest commit timestamp given out."""
        self.visible = 0
        """The newest commit timestamp that readers see."""
        self.schema_version = 0
        """Changes with every index made or dropped, and every change of an enumeration; plans depend on it."""
        self.enums: Enums = {}
        """The enumerations, as committed last."""
        self.settings: dict[str, str] = {}
        """Run-time settings that outlive a restart, with the values committed last; what they mean is others' affair."""
        self.observer: redo.CommitObserver | None = None
        self.analytical = False
        """Whether transactions that begin now keep no versions and are told to nobody; see ``journal.py``.

        Changes only while no transaction runs.
        """
        self.latch = Latch()
        self.active: set[Transaction] = set()
        self.dead_vertices: list[Slots] = []
        self.dead_edges: list[Slots] = []
        self._vacuum_at = LONG_LOG

    # -- transactions

    def begin(self) -> Transaction:
        """A transaction that sees everything committed so far; needs no latch.

        A commit may be published in another thread meanwhile. So the transaction is entered first, to keep
        the versions, and looks at the clock after that.
        """
        transaction = Transaction(self, View(self.writers, 0))
        self.active.add(transaction)
        transaction.view.snapshot = self.visible
        return transaction

    def bystander(self) -> Transaction:
        """A transaction that has ended before it began: it sees nothing, and nobody has to wait for it."""
        transaction = Transaction(self, View(self.writers, 0))
        transaction.open = False
        return transaction

    def log(self, deltas: Sequence[redo.Delta]) -> int:
        """Give a commit timestamp to these deltas and tell the observer; for ``Transaction.prepare``."""
        timestamp = self.timestamp + 1
        if self.observer is not None and not self.analytical:
            self.observer.append(timestamp, deltas)
        self.timestamp = timestamp
        return timestamp

    def advance(self) -> None:
        """Something changes that has no commit: in analytical mode, at the first write of a transaction."""
        self.timestamp += 1
        self.visible = self.timestamp

    def make_visible(self, writer: int, timestamp: int, deltas: Sequence[redo.Delta]) -> None:
        """Let everybody see a commit; for ``Transaction.publish``, in the order of the timestamps."""
        self.writers.commits[writer] = timestamp
        self.visible = max(self.visible, timestamp)
        for delta in deltas:
            if isinstance(delta, redo.CreateIndex | redo.DropIndex):
                self.change_schema(delta)
            elif isinstance(delta, redo.ChangeSetting):
                self.change_setting(delta)
            elif isinstance(delta, redo.SetEnum):
                self.enums[delta.name] = delta.values
                self.schema_version += 1

    def change_setting(self, delta: redo.ChangeSetting) -> None:
        """Set or forget a setting."""
        if delta.value is None:
            self.settings.pop(delta.name, None)
        else:
            self.settings[delta.name] = delta.value

    def change_schema(self, delta: redo.CreateIndex | redo.DropIndex) -> None:
        """Make or drop an index; one that is (not) there already is left as it is."""
        catalog = self.catalog(delta.table)
        wanted = isinstance(delta, redo.CreateIndex)
        if catalog.has(delta.label, delta.keys) == wanted:
            return
        if wanted:
            catalog.create(delta.label, delta.keys)
        else:
            catalog.drop(delta.label, delta.keys)
        self.schema_version += 1

    def ended(self, transaction: Transaction) -> None:
        """A transaction has ended: drop the versions that nobody needs any more."""
        self.active.discard(transaction)
        if not self.active:
            self.vertices.versions.clear()
            self.edges.versions.clear()
            self.writers.clear()
            self._vacuum_at = LONG_LOG
        elif (
            transaction.view.own
            and max(self.vertices.versions.count, self.edges.versions.count) > self._vacuum_at
        ):
            self.vacuum_versions()

    def vacuum_versions(self) -> None:
        """Drop the versions older than every running transaction."""
        active = list(self.active)  # others may begin meanwhile
        oldest = min((transaction.view.snapshot for transaction in active), default=self.visible)
        everybody = View(self.writers, oldest)
        for table in (self.vertices, self.edges):
            translation = table.versions.vacuum(everybody)
            for transaction in active:
                transaction.journal.renumber(table, translation)
        longest = max(self.vertices.versions.count, self.edges.versions.count)
        self._vacuum_at = max(LONG_LOG, 2 * longest)

    # -- bookkeeping for transactions

    def count(self, table: Table, before: Int32s, after: Int32s) -> None:
        """Elements went from codes to codes in a commit."""
        counts = self.vertex_counts if table is self.vertices else self.edge_counts
        for codes, sign in ((before, -1), (after, 1)):
            if len(codes) == 1:
                counts.move(int(codes[0]), sign)
                continue
            distinct, numbers = np.unique(codes, return_counts=True)
            for code, number in zip(distinct.tolist(), numbers.tolist(), strict=True):
                counts.move(code, sign * number)

    def bury(self, table: Table, slots: Slots) -> None:
        """Elements died; vacuum gives their slots back once nobody can see them."""
        (self.dead_vertices if table is self.vertices else self.dead_edges).append(slots)

    def catalog(self, table: redo.TableName) -> Catalog:
        """The indexes of one table."""
        return self.vertex_indexes if table == "vertices" else self.edge_indexes

    def statistics(self) -> dict[str, Any]:
        """Figures for people: counts, log lengths, open transactions."""
        return {
            "vertex_count": self.vertex_counts.total,
            "edge_count": self.edge_counts.total,
            "unreleased_delta_objects": self.vertices.versions.count + self.edges.versions.count,
            "transactions": len(self.active),
        }
