"""Arithmetic: overflow, division, floats, strings, lists, durations."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lithograph.cypher.entities import NodeRef
from lithograph.cypher.errors import (
    ArgumentError,
    CypherArithmeticError,
    CypherTypeError,
    DivisionByZeroError,
    MemoryLimitError,
)
from lithograph.cypher.scalar.arithmetic import add, divide, modulo, multiply, negate, plus, power, subtract
from lithograph.cypher.scalar.limits import MAXIMUM_STRING_LENGTH
from lithograph.storage.values.iso8601 import (
    parse_date,
    parse_datetime,
    parse_duration,
    parse_local_datetime,
    parse_local_time,
    parse_time,
)
from lithograph.storage.values.spatial import Point
from lithograph.storage.values.temporal import Duration
from support import values

BINARY = (add, subtract, multiply, divide, modulo, power)
NUMBERS = st.one_of(values.integers, values.floats)


@pytest.mark.parametrize("operator", BINARY)
@pytest.mark.parametrize("other", [None, 1, 1.5, "a", [], {}, True])
def test_null_absorbs(operator: Callable[[Any, Any], Any], other: Any) -> None:
    assert operator(None, other) is None
    assert operator(other, None) is None
    assert negate(None) is None
    assert plus(None) is None


@given(values.integers, values.integers, st.sampled_from([add, subtract, multiply]))
def test_integers_are_exact_or_overflow(a: int, b: int, operator: Callable[[Any, Any], Any]) -> None:
    exact = a + b if operator is add else a - b if operator is subtract else a * b
    if -(2**63) <= exact < 2**63:
        result = operator(a, b)
        assert result == exact
        assert type(result) is int
    else:
        with pytest.raises(CypherArithmeticError, match="overflow"):
            operator(a, b)


@pytest.mark.parametrize(
    ("a", "b", "quotient", "remainder"),
    [
        (7, 2, 3, 1),
        (-7, 2, -3, -1),
        (7, -2, -3, 1),
        (-7, -2, 3, -1),
        (0, 5, 0, 0),
        (-(2**63), 1, -(2**63), 0),
    ],
)
def test_integer_division_truncates_toward_zero(a: int, b: int, quotient: int, remainder: int) -> None:
    assert divide(a, b) == quotient
    assert modulo(a, b) == remainder


@given(values.integers, values.integers)
def test_quotient_and_remainder_make_up_the_dividend(a: int, b: int) -> None:
    assume(b != 0 and (a, b) != (-(2**63), -1))
    assert divide(a, b) * b + modulo(a, b) == a
    assert abs(modulo(a, b)) < abs(b)


def test_integers_cannot_be_divided_by_zero() -> None:
    for operator in (divide, modulo):
        with pytest.raises(DivisionByZeroError):
            operator(1, 0)


def test_the_least_integer_has_no_opposite() -> None:
    with pytest.raises(CypherArithmeticError):
        negate(-(2**63))
    with pytest.raises(CypherArithmeticError):
        divide(-(2**63), -1)
    assert modulo(-(2**63), -1) == 0
    assert negate(2**63 - 1) == -(2**63) + 1


def same(a: float, b: float) -> bool:
    return (math.isnan(a) and math.isnan(b)) or (a == b and math.copysign(1, a) == math.copysign(1, b))


@pytest.mark.parametrize(
    ("operator", "a", "b", "result"),
    [
        (divide, 1, 0.0, math.inf),
        (divide, -1.0, 0, -math.inf),
        (divide, 1.0, -0.0, -math.inf),
        (divide, 0, 0.0, math.nan),
        (divide, 1, 2.0, 0.5),
        (modulo, 5.5, 2, 1.5),
        (modulo, -5.5, 2, -1.5),
        (modulo, 1.0, 0, math.nan),
        (modulo, math.inf, 2, math.nan),
        (modulo, 5.0, math.inf, 5.0),
        (multiply, 1e308, 10, math.inf),
        (add, 1, 0.5, 1.5),
        (power, 2, 10, 1024.0),
        (power, 2, 0.5, math.sqrt(2)),
        (power, 10, 400, math.inf),
        (power, -10, 401, -math.inf),
        (power, -10, 400, math.inf),
        (power, -8, 0.5, math.nan),
        (power, 0, -1, math.inf),
        (power, -0.0, -1, -math.inf),
        (power, -0.0, -2, math.inf),
    ],
)
def test_floats_follow_ieee_754(operator: Callable[[Any, Any], Any], a: Any, b: Any, result: float) -> None:
    computed = operator(a, b)
    assert type(computed) is float
    assert same(computed, result)


@given(NUMBERS, NUMBERS, st.sampled_from(BINARY))
def test_only_integers_raise(a: Any, b: Any, operator: Callable[[Any, Any], Any]) -> None:
    assume(operator is power or type(a) is float or type(b) is float)
    assert type(operator(a, b)) is float


@pytest.mark.parametrize(
    ("a", "b", "result"),
    [
        ("a", "b", "ab"),
        ("a", 1, "a1"),
        (1.5, "a", "1.5a"),
        ("a", 1e10, "a1.0E10"),
        ("a", True, "atrue"),
        ("on ", parse_date("2015-07-21"), "on 2015-07-21"),
        ("", Point(7203, 1.0, 2.0), "point({x: 1.0, y: 2.0, crs: 'cartesian'})"),
        ([1, 10, 100], [4, 5], [1, 10, 100, 4, 5]),
        ([1], 2, [1, 2]),
        (0, [1], [0, 1]),
        (["a"], "b", ["a", "b"]),
        ([], [[]], [[]]),
        ([1], {"a": 1}, [1, {"a": 1}]),
        ([], NodeRef(1), [NodeRef(1)]),
    ],
)
def test_plus_joins_strings_and_lists(a: Any, b: Any, result: Any) -> None:
    assert add(a, b) == result


def test_plus_changes_neither_list() -> None:
    a, b = [1], [2]
    assert add(a, b) == [1, 2]
    assert (a, b) == ([1], [2])


@pytest.mark.parametrize(
    ("operator", "a", "b", "message"),
    [
        (add, 1, True, "Cannot add `Integer` and `Boolean`"),
        (add, {}, {}, "Cannot add `Map` and `Map`"),
        (add, "a", {}, "Cannot add `String` and `Map`"),
        (add, NodeRef(1), "a", "Cannot add `Node` and `String`"),
        (subtract, "a", "b", "Cannot subtract `String` from `String`"),
        (subtract, Duration(1), parse_date("2015"), "Cannot subtract `Date` from `Duration`"),
        (multiply, "a", 2, "Cannot multiply `String` and `Integer`"),
        (divide, 2, [], "Cannot divide `Integer` by `List`"),
        (divide, 2, Duration(1), "Cannot divide `Integer` by `Duration`"),
        (modulo, True, 2, "Cannot calculate modulus of `Boolean` and `Integer`"),
        (power, 2, "a", "Cannot raise `Integer` to the power of `String`"),
    ],
)
def test_type_errors_name_both_types(
    operator: Callable[[Any, Any], Any], a: Any, b: Any, message: str
) -> None:
    with pytest.raises(CypherTypeError, match=message):
        operator(a, b)


@pytest.mark.parametrize("value", ["a", True, [], {}, parse_date("2015")])
def test_signs_need_numbers(value: Any) -> None:
    for sign in (negate, plus):
        with pytest.raises(CypherTypeError):
            sign(value)


def test_strings_cannot_grow_without_bound() -> None:
    half = "a" * (MAXIMUM_STRING_LENGTH // 2 + 1)
    with pytest.raises(MemoryLimitError):
        add(half, half)


D1 = parse_duration("P12Y5M14DT16H12M70.000000002S")
D2 = parse_duration("P1M-14DT16H-12M70S")


@pytest.mark.parametrize(
    ("value", "duration", "total", "difference"),
    [
        (parse_date("1984-10-11"), D1, "1997-03-25", "1972-04-27"),
        (parse_date("1984-10-11"), D2, "1984-10-28", "1984-09-25"),
        (parse_date("2011-01-31"), parse_duration("P1M"), "2011-02-28", "2010-12-31"),
        (parse_date("2011-01-31"), parse_duration("PT47H59M"), "2011-02-01", "2011-01-30"),
        (parse_local_time("12:31:14.000000001"), D1, "04:44:24.000000003", "20:18:03.999999999"),
        (parse_local_time("12:31:14.000000001"), D2, "04:20:24.000000001", "20:42:04.000000001"),
        (parse_time("12:31:14.000000001+01:00"), D1, "04:44:24.000000003+01:00", "20:18:03.999999999+01:00"),
        (
            parse_local_datetime("1984-10-11T12:31:14.000000001"),
            D1,
            "1997-03-26T04:44:24.000000003",
            "1972-04-26T20:18:03.999999999",
        ),
        (
            parse_datetime("1984-10-11T12:31:14.000000001+01:00"),
            D2,
            "1984-10-29T04:20:24.000000001+01:00",
            "1984-09-24T20:42:04.000000001+01:00",
        ),
        (
            parse_datetime("2017-10-28T12:00[Europe/Stockholm]"),
            parse_duration("P1D"),
            "2017-10-29T12:00+01:00[Europe/Stockholm]",
            "2017-10-27T12:00+02:00[Europe/Stockholm]",
        ),
        (
            parse_datetime("2017-10-28T12:00[Europe/Stockholm]"),
            parse_duration("PT24H"),
            "2017-10-29T11:00+01:00[Europe/Stockholm]",
            "2017-10-27T12:00+02:00[Europe/Stockholm]",
        ),
        (D1, D2, "P12Y6MT32H2M20.000000002S", "P12Y4M28DT24M0.000000002S"),
    ],
)
def test_durations_add_to_temporal_values(
    value: Any, duration: Duration, total: str, difference: str
) -> None:
    assert str(add(value, duration)) == total
    assert add(duration, value) == add(value, duration)
    assert str(subtract(value, duration)) == difference


def test_durations_are_scaled_by_numbers() -> None:
    duration = parse_duration("P12Y5M14DT16H13M10.000000001S")
    assert str(multiply(duration, 2)) == "P24Y10M28DT32H26M20.000000002S"
    assert multiply(2, duration) == multiply(duration, 2)
    assert str(multiply(duration, 0.5)) == "P6Y2M22DT13H21M8S"
    assert divide(duration, 2) == multiply(duration, 0.5)
    assert str(divide(duration, 0.5)) == "P24Y10M28DT32H26M20.000000002S"
    assert negate(duration) == multiply(duration, -1)
    with pytest.raises(DivisionByZeroError):
        divide(duration, 0)
    with pytest.raises(ArgumentError):
        multiply(duration, math.nan)
