"""Group numbers, DISTINCT, ORDER BY and top-k over frames equal the plain definitions over all rows."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from lithograph.cypher.frames import Frame
from lithograph.cypher.grouping import Grouper
from lithograph.cypher.scalar.ordering import equivalence_key, order_key
from lithograph.cypher.sorting import TopK, sort_indices
from lithograph.cypher.vectors import Kind, Vector
from support.vectors import same, vectors

Columns = list[Vector]


@st.composite
def streams(draw: st.DrawFn, least_width: int = 0) -> list[Columns]:
    """Frames of the same columns; the kind of a column may differ from frame to frame."""
    width = draw(st.integers(least_width, 3))
    kinds = [draw(st.sampled_from((tuple(Kind), *((kind,) for kind in Kind)))) for _ in range(width)]
    lengths = draw(st.lists(st.sampled_from((0, 1, 2, 6)), max_size=4))
    return [[draw(vectors(length, choice)) for choice in kinds] for length in lengths]


def rows_of(columns: Columns) -> list[tuple[Any, ...]]:
    return list(zip(*(vector.tolist() for vector in columns), strict=True))


def concatenated(stream: list[Columns]) -> list[tuple[Any, ...]]:
    return [row for columns in stream for row in rows_of(columns)]


@given(stream=streams(least_width=1))
def test_groups_are_numbered_by_first_appearance_across_frames(stream: list[Columns]) -> None:
    grouper = Grouper(len(stream[0]) if stream else 1)
    numbers: dict[Any, int] = {}
    firsts: list[tuple[Any, ...]] = []
    for columns in stream:
        codes = grouper.codes(columns, len(columns[0]))
        expected = []
        for row in rows_of(columns):
            key = tuple(map(equivalence_key, row))
            if key not in numbers:
                numbers[key] = len(numbers)
                firsts.append(row)
            expected.append(numbers[key])
        assert codes.dtype == np.int64
        assert codes.tolist() == expected
    assert grouper.count == len(numbers)
    assert all(same(a, b) for a, b in zip(rows_of(grouper.keys()), firsts, strict=True))


@given(stream=streams(least_width=1))
def test_fresh_rows_are_those_that_begin_a_group(stream: list[Columns]) -> None:
    grouper = Grouper(len(stream[0]) if stream else 1)
    seen: set[Any] = set()
    for columns in stream:
        expected = []
        for index, row in enumerate(rows_of(columns)):
            key = tuple(map(equivalence_key, row))
            if key not in seen:
                seen.add(key)
                expected.append(index)
        assert grouper.fresh(columns, len(columns[0])).tolist() == expected


def test_without_columns_all_rows_are_one_group() -> None:
    grouper = Grouper(0)
    assert grouper.codes([], 0).tolist() == []
    assert grouper.count == 0
    assert grouper.codes([], 2).tolist() == [0, 0]
    assert grouper.fresh([], 1).tolist() == []
    assert grouper.count == 1


def test_a_range_too_wide_for_a_table_keeps_the_numbers_given_so_far() -> None:
    grouper = Grouper(1)
    assert grouper.codes([Vector.of([5, 7, 5])], 3).tolist() == [0, 1, 0]
    assert grouper.codes([Vector.of([2**62, 7, -(2**62), 9])], 4).tolist() == [2, 1, 3, 4]
    assert grouper.codes([Vector.of([5.0, None])], 2).tolist() == [0, 5]


def test_many_groups_are_found_beyond_the_first_rows() -> None:
    values = np.concatenate([np.zeros(5000, dtype=np.int64), np.arange(20_000)[::-1], np.arange(20_000)])
    codes = Grouper(1).codes([Vector(Kind.INT, values)], len(values))
    numbers: dict[int, int] = {}
    assert codes.tolist() == [numbers.setdefault(value, len(numbers)) for value in values.tolist()]


def expected_order(columns: Columns, descending: list[bool]) -> list[int]:
    order = list(range(len(columns[0])))
    for vector, down in reversed(list(zip(columns, descending, strict=True))):
        keys = [order_key(value) for value in vector.tolist()]
        order.sort(key=keys.__getitem__, reverse=down)
    return order


@given(
    data=st.data(), columns=st.integers(0, 8).flatmap(lambda n: st.lists(vectors(n), min_size=1, max_size=3))
)
def test_sorting_follows_the_total_order_and_is_stable(data: st.DataObject, columns: Columns) -> None:
    descending = [data.draw(st.booleans()) for _ in columns]
    assert sort_indices(columns, descending).tolist() == expected_order(columns, descending)


@given(stream=streams(least_width=1), k=st.integers(0, 8), data=st.data())
def test_top_k_gives_the_first_rows_of_the_sorted_stream(
    stream: list[Columns], k: int, data: st.DataObject
) -> None:
    if not stream:
        return
    descending = [data.draw(st.booleans()) for _ in stream[0]]
    top = TopK(k, descending, batch=1)
    row = 0
    for columns in stream:
        count = len(columns[0])
        top.add(Frame({"row": Vector.of(list(range(row, row + count)))}, count), columns)
        row += count
    merged = [Vector.concatenate(column) for column in zip(*stream, strict=True)]
    expected = expected_order(merged, descending)[:k]
    result = top.finish()
    assert result.count == len(expected)
    assert not expected or result["row"].tolist() == expected
