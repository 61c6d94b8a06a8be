"""Streaming aggregation equals the reducers over all values of a group, however the rows are cut into frames."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lithograph.cypher import ast
from lithograph.cypher.aggregation import make_aggregate
from lithograph.cypher.errors import CypherArithmeticError
from lithograph.cypher.scalar.aggregates import AGGREGATE_NAMES, collect_map, lookup_aggregate
from lithograph.cypher.scalar.ordering import distinct
from lithograph.cypher.vectors import Kind, Vector
from lithograph.storage.errors import LithographError
from support.values import durations
from support.vectors import edge_floats, edge_integers, same, shown, vector_of, vectors

Frames = list[tuple[list[int], Vector]]

modest = st.one_of(st.integers(-1000, 1000), st.floats(-1e6, 1e6))
MIXES = (
    *((kind,) for kind in Kind),
    (Kind.INT, Kind.FLOAT),
    (Kind.INT, Kind.OBJECT),
    tuple(Kind),
)


def call(name: str, is_distinct: bool = False) -> ast.FunctionCall:
    return ast.FunctionCall(name, (ast.Variable("x"),), is_distinct)


@st.composite
def number_vectors(draw: st.DrawFn, length: int) -> Vector:
    """Numbers whose sums are exact enough to compare, durations, or anything at all."""
    integers, floats = st.integers(-1000, 1000), st.integers(-1000, 1000).map(lambda value: value / 8)
    choice = draw(st.sampled_from(("int", "float", "mixed", "edges", "durations", "any")))
    if choice == "any":
        return draw(vectors(length))
    strategies: dict[str, tuple[Kind, st.SearchStrategy[Any]]] = {
        "int": (Kind.INT, integers),
        "float": (Kind.FLOAT, floats),
        "mixed": (Kind.OBJECT, st.one_of(integers, floats)),
        "edges": (Kind.INT, edge_integers),
        "durations": (Kind.OBJECT, durations),
    }
    kind, values = strategies[choice]
    nullable = st.one_of(values, values, st.none())
    return vector_of(kind, draw(st.lists(nullable, min_size=length, max_size=length)))


@st.composite
def streams(draw: st.DrawFn, numbers: bool) -> tuple[int, Frames]:
    """The number of groups, and frames of rows with their groups, new ones in order."""
    limit = draw(st.sampled_from((1, 3)))
    kinds = draw(st.sampled_from(MIXES))
    lengths = draw(st.lists(st.sampled_from((0, 1, 3, 8)), max_size=4))
    frames: Frames = []
    groups = 0
    for length in lengths:
        codes = []
        for _ in range(length):
            codes.append(draw(st.integers(0, min(groups, limit - 1))))
            groups = max(groups, codes[-1] + 1)
        frames.append((codes, draw(number_vectors(length) if numbers else vectors(length, kinds))))
    return max(groups, 1), frames


def aggregated(name: str, is_distinct: bool, groups: int, frames: Frames, *parameters: Any) -> list[Any]:
    aggregate = make_aggregate(call(name, is_distinct))
    so_far = 1
    for codes, vector in frames:
        so_far = max(so_far, *(code + 1 for code in codes)) if codes else so_far
        arguments = [vector, *(Vector.repeat(parameter, len(codes)) for parameter in parameters)]
        aggregate.update(np.array(codes, dtype=np.int64), so_far, arguments, len(codes))
    assert aggregate.size_bytes() >= 0
    return aggregate.finish(groups).tolist()


def reduced(name: str, is_distinct: bool, groups: int, frames: Frames, *parameters: Any) -> list[Any]:
    members: list[list[Any]] = [[] for _ in range(groups)]
    for codes, vector in frames:
        for code, value in zip(codes, vector.tolist(), strict=True):
            members[code].append(value)
    definition = lookup_aggregate(name)
    assert definition is not None
    if is_distinct:
        members = [distinct([value for value in values if value is not None]) for values in members]
    present = [any(value is not None for value in values) for values in members]
    return [
        definition.reduce(values, *parameters) if filled or not parameters else None
        for values, filled in zip(members, present, strict=True)
    ]


def close(left: Any, right: Any) -> bool:
    """The same, up to the last digits of a float (whose zero may have either sign)."""
    if type(left) is float and type(right) is float:
        return left == right or math.isclose(left, right, rel_tol=1e-9, abs_tol=1e-6) or (
            math.isnan(left) and math.isnan(right)
        )  # fmt: skip
    return shown(left) == shown(right)


def check(name: str, is_distinct: bool, groups: int, frames: Frames, *parameters: Any) -> None:
    try:
        expected = reduced(name, is_distinct, groups, frames, *parameters)
    except LithographError as error:
        with pytest.raises(type(error)):
            aggregated(name, is_distinct, groups, frames, *parameters)
        return
    result = aggregated(name, is_distinct, groups, frames, *parameters)
    assert len(result) == groups
    assert all(map(close, result, expected)), (result, expected)


@pytest.mark.parametrize("name", ["count", "collect", "min", "max"])
@given(stream=streams(numbers=False), is_distinct=st.booleans())
def test_aggregations_of_anything(name: str, stream: tuple[int, Frames], is_distinct: bool) -> None:
    groups, frames = stream
    expected = reduced(name, is_distinct, groups, frames)
    result = aggregated(name, is_distinct, groups, frames)
    assert same(result, expected) or all(map(close, result, expected))


@pytest.mark.parametrize("name", ["sum", "avg", "stDev", "stDevP"])
@given(stream=streams(numbers=True), is_distinct=st.booleans())
@example(
    stream=(1, [([0] * 4, Vector.of([-(2**53), -1, -1, 2**53 + 1])), ([0], Vector.of([0.0]))]),
    is_distinct=False,
)
def test_aggregations_of_numbers(name: str, stream: tuple[int, Frames], is_distinct: bool) -> None:
    check(name, is_distinct, *stream)


@pytest.mark.parametrize("name", ["percentileCont", "percentileDisc"])
@given(stream=streams(numbers=True), percentile=st.sampled_from((0, 0.25, 0.5, 1.0, 2.0, "a")))
def test_percentiles(name: str, stream: tuple[int, Frames], percentile: Any) -> None:
    check(name, False, *stream, percentile)


@given(values=st.lists(st.one_of(edge_integers, st.none()), max_size=40), cut=st.integers(0, 40))
def test_sums_of_integers_are_exact_beyond_64_bits_in_between(values: list[Any], cut: int) -> None:
    frames = [([0] * len(part), Vector.of(part)) for part in (values[:cut], values[cut:])]
    total = sum(value for value in values if value is not None)
    if -(2**63) <= total < 2**63:
        assert aggregated("sum", False, 1, frames) == [total]
    else:
        with pytest.raises(CypherArithmeticError):
            aggregated("sum", False, 1, frames)


@given(values=st.lists(st.one_of(edge_floats, modest), min_size=1))
def test_of_equal_numbers_of_several_types_the_first_to_appear_is_the_least(values: list[Any]) -> None:
    frames = [([0], Vector.of([value])) for value in values]
    for name in ("min", "max"):
        assert all(map(close, aggregated(name, False, 1, frames), reduced(name, False, 1, frames)))


def test_nothing_has_a_result_for_each_aggregation() -> None:
    results = {name: aggregated(name, False, 1, []) for name in AGGREGATE_NAMES}
    assert results == {
        "count": [0],
        "collect": [[]],
        "project": [{"nodes": [], "edges": []}],
        "sum": [0],
        "avg": [None],
        "min": [None],
        "max": [None],
        "stDev": [0.0],
        "stDevP": [0.0],
        "percentileCont": [None],
        "percentileDisc": [None],
        "collect_list": [[]],
        "stdev_samp": [0.0],
        "stdev_pop": [0.0],
        "stddev_samp": [0.0],
        "stddev_pop": [0.0],
        "percentile_cont": [None],
        "percentile_disc": [None],
    }


PAIRS = st.tuples(st.integers(0, 2), st.sampled_from(["a", "b", "c", None]), st.none() | st.integers(0, 9))


@given(parts=st.lists(st.lists(PAIRS, max_size=5), max_size=4), is_distinct=st.booleans())
def test_maps_are_collected_by_group(parts: list[list[tuple[int, Any, Any]]], is_distinct: bool) -> None:
    """However the rows are cut into frames; a key counts once anyway, so DISTINCT changes nothing."""
    arguments = (ast.Variable("k"), ast.Variable("v"))
    aggregate = make_aggregate(ast.FunctionCall("collect", arguments, is_distinct))
    for part in parts:
        codes = np.array([code for code, _, _ in part], dtype=np.int64)
        columns = [Vector.of([row[place] for row in part]) for place in (1, 2)]
        aggregate.update(codes, 3, columns, len(part))
    rows = [row for part in parts for row in part]
    expected = [
        collect_map([k for code, k, _ in rows if code == group], [v for code, _, v in rows if code == group])
        for group in range(3)
    ]
    assert aggregate.finish(3).tolist() == expected


def test_rows_are_counted_whatever_is_in_them() -> None:
    aggregate = make_aggregate(ast.CountStar())
    aggregate.update(np.array([0, 0], dtype=np.int64), 1, [], 2)
    aggregate.update(np.array([0, 2, 2], dtype=np.int64), 3, [], 3)
    assert aggregate.finish(4).tolist() == [3, 0, 2, 0]
