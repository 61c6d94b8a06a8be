"""Transactions: single cases that the state machine (tests/properties) meets by chance at best."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from lithograph.storage.check import check
from lithograph.storage.columns.chunk import Chunk, Slots
from lithograph.storage.deltas import Delta, SetProperty
from lithograph.storage.errors import (
    ConflictError,
    DeletedElementError,
    PropertyTypeError,
    StillConnectedError,
    TransactionClosedError,
    ValueOutOfRangeError,
    WritesRefusedError,
)
from lithograph.storage.store import Store
from lithograph.storage.transaction import Transaction
from lithograph.storage.vacuum import vacuum


def slots_of(*slots: int) -> Slots:
    return np.array(slots, dtype=np.int64)


def commit(transaction: Transaction) -> None:
    transaction.prepare()
    transaction.publish()


@pytest.fixture
def store() -> Store:
    """Vertices 0 to 3 (label A, x is the slot) and edge 0 from 0 to 1."""
    store = Store()
    transaction = store.begin()
    vertices = transaction.create_vertices(["A"], 4, {"x": Chunk.of([0, 1, 2, 3])})
    transaction.create_edges("R", vertices[:1], vertices[1:2], {})
    commit(transaction)
    return store


def test_a_vertex_cannot_go_while_another_transaction_may_yet_keep_its_edge(store: Store) -> None:
    first, second = store.begin(), store.begin()
    second.delete_edges(slots_of(0))
    first.delete_vertices(slots_of(0), detach=False)
    with pytest.raises(StillConnectedError):
        first.prepare()
    first.rollback()
    second.rollback()
    assert list(check(store)) == []


def test_a_vertex_cannot_go_when_another_transaction_gave_it_an_edge(store: Store) -> None:
    first, second = store.begin(), store.begin()
    second.create_edges("R", slots_of(2), slots_of(3), {})
    first.delete_vertices(slots_of(2), detach=True)
    with pytest.raises(ConflictError):
        first.prepare()


def test_an_edge_cannot_come_to_a_vertex_that_another_transaction_deletes(store: Store) -> None:
    first, second = store.begin(), store.begin()
    first.delete_vertices(slots_of(2), detach=False)
    with pytest.raises(ConflictError):
        second.create_edges("R", slots_of(2), slots_of(3), {})
    with pytest.raises(DeletedElementError):
        first.create_edges("R", slots_of(3), slots_of(2), {})


def test_edges_may_be_added_to_one_vertex_by_several_at_once(store: Store) -> None:
    first, second = store.begin(), store.begin()
    [one] = first.create_edges("R", slots_of(2), slots_of(3), {}).tolist()
    [two] = second.create_edges("R", slots_of(2), slots_of(3), {}).tolist()
    assert first.edges_of(slots_of(2), True).tolist() == [one]
    assert second.edges_of(slots_of(3), False).tolist() == [two]
    commit(second)
    commit(first)
    assert sorted(store.begin().edges_of(slots_of(2), True).tolist()) == [one, two]


def test_vertices_may_go_before_their_edges_within_a_statement(store: Store) -> None:
    transaction = store.begin()
    transaction.delete_vertices(slots_of(0, 1), detach=False)
    transaction.delete_edges(slots_of(0))
    transaction.verify_deletions()
    commit(transaction)
    assert store.statistics()["edge_count"] == 0
    assert list(check(store)) == []


def test_nothing_can_be_written_once_a_transaction_is_prepared_or_over(store: Store) -> None:
    transaction = store.begin()
    transaction.set_vertex_property("x", slots_of(1), Chunk.of([9]))
    transaction.prepare()
    for _ in range(2):
        with pytest.raises(TransactionClosedError):
            transaction.set_vertex_property("x", slots_of(1), Chunk.of([8]))
        with pytest.raises(TransactionClosedError):
            transaction.create_vertices([], 1, {})
        with pytest.raises(TransactionClosedError):
            transaction.prepare()
        if transaction.open:
            transaction.publish()
    assert store.vertices.read_property_of("x", 1, store.begin().view) == 9


def test_what_was_not_prepared_cannot_be_published(store: Store) -> None:
    transaction = store.begin()
    transaction.create_vertices(["A"], 1, {})
    with pytest.raises(TransactionClosedError):
        transaction.publish()
    transaction.rollback()
    assert store.statistics()["vertex_count"] == 4


def test_a_commit_that_cannot_be_kept_can_be_rolled_back() -> None:
    class Full:
        def append(self, timestamp: int, deltas: Sequence[Delta]) -> None:
            raise WritesRefusedError("The disk is full.")

    store = Store()
    store.observer = Full()
    transaction = store.begin()
    transaction.create_vertices(["A"], 3, {})
    with pytest.raises(WritesRefusedError):
        transaction.prepare()
    transaction.rollback()
    assert store.timestamp == 0
    assert list(check(store)) == []


def test_what_changes_nothing_is_no_commit(store: Store) -> None:
    transaction = store.begin()
    nothing = slots_of()
    assert transaction.create_vertices(["A"], 0, {}).tolist() == []
    assert transaction.create_edges("R", nothing, nothing, {}).tolist() == []
    transaction.set_vertex_property("x", nothing, Chunk.of([]))
    transaction.change_labels(slots_of(1), ["A"], ["unheard of"])
    transaction.delete_edges(nothing)
    assert transaction.create_index("vertices", "A", ("x",))
    assert transaction.wrote
    transaction.rollback()
    assert store.label_sets.labels.find("unheard of") is None
    unchanged = store.begin()
    unchanged.change_labels(slots_of(1), ["A"], [])
    assert not unchanged.wrote
    assert unchanged.prepare() is None


def test_a_vertex_once_found_free_of_edges_is_looked_at_again_when_that_is_undone(store: Store) -> None:
    transaction = store.begin()
    transaction.delete_vertices(slots_of(0), detach=False)
    savepoint = transaction.savepoint()
    transaction.delete_edges(slots_of(0))
    transaction.verify_deletions()
    transaction.rollback_to(savepoint)
    with pytest.raises(StillConnectedError):
        transaction.prepare()


def test_a_refreshed_transaction_sees_and_may_write_what_was_committed_since(store: Store) -> None:
    reader, writer = store.begin(), store.begin()
    reader.set_vertex_property("x", slots_of(2), Chunk.of([22]))
    writer.set_vertex_property("x", slots_of(1), Chunk.of([11]))
    commit(writer)
    with pytest.raises(ConflictError):
        reader.set_vertex_property("x", slots_of(1), Chunk.of([12]))
    reader.refresh()
    assert reader.vertex_property("x", np.arange(4)).tolist() == [0, 11, 22, 3]
    reader.set_vertex_property("x", slots_of(1), Chunk.of([12]))
    commit(reader)
    assert store.begin().vertex_property("x", np.arange(4)).tolist() == [0, 12, 22, 3]


def test_a_value_that_cannot_be_stored_changes_nothing(store: Store) -> None:
    transaction = store.begin()
    with pytest.raises(PropertyTypeError):
        transaction.set_vertex_property("x", slots_of(0, 1), Chunk.of([1, object()]))
    with pytest.raises(PropertyTypeError):
        transaction.create_vertices(["A"], 1, {"x": Chunk.of([object()])})
    with pytest.raises(ValueOutOfRangeError):
        transaction.set_vertex_property("x", slots_of(0, 1), Chunk.of([1, 2**63]))
    assert not transaction.wrote
    assert transaction.vertex_property("x", slots_of(0, 1)).tolist() == [0, 1]


def test_of_several_values_for_one_element_the_last_counts_and_is_logged_alone(store: Store) -> None:
    logged: list[Delta] = []

    class Observer:
        def append(self, timestamp: int, deltas: Sequence[Delta]) -> None:
            logged.extend(deltas)

    store.observer = Observer()
    transaction = store.begin()
    transaction.set_vertex_property("x", slots_of(1, 2, 1, 3, 2), Chunk.of([10, 20, 11, 30, None]))
    commit(transaction)
    [delta] = logged
    assert isinstance(delta, SetProperty)
    assert dict(zip(delta.slots.tolist(), delta.values.tolist(), strict=True)) == {1: 11, 2: None, 3: 30}
    assert store.begin().vertex_property("x", np.arange(4)).tolist() == [0, 11, None, 30]


def test_an_index_made_late_finds_what_only_an_old_snapshot_sees(store: Store) -> None:
    old = store.begin()
    for value in (7, 8):
        transaction = store.begin()
        transaction.set_vertex_property("x", slots_of(1), Chunk.of([value]))
        transaction.set_vertex_property("y", slots_of(1), Chunk.of([value]))
        commit(transaction)
        if value == 7:
            middle = store.begin()
    transaction = store.begin()
    transaction.create_index("vertices", "A", ("x", "y"))
    transaction.create_index("vertices", "A", ("x",))
    commit(transaction)
    pair, single = (store.vertex_indexes.by_keys["A", keys] for keys in (("x", "y"), ("x",)))
    assert middle.vertex_property("y", slots_of(1)).tolist() == [7]
    assert pair.find_one([7, 7]) == [1]
    assert single.find_one([1]) == [1]
    assert old.open


def test_an_index_gets_what_is_given_its_label_or_its_property(store: Store) -> None:
    transaction = store.begin()
    for label, keys in (("B", ()), ("B", ("x",)), ("B", ("x", "y")), ("A", ("y",))):
        transaction.create_index("vertices", label, keys)
    commit(transaction)
    transaction = store.begin()
    transaction.set_vertex_property("y", slots_of(2, 3), Chunk.of([20, 30]))
    transaction.change_labels(slots_of(1, 3), ["B"], [])
    indexes = store.vertex_indexes
    assert sorted(indexes.by_label["B"].slots(0, 9).tolist()) == [1, 3]
    assert [indexes.by_keys["B", ("x",)].find_one([value]) for value in (1, 2, 3)] == [[1], [], [3]]
    assert indexes.by_keys["B", ("x", "y")].find_one([3, 30]) == [3]
    assert indexes.by_keys["A", ("y",)].find_one([20]) == [2]


def test_an_index_says_so_when_a_slot_comes_again_under_the_same_key(store: Store) -> None:
    transaction = store.begin()
    transaction.create_index("vertices", "A", ("x",))
    commit(transaction)
    index = store.vertex_indexes.by_keys["A", ("x",)]
    promised = not index.repeats
    transaction = store.begin()
    transaction.delete_vertices(slots_of(2, 3), detach=False)
    commit(transaction)
    assert vacuum(store)
    transaction = store.begin()
    slots = transaction.create_vertices(["A"], 2, {"x": Chunk.of([2, 3])})
    commit(transaction)
    assert slots.tolist() == [2, 3]
    assert index.find_one([3]) == [3, 3]
    assert promised
    assert index.repeats
    assert list(check(store)) == []


def test_versions_go_with_the_last_transaction(store: Store) -> None:
    reader, writer = store.begin(), store.begin()
    writer.set_vertex_property("x", slots_of(1), Chunk.of([9]))
    commit(writer)
    assert store.statistics()["unreleased_delta_objects"] == 1
    assert reader.vertex_property("x", slots_of(1)).tolist() == [1]
    reader.rollback()
    assert store.statistics() == {
        "vertex_count": 4,
        "edge_count": 1,
        "unreleased_delta_objects": 0,
        "transactions": 0,
    }


def test_vacuum_among_running_transactions_keeps_what_each_sees_and_can_undo(store: Store) -> None:
    readers = [store.begin()]
    for value in (10, 20):
        writer = store.begin()
        writer.set_vertex_property("x", slots_of(1), Chunk.of([value]))
        commit(writer)
        readers.append(store.begin())
    pending = store.begin()
    pending.set_vertex_property("x", slots_of(2, 3), Chunk.of([77, 78]))
    pending.delete_edges(slots_of(0))
    readers.pop(0).rollback()
    store.vacuum_versions()
    assert [reader.vertex_property("x", slots_of(1)).tolist() for reader in readers] == [[10], [20]]
    assert store.vertices.versions.count == 3
    assert list(check(store)) == []
    pending.rollback()
    assert store.begin().vertex_property("x", np.arange(4)).tolist() == [0, 20, 2, 3]
    assert store.begin().edges_of(slots_of(0), True).tolist() == [0]
