"""Images and loading: a store as deltas and back, and deltas that cannot be true."""

from __future__ import annotations

import numpy as np
import pytest

from lithograph.storage.arrays import LARGEST
from lithograph.storage.check import check
from lithograph.storage.columns.chunk import Chunk, Kind, Slots, object_array
from lithograph.storage.deltas import (
    ChangeSetting,
    CreateEdges,
    CreateIndex,
    CreateVertices,
    DeleteEdges,
    DeleteVertices,
    Delta,
    DropIndex,
    SetLabels,
    SetProperty,
)
from lithograph.storage.images import ImageError, Loader, image, present_only
from lithograph.storage.store import Store


def slots_of(*slots: int) -> Slots:
    return np.array(slots, dtype=np.int64)


def loaded(*deltas: Delta) -> Store:
    store = Store()
    loader = Loader(store)
    for delta in deltas:
        loader.apply(delta)
    loader.commit(5)
    loader.finish()
    assert list(check(store)) == []
    return store


VERTICES = CreateVertices(slots_of(0, 1, 4), ("A",))
EDGES = CreateEdges(slots_of(2, 0), "R", slots_of(0, 4), slots_of(1, 4))


def test_what_is_loaded_can_be_read_written_and_found() -> None:
    store = loaded(
        CreateIndex("vertices", "A", ("x",)),
        VERTICES,
        EDGES,
        SetProperty("vertices", "x", slots_of(4, 0), Chunk.of([4, 0])),
    )
    transaction = store.begin()
    assert transaction.view.snapshot == 5
    assert transaction.scan(store.vertices, 0, 100)[0].tolist() == [0, 1, 4]
    assert transaction.edges_of(slots_of(4), True).tolist() == [0]
    assert store.vertex_indexes.by_keys["A", ("x",)].find_one([4]) == [4]
    assert store.statistics()["vertex_count"] == 3
    assert sorted(transaction.create_vertices([], 2, {}).tolist()) == [2, 3]
    transaction.create_edges("R", slots_of(0), slots_of(4), {})
    assert transaction.prepare() == 6
    transaction.publish()
    assert list(check(store)) == []


def test_later_deltas_change_and_delete_what_earlier_ones_made() -> None:
    store = loaded(
        VERTICES,
        EDGES,
        SetProperty("edges", "w", slots_of(2, 0), Chunk.of([1.5, 2.5])),
        SetLabels(slots_of(1, 4), ("B", "C")),
        DeleteEdges(slots_of(0)),
        DeleteVertices(slots_of(4)),
        CreateVertices(slots_of(4), ()),
        CreateIndex("vertices", "B", ()),
        CreateIndex("vertices", "A", ()),
        DropIndex("vertices", "A", ()),
    )
    transaction = store.begin()
    codes = transaction.vertex_label_sets(np.arange(5)).tolist()
    assert [store.label_sets.texts(code) if code >= 0 else None for code in codes] == [
        ("A",),
        ("B", "C"),
        None,
        None,
        (),
    ]
    assert transaction.edge_types(np.arange(3)).tolist() == [-1, -1, 0]
    assert store.edges.columns["w"].present_slots().tolist() == [2]
    assert [name.label for name in store.vertex_indexes.names()] == ["B"]


@pytest.mark.parametrize("highest", [10_000, LARGEST - 1])
def test_a_slot_takes_no_more_than_the_machine_has(highest: int, monkeypatch: pytest.MonkeyPatch) -> None:
    has = {"SC_PHYS_PAGES": 100, "SC_PAGE_SIZE": 4096}
    monkeypatch.setattr("os.sysconf", has.__getitem__)
    loaded(CreateVertices(slots_of(5_000), ()))
    with pytest.raises(ImageError, match=rf"^Slot {highest} is out of range: so many slots take \d"):
        loaded(CreateVertices(slots_of(highest), ()))


def test_settings_are_kept_with_their_last_values() -> None:
    store = Store()
    loader = Loader(store)
    for delta in (ChangeSetting("a", "1"), ChangeSetting("b", "2"), ChangeSetting("a", "3")):
        loader.apply(delta)
    loader.apply(ChangeSetting("b", None))
    assert store.settings == {"a": "3"}


def test_a_setting_changes_with_its_commit_and_is_part_of_the_image() -> None:
    store = Store()
    undone = store.begin()
    undone.change_setting("a", "0")
    undone.rollback()
    for value in ("1", "2"):
        transaction = store.begin()
        transaction.change_setting("a", value)
        transaction.change_setting("b", None)
        before = dict(store.settings)
        assert transaction.prepare() is not None
        assert store.settings == before
        transaction.publish()
    assert store.settings == {"a": "2"}
    assert list(image(store.begin())) == [ChangeSetting("a", "2")]


@pytest.mark.parametrize(
    "deltas",
    [
        [CreateEdges(slots_of(0), "R", slots_of(0), slots_of(0))],
        [VERTICES, CreateEdges(slots_of(0), "R", slots_of(0), slots_of(2))],
        [VERTICES, VERTICES],
        [VERTICES, SetProperty("vertices", "x", slots_of(2), Chunk.of([1]))],
        [VERTICES, SetProperty("edges", "x", slots_of(0), Chunk.of([1]))],
        [VERTICES, SetLabels(slots_of(9), ())],
        [VERTICES, DeleteVertices(slots_of(-1))],
        [DeleteEdges(slots_of(0))],
        [CreateVertices(slots_of(LARGEST), ())],
        [CreateVertices(slots_of(-1), ())],
        [VERTICES, EDGES, DeleteVertices(slots_of(0))],
    ],
)
def test_deltas_that_contradict_each_other_are_refused(deltas: list[Delta]) -> None:
    with pytest.raises(ImageError):
        loaded(*deltas)


def test_an_image_of_an_empty_store_is_empty() -> None:
    assert list(image(Store().begin())) == []


def test_an_image_is_of_its_transactions_snapshot_while_writers_go_on() -> None:
    store = loaded(VERTICES, EDGES, SetProperty("vertices", "x", slots_of(0, 1), Chunk.of(["a", "b"])))
    reader = store.begin()
    deltas = image(reader)
    first = next(deltas)
    writer = store.begin()
    writer.delete_vertices(slots_of(0), detach=True)
    writer.set_vertex_property("x", slots_of(1), Chunk.of([7]))
    writer.set_vertex_property("new", slots_of(1), Chunk.of([7]))
    writer.prepare()
    writer.publish()
    copy = loaded(first, *deltas)
    assert copy.begin().vertex_property("x", slots_of(0, 1, 4)).tolist() == ["a", "b", None]
    assert copy.statistics()["edge_count"] == 2


@pytest.mark.parametrize(
    "chunk",
    [
        Chunk.of([1, None, 3]),
        Chunk.of([1.5, None, 2.5]),
        Chunk.of([True, None, False]),
        Chunk.of([[1], None, "a"]),
        Chunk(Kind.DICTIONARY, np.array([1, -1, 0], dtype=np.int32), dictionary=["a", "b"]),
        Chunk(Kind.OBJECT, object_array([None, None, None])),
        Chunk.of([1, 2, 3]),
    ],
)
def test_only_values_that_are_there_go_into_an_image(chunk: Chunk) -> None:
    slots, values = present_only(slots_of(5, 6, 7), chunk)
    pairs = zip([5, 6, 7], chunk.tolist(), strict=True)
    expected = [(slot, value) for slot, value in pairs if value is not None]
    assert list(zip(slots.tolist(), values.tolist(), strict=True)) == expected
    assert values.kind is chunk.kind
    assert values.present is None
