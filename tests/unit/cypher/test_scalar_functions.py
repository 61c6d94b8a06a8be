"""The function registry and the functions in it."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lithograph.cypher.entities import NodeRef, PathRef, RelationshipRef
from lithograph.cypher.errors import (
    ArgumentError,
    CypherArithmeticError,
    CypherError,
    CypherTypeError,
    InvalidArgumentValueError,
    InvalidNumberOfArgumentsError,
    MemoryLimitError,
)
from lithograph.cypher.scalar.functions import Function, all_functions, lookup, unknown_function
from lithograph.cypher.scalar.limits import MAXIMUM_LIST_LENGTH
from lithograph.cypher.scalar.temporal.clock import Clock
from lithograph.storage.errors import StorageError
from lithograph.storage.values.properties import check_storable
from lithograph.storage.values.spatial import Point
from lithograph.storage.values.temporal import Date, Duration
from support import values
from support.values import FakeReader

READER = FakeReader(
    nodes={1: (["A", "B"], {"name": "Apa", "n": 1}), 2: ([], {})},
    relationships={5: ("KNOWS", 1, 2, {"since": 2015}), 6: ("LIKES", 1, 1, {})},
)
PATH = PathRef((1, 2), (5,))
NAN, INF = math.nan, math.inf
CLOCK = Clock(statement=1_445_000_000_123_456_789, transaction=1_444_000_000_000_000_001)


def call(name: str, *arguments: Any) -> Any:
    found = lookup(name)
    assert found is not None, name
    found.check_arity(len(arguments))
    given = (*arguments, READER) if found.needs_reader else arguments
    if found.needs_state:
        return found.call(*given, state={})
    if found.needs_hops:
        return found.call(*given, hops=3)
    return found.call(*given, clock=CLOCK) if found.needs_clock else found.call(*given)


def arity(function: Function) -> int:
    return function.minimum if function.maximum is None else function.maximum


def test_names_are_found_in_any_case() -> None:
    upper, alias = lookup("TOUPPER"), lookup("upper")
    assert upper is not None
    assert alias is not None
    assert (upper.name, upper.call) == ("toUpper", alias.call)
    assert lookup("POINT.distance") is not None
    assert lookup("nosuch") is None


def test_unknown_functions_suggest_what_is_close() -> None:
    assert "Unknown function `toUper`. Did you mean `toUpper`?" in str(unknown_function("toUper"))
    assert "Did you mean `percentileCont`?" in str(unknown_function("percentilecnt", ["percentileCont"]))


@pytest.mark.parametrize(
    ("name", "count", "message"),
    [
        ("head", 0, r"head\(\) takes exactly 1 argument, not 0"),
        ("replace", 4, r"replace\(\) takes exactly 3 arguments, not 4"),
        ("range", 1, r"range\(\) takes 2 to 3 arguments, not 1"),
        ("coalesce", 0, r"coalesce\(\) takes at least 1 argument, not 0"),
        ("labels", 2, r"labels\(\) takes exactly 1 argument, not 2"),
    ],
)
def test_wrong_numbers_of_arguments_are_refused_by_name(name: str, count: int, message: str) -> None:
    found = lookup(name)
    assert found is not None
    with pytest.raises(InvalidNumberOfArgumentsError, match=message):
        found.check_arity(count)


NULL_PROPAGATING = [f for f in all_functions() if f.null_in_null_out and arity(f)]


@pytest.mark.parametrize("function", NULL_PROPAGATING, ids=lambda f: f.name)
def test_null_in_null_out_is_what_a_function_does(function: Function) -> None:
    assert call(function.name, *[None] * arity(function)) is None


@pytest.mark.parametrize("function", all_functions(), ids=lambda f: f.name)
@settings(max_examples=10)
@given(data=st.data())
def test_functions_raise_nothing_but_errors_with_a_code(function: Function, data: st.DataObject) -> None:
    entities = (NodeRef, RelationshipRef, PathRef)
    candidates = values.values.filter(lambda v: not isinstance(v, entities))
    arguments = [data.draw(candidates) for _ in range(arity(function))]
    try:
        result = call(function.name, *arguments)
    except (CypherError, StorageError):
        return
    if function.null_in_null_out and any(argument is None for argument in arguments):
        assert result is None
    if function.deterministic and not any(isinstance(a, (list, dict)) for a in arguments):
        check_storable(result)


def test_only_functions_of_chance_time_and_counting_are_not_deterministic() -> None:
    names = {function.name for function in all_functions() if not function.deterministic}
    realtime = {f"{kind}.realtime" for kind in ("date", "localtime", "time", "localdatetime", "datetime")}
    assert (
        names == {"rand", "randomUUID", "timestamp", "uniformSample", "counter", "getHopsCounter"} | realtime
    )
    assert [function.name for function in all_functions() if function.once_per_query] == ["timestamp"]


@pytest.mark.parametrize(
    ("name", "arguments", "result"),
    [
        ("id", [NodeRef(1)], 1),
        ("id", [RelationshipRef(5)], 5),
        ("elementId", [NodeRef(1)], "1"),
        ("labels", [NodeRef(1)], ["A", "B"]),
        ("type", [RelationshipRef(5)], "KNOWS"),
        ("startNode", [RelationshipRef(5)], NodeRef(1)),
        ("endNode", [RelationshipRef(5)], NodeRef(2)),
        ("properties", [NodeRef(1)], {"name": "Apa", "n": 1}),
        ("properties", [RelationshipRef(5)], {"since": 2015}),
        ("properties", [{"a": None}], {"a": None}),
        ("keys", [NodeRef(1)], ["name", "n"]),
        ("keys", [{"k": 1, "l": None}], ["k", "l"]),
        ("values", [{"k": 1, "l": None}], [1, None]),
        ("degree", [NodeRef(1)], 3),
        ("outDegree", [NodeRef(1)], 2),
        ("inDegree", [NodeRef(1)], 1),
        ("nodes", [PATH], [NodeRef(1), NodeRef(2)]),
        ("relationships", [PATH], [RelationshipRef(5)]),
        ("length", [PATH], 1),
        ("size", [[1, 2, 3]], 3),
        ("size", ["äöü"], 3),
        ("cardinality", [PATH], 3),
        ("cardinality", [{"a": 1}], 1),
        ("path_length", [PATH], 1),
        ("propertySize", [NodeRef(1), "name"], 3),
        ("propertySize", [NodeRef(1), "n"], 8),
        ("propertySize", [NodeRef(1), "other"], 0),
        (
            "coll.distinct",
            [[1, 1.0, 2, "2", None, None, [1], [1], {"a": 1}, {"a": 1}]],
            [1, 2, "2", None, [1], {"a": 1}],
        ),
        ("coll.flatten", [[1, [2, [3, [4]]], [], None]], [1, 2, [3, [4]], None]),
        ("coll.flatten", [[1, [2, [3, [4]]]], 0], [1, [2, [3, [4]]]]),
        ("coll.flatten", [[1, [2, [3, [4]]]], 2], [1, 2, 3, [4]]),
        ("coll.flatten", [[1, [2, [3, [4]]]], 10], [1, 2, 3, 4]),
        ("coll.indexOf", [[None, 2, 1.0], 1], 2),
        ("coll.indexOf", [[1, 2], "1"], -1),
        ("coll.indexOf", [[[1, None]], [1, None]], -1),
        ("coll.insert", [[1, 2, 3], 3, "x"], [1, 2, 3, "x"]),
        ("coll.insert", [[1, 2, 3], 1, None], [1, None, 2, 3]),
        ("coll.insert", [[], 0, 1], [1]),
        ("coll.remove", [[1, 2, 3], 2], [1, 2]),
        ("coll.max", [[1, 2.5, "a", None, [1], True]], None),
        ("coll.max", [[[1], [1, 2], [0, 9]]], [1, 2]),
        ("coll.max", [[1, 1.0]], 1),
        ("coll.min", [[1, 2.5, "a", None, [1], True]], [1]),
        ("coll.min", [[]], None),
        (
            "coll.sort",
            [[3, "a", 1.5, None, [2], True, {"a": 1}, 2]],
            [{"a": 1}, [2], "a", True, 1.5, 2, 3, None],
        ),
        ("assert", [True], True),
        ("counter", ["c", 5], 5),
        ("toByteString", ["0x00ffA0"], b"\x00\xff\xa0"),
        ("toByteString", ["0x"], b""),
        ("fromByteString", [b"\x0f\xa0"], "0x0fa0"),
        ("fromByteString", [b"\x0f", 3], "0x00000f"),
        ("fromByteString", [b"\x0f\xa0", 1], "0x0fa0"),
        ("head", [[1, 2]], 1),
        ("last", [[1, 2]], 2),
        ("head", [[]], None),
        ("last", [[]], None),
        ("tail", [[1, 2, 3]], [2, 3]),
        ("tail", [[]], []),
        ("reverse", [[1, 2]], [2, 1]),
        ("reverse", ["abc"], "cba"),
        ("isEmpty", [""], True),
        ("isEmpty", [{"a": 1}], False),
        ("toSet", [[1, 1.0, None, True, None]], [1, None, True]),
        ("range", [-1, 1], [-1, 0, 1]),
        ("range", [0, -1], []),
        ("range", [10, -10, -3], [10, 7, 4, 1, -2, -5, -8]),
        ("range", [0, 1, -1], []),
        ("range", [0, 0, -1], [0]),
        ("range", [-2000, 0, 1298], [-2000, -702]),
        ("range", [2**63 - 2, 2**63 - 1], [2**63 - 2, 2**63 - 1]),
        ("coalesce", [None, None, 2, 3], 2),
        ("coalesce", [None], None),
        ("nullIf", [1, 1.0], None),
        ("nullIf", [1, 2], 1),
        ("nullIf", [1, None], 1),
        ("abs", [-1], 1),
        ("abs", [-1.5], 1.5),
        ("ceil", [0.1], 1.0),
        ("ceil", [-INF], -INF),
        ("floor", [-0.1], -1.0),
        ("floor", [3], 3.0),
        ("round", [1.5], 2.0),
        ("round", [-1.5], -1.0),
        ("round", [-1.5, 0], -1.0),
        ("round", [-1.5, 0, "HALF_UP"], -2.0),
        ("round", [-1.55, 1], -1.6),
        ("round", [3.141592, 3], 3.142),
        ("round", [1.249, 1, "UP"], 1.3),
        ("round", [1.25, 1, "half_even"], 1.2),
        ("round", [1e300, 3], 1e300),
        ("round", [5e-324, 324], 5e-324),
        ("round", [INF, 2], INF),
        ("sign", [-3.5], -1),
        ("sign", [0], 0),
        ("sqrt", [12.96], 3.6),
        ("exp", [0], 1.0),
        ("exp", [1000], INF),
        ("log", [math.e], 1.0),
        ("log", [0], -INF),
        ("log10", [1000], 3.0),
        ("atan2", [1, 1], math.pi / 4),
        ("cot", [0], INF),
        ("degrees", [math.pi], 180.0),
        ("radians", [180], math.pi),
        ("haversin", [math.pi], 1.0),
        ("sinh", [0], 0.0),
        ("sinh", [-1000], -INF),
        ("cosh", [-1000], INF),
        ("tanh", [INF], 1.0),
        ("coth", [-INF], -1.0),
        ("isNaN", [NAN], True),
        ("isNaN", [1], False),
        ("left", ["hello", 3], "hel"),
        ("left", ["hi", 9], "hi"),
        ("right", ["hello", 3], "llo"),
        ("right", ["hello", 0], ""),
        ("right", ["hi", 9], "hi"),
        ("left", [None, 1], None),
        ("substring", ["0123456789", 1], "123456789"),
        ("substring", ["0123456789", 2, 3], "234"),
        ("substring", ["012", 5], ""),
        ("trim", ["  a b \t"], "a b"),
        ("btrim", ["xxaxx", "x"], "a"),
        ("lTrim", ["  a "], "a "),
        ("rtrim", ["  a "], "  a"),
        ("trim", ["a", None], None),
        ("toUpper", ["äbc"], "ÄBC"),
        ("toLower", ["ÄBC"], "äbc"),
        ("replace", ["hello", "l", "LL"], "heLLLLo"),
        ("replace", ["ab", "", "-"], "-a-b-"),
        ("split", ["one,two", ","], ["one", "two"]),
        ("split", ["", ","], [""]),
        ("split", ["ab", ""], ["a", "b"]),
        ("split", ["a,b;c", [",", ";"]], ["a", "b", "c"]),
        ("normalize", ["e\u0301"], "é"),
        ("normalize", ["\ufb01", "nfkc"], "fi"),
        ("char_length", ["𝔘"], 1),
    ],
)
def test_results(name: str, arguments: list[Any], result: Any) -> None:
    computed = call(name, *arguments)
    assert computed == result
    assert type(computed) is type(result)


@pytest.mark.parametrize(
    "name", ["sqrt", "log", "log10", "asin", "acos", "sin", "cos", "tan"], ids=lambda name: str(name)
)
def test_outside_of_their_domain_functions_are_nan(name: str) -> None:
    assert math.isnan(call(name, -INF))


@pytest.mark.parametrize(
    ("name", "argument", "result"),
    [
        ("toInteger", 82.9, 82),
        ("toInteger", -82.9, -82),
        ("toInteger", " 42 ", 42),
        ("toInteger", "1.9", 1),
        ("toInteger", "-1e3", -1000),
        ("toInteger", "foo", None),
        ("toInteger", "", None),
        ("toInteger", "1_000", None),
        ("toInteger", "٣", None),
        ("toInteger", True, 1),
        ("toInteger", 1e300, 2**63 - 1),
        ("toInteger", -INF, -(2**63)),
        ("toInteger", NAN, 0),
        ("toInteger", "-9223372036854775808", -(2**63)),
        ("toFloat", 3, 3.0),
        ("toFloat", "5", 5.0),
        ("toFloat", "foo", None),
        ("toFloat", "", None),
        ("toFloat", "nan", None),
        ("toFloat", "-Infinity", -INF),
        ("toBoolean", "True ", True),
        ("toBoolean", "false", False),
        ("toBoolean", "yes", None),
        ("toBoolean", 0, False),
        ("toBoolean", 7, True),
        ("toString", 42, "42"),
        ("toString", True, "true"),
        ("toString", 2.3, "2.3"),
        ("toString", "apa", "apa"),
        ("toString", 1e7, "1.0E7"),
        ("toString", 123456789.25, "1.2345678925E8"),
        ("toString", 0.001, "0.001"),
        ("toString", -0.00015, "-1.5E-4"),
        ("toString", 1e-7, "1.0E-7"),
        ("toString", 1e22, "1.0E22"),
        ("toString", 9999999.0, "9999999.0"),
        ("toString", -0.0, "-0.0"),
        ("toString", INF, "Infinity"),
        ("toString", NAN, "NaN"),
        ("toIntegerOrNull", [], None),
        ("toIntegerOrNull", "99999999999999999999", None),
        ("toFloatOrNull", True, None),
        ("toBooleanOrNull", 1.5, None),
        ("toStringOrNull", {}, None),
        ("toIntegerList", [1.5, "2", "x", None, []], [1, 2, None, None, None]),
        ("toStringList", [1, True, {}], ["1", "true", None]),
    ],
)
def test_conversions(name: str, argument: Any, result: Any) -> None:
    computed = call(name, argument)
    assert computed == result
    assert type(computed) is type(result)


@given(values.floats)
def test_the_text_of_a_float_reads_back(value: float) -> None:
    text = call("toString", value)
    read = call("toFloat", text)
    assert read == value or (math.isnan(value) and math.isnan(read))
    assert math.copysign(1, read) == math.copysign(1, value) or math.isnan(value)


@given(values.integers)
def test_the_text_of_an_integer_reads_back(value: int) -> None:
    assert call("toInteger", call("toString", value)) == value


@given(values.temporal_values)
def test_the_text_of_a_temporal_value_reads_back(value: Any) -> None:
    assert call(type(value).__name__, call("toString", value)) == value
    assert call(type(value).__name__, value) == value


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("toBoolean", [1.0], r"toBoolean\(\) expected .*, got Float"),
        ("toInteger", [[]], r"toInteger\(\) expected .*, got List"),
        ("toFloat", [True], r"toFloat\(\) expected .*, got Boolean"),
        ("toString", [NodeRef(1)], r"toString\(\) expected .*, got Node"),
        ("toString", [PATH], "got Path"),
        ("labels", [1], r"labels\(\) expected a Node, got Integer"),
        ("type", [NodeRef(1)], r"type\(\) expected a Relationship, got Node"),
        ("nodes", [[]], r"nodes\(\) expected a Path, got List"),
        ("properties", [1], "got Integer"),
        ("id", ["a"], "got String"),
        ("size", [PATH], "got Path"),
        ("head", ["a"], "got String"),
        ("range", [1.0, 2], r"range\(\) expected an Integer, got Float"),
        ("abs", ["a"], r"abs\(\) expected an Integer or a Float, got String"),
        ("toUpper", [1], r"toUpper\(\) expected a String, got Integer"),
        ("left", ["a", None], r"left\(\) expected an Integer, got Null"),
        ("date", [1], r"date\(\): Expected a String, a Map or a temporal value, got Integer"),
        ("toIntegerList", ["a"], r"toIntegerList\(\) expected a List, got String"),
    ],
)
def test_wrong_types_name_function_and_type(name: str, arguments: list[Any], message: str) -> None:
    with pytest.raises(CypherTypeError, match=message) as caught:
        call(name, *arguments)
    assert type(caught.value) is InvalidArgumentValueError


@pytest.mark.parametrize(
    ("name", "arguments", "error"),
    [
        ("range", [2, 8, 0], ArgumentError),
        ("range", [1, 10**12], MemoryLimitError),
        ("range", [-(2**63), 2**63 - 1], MemoryLimitError),
        ("substring", ["a", -1], ArgumentError),
        ("left", ["a", -1], ArgumentError),
        ("round", [1.5, -1], ArgumentError),
        ("round", [1.5, 1, "SIDEWAYS"], ArgumentError),
        ("normalize", ["a", "NFX"], ArgumentError),
        ("coll.flatten", [[1, 2], -1], ArgumentError),
        ("coll.insert", [[1], 2, "x"], ArgumentError),
        ("coll.insert", [[1], -1, "x"], ArgumentError),
        ("coll.remove", [[1], 1], ArgumentError),
        ("coll.remove", [[], 0], ArgumentError),
        ("uniformSample", [[1], -1], ArgumentError),
        ("assert", [False], ArgumentError),
        ("assert", [None], InvalidArgumentValueError),
        ("counter", ["c", 1, 0], ArgumentError),
        ("toByteString", ["1234"], ArgumentError),
        ("toByteString", ["0x123"], ArgumentError),
        ("toByteString", ["0x12 34"], ArgumentError),
        ("fromByteString", [b"", 10**9], MemoryLimitError),
        ("abs", [-(2**63)], CypherArithmeticError),
        ("toInteger", ["9223372036854775808"], CypherArithmeticError),
        ("toInteger", ["9" * 10_000], CypherArithmeticError),
        ("replace", ["a" * 2**20, "a", "b" * 2**10], MemoryLimitError),
    ],
)
def test_values_that_make_no_sense_are_refused(
    name: str, arguments: list[Any], error: type[CypherError]
) -> None:
    with pytest.raises(error):
        call(name, *arguments)


def test_the_longest_range_is_the_longest_list() -> None:
    with pytest.raises(MemoryLimitError, match=str(MAXIMUM_LIST_LENGTH)):
        call("range", 0, MAXIMUM_LIST_LENGTH)


def test_what_split_gives_is_no_longer_than_a_list_may_be() -> None:
    with pytest.raises(MemoryLimitError, match=str(MAXIMUM_LIST_LENGTH)):
        call("split", "," * MAXIMUM_LIST_LENGTH, ",")
    with pytest.raises(MemoryLimitError, match=str(MAXIMUM_LIST_LENGTH)):
        call("split", "a" * (MAXIMUM_LIST_LENGTH + 1), "")


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (None, "NULL"),
        (1, "INTEGER NOT NULL"),
        (Date(0), "DATE NOT NULL"),
        (NodeRef(1), "NODE NOT NULL"),
        ([], "LIST<NOTHING> NOT NULL"),
        ([None], "LIST<NULL> NOT NULL"),
        ([1, "a", 2], "LIST<STRING NOT NULL | INTEGER NOT NULL> NOT NULL"),
        ([1.5, None], "LIST<FLOAT> NOT NULL"),
        ([[1]], "LIST<LIST<INTEGER NOT NULL> NOT NULL> NOT NULL"),
    ],
)
def test_value_types(value: Any, name: str) -> None:
    assert call("valueType", value) == name


def test_a_counter_goes_on_under_its_name() -> None:
    counter = lookup("counter")
    assert counter is not None
    state: dict[str, int] = {}
    assert [counter.call("a", 1, 10, state=state) for _ in range(3)] == [1, 11, 21]
    assert counter.call("b", 0, state=state) == 0
    assert counter.call("c", 2**63 - 1, state=state) == 2**63 - 1
    with pytest.raises(CypherArithmeticError):
        counter.call("c", 2**63 - 1, state=state)


def test_samples_are_of_the_list() -> None:
    sample = call("uniformSample", [1, 2, 3], 50)
    assert len(sample) == 50
    assert set(sample) <= {1, 2, 3}
    assert call("uniformSample", [], 5) is None


def test_chance_and_time() -> None:
    assert 0 <= call("rand") < 1
    assert len({call("randomUUID") for _ in range(3)}) == 3
    assert call("timestamp") == CLOCK.statement // 1_000_000


@pytest.mark.parametrize(
    ("fields", "point"),
    [
        ({"x": 1, "y": 2}, Point(7203, 1.0, 2.0)),
        ({"x": 1, "y": 2, "z": 3}, Point(9157, 1.0, 2.0, 3.0)),
        ({"longitude": 1, "latitude": 2}, Point(4326, 1.0, 2.0)),
        ({"longitude": 1, "latitude": 2, "height": 3}, Point(4979, 1.0, 2.0, 3.0)),
        ({"x": 1, "y": 2, "crs": "WGS-84"}, Point(4326, 1.0, 2.0)),
        ({"x": 1, "y": 2, "srid": 7203}, Point(7203, 1.0, 2.0)),
        ({"x": 1, "y": None}, None),
    ],
)
def test_points_from_maps(fields: dict[str, Any], point: Point | None) -> None:
    assert call("point", fields) == point


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"x": 1},
        {"x": 1, "y": 2, "w": 3},
        {"x": 1, "y": 2, "latitude": 3},
        {"x": 1, "y": 2, "crs": "cartesian", "srid": 7203},
        {"x": 1, "y": 2, "crs": "mercator"},
        {"longitude": 1, "latitude": 2, "crs": "cartesian"},
    ],
)
def test_maps_that_are_no_point_are_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ArgumentError):
        call("point", fields)


def test_distances() -> None:
    assert call("point.distance", Point(7203, 0.0, 0.0), Point(7203, 3.0, 4.0)) == 5.0
    assert call("distance", Point(9157, 0.0, 0.0, 0.0), Point(9157, 2.0, 3.0, 6.0)) == 7.0
    assert call("point.distance", Point(7203, 0.0, 0.0), Point(4326, 3.0, 4.0)) is None
    quarter = call("point.distance", Point(4326, 0.0, 0.0), Point(4326, 90.0, 0.0))
    assert quarter == pytest.approx(6_378_140 * math.pi / 2)
    assert call("point.distance", Point(4979, 0.0, 0.0, 0.0), Point(4979, 0.0, 0.0, 30.0)) == 30.0


def test_bounding_boxes() -> None:
    low, high = Point(7203, 0.0, 0.0), Point(7203, 2.0, 2.0)
    assert call("point.withinBBox", Point(7203, 2.0, 1.0), low, high) is True
    assert call("point.withinBBox", Point(7203, 3.0, 1.0), low, high) is False
    assert call("point.withinBBox", Point(4326, 1.0, 1.0), low, high) is None
    west, east = Point(4326, 170.0, -10.0), Point(4326, -170.0, 10.0)
    assert call("point.withinBBox", Point(4326, 175.0, 0.0), west, east) is True
    assert call("point.withinBBox", Point(4326, 0.0, 0.0), west, east) is False


def test_durations_from_text() -> None:
    assert call("duration", "P1Y2M") == Duration(14)
