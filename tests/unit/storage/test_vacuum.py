"""Vacuum: the dead go when nobody can see them, and leave room."""

from __future__ import annotations

import numpy as np
import pytest

from lithograph.storage.check import check
from lithograph.storage.columns.chunk import Chunk
from lithograph.storage.indexes import catalog
from lithograph.storage.store import Store
from lithograph.storage.vacuum import vacuum


@pytest.fixture
def store() -> Store:
    """A ring of 20, indexed, of which the even vertices are then deleted with their edges."""
    store = Store()
    transaction = store.begin()
    transaction.create_index("vertices", "A", ("x",))
    transaction.prepare()
    transaction.publish()
    transaction = store.begin()
    vertices = transaction.create_vertices(["A"], 20, {"x": Chunk.of(list(range(20)))})
    transaction.create_edges("R", vertices, np.roll(vertices, -1), {"w": Chunk.of([0.5] * 20)})
    transaction.prepare()
    transaction.publish()
    transaction = store.begin()
    assert transaction.delete_vertices(vertices[::2], detach=True) == (10, 20)
    transaction.prepare()
    transaction.publish()
    return store


def test_it_waits_until_no_transaction_runs(store: Store) -> None:
    transaction = store.begin()
    assert not vacuum(store)
    assert not store.vertices.free
    transaction.rollback()
    assert vacuum(store)
    assert sorted(store.vertices.free) == list(range(0, 20, 2))
    assert sorted(store.edges.free) == list(range(20))


def test_nothing_of_the_dead_is_left(store: Store) -> None:
    assert vacuum(store)
    assert not store.outgoing.lengths.any()
    assert not store.incoming.lengths.any()
    assert len(store.edges.columns["w"].present_slots()) == 0
    assert store.vertices.columns["x"].present_slots().tolist() == list(range(1, 20, 2))
    assert list(check(store)) == []


def test_holes_in_the_pools_are_closed(store: Store) -> None:
    for _ in range(2):
        assert vacuum(store)
        assert store.outgoing.wasted * 2 <= store.outgoing.end
    assert list(check(store)) == []


def test_what_was_rolled_back_goes_too(store: Store) -> None:
    vacuum(store)
    free = len(store.vertices.free)
    transaction = store.begin()
    transaction.create_vertices(["A"], 3, {"x": Chunk.of([1, 2, 3])})
    transaction.rollback()
    assert vacuum(store)
    assert len(store.vertices.free) == free
    assert list(check(store)) == []


def test_an_index_with_too_many_stale_entries_is_made_anew(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = store.vertex_indexes.by_keys["A", ("x",)]
    vacuum(store)
    assert store.vertex_indexes.by_keys["A", ("x",)] is index
    monkeypatch.setattr(catalog, "FEW_ENTRIES", 0)
    monkeypatch.setattr(catalog, "STALE_SHARE", 1)
    index.repeats, index.filled = True, 1
    vacuum(store)
    fresh = store.vertex_indexes.by_keys["A", ("x",)]
    assert len(fresh) == 10
    assert not fresh.repeats
    assert list(check(store)) == []
