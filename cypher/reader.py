"""The graph as scalar functions see it: one element at a time, through a transaction's view."""

from __future__ import annotations

from typing import Any

import numpy as np

from lithograph.storage.columns.chunk import Slots
from lithograph.storage.errors import DeletedElementError
from lithograph.storage.tables import Table
from lithograph.storage.transaction import Transaction
from lithograph.storage.versions import EXISTENCE, Int32s


class TransactionReader:
    """Implements ``entities.GraphReader``."""

    __slots__ = ("_store", "_view", "transaction")

    def __init__(self, transaction: Transaction) -> None:
        self.transaction = transaction
        self._store = transaction.store
        self._view = transaction.view

    @property
    def enums(self) -> dict[str, tuple[str, ...]]:
        return self._store.enums

    def node_labels(self, slot: int) -> list[str]:
        return list(self._store.label_sets.texts(self._code(self._store.vertices, slot)))

    def node_properties(self, slot: int) -> dict[str, Any]:
        self._code(self._store.vertices, slot)
        return self._store.vertices.read_properties_of(slot, self._view)

    def node_property(self, slot: int, key: str) -> Any:
        self._code(self._store.vertices, slot)
        return self._store.vertices.read_property_of(key, slot, self._view)

    def relationship_type(self, slot: int) -> str:
        code = self._store.edges.read_code(slot, self._view)
        if code < 0:
            code = _type_when_alive(slot, self.transaction)
        if code < 0:
            raise DeletedElementError("The element has been deleted in this transaction.")
        return self._store.types.texts[code]

    def relationship_properties(self, slot: int) -> dict[str, Any]:
        self._code(self._store.edges, slot)
        return self._store.edges.read_properties_of(slot, self._view)

    def relationship_property(self, slot: int, key: str) -> Any:
        self._code(self._store.edges, slot)
        return self._store.edges.read_property_of(key, slot, self._view)

    def relationship_ends(self, slot: int) -> tuple[int, int]:
        return int(self._store.edges.sources[slot]), int(self._store.edges.targets[slot])

    def degree(self, slot: int, outgoing: bool, incoming: bool) -> int:
        self._code(self._store.vertices, slot)
        vertex = np.array([slot], dtype=np.int64)
        directions = [wanted for wanted, asked in ((True, outgoing), (False, incoming)) if asked]
        return sum(len(self.transaction.edges_of(vertex, wanted)) for wanted in directions)

    def exists(self, slot: int, node: bool) -> bool:
        """Whether the view still has the element."""
        return (self._store.vertices if node else self._store.edges).read_code(slot, self._view) >= 0

    def _code(self, table: Table, slot: int) -> int:
        code = table.read_code(slot, self._view)
        if code < 0:
            raise DeletedElementError("The element has been deleted in this transaction.")
        return code


def relationship_types(slots: Slots, transaction: Transaction) -> Int32s:
    """Type ids (int32[n]); of a relationship that this transaction deleted the one it had, -1 where nothing tells it.

    What matches patterns asks the transaction itself, to which a deleted relationship has no type.
    """
    codes = transaction.edge_types(slots)
    for index in np.flatnonzero(codes < 0).tolist():
        codes[index] = _type_when_alive(int(slots[index]), transaction)
    return codes


def _type_when_alive(slot: int, transaction: Transaction) -> int:
    """The type of an edge that this transaction deleted, from the version log; -1 if it does not say."""
    versions = transaction.store.edges.versions
    entry = int(versions.head[slot])
    while entry and (versions.columns[entry] != EXISTENCE or versions.before_codes[entry] < 0):
        entry = int(versions.older[entry])
    return int(versions.before_codes[entry]) if entry else -1
