"""Equality, comparison, DISTINCT, grouping and ORDER BY of any values, against the definitions of the specification:
as parameters, as rows, and out of columns, with and without an index.
"""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lithograph.cypher.engine import Engine
from lithograph.cypher.results import Node, Path, Relationship
from lithograph.storage.store import Store
from support.engines import frames_of, run
from support.specification import classes, equal, equivalent, less, order, ordered

NAN = math.nan

# few enough that equal ones meet, at the edges where integers and floats differ
numbers = st.sampled_from(
    [0, 1, -1, 2, 0.0, -0.0, 1.0, 1.5, -1.5, NAN, math.inf, -math.inf, 2**53, 2**53 + 1, 2.0**53, 2**63 - 1, 2.0**63]
)  # fmt: skip
scalars = st.one_of(
    st.none(),
    st.booleans(),
    numbers,
    st.sampled_from(["", "a", "ab", "b", "B", "1", "true", "ä", "\U0001f375"]),
)


def _nested(parts: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.lists(parts, max_size=3), st.dictionaries(st.sampled_from("ab"), parts, max_size=2))


values = st.recursive(scalars, _nested, max_leaves=5)
of_one_kind = st.one_of(
    *(
        st.lists(kind, max_size=8)
        for kind in (st.integers(-2, 2), numbers, st.booleans(), st.sampled_from("abc"))
    ),
    st.lists(st.one_of(st.none(), numbers), max_size=8),
)
rows = st.one_of(st.lists(values, max_size=8), of_one_kind)
sizes = st.sampled_from([1, 2, 3, 1 << 15])


def same_class(a: Any, b: Any) -> bool:
    return equivalent(a, b) and order(a, b) == 0


def answer(text: str, **parameters: Any) -> Any:
    """The one row of a query."""
    (row,) = run(Engine(Store()), text, **parameters)
    return row


@given(values, values)
def test_operators_follow_the_specification(a: Any, b: Any) -> None:
    found = answer(
        "RETURN $a = $b, $a <> $b, $a < $b, $b < $a, $a <= $b, $a >= $b, $a IN [$b], [$a] = [$b], {k: $a} = {k: $b}",
        a=a,
        b=b,
    )
    same, smaller, larger = equal(a, b), less(a, b), less(b, a)
    opposite = None if same is None else not same
    assert found[:4] == [same, opposite, smaller, larger]
    if not isinstance(a, list) and smaller is not None:  # lists with unknown parts have no such law
        assert found[4:6] == [smaller or same, larger or same]
    assert found[6:] == [same, same, same]


@given(values, st.lists(values, max_size=4))
def test_in_is_true_if_some_are_equal_unknown_if_some_may_be(value: Any, items: list[Any]) -> None:
    found = [equal(value, item) for item in items]
    expected = True if True in found else None if None in found else False
    assert answer("RETURN $value IN $items", value=value, items=items) == [expected]
    assert answer("RETURN any(item IN $items WHERE item = $value)", value=value, items=items) == [expected]


@given(rows, st.booleans(), sizes)
def test_rows_come_in_the_order_of_the_specification(given_: list[Any], down: bool, size: int) -> None:
    with frames_of(size):
        text = f"UNWIND $rows AS v RETURN v ORDER BY v {'DESC' if down else ''}"
        found = [row[0] for row in run(Engine(Store()), text, rows=given_)]
        first = run(Engine(Store()), f"{text} LIMIT 2", rows=given_)
    expected = ordered(given_, down)
    assert len(found) == len(expected)
    assert all(map(same_class, found, expected))
    assert all(map(same_class, [row[0] for row in first], expected[:2]))


@given(rows, sizes)
def test_equivalent_rows_are_one_group(given_: list[Any], size: int) -> None:
    engine = Engine(Store())
    with frames_of(size):
        distinct = run(engine, "UNWIND $rows AS v RETURN DISTINCT v", rows=given_)
        grouped = run(engine, "UNWIND $rows AS v RETURN v, count(*) AS c", rows=given_)
        (counted,) = run(
            engine, "UNWIND $rows AS v RETURN count(DISTINCT v), collect(DISTINCT v)", rows=given_
        )
        union = run(engine, "UNWIND $rows AS v RETURN v UNION UNWIND $rows AS v RETURN v", rows=given_)
    expected = classes(given_)
    present = [group for group in expected if group[0] is not None]
    for found in ([row[0] for row in distinct], [row[0] for row in grouped], [row[0] for row in union]):
        assert len(found) == len(expected)
        assert all(any(equivalent(value, group[0]) for value in found) for group in expected)
    for value, count in grouped:
        assert count == len(next(group for group in expected if equivalent(value, group[0])))
    assert counted[0] == len(counted[1]) == len(present)


@given(rows, sizes)
def test_least_and_greatest_go_by_the_order(given_: list[Any], size: int) -> None:
    with frames_of(size):
        least, greatest = answer("UNWIND $rows AS v RETURN min(v), max(v)", rows=given_)
    present = ordered([value for value in given_ if value is not None])
    assert same_class(least, present[0] if present else None)
    assert same_class(greatest, present[-1] if present else None)


@given(rows, values, sizes, st.booleans())
def test_columns_and_indexes_follow_the_specification(
    given_: list[Any], value: Any, size: int, indexed: bool
) -> None:
    engine = Engine(Store())
    run(engine, "UNWIND range(0, size($rows) - 1) AS i CREATE (:N {i: i, v: $rows[i]})", rows=given_)
    if indexed:
        run(engine, "CREATE INDEX ON :N(v)")
    for operator, holds in (
        ("=", lambda stored: equal(stored, value)),
        ("<", lambda stored: less(stored, value)),
        (">", lambda stored: less(value, stored)),
    ):
        with frames_of(size):
            text = f"MATCH (n:N) WHERE n.v {operator} $value RETURN n.i ORDER BY n.i"
            found = [row[0] for row in run(engine, text, value=value)]
        assert found == [i for i, stored in enumerate(given_) if holds(stored) is True], operator
    with frames_of(size):
        sorted_ = [row[0] for row in run(engine, "MATCH (n:N) RETURN n.v ORDER BY n.v")]
        distinct = run(engine, "MATCH (n:N) RETURN DISTINCT n.v")
    assert all(map(same_class, sorted_, ordered(given_)))
    assert len(distinct) == len(classes(given_))


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (1, 1.0, True), (1, True, False), (1, "1", False), (NAN, NAN, False), (None, None, None), (0.0, -0.0, True),
        (2**53 + 1, 2.0**53, False), ([1], [1.0], True), ([None], [None], None), ([None], [None, 1], False),
        ([1, None], [2, None], False), ([1, None], [1, 2], None), ([], [], True), ([[None]], [[1]], None),
        ({}, {}, True), ({"a": 1}, {"a": 1.0}, True), ({"a": None}, {"a": None}, None), ({"a": None}, {}, False),
        ({"a": None, "b": 1}, {"a": None, "b": 2}, False), ([NAN], [NAN], False), ([], None, None), ({}, [], False),
    ],
)  # fmt: skip
def test_equality_by_example(a: Any, b: Any, expected: bool | None) -> None:
    assert equal(a, b) is expected
    assert answer("RETURN $a = $b", a=a, b=b) == [expected]
    assert answer("RETURN $b = $a", a=a, b=b) == [expected]


def test_all_types_in_order() -> None:
    mixed = [
        {},
        {"a": 1},
        {"b": 0},
        [],
        [0],
        [0, 1],
        ["a"],
        ["a", None],
        [1],
        [None],
        "",
        "A",
        "a",
        False,
        True,
    ]
    mixed += [-math.inf, -1, 0, 0.5, 1, math.inf, NAN, None]
    found = run(Engine(Store()), "UNWIND $rows AS v RETURN v ORDER BY v", rows=mixed[::-1])
    assert all(map(same_class, [row[0] for row in found], ordered(mixed)))


def test_elements_and_paths_have_their_place_among_the_types() -> None:
    text = (
        "CREATE p = (n)-[r:T]->() WITH n, r, p UNWIND [null, 1, true, 'a', p, [1], r, n, {a: 1}] AS v "
        "RETURN v ORDER BY v"
    )
    found = [type(row[0]) for row in run(Engine(Store()), text)]
    assert found == [dict, Node, Relationship, list, Path, str, bool, int, type(None)]
