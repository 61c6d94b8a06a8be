"""Tables: slots are given out, taken back, and given out again."""

from __future__ import annotations

import numpy as np

from lithograph.storage.columns.chunk import Chunk
from lithograph.storage.names import ABSENT, Names
from lithograph.storage.tables import EdgeTable, VertexTable
from lithograph.storage.versions import View, Writers


def test_fresh_slots_are_preferred_until_many_are_free() -> None:
    table = VertexTable(Names())
    assert table.allocate(100).tolist() == list(range(100))
    table.release(np.arange(10, 20))
    assert table.allocate(2).tolist() == [100, 101]
    table.release(np.arange(40, 60))
    assert table.allocate(3).tolist() == [57, 58, 59]
    assert table.allocate(2).tolist() == [55, 56]
    assert len(table.free) == 25


def test_no_slot_is_given_out_for_nothing() -> None:
    table = VertexTable(Names())
    table.allocate(10)
    table.release(np.arange(10))
    assert table.allocate(0).tolist() == []
    assert len(table.free) == 10


def test_released_slots_have_no_values() -> None:
    table = VertexTable(Names())
    slots = table.allocate(10)
    for key, value in (("number", 1), ("text", "a"), ("object", [1])):
        table.column(key).put(slots, Chunk.of([value] * 10))
    table.release(slots[:5])
    view = View(Writers(), 0)
    for key in ("number", "text", "object"):
        assert [value is None for value in table.read_property(key, slots, view).tolist()] == [True] * 5 + [
            False
        ] * 5


def test_everything_grows_together() -> None:
    table = EdgeTable(Names())
    table.allocate(3)
    table.column("key").put(np.array([2]), Chunk.of([7]))
    table.allocate(1000)
    assert table.capacity >= table.high == 1003
    for array in (table.codes, table.sources, table.targets, table.versions.head):
        assert len(array) == table.capacity
    assert (table.codes == ABSENT).all()
    assert table.column("key").capacity == table.capacity
    assert table.column("key").gather(np.array([2, 1002])).tolist() == [7, None]


def test_a_slot_never_used_holds_no_element() -> None:
    table, view = VertexTable(Names()), View(Writers(), 0)
    assert table.read_code(0, view) == ABSENT
    assert table.read_code(-1, view) == ABSENT
    assert table.read_properties_of(0, view) == {}
