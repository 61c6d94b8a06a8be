"""A real store over :class:`~lithograph.durability.manager.Durability`, and a plain picture of what is in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np

from lithograph.durability.files import Files
from lithograph.durability.manager import Durability
from lithograph.storage.check import check
from lithograph.storage.columns.chunk import Chunk, Slots
from lithograph.storage.images import Loader, image
from lithograph.storage.store import Store
from lithograph.storage.tables import Table
from lithograph.storage.transaction import Transaction
from support.durable_model import BEGIN, Clock, Settings

ROOMY = Settings(storage_snapshot_retention_count=1000)
"""Keeps everything."""


@dataclass
class Picture:
    """A graph: vertices by slot, edges by slot, names of indexes."""

    vertices: dict[int, tuple[frozenset[str], dict[str, Any]]] = field(default_factory=dict)
    edges: dict[int, tuple[str, int, int]] = field(default_factory=dict)
    indexes: frozenset[Any] = frozenset()


class StoreDatabase:
    """Transactions, snapshots and restarts of a real store."""

    def __init__(self, files: Files, settings: Settings = ROOMY, clock: Clock | None = None) -> None:
        self.clock = clock or Clock(BEGIN + timedelta(days=1))
        self.store = Store()
        loader = Loader(self.store)
        self.durability = Durability.open(settings, loader, files=files, clock=self.clock)
        self.store.observer = self.durability.observer

    def write(self, change: Callable[[Transaction], object]) -> int:
        """Commit one change; its timestamp, or that of the last commit when it changed nothing."""
        transaction = self.store.begin()
        change(transaction)
        transaction.prepare()
        self.durability.flush()
        transaction.publish()
        return self.store.timestamp

    def create(self, number: int) -> int:
        """Commit a vertex with the property ``n``."""
        return self.write(lambda t: t.create_vertices(["User"], 1, {"n": Chunk.of([number])}))

    def create_many(self, count: int) -> None:
        for _ in range(count):
            self.create(self.store.timestamp + 1)

    def snapshot(self) -> Path:
        transaction = self.store.begin()
        try:
            path = self.durability.create_snapshot(image(transaction), self.store.visible, 0)
        finally:
            transaction.rollback()
        assert path is not None
        return path

    def close(self) -> None:
        """Without a snapshot at exit."""
        self.durability.close()

    def numbers(self) -> list[int]:
        """The values of ``n`` of all vertices, in order."""
        return sorted(properties["n"] for _, properties in self.picture().vertices.values())

    def picture(self) -> Picture:
        assert list(check(self.store)) == []
        transaction = self.store.begin()
        try:
            return _picture(self.store, transaction)
        finally:
            transaction.rollback()


def _picture(store: Store, transaction: Transaction) -> Picture:
    vertices, codes = transaction.scan(store.vertices, 0, store.vertices.high)
    edges, types = transaction.scan(store.edges, 0, store.edges.high)
    properties = _properties(store.vertices, vertices, transaction)
    names = [*store.vertex_indexes.names(), *store.edge_indexes.names()]
    return Picture(
        {
            slot: (frozenset(store.label_sets.texts(code)), properties[slot])
            for slot, code in zip(vertices.tolist(), codes.tolist(), strict=True)
        },
        {
            slot: (store.types.texts[code], int(store.edges.sources[slot]), int(store.edges.targets[slot]))
            for slot, code in zip(edges.tolist(), types.tolist(), strict=True)
        },
        frozenset((name.table, name.label, name.keys) for name in names),
    )


def _properties(table: Table, slots: Slots, transaction: Transaction) -> dict[int, dict[str, Any]]:
    found: dict[int, dict[str, Any]] = {slot: {} for slot in slots.tolist()}
    for key in table.columns:
        values = table.read_property(key, slots, transaction.view).tolist()
        for slot, value in zip(found, values, strict=True):
            if value is not None:
                found[slot][key] = value
    return found


def slots_of(*numbers: int) -> Slots:
    return np.array(numbers, dtype=np.int64)
