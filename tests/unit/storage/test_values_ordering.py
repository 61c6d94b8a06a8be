"""Total order and equivalence over storable values."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lithograph.storage.values.ordering import distinct, equivalence_key, index_key, order_key
from lithograph.storage.values.spatial import Point
from lithograph.storage.values.temporal import Date, DateTime, Duration, LocalDateTime, LocalTime, Time
from support import values

NAN = math.nan

ASCENDING: list[Any] = [
    {},
    {"a": 1},
    {"a": 2},
    {"b": 0},
    {"a": 1, "b": 1},
    [],
    ["a"],
    ["a", 1],
    [1],
    [1, "a"],
    [1, None],
    [None, 1],
    [None, 2],
    b"",
    b"a",
    Point(4326, 1.0, 1.0),
    Point(7203, 1.0, 1.0),
    Point(7203, 1.0, 2.0),
    DateTime(0, 0, 0),
    DateTime(0, 0, 60),
    LocalDateTime(0, 0),
    Date(0),
    Date(1),
    Time(0, 60),
    Time(0, 0),
    LocalTime(0),
    Duration(0, 30),
    Duration(1),
    Duration(0, 31),
    "",
    " ",
    ".*",
    "one",
    False,
    True,
    -math.inf,
    -(2**63),
    -1.5,
    1,
    1.5,
    2**63 - 1,
    math.inf,
    NAN,
    None,
]


def test_order_by_sorts_types_and_values_as_opencypher_does() -> None:
    descending = ASCENDING[::-1]
    assert sorted(descending, key=order_key) == ASCENDING
    assert all(order_key(a) < order_key(b) for a, b in pairwise(ASCENDING))


@given(values.storable_values, values.storable_values, values.storable_values)
def test_order_is_total_and_transitive(a: Any, b: Any, c: Any) -> None:
    x, y, z = sorted(map(order_key, (a, b, c)))
    assert x <= y <= z
    assert x <= z


@given(values.storable_values, values.storable_values)
def test_equivalent_values_are_those_with_no_order_between_them(a: Any, b: Any) -> None:
    assert (equivalence_key(a) == equivalence_key(b)) == (order_key(a) == order_key(b))


@given(values.storable_values)
def test_keys_hash_alike_when_equal(value: Any) -> None:
    assert hash(equivalence_key(value)) == hash(equivalence_key(value))
    assert equivalence_key(value) == index_key(value)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (1, 1.0),
        (0.0, -0.0),
        (NAN, -NAN),
        (None, None),
        ([1, [NAN, None]], [1.0, [NAN, None]]),
        ({"a": 1, "b": 2}, {"b": 2.0, "a": 1}),
        (2**53, float(2**53)),
    ],
)
def test_equivalent(a: Any, b: Any) -> None:
    assert equivalence_key(a) == equivalence_key(b)
    assert hash(equivalence_key(a)) == hash(equivalence_key(b))


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (True, 1),
        (False, 0),
        (False, 0.0),
        ([True], [1]),
        ({"a": True}, {"a": 1}),
        ("1", 1),
        ([], {}),
        (["a", 1], {"a": 1}),
        (None, NAN),
        (None, []),
        (2**53 + 1, float(2**53)),
        (b"a", "a"),
        (Date(1), LocalTime(1)),
    ],
)
def test_not_equivalent(a: Any, b: Any) -> None:
    assert equivalence_key(a) != equivalence_key(b)


def test_distinct_keeps_the_first_of_each_group_in_order() -> None:
    assert distinct([2, 1.0, True, 1, None, 2, None, "a"]) == [2, 1.0, True, None, "a"]
    assert [type(value) for value in distinct([1.0, 1])] == [float]


@given(st.lists(values.storable_values, max_size=8))
def test_distinct_leaves_no_two_equivalent(many: list[Any]) -> None:
    keys = [equivalence_key(value) for value in distinct(many)]
    assert len(keys) == len(set(keys)) == len({equivalence_key(value) for value in many})


def test_what_is_no_value_has_no_order() -> None:
    with pytest.raises(TypeError, match="no order is defined for object"):
        order_key(object())
