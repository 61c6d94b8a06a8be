"""Functions equal what Python, or an independent formula, says of them; and types contain what is of them."""

from __future__ import annotations

import math
from decimal import Context, Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lithograph.cypher import ast
from lithograph.cypher.scalar.compare import equals
from lithograph.cypher.scalar.functions import lookup
from lithograph.cypher.scalar.functions.spatial import EARTH_RADIUS
from lithograph.cypher.scalar.ordering import order_key
from lithograph.cypher.scalar.type_test import type_test
from lithograph.storage.values.enums import EnumValue
from lithograph.storage.values.spatial import CARTESIAN_2D, WGS84_2D, Point
from support import values
from support.expressions import expression

TEXTS = st.text("abcä𝔘 \t", max_size=8)
COUNTS = st.integers(0, 10)
LISTS = st.lists(values.values, max_size=6)
NUMBERS = st.floats(-1e6, 1e6)
EXACT = Context(prec=400)


def call(name: str, *arguments: Any) -> Any:
    found = lookup(name)
    assert found is not None, name
    return found.call(*arguments)


# -- strings


@given(TEXTS, COUNTS, COUNTS)
def test_parts_of_strings(text: str, start: int, length: int) -> None:
    assert call("left", text, length) == text[:length]
    assert call("right", text, length) == (text[-length:] if length else "")
    assert call("substring", text, start, length) == text[start:][:length]
    assert call("substring", text, start) == text[start:]
    whole = call("left", text, start) + call("substring", text, start)
    assert whole == text


@given(TEXTS, st.text("abä ", min_size=1, max_size=3))
def test_trimmed_characters(text: str, characters: str) -> None:
    assert call("btrim", text, characters) == text.strip(characters)
    assert call("ltrim", text, characters) == text.lstrip(characters)
    assert call("rtrim", text, characters) == text.rstrip(characters)
    assert call("trim", text) == text.strip()


@given(TEXTS, st.text("ab", min_size=1, max_size=2), TEXTS)
def test_splitting_and_replacing(text: str, search: str, replacement: str) -> None:
    parts = call("split", text, search)
    assert search.join(parts) == text
    assert call("replace", text, search, replacement) == replacement.join(parts)
    assert call("reverse", call("reverse", text)) == text


@given(st.binary(max_size=20), st.integers(0, 30))
def test_byte_strings_read_back(data: bytes, minimum: int) -> None:
    text = call("fromByteString", data)
    assert call("toByteString", text) == data
    padded = call("toByteString", call("fromByteString", data, minimum))
    assert int.from_bytes(padded) == int.from_bytes(data)
    assert len(padded) == max(len(data), minimum)


# -- lists


@given(st.integers(-50, 50), st.integers(-50, 50), st.integers(-7, 7).filter(bool))
def test_ranges(start: int, stop: int, step: int) -> None:
    inclusive = range(start, stop + (1 if step > 0 else -1), step)
    assert call("range", start, stop, step) == list(inclusive)


def same(a: Any, b: Any) -> bool:
    return repr(a) == repr(b)


@given(LISTS, values.values, st.data())
def test_inserting_and_removing(elements: list[Any], value: Any, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(elements)))
    expected = list(elements)
    expected.insert(index, value)
    inserted = call("coll.insert", elements, index, value)
    assert same(inserted, expected)
    assert same(call("coll.remove", inserted, index), elements)


@given(LISTS)
def test_sorting_is_that_of_order_by(elements: list[Any]) -> None:
    ordered = call("coll.sort", elements)
    keys = [order_key(element) for element in ordered]
    assert all(not after < before for before, after in pairwise(keys))
    assert sorted(map(repr, ordered)) == sorted(map(repr, elements))
    if elements:
        assert order_key(call("coll.min", elements)) == keys[0]
        assert order_key(call("coll.max", elements)) == keys[-1]


@given(LISTS, values.values)
def test_the_position_is_that_of_the_first_equal_element(elements: list[Any], value: Any) -> None:
    assume(value is not None)
    index = call("coll.indexOf", elements, value)
    equal = [number for number, element in enumerate(elements) if equals(element, value)]
    assert index == (equal[0] if equal else -1)


@given(
    st.recursive(st.integers(), lambda inner: st.lists(inner, max_size=4), max_leaves=12), st.integers(0, 4)
)
def test_flattening_dissolves_so_many_levels(nested: Any, depth: int) -> None:
    def flat(value: Any, levels: int) -> list[Any]:
        if type(value) is not list or levels < 0:
            return [value]
        return [leaf for item in value for leaf in flat(item, levels - 1)]

    elements = nested if type(nested) is list else [nested]
    assert call("coll.flatten", elements, depth) == flat(elements, depth)


# -- numbers


@given(NUMBERS, st.integers(0, 4))
@pytest.mark.parametrize("mode", ["UP", "DOWN", "CEILING", "FLOOR", "HALF_UP", "HALF_DOWN", "HALF_EVEN"])
def test_rounding_goes_to_a_neighbour_and_the_right_one(mode: str, value: float, places: int) -> None:
    rounded = call("round", value, places, mode)
    unit = Fraction(1, 10**places)
    exact, result = Fraction(repr(value)), Fraction(repr(rounded))
    assert result % unit == 0
    assert abs(result - exact) < unit
    match mode:
        case "UP":
            assert abs(result) >= abs(exact)
        case "DOWN":
            assert abs(result) <= abs(exact)
        case "CEILING":
            assert result >= exact
        case "FLOOR":
            assert result <= exact
        case _:
            assert abs(result - exact) <= unit / 2
            if abs(result - exact) == unit / 2:
                away = abs(result) > abs(exact)
                assert {"HALF_UP": away, "HALF_DOWN": not away, "HALF_EVEN": (result / unit) % 2 == 0}[mode]


@given(NUMBERS)
def test_rounding_to_whole_numbers_sends_ties_up(value: float) -> None:
    expected = math.floor(Fraction(repr(value)) + Fraction(1, 2))
    assert call("round", value) == call("round", value, 0) == expected


@given(st.floats(-20, 20))
def test_hyperbolic_functions_are_made_of_exponentials(value: float) -> None:
    above, below = Decimal(value).exp(EXACT), Decimal(-value).exp(EXACT)
    difference, total = EXACT.subtract(above, below), EXACT.add(above, below)
    assert call("sinh", value) == pytest.approx(float(difference / 2), rel=1e-12, abs=1e-300)
    assert call("cosh", value) == pytest.approx(float(total / 2), rel=1e-12)
    assert call("tanh", value) == pytest.approx(float(EXACT.divide(difference, total)), rel=1e-12, abs=1e-300)
    if abs(value) > 1e-3:
        assert call("coth", value) == pytest.approx(1 / call("tanh", value), rel=1e-12)


# -- points


def points(srid: int, x: float, y: float) -> st.SearchStrategy[Point]:
    return st.builds(Point, st.just(srid), st.floats(-x, x), st.floats(-y, y))


def upright(point: Point) -> tuple[float, float, float]:
    """The unit vector to a place on the globe."""
    longitude, latitude = math.radians(point.x), math.radians(point.y)
    return (
        math.cos(latitude) * math.cos(longitude),
        math.cos(latitude) * math.sin(longitude),
        math.sin(latitude),
    )


@given(points(WGS84_2D, 180, 90), points(WGS84_2D, 180, 90))
def test_distances_on_the_globe_are_angles_between_vectors(a: Point, b: Point) -> None:
    chord = math.dist(upright(a), upright(b))
    angle = 2 * math.asin(min(1.0, chord / 2))
    distance = call("point.distance", a, b)
    assert distance == pytest.approx(angle * EARTH_RADIUS, rel=1e-6, abs=1.0)
    assert distance == pytest.approx(call("point.distance", b, a), abs=1e-6)


@given(points(CARTESIAN_2D, 10, 10), points(CARTESIAN_2D, 10, 10), points(CARTESIAN_2D, 10, 10))
def test_the_way_round_is_no_shorter_and_boxes_are_intervals(a: Point, b: Point, c: Point) -> None:
    direct = call("point.distance", a, c)
    assert direct <= call("point.distance", a, b) + call("point.distance", b, c) + 1e-9
    inside = a.x <= b.x <= c.x and a.y <= b.y <= c.y
    assert call("point.withinBBox", b, a, c) is inside


# -- types


@given(values.values.filter(lambda value: "bytes" not in repr(value) and "b'" not in repr(value)))
def test_a_value_is_of_the_type_it_is_said_to_have(value: Any) -> None:
    name = call("valueType", value)
    assume("BYTEARRAY" not in name and "ENUM" not in name)  # these cannot be asked for
    written = expression(f"x IS :: {name}")
    assert isinstance(written, ast.IsTyped)
    assert type_test(written.type)(value)
    assert type_test(ast.NamedType("ANY"))(value)
    assert not type_test(ast.NamedType("NOTHING"))(value)


NAMES = ("BOOLEAN", "STRING", "INTEGER", "FLOAT", "DATE", "LOCAL TIME", "ZONED TIME", "LOCAL DATETIME")
NAMES += ("ZONED DATETIME", "DURATION", "POINT", "NODE", "RELATIONSHIP", "MAP", "PATH", "NULL")


@given(values.values)
def test_types_have_nothing_in_common_but_null(value: Any) -> None:
    tests = [type_test(ast.NamedType(name, nullable=name == "NULL")) for name in NAMES]
    tests.append(type_test(ast.ListType(ast.NamedType("ANY"), nullable=False)))
    assert sum(test(value) for test in tests) == (0 if type(value) in (bytes, EnumValue) else 1)
