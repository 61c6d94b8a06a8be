"""Property columns: whatever form they take, they hold what was put into them."""

from __future__ import annotations

from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from lithograph.storage.columns import column as column_module
from lithograph.storage.columns import dictionary, sparse
from lithograph.storage.columns.chunk import Chunk, Kind, object_array
from lithograph.storage.columns.column import PropertyColumn
from lithograph.storage.columns.dense import Dense
from lithograph.storage.columns.dictionary import Dictionary
from lithograph.storage.columns.objects import Objects
from lithograph.storage.columns.sparse import Sparse

ROOM = 12
"""Slots of the columns under test."""

one_value: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(),
    st.booleans(),
    st.text(max_size=3),
    st.lists(st.integers(0, 3), max_size=2),
)
batches: st.SearchStrategy[list[Any]] = st.one_of(
    [
        st.lists(values, min_size=1, max_size=ROOM)
        for values in (
            st.integers(-5, 5),
            st.none() | st.integers(-5, 5),
            st.floats(),
            st.none() | st.booleans(),
            st.sampled_from("abcdefgh"),
            st.none() | st.text(max_size=2),
            st.none(),
            one_value,
        )
    ]
)
slots_in_any_order = st.permutations(range(ROOM))
writes = st.lists(
    st.tuples(st.sampled_from(["put", "put_one", "clear", "reserve"]), slots_in_any_order, batches)
)


@pytest.fixture(autouse=True)
def low_thresholds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small columns go through every form."""
    monkeypatch.setattr(dictionary, "ALWAYS", 3)
    monkeypatch.setattr(column_module, "SMALL", 0)
    monkeypatch.setattr(column_module, "SHARE", 4)
    monkeypatch.setattr(sparse, "SHARE", 4)


def slots_of(*slots: int) -> np.ndarray[Any, np.dtype[np.int64]]:
    return np.array(slots, dtype=np.int64)


def in_dictionary(texts: list[str | None], held: list[str]) -> Chunk:
    codes = [-1 if text is None else held.index(text) for text in texts]
    return Chunk(Kind.DICTIONARY, np.array(codes, dtype=np.int32), dictionary=held)


def form_of(column: PropertyColumn) -> type:
    return type(column.form)


def check_same(column: PropertyColumn, model: dict[int, Any], room: int) -> None:
    everything = [model.get(slot) for slot in range(room)]
    assert repr(column.gather(np.arange(room)).tolist()) == repr(everything)
    assert repr([column.get(slot) for slot in range(room)]) == repr(everything)
    assert column.present_slots().tolist() == sorted(model)
    assert column.present_slots().dtype == np.int64


@given(writes, st.booleans())
def test_a_column_is_a_dictionary_from_slots_to_values(
    steps: list[tuple[str, list[int], list[Any]]], as_objects: bool
) -> None:
    column, model, room = PropertyColumn("key", 1, ROOM), dict[int, Any](), ROOM
    for kind, order, values in steps:
        slots = order[: len(values)]
        if kind == "reserve":
            room += 3
            column.reserve(room)
            continue
        if kind == "clear":
            column.clear(slots_of(*slots))
            values = [None] * len(slots)
        elif kind == "put_one":
            slots, values = slots[:1], values[:1]
            column.put_one(slots[0], values[0])
        else:
            chunk = Chunk(Kind.OBJECT, object_array(values)) if as_objects else Chunk.of(values)
            column.put(slots_of(*slots), chunk)
        model.update(zip(slots, values, strict=True))
        model = {slot: value for slot, value in model.items() if value is not None}
        check_same(column, model, room)


@given(
    st.lists(st.none() | st.sampled_from("abcdefgh"), min_size=1, max_size=ROOM),
    st.permutations("abcdefgh"),
    st.booleans(),
)
def test_dictionary_chunks_keep_their_strings_in_any_form(
    texts: list[str | None], held: list[str], among_objects: bool
) -> None:
    column = PropertyColumn("key", 1, ROOM)
    if among_objects:
        column.put(np.arange(ROOM), Chunk(Kind.OBJECT, object_array([[], *range(1, ROOM)])))
    column.put(np.arange(len(texts)), in_dictionary(texts, held))
    assert column.gather(np.arange(len(texts))).tolist() == texts


def test_numbers_and_booleans_of_one_type_are_dense_arrays() -> None:
    for values, kind in (([1] * 6, Kind.INT), ([1.5] * 6, Kind.FLOAT), ([True] * 6, Kind.BOOL)):
        column = PropertyColumn("key", 1, ROOM)
        column.put(np.arange(6), Chunk.of(values))
        assert form_of(column) is Dense
        assert column.gather(np.arange(6)).kind is kind


def test_numbers_among_objects_are_found_to_be_of_one_type() -> None:
    column = PropertyColumn("key", 1, ROOM)
    column.put(np.arange(6), Chunk(Kind.OBJECT, object_array([1, None, 3, 4, 5, 6])))
    assert form_of(column) is Dense
    column.put(np.arange(6), Chunk(Kind.OBJECT, object_array([6, 5, 4, None, 2, 1])))
    assert form_of(column) is Dense
    assert column.gather(np.arange(6)).tolist() == [6, 5, 4, None, 2, 1]


def test_a_column_that_is_empty_again_takes_the_form_of_what_comes() -> None:
    column = PropertyColumn("key", 1, ROOM)
    column.put(np.arange(6), Chunk.of([1] * 6))
    column.clear(np.arange(6))
    column.put(np.arange(6), Chunk.of([1.5] * 6))
    assert form_of(column) is Dense
    assert column.gather(np.arange(6)).kind is Kind.FLOAT


def test_few_distinct_strings_are_a_dictionary_and_many_are_objects() -> None:
    column = PropertyColumn("key", 1, ROOM)
    column.put(np.arange(6), Chunk.of(["a", "b", "c"] * 2))
    assert form_of(column) is Dictionary
    column.put(np.arange(6), Chunk.of(["a", "c", "b"] * 2))
    assert form_of(column) is Dictionary
    column.put_one(7, "d")
    assert form_of(column) is Objects
    assert column.gather(np.arange(8)).tolist() == ["a", "c", "b"] * 2 + [None, "d"]


def test_strings_of_a_dictionary_that_no_value_uses_are_not_taken_in() -> None:
    column = PropertyColumn("key", 1, ROOM)
    column.put(np.arange(4), in_dictionary(["a"] * 4, list("xyzabcdefgh")))
    assert form_of(column) is Dictionary
    assert column.gather(np.arange(4)).dictionary == ["a"]


def test_few_values_are_sparse_and_more_are_dense() -> None:
    column = PropertyColumn("key", 1, ROOM)
    column.put(slots_of(5, 2), Chunk.of([1, 2]))
    assert form_of(column) is Sparse
    column.put(slots_of(5), Chunk.of([3]))
    column.put_one(9, 4)
    assert form_of(column) is Sparse
    column.put_one(2, 5)
    assert form_of(column) is Sparse
    column.put_one(3, 6)
    assert form_of(column) is Dense
    assert column.gather(np.arange(ROOM)).tolist() == [None, None, 5, 6, None, 3, *[None] * 3, 4, None, None]


def test_removing_many_values_from_a_sparse_column_removes_them() -> None:
    column = PropertyColumn("key", 1, ROOM)
    column.put(slots_of(5, 2), Chunk.of([1, 2]))
    column.clear(np.arange(ROOM))
    assert form_of(column) is Sparse
    assert column.present_slots().tolist() == []


def test_removing_what_was_never_there_takes_no_form() -> None:
    column = PropertyColumn("key", 1, ROOM)
    column.put(np.arange(3), Chunk.of([None] * 3))
    column.put_one(4, None)
    column.clear(np.arange(3))
    assert column.form is None
    assert column.gather(np.arange(3)).tolist() == [None] * 3


def test_lists_stay_one_value_each() -> None:
    column = PropertyColumn("key", 1, ROOM)
    column.put(np.arange(4), Chunk.of([[1, 2], [3, 4], [], None]))
    column.put_one(4, [5, 6])
    assert column.gather(np.arange(5)).tolist() == [[1, 2], [3, 4], [], None, [5, 6]]


@given(st.lists(one_value, max_size=6))
def test_a_chunk_of_values_has_these_values(values: list[Any]) -> None:
    assert repr(Chunk.of(values).tolist()) == repr(values)


@given(st.lists(st.none() | st.sampled_from("abc"), max_size=6), st.integers(0, 9))
def test_a_dictionary_chunk_reads_the_same_beside_a_long_and_a_short_dictionary(
    texts: list[str | None], unused: int
) -> None:
    held = [*"abc", *map(str, range(unused))]
    assert in_dictionary(texts, held).tolist() == texts
