"""Vectors: tight arrays and Python values are two views of the same."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lithograph.cypher.entities import NodeRef
from lithograph.cypher.scatter import merge, scatter
from lithograph.cypher.vectors import Kind, TextVector, Vector
from lithograph.storage.columns.chunk import Chunk
from lithograph.storage.columns.chunk import Kind as ChunkKind
from support.vectors import same, vectors

LENGTHS = st.sampled_from((0, 1, 5, 12))


def texts(codes: list[int], dictionary: list[str]) -> Vector:
    return Vector.of_chunk(
        Chunk(ChunkKind.DICTIONARY, np.array(codes, dtype=np.int32), dictionary=dictionary)
    )


@given(vector=LENGTHS.flatmap(vectors), data=st.data())
def test_parts_of_a_vector_are_parts_of_its_values(vector: Vector, data: st.DataObject) -> None:
    values = vector.tolist()
    count = len(values)
    rows = data.draw(st.lists(st.integers(0, count - 1)) if count else st.just([]))
    mask = data.draw(st.lists(st.booleans(), min_size=count, max_size=count))
    assert same(vector.take(np.array(rows, dtype=np.intp)).tolist(), [values[row] for row in rows])
    kept = vector.filter(np.array(mask, dtype=np.bool_))
    assert same(kept.tolist(), [value for value, keep in zip(values, mask, strict=True) if keep])
    assert same(vector.slice(1, 4).tolist(), values[1:4])
    assert vector.null_mask().tolist() == [value is None for value in values]
    assert len(vector) == count


@given(parts=st.lists(LENGTHS.flatmap(vectors), min_size=1, max_size=3))
def test_vectors_end_to_end_have_all_values(parts: list[Vector]) -> None:
    joined = Vector.concatenate(parts)
    assert same(joined.tolist(), [value for part in parts for value in part.tolist()])


@given(vector=LENGTHS.flatmap(vectors))
def test_the_tightest_vector_has_the_same_values(vector: Vector) -> None:
    assert same(Vector.of(vector.tolist()).tolist(), vector.tolist())


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([1, None], Kind.INT),
        ([1.5, None], Kind.FLOAT),
        ([True, None], Kind.BOOL),
        ([NodeRef(1), None], Kind.NODE),
        ([1, 1.5], Kind.OBJECT),
        (["a"], Kind.OBJECT),
        ([None], Kind.OBJECT),
        ([[1, 2], [3, 4]], Kind.OBJECT),
    ],
)
def test_values_of_one_type_become_an_array_of_it(values: list[Any], kind: Kind) -> None:
    vector = Vector.of(values)
    assert vector.kind is kind
    assert same(vector.tolist(), values)
    assert same(Vector.single(values[0]).tolist(), values[:1])
    assert same(Vector.repeat(values[0], 3).tolist(), values[:1] * 3)


@pytest.mark.parametrize("dictionary", [["a", "b"], [*"abcdefghi"]])
def test_texts_stay_codes_until_their_values_are_asked_for(dictionary: list[str]) -> None:
    vector = texts([1, -1, 0, 0], dictionary).take(np.array([0, 1, 3]))
    assert isinstance(vector, TextVector)
    assert vector.to_chunk().kind is ChunkKind.DICTIONARY
    assert vector.tolist() == ["b", None, "a"]
    assert vector.values.tolist() == ["b", None, "a"]
    assert vector.null_mask().tolist() == [False, True, False]


def test_texts_of_one_dictionary_are_joined_as_codes() -> None:
    dictionary = ["a", "b"]
    joined = Vector.concatenate([texts([0, -1], dictionary), texts([1], dictionary)])
    assert isinstance(joined, TextVector)
    assert joined.tolist() == ["a", None, "b"]
    other = Vector.concatenate([texts([0], dictionary), texts([0], ["c"])])
    assert not isinstance(other, TextVector)
    assert other.tolist() == ["a", "c"]


def test_a_dictionary_may_grow_while_its_vectors_live() -> None:
    dictionary = ["a"]
    vector = texts([0, -1, 0], dictionary)
    dictionary.extend("bcdef")
    assert vector.tolist() == ["a", None, "a"]


@given(vector=st.sampled_from((0, 1, 4)).flatmap(vectors), data=st.data())
def test_scattered_values_are_null_elsewhere(vector: Vector, data: st.DataObject) -> None:
    count = len(vector) + 3
    rows = data.draw(st.permutations(range(count)))[: len(vector)]
    expected: list[Any] = [None] * count
    for row, value in zip(rows, vector.tolist(), strict=True):
        expected[row] = value
    assert same(scatter(vector, np.array(rows, dtype=np.intp), count).tolist(), expected)


@given(data=st.data())
def test_merged_parts_have_each_row_from_its_part(data: st.DataObject) -> None:
    order = data.draw(st.permutations(range(8)))
    expected: list[Any] = [None] * 8
    parts = []
    for start, stop in ((0, 2), (2, 3), (3, 6)):
        rows = order[start:stop]
        vector = data.draw(vectors(data.draw(st.sampled_from((1, len(rows))))))
        parts.append((np.array(rows, dtype=np.intp), vector))
        values = vector.tolist()
        for index, row in enumerate(rows):
            expected[row] = values[index if len(values) > 1 else 0]
    assert same(merge(parts, 8).tolist(), expected)


def test_a_part_of_nulls_does_not_cost_the_others_their_kind() -> None:
    parts = [(np.array([0, 2]), Vector.of([1, 2])), (np.array([1]), Vector.all_null(1))]
    merged = merge(parts, 3)
    assert merged.kind is Kind.INT
    assert merged.tolist() == [1, None, 2]
