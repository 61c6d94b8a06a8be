"""IN, subscripts, slices, property access, string predicates; expectations from the TCK."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lithograph.cypher.entities import NodeRef, PathRef, RelationshipRef
from lithograph.cypher.errors import (
    ArgumentError,
    CypherTypeError,
    ListElementAccessError,
    MapElementAccessError,
)
from lithograph.cypher.scalar.access import has_label, property_of
from lithograph.cypher.scalar.lists import in_, slice_, subscript
from lithograph.cypher.scalar.strings import contains, ends_with, matches, starts_with
from lithograph.storage.values.iso8601 import (
    parse_date,
    parse_datetime,
    parse_duration,
    parse_local_time,
    parse_time,
)
from lithograph.storage.values.spatial import Point
from support.values import FakeReader

READER = FakeReader(
    nodes={1: (["A", "B"], {"name": "Apa", "n": 1}), 2: ([], {})},
    relationships={5: ("KNOWS", 1, 2, {"since": 2015})},
)


@pytest.mark.parametrize(
    ("element", "elements", "result"),
    [
        (1, [1, 2], True),
        (3, [1, 2], False),
        (1.0, [1], True),
        (True, [1], False),
        (None, None, None),
        (None, [1, 2, 3], None),
        (None, [], False),
        (1, [1, 2, None], True),
        (1, [None, 1], True),
        (5, [1, None], None),
        (1, None, None),
        ([], [[]], True),
        ([], [], False),
        ([], [1, 2, None], None),
        ([[], []], [1, [[], []]], True),
        ([1, 2], [[None, 2]], None),
        ([1, 2], [1, [1, 2]], True),
        ([1], [1, 2], False),
        (NodeRef(1), [NodeRef(2), NodeRef(1)], True),
    ],
)
def test_in_is_an_or_of_equalities(element: Any, elements: Any, result: bool | None) -> None:
    assert in_(element, elements) is result


@pytest.mark.parametrize("elements", [True, 123, 123.4, "foo", {"x": []}])
def test_in_needs_a_list(elements: Any) -> None:
    with pytest.raises(CypherTypeError, match="IN needs a List"):
        in_(1, elements)


@pytest.mark.parametrize(
    ("container", "index", "result"),
    [
        ([1, 2, 3], 0, 1),
        ([1, 2, 3], -1, 3),
        ([1, 2, 3], 3, None),
        ([1, 2, 3], -4, None),
        ([1, 2, 3], 2**63 - 1, None),
        ([1], None, None),
        (None, 0, None),
        ({"name": "Apa"}, "name", "Apa"),
        ({"name": "Apa"}, "Name", None),
        ({"name": "Apa"}, None, None),
        (NodeRef(1), "name", "Apa"),
        (NodeRef(1), "missing", None),
        (RelationshipRef(5), "since", 2015),
    ],
)
def test_subscript(container: Any, index: Any, result: Any) -> None:
    assert subscript(container, index, READER) == result


@pytest.mark.parametrize("index", [True, 4.7, "1", [1], {"x": 3}])
def test_lists_are_subscripted_by_integers_only(index: Any) -> None:
    with pytest.raises(ListElementAccessError):
        subscript([1, 2], index, READER)
    with pytest.raises(ListElementAccessError):
        slice_([1, 2], index)


@pytest.mark.parametrize("container", [{"a": 1}, NodeRef(1), RelationshipRef(5)])
def test_maps_and_entities_are_subscripted_by_strings_only(container: Any) -> None:
    with pytest.raises(MapElementAccessError):
        subscript(container, 0, READER)


@pytest.mark.parametrize("container", [True, 123, 4.7, "1"])
def test_what_has_no_elements_cannot_be_subscripted_or_sliced(container: Any) -> None:
    with pytest.raises(CypherTypeError) as caught:
        subscript(container, 0, READER)
    assert caught.value.tck_class == "InvalidArgumentType"
    with pytest.raises(CypherTypeError, match="cannot be sliced"):
        slice_(container, 0, 1)


@pytest.mark.parametrize(
    ("bounds", "result"),
    [
        ((1, 3), [2, 3]),
        ((1,), [2, 3, 4, 5]),
        ((0, 2), [1, 2]),
        ((-3, -1), [3, 4]),
        ((-9, 9), [1, 2, 3, 4, 5]),
        ((3, 1), []),
        ((None, None), None),
        ((1, None), None),
        ((None, 3), None),
    ],
)
def test_slices(bounds: tuple[Any, ...], result: Any) -> None:
    assert slice_([1, 2, 3, 4, 5], *bounds) == result
    assert slice_(None, *bounds) is None


@pytest.mark.parametrize(
    ("value", "key", "result"),
    [
        (None, "k", None),
        ({"k": 42}, "k", 42),
        ({"k": 42}, "K", None),
        (NodeRef(1), "name", "Apa"),
        (NodeRef(2), "name", None),
        (RelationshipRef(5), "since", 2015),
    ],
)
def test_property_access(value: Any, key: str, result: Any) -> None:
    assert property_of(value, key, READER) == result


@pytest.mark.parametrize("value", [123, 42.45, True, False, "string", [123, True], PathRef((1,), ())])
def test_what_has_no_properties_is_a_type_error(value: Any) -> None:
    with pytest.raises(CypherTypeError, match="has no properties"):
        property_of(value, "num", READER)


@pytest.mark.parametrize(
    ("value", "components"),
    [
        (
            parse_date("1984-11-11"),
            "year 1984 quarter 4 month 11 week 45 weekYear 1984 day 11 ordinalDay 316 weekDay 7 dayOfQuarter 42",
        ),
        (parse_date("1984-01-01"), "weekYear 1983 week 52 weekDay 7 dayOfQuarter 1 ordinalDay 1"),
        (
            parse_local_time("12:31:14.645876123"),
            "hour 12 minute 31 second 14 millisecond 645 microsecond 645876 nanosecond 645876123",
        ),
        (
            parse_time("12:31:14+01:00"),
            "hour 12 minute 31 timezone +01:00 offset +01:00 offsetMinutes 60 offsetSeconds 3600",
        ),
        (
            parse_datetime("1984-11-11T12:31:14.645876123+01:00[Europe/Stockholm]"),
            "year 1984 hour 12 nanosecond 645876123 timezone Europe/Stockholm offset +01:00 offsetMinutes 60"
            " epochSeconds 469020674 epochMillis 469020674645",
        ),
        (parse_datetime("1984-11-11T12:31:14Z"), "timezone Z day 11 second 14"),
        (
            parse_duration("P1Y4M10DT1H1M1.111111111S"),
            "years 1 quarters 5 months 16 weeks 1 days 10 hours 1 minutes 61 seconds 3661 milliseconds 3661111"
            " microseconds 3661111111 nanoseconds 3661111111111 quartersOfYear 1 monthsOfQuarter 1"
            " monthsOfYear 4 daysOfWeek 3 minutesOfHour 1 secondsOfMinute 1 millisecondsOfSecond 111"
            " microsecondsOfSecond 111111 nanosecondsOfSecond 111111111",
        ),
        (
            Point(4326, 1.5, 2.5),
            "x 1.5 y 2.5 z None longitude 1.5 latitude 2.5 height None crs wgs-84 srid 4326",
        ),
        (Point(9157, 1.0, 2.0, 3.0), "x 1.0 y 2.0 z 3.0 crs cartesian-3d srid 9157"),
    ],
)
def test_components_of_temporal_values_and_points(value: Any, components: str) -> None:
    words = components.split()
    expected = dict(zip(words[::2], words[1::2], strict=True))
    assert {key: str(property_of(value, key, READER)) for key in expected} == expected


def test_unknown_components_are_refused_with_a_suggestion() -> None:
    with pytest.raises(ArgumentError, match=r"A Date has no `yaer`\. Did you mean `year`"):
        property_of(parse_date("2015"), "yaer", READER)
    with pytest.raises(ArgumentError, match="has no `longitude`"):
        property_of(Point(7203, 1.0, 2.0), "longitude", READER)


def test_labels_are_tested_on_nodes_and_types_on_relationships() -> None:
    assert has_label(NodeRef(1), "B", READER) is True
    assert has_label(NodeRef(1), "b", READER) is False
    assert has_label(RelationshipRef(5), "KNOWS", READER) is True
    assert has_label(None, "A", READER) is None
    with pytest.raises(CypherTypeError, match="has no labels"):
        has_label({}, "A", READER)


@given(st.text(max_size=6), st.text(max_size=6))
def test_string_predicates_find_their_parts(a: str, b: str) -> None:
    assert starts_with(a + b, a)
    assert ends_with(a + b, b)
    assert contains(b + a + b, a)
    assert contains(a, b) or b not in a


@pytest.mark.parametrize("predicate", [starts_with, ends_with, contains])
@pytest.mark.parametrize(
    ("a", "b"), [("a", None), (None, "a"), ("1", 1), (1, "1"), (["a"], "a"), (True, "true")]
)
def test_string_predicates_are_null_for_other_operands(
    predicate: Callable[[Any, Any], Any], a: Any, b: Any
) -> None:
    assert predicate(a, b) is None


def test_string_predicates_mind_case() -> None:
    assert starts_with("ABCDEF", "ab") is False
    assert ends_with("ABCDEF", "EF") is True


@pytest.mark.parametrize(
    ("text", "pattern", "result"),
    [
        ("abc", "a.c", True),
        ("abcd", "abc", False),
        ("xabc", "abc", False),
        ("ABC", "(?i)abc", True),
        ("abc\n", "abc", False),
        ("", "", True),
        (None, "a", None),
        ("a", None, None),
        (1, "1", None),
    ],
)
def test_regular_expressions_match_the_whole_string(text: Any, pattern: Any, result: bool | None) -> None:
    assert matches(text, pattern) is result


def test_bad_patterns_are_refused() -> None:
    with pytest.raises(ArgumentError, match="invalid regular expression"):
        matches("a", "(")
    with pytest.raises(CypherTypeError, match="needs a String"):
        matches("a", 1)
