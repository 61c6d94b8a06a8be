"""Equality and comparability; expectations from the TCK's expressions/comparison and list."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given

from lithograph.cypher.entities import NodeRef, PathRef, RelationshipRef
from lithograph.cypher.scalar.compare import (
    equals,
    greater_or_equal,
    greater_than,
    less_or_equal,
    less_than,
    not_equals,
)
from lithograph.cypher.scalar.ordering import equivalence_key, order_key
from lithograph.storage.values.spatial import Point
from lithograph.storage.values.temporal import Date, DateTime, Duration, LocalDateTime
from support import values

NAN = math.nan


@pytest.mark.parametrize(
    ("a", "b", "equal"),
    [
        (1, 1.0, True),
        ("1", 1, False),
        (True, 1, False),
        (False, 0.0, False),
        (NAN, NAN, False),
        (NAN, "a", False),
        (None, None, None),
        (None, 1, None),
        (4611686018427387905, 4611686018427387900, False),
        (2**53 + 1, float(2**53), False),
        ([1, 2], [1], False),
        ([None], [1], None),
        (["a"], [1], False),
        ([[1]], [[1], [None]], False),
        ([[1], [2]], [[1], [None]], None),
        ([[1], [2, 3]], [[1], [None]], False),
        ([1], [1, None], False),
        ([[1, 2], [1, 3]], [[1, 2], [None, "foo"]], False),
        ([[1, 2], ["foo", "bar"]], [[1, 2], [None, "bar"]], None),
        ([], {}, False),
        ({"a": 1}, {"a": 1.0}, True),
        ({"a": 1}, {"b": 1}, False),
        ({"a": 1, "b": None}, {"b": None, "a": 1}, None),
        ({"a": 1, "b": None}, {"a": 2, "b": None}, False),
        ({"a": None}, {}, False),
        (NodeRef(1), NodeRef(1), True),
        (NodeRef(1), NodeRef(2), False),
        (NodeRef(1), RelationshipRef(1), False),
        (PathRef((0, 0), (0,)), PathRef((0, 0), (0,)), True),
        (Duration(0, 1), Duration(0, 0, 86400), False),
        (Date(0), LocalDateTime(0, 0), False),
        (Point(7203, 1.0, 2.0), Point(7203, 1.0, 2.0), True),
        (Point(7203, 1.0, 2.0), Point(4326, 1.0, 2.0), False),
    ],
)
def test_equality(a: Any, b: Any, equal: bool | None) -> None:
    assert equals(a, b) is equal
    assert equals(b, a) is equal
    assert not_equals(a, b) is (None if equal is None else not equal)


@pytest.mark.parametrize(
    ("a", "b", "results"),
    [
        (1, 1.0, (False, True, False, True)),
        (1, 2, (True, True, False, False)),
        (2**63 - 1, 2.0**63, (True, True, False, False)),
        ("a", "b", (True, True, False, False)),
        ("", "a", (True, True, False, False)),
        (False, True, (True, True, False, False)),
        (NAN, 1, (False,) * 4),
        (1.0, NAN, (False,) * 4),
        (NAN, NAN, (False,) * 4),
        (NAN, "a", (None,) * 4),
        ("1", 1, (None,) * 4),
        (None, 1, (None,) * 4),
        (None, None, (None,) * 4),
        (True, 1, (None,) * 4),
        ({}, {}, (None,) * 4),
        (NodeRef(1), NodeRef(1), (None,) * 4),
        (Duration(1), Duration(1), (None,) * 4),
        (Point(7203, 1.0, 2.0), Point(7203, 1.0, 2.0), (None,) * 4),
        (Date(0), LocalDateTime(0, 0), (None,) * 4),
        (Date(0), Date(1), (True, True, False, False)),
        (DateTime(10, 0, 3600), DateTime(11, 0, 0), (True, True, False, False)),
        ([], [1], (True, True, False, False)),
        ([NAN], [1], (False,) * 4),
    ],
)
def test_comparability(a: Any, b: Any, results: tuple[bool | None, ...]) -> None:
    assert (less_than(a, b), less_or_equal(a, b), greater_than(a, b), greater_or_equal(a, b)) == results
    assert (greater_than(b, a), greater_or_equal(b, a), less_than(b, a), less_or_equal(b, a)) == results


@pytest.mark.parametrize(
    ("a", "b", "result"),
    [
        ([1, 0], [1], True),
        ([1, None], [1], True),
        ([1, 2], [1, None], None),
        ([1, "a"], [1, None], None),
        ([1, 2], [3, None], False),
        ([1, "a"], [1, 2], None),
    ],
)
def test_lists_compare_element_by_element(a: Any, b: Any, result: bool | None) -> None:
    assert greater_or_equal(a, b) is result


@given(values.values, values.values)
def test_equal_values_are_equivalent(a: Any, b: Any) -> None:
    if equals(a, b):
        assert equivalence_key(a) == equivalence_key(b)


@given(values.values, values.values)
def test_what_is_less_comes_first_in_order_by(a: Any, b: Any) -> None:
    if less_than(a, b):
        assert order_key(a) < order_key(b)
        assert equals(a, b) is not True


@given(values.values)
def test_a_value_without_nulls_and_nans_equals_itself(value: Any) -> None:
    itself = equals(value, value)
    text = repr(value)
    if "None" not in text and "nan" not in text:
        assert itself is True


@given(values.values)
def test_keys_exist_for_every_value(value: Any) -> None:
    assert order_key(value) == order_key(value)
    assert hash(equivalence_key(value)) == hash(equivalence_key(value))


def test_entities_stand_between_maps_and_temporal_values_in_order_by() -> None:
    ascending: list[Any] = [
        {"a": "map"},
        NodeRef(1),
        NodeRef(2),
        RelationshipRef(0),
        ["list"],
        PathRef((1,), ()),
        PathRef((1, 2), (0,)),
        PathRef((1, 2, 3), (0, 0)),
        PathRef((1, 2), (1,)),
        "text",
        False,
        1.5,
        NAN,
        None,
    ]
    descending = ascending[::-1]
    assert sorted(descending, key=order_key) == ascending
