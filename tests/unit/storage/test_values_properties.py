"""What can be stored, and how points are checked."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lithograph.cypher.entities import NodeRef
from lithograph.storage.errors import PropertyTypeError, ValueOutOfRangeError
from lithograph.storage.values.properties import MAXIMUM_DEPTH, check_all_storable, check_storable
from lithograph.storage.values.spatial import Point
from lithograph.storage.values.types import type_name
from support import values


@given(values.storable_values)
def test_everything_storable_passes(value: Any) -> None:
    check_storable(value)
    check_all_storable([value, value])


@pytest.mark.parametrize("value", [2**63, -(2**63) - 1, [2**63], pytest.param(10**10_000, id="huge")])
def test_integers_are_64_bits_wide(value: Any) -> None:
    with pytest.raises(ValueOutOfRangeError, match="does not fit into 64 bits"):
        check_storable(value)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (object(), "not object"),
        ((1, 2), "not tuple"),
        ([1, [2, {1, 2}]], r"not set \(at \[1\]\[1\]\)"),
        ({"a": [{"b": complex(1)}]}, r"not complex \(at a\[0\]\.b\)"),
        ({1: "a"}, "keys must be strings, not Integer"),
        ("a\ud800", "lone surrogate at position 1"),
        ([{"k": "\udfff"}], r"String \(at \[0\]\.k\) has a lone surrogate"),
        ({"\ud800": 1}, "lone surrogate"),
    ],
)
def test_refusals_name_the_type_and_the_place(value: Any, message: str) -> None:
    with pytest.raises(PropertyTypeError, match=message):
        check_storable(value)
    with pytest.raises(PropertyTypeError, match=message):
        check_all_storable(["fine", value])


def test_entities_cannot_be_stored() -> None:
    with pytest.raises(PropertyTypeError, match=r"not Node(Ref)? \(at \[0\]\)"):
        check_storable([NodeRef(1)])


def test_subclasses_of_plain_types_are_refused() -> None:
    class Number(int):
        pass

    with pytest.raises(PropertyTypeError):
        check_storable(Number(1))


def test_nesting_is_bounded() -> None:
    value: Any = 1
    for _ in range(MAXIMUM_DEPTH):
        value = [value]
    check_storable(value)
    with pytest.raises(ValueOutOfRangeError, match="nested"):
        check_storable({"k": value})


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (None, "Null"),
        (True, "Boolean"),
        (1, "Integer"),
        (1.0, "Float"),
        ("", "String"),
        ([], "List"),
        ({}, "Map"),
    ],
)
def test_types_have_the_names_that_users_know(value: Any, name: str) -> None:
    assert type_name(value) == name


@given(values.points)
def test_points_hold_their_coordinates(point: Point) -> None:
    assert Point(point.srid, *point.coordinates) == point
    assert hash(Point(point.srid, *point.coordinates)) == hash(point)
    assert len(point.coordinates) == (3 if point.crs.endswith("3d") else 2)


@pytest.mark.parametrize(
    "fields",
    [
        (1, 0.0, 0.0),
        (7203, 0.0, 0.0, 0.0),
        (9157, 0.0, 0.0),
        (4326, 180.5, 0.0),
        (4979, 0.0, -90.5, 1.0),
        (7203, float("nan"), 0.0),
        (7203, 0.0, float("inf")),
    ],
)
def test_points_that_make_no_sense_are_refused(fields: tuple[Any, ...]) -> None:
    with pytest.raises(ValueOutOfRangeError):
        Point(*fields)


def test_points_print_as_neo4j_prints_them() -> None:
    assert str(Point(7203, 1.0, 2.5)) == "point({x: 1.0, y: 2.5, crs: 'cartesian'})"
    assert str(Point(4979, 1.0, 2.0, 3.0)) == "point({x: 1.0, y: 2.0, z: 3.0, crs: 'wgs-84-3d'})"


@given(st.lists(values.storable_values, max_size=5))
def test_checking_together_is_checking_each(many: list[Any]) -> None:
    check_all_storable(many)
    for value in many:
        check_storable(value)
