"""Aggregate reducers; expectations from the TCK's expressions/aggregation."""

from __future__ import annotations

import math
import statistics
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lithograph.cypher.errors import (
    ArgumentError,
    CypherArithmeticError,
    InvalidArgumentValueError,
    InvalidNumberOfArgumentsError,
)
from lithograph.cypher.scalar.aggregates import AGGREGATE_NAMES, is_aggregate, lookup_aggregate
from lithograph.cypher.scalar.functions import lookup
from lithograph.cypher.scalar.ordering import order_key
from lithograph.storage.values.temporal import Duration
from support import values


def reduce(name: str, *arguments: Any) -> Any:
    aggregate = lookup_aggregate(name)
    assert aggregate is not None
    aggregate.check_arity(len(arguments))
    return aggregate.reduce(*arguments)


def test_aggregates_are_found_in_any_case_and_are_no_scalar_functions() -> None:
    assert is_aggregate("PERCENTILECONT")
    assert not is_aggregate("toUpper")
    assert lookup_aggregate("size") is None
    assert [name for name in AGGREGATE_NAMES if lookup(name)] == []


@pytest.mark.parametrize(
    ("name", "rows", "result"),
    [
        ("count", [1, None, 2], 2),
        ("count", [], 0),
        ("collect", [1, None, [None]], [1, [None]]),
        ("sum", [33, None, 42], 75),
        ("sum", [1, 0.5], 1.5),
        ("sum", [], 0),
        ("sum", [None], 0),
        ("sum", [2**62, 2**62, -(2**62)], 2**62),
        ("sum", [0.1] * 10, 1.0),
        ("sum", [0.5, -(2**53) - 1, 2**53], -0.5),
        ("sum", [2**53 + 1, 2**53 + 1, 1.5], float(2**54 + 4)),
        ("sum", [Duration(1), Duration(0, 2)], Duration(1, 2)),
        ("avg", [1, 2], 1.5),
        ("avg", [2, 2], 2.0),
        ("avg", [None], None),
        ("avg", [1, 2.5], 1.75),
        ("avg", [2**63 - 1, 2**63 - 1], float(2**63)),
        ("avg", [Duration(1), Duration(3)], Duration(2)),
        ("max", [1, 2, 0, None, -1], 2),
        ("min", [1, 2.0, 5, None, 3.2, 0.1], 0.1),
        ("max", ["a", "b", "B", None, "abc", "abc1"], "b"),
        ("max", [[1], [2], [2, 1]], [2, 1]),
        ("max", [1, "a", None, [1, 2], 0.2, "b"], 1),
        ("min", [1, "a", None, [1, 2], 0.2, "b"], [1, 2]),
        ("min", [None], None),
        ("max", [], None),
        ("min", [1.0, 1], 1.0),
        ("max", [1, 1.0], 1),
        ("stDev", [5], 0.0),
        ("stDev", [], 0.0),
        ("stDevP", [], 0.0),
        ("stDev", [2, 4, 4, 4, 5, 5, 7, 9, None], math.sqrt(32 / 7)),
        ("stDevP", [2, 4, 4, 4, 5, 5, 7, 9], 2.0),
    ],
)
def test_results(name: str, rows: list[Any], result: Any) -> None:
    computed = reduce(name, rows)
    assert computed == result
    assert type(computed) is type(result)


@pytest.mark.parametrize(
    ("name", "percentile", "result"),
    [
        ("percentileDisc", 0.0, 10),
        ("percentileDisc", 0.5, 20),
        ("percentileDisc", 0.34, 20),
        ("percentileDisc", 1.0, 30),
        ("percentileCont", 0, 10.0),
        ("percentileCont", 0.5, 20.0),
        ("percentileCont", 0.25, 15.0),
        ("percentileCont", 1, 30.0),
    ],
)
def test_percentiles(name: str, percentile: float, result: Any) -> None:
    computed = reduce(name, [30, None, 10, 20], percentile)
    assert computed == result
    assert type(computed) is type(result)
    assert reduce(name, [None], percentile) is None


@pytest.mark.parametrize("name", ["percentileCont", "percentileDisc"])
@pytest.mark.parametrize("percentile", [1000, -1, 1.1, math.nan])
def test_percentiles_lie_between_zero_and_one(name: str, percentile: float) -> None:
    with pytest.raises(ArgumentError) as caught:
        reduce(name, [10.0], percentile)
    assert caught.value.tck_class == "NumberOutOfRange"


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("sum", [["a"]]),
        ("sum", [[True]]),
        ("sum", [[1, Duration(1)]]),
        ("sum", [[Duration(1), 1]]),
        ("avg", [[[]]]),
        ("stDev", [[Duration(1)]]),
        ("percentileDisc", [["a"], 0.5]),
        ("percentileCont", [[1], "a"]),
        ("percentileCont", [[1], None]),
    ],
)
def test_wrong_types_are_refused(name: str, arguments: list[Any]) -> None:
    with pytest.raises(InvalidArgumentValueError, match=rf"{name}\(\) expected"):
        reduce(name, *arguments)


def test_a_sum_of_integers_has_to_fit_into_64_bits() -> None:
    with pytest.raises(CypherArithmeticError):
        reduce("sum", [2**63 - 1, 1])


def test_wrong_numbers_of_arguments_are_refused() -> None:
    with pytest.raises(InvalidNumberOfArgumentsError, match=r"percentileCont\(\) takes exactly 2 arguments"):
        reduce("percentileCont", [1])
    with pytest.raises(InvalidNumberOfArgumentsError, match=r"sum\(\) takes exactly 1 argument, not 2"):
        reduce("sum", [1], 1)


def test_sums_of_infinities_are_what_ieee_754_says() -> None:
    assert reduce("sum", [math.inf, 1.0]) == math.inf
    assert math.isnan(reduce("sum", [math.inf, -math.inf]))
    assert reduce("sum", [1e308, 1e308]) == math.inf


@given(st.lists(values.values, max_size=6))
def test_least_and_greatest_are_the_ends_of_order_by(rows: list[Any]) -> None:
    ordered = sorted((row for row in rows if row is not None), key=order_key)
    if not ordered:
        assert reduce("min", rows) is None
        return
    assert order_key(reduce("min", rows)) == order_key(ordered[0])
    assert order_key(reduce("max", rows)) == order_key(ordered[-1])


@given(st.lists(st.integers(-(10**6), 10**6), min_size=2, max_size=20))
def test_deviations_agree_with_the_standard_library(rows: list[int]) -> None:
    assert reduce("stDev", rows) == pytest.approx(statistics.stdev(rows))
    assert reduce("stDevP", rows) == pytest.approx(statistics.pstdev(rows))
