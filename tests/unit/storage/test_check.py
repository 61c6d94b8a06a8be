"""The consistency check finds what is wrong; that it finds nothing else, all other tests rely on."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from lithograph.storage.check import check
from lithograph.storage.columns.chunk import Chunk
from lithograph.storage.indexes.label import LabelIndex
from lithograph.storage.indexes.property import PropertyIndex
from lithograph.storage.journal import Journal
from lithograph.storage.store import Store
from lithograph.storage.vacuum import vacuum


@pytest.fixture
def store() -> Store:
    """A ring of 12 with indexes, free slots, and a transaction that has written and not committed."""
    store = Store()
    first = store.begin()
    for keys in ((), ("x",)):
        first.create_index("vertices", "A", keys)
    first.prepare()
    first.publish()
    first = store.begin()
    vertices = first.create_vertices(["A"], 12, {"x": Chunk.of(list(range(12)))})
    first.create_edges("R", vertices, np.roll(vertices, -1), {})
    first.prepare()
    first.publish()
    first = store.begin()
    first.delete_vertices(vertices[10:], detach=True)
    first.prepare()
    first.publish()
    assert vacuum(store)
    second = store.begin()
    second.set_vertex_property("x", vertices[:2], Chunk.of([7, 7]))
    second.delete_edges(np.array([3], dtype=np.int64))
    return store


def in_run(store: Store, edge: int) -> int:
    return int(np.flatnonzero(store.outgoing.edges[: store.outgoing.end] == edge)[0])


def swap_runs(store: Store) -> None:
    store.outgoing.starts[[0, 1]] = store.outgoing.starts[[1, 0]]


def lose_edge(store: Store) -> None:
    store.incoming.lengths[5] = 0


def repeat_edge(store: Store) -> None:
    store.outgoing.append_one(0, 0, 1)


def misdirect_edge(store: Store) -> None:
    store.outgoing.others[in_run(store, 4)] = 0


def overfill_run(store: Store) -> None:
    store.outgoing.rooms[0] = 0


def overlap_runs(store: Store) -> None:
    store.outgoing.rooms[0] += 1


def miscount(store: Store) -> None:
    store.vertex_counts.move(0, 1)


def misrecord_type(store: Store) -> None:
    store.edge_counts.of_code[7] = store.edge_counts.of_code.pop(0)


def forget_in_index(store: Store) -> None:
    store.vertex_indexes.by_keys["A", ("x",)] = PropertyIndex("A", ("x",))


def forget_label(store: Store) -> None:
    store.vertex_indexes.by_label["A"] = LabelIndex("A")


def hide_repetition(store: Store) -> None:
    index = store.vertex_indexes.by_keys["A", ("x",)]
    index.add_one([7], 0)
    index.repeats = False


def free_live_slot(store: Store) -> None:
    store.vertices.free.append(0)


def free_twice(store: Store) -> None:
    store.vertices.free *= 2


def lose_slot(store: Store) -> None:
    store.vertices.free.clear()


def bury_live(store: Store) -> None:
    store.dead_edges.append(np.array([0]))


def leave_value(store: Store) -> None:
    store.vertices.column("x").put_one(store.vertices.free[0], 1)


def shrink_column(store: Store) -> None:
    store.vertices.column("x").capacity -= 1


def break_chain(store: Store) -> None:
    store.vertices.versions.head[0] = 2


def cut_chain(store: Store) -> None:
    store.vertices.versions.head[0] = 0


def loop_chain(store: Store) -> None:
    store.vertices.versions.older[1] = 1


def lose_old_value(store: Store) -> None:
    del store.vertices.versions.before_values[-1]


def falsify_writer(store: Store) -> None:
    store.vertices.versions.writers[1] = 99


def falsify_code(store: Store) -> None:
    store.edges.codes[3] = 0


def forget_undo(store: Store) -> None:
    [transaction] = store.active
    assert isinstance(transaction.journal, Journal)
    transaction.journal.undo.pop()


def leave_versions(store: Store) -> None:
    store.active.clear()


def run_ahead(store: Store) -> None:
    store.visible += 1


def lose_end(store: Store) -> None:
    store.vertices.codes[5] = -1


@pytest.mark.parametrize(
    "damage",
    [
        swap_runs, lose_edge, repeat_edge, misdirect_edge, overfill_run, overlap_runs, miscount,
        misrecord_type, forget_in_index, forget_label, hide_repetition, free_live_slot, free_twice,
        lose_slot, bury_live, leave_value, shrink_column, break_chain, cut_chain, loop_chain,
        lose_old_value, falsify_writer, falsify_code, forget_undo, leave_versions, run_ahead, lose_end,
    ],
)  # fmt: skip
def test_damage_is_found(store: Store, damage: Callable[[Store], None]) -> None:
    assert list(check(store)) == []
    damage(store)
    assert list(check(store)) != []


def test_a_fault_names_the_place(store: Store) -> None:
    lose_edge(store)
    assert list(check(store)) == ["incoming: edges are not in a run exactly once: 4."]


def test_an_empty_store_has_no_fault() -> None:
    assert list(check(Store())) == []
