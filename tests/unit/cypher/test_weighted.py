"""Weighted expansions where they are special: what weights may be, what lambdas see, bounds, totals, mistakes."""

from __future__ import annotations

from typing import Any

import pytest

from lithograph.cypher.engine import Engine
from lithograph.cypher.errors import (
    ArgumentError,
    CypherArithmeticError,
    CypherTypeError,
    NegativeIntegerArgumentError,
    UnexpectedConstructError,
    UnsupportedError,
)
from lithograph.storage.store import Store
from lithograph.storage.values.duration import Duration
from support.engines import run


@pytest.fixture
def engine() -> Engine:
    """S → T costs 10; by A 1 + 5, by B 4 + 1, by A and B 1 + 2 + 1. In seconds the same."""
    engine = Engine(Store())
    run(
        engine,
        "CREATE (s:N {i: 'S', c: 0}), (a:N {i: 'A', c: 9}), (b:N {i: 'B', c: 1}), (t:N {i: 'T', c: 2}), "
        "(s)-[:R {w: 10, d: duration('PT10S')}]->(t), (s)-[:R {w: 1, d: duration('PT1S')}]->(a), "
        "(a)-[:R {w: 5, d: duration('PT5S')}]->(t), (s)-[:R {w: 4, d: duration('PT4S')}]->(b), "
        "(b)-[:R {w: 1, d: duration('PT1S')}]->(t), (a)-[:R {w: 2, d: duration('PT2S')}]->(b)",
    )
    return engine


def walks(engine: Engine, inner: str, result: str = "total", end: str = ":N {i: 'T'}") -> list[list[Any]]:
    """Nodes by name, and ``result``, of the walks from S."""
    query = f"MATCH p = (:N {{i: 'S'}})-[r{inner}]->(b{end}) RETURN [n IN nodes(p) | n.i], {result}"
    return [["".join(names), value] for names, value in run(engine, query)]


def test_the_rows_come_ordered_by_weight(engine: Engine) -> None:
    found = walks(engine, " *WSHORTEST (e, n | e.w) total", end="")
    assert found == [["SA", 1], ["SAB", 3], ["SABT", 4]]


def test_a_bound_on_the_length_is_kept_to_even_where_longer_is_lighter(engine: Engine) -> None:
    assert walks(engine, " *WSHORTEST 1 (e, n | e.w) total") == [["ST", 10]]
    assert walks(engine, " *WSHORTEST 2 (e, n | e.w) total") == [["SBT", 5]]
    assert walks(engine, " *WSHORTEST ..3 (e, n | e.w) total") == [["SABT", 4]]


def test_a_weight_sees_the_node_it_leads_to_and_the_row_around(engine: Engine) -> None:
    assert walks(engine, " *WSHORTEST (e, n | n.c) total") == [["ST", 2]]
    query = "UNWIND [0, 10] AS extra MATCH (:N {i: 'S'})-[r *WSHORTEST (e, n | e.w + extra) total]->(:N {i: 'T'}) "
    assert run(engine, query + "RETURN extra, size(r), total") == [[0, 3, 4], [10, 1, 20]]


def test_against_the_arrows_a_lambda_sees_the_node_further_along_the_pattern(engine: Engine) -> None:
    query = "MATCH (b:N {{i: 'T'}}) MATCH (:N {{i: 'S'}})-[*WSHORTEST (e, n | n.c) total{}]->(b) RETURN total"
    assert run(engine, query.format("")) == [[2]]
    assert run(engine, query.format(" (e, n | n.i <> 'S')")) == [[2]]
    assert run(engine, query.format(" (e, n | n.i <> 'T')")) == []


def test_filters_see_the_path_and_the_weight_with_the_step_they_judge(engine: Engine) -> None:
    lighter = " *WSHORTEST (e, n | e.w) total (e, n, p, w | {})"
    assert walks(engine, lighter.format("w <= 3"), end="") == [["SA", 1], ["SAB", 3]]
    assert walks(engine, lighter.format("length(p) <= 1"), end="") == [["SA", 1], ["SB", 4], ["ST", 10]]
    assert walks(engine, lighter.format("nodes(p)[-1] = n"), end="")[-1] == ["SABT", 4]
    assert walks(engine, " *ALLSHORTEST (e, n | 1) total (e, n, p, w | w <= 2)") == [["ST", 1]]


def test_filters_of_other_expansions_see_the_path_too(engine: Engine) -> None:
    assert len(walks(engine, " * (e, n, p | length(p) <= 2)", "1")) == 3
    assert walks(engine, " *BFS (e, n, p | all(x IN nodes(p) WHERE x.i <> 'B'))", "1", "") == [
        ["SA", 1],
        ["ST", 1],
    ]


def test_durations_are_compared_by_length_and_added_by_parts(engine: Engine) -> None:
    assert walks(engine, " *WSHORTEST (e, n | e.d) total") == [["SABT", Duration(seconds=4)]]
    assert walks(engine, " *KSHORTEST | 1 (e, n | e.d) total") == [["SABT", Duration(seconds=4)]]
    gathered = " *WSHORTEST (e, n | e.d) total (e, n, p, w | w = w)"
    assert walks(engine, gathered) == [["SABT", Duration(seconds=4)]]
    run(engine, "MATCH ()-[e {w: 10}]->() SET e.d = duration('P1M')")
    assert walks(engine, " *WSHORTEST 1 (e, n | e.d) total") == [["ST", Duration(months=1)]]


def test_the_total_of_integers_is_an_integer_beside_floats(engine: Engine) -> None:
    run(engine, "MATCH ()-[e {w: 10}]->() SET e.w = 10.5")
    for kind in ("WSHORTEST", "ALLSHORTEST", "KSHORTEST | 1"):
        ((_, total),) = walks(engine, f" *{kind} (e, n | e.w) total")
        assert (total, type(total)) == (4, int)
    ((_, total),) = walks(engine, " *WSHORTEST 1 (e, n | e.w) total")
    assert total == 10.5


def test_every_lightest_walk_is_given_once(engine: Engine) -> None:
    run(engine, "MATCH (:N {i: 'S'})-[e]->(:N {i: 'T'}) SET e.w = 4")
    assert sorted(walks(engine, " *ALLSHORTEST (e, n | e.w) total")) == [["SABT", 4], ["ST", 4]]
    assert walks(engine, " *ALLSHORTEST 2 (e, n | e.w) total") == [["ST", 4]]


def test_going_round_at_no_cost_makes_no_other_walk(engine: Engine) -> None:
    run(engine, "MATCH (s:N {i: 'S'}), (a:N {i: 'A'}) CREATE (a)-[:R {w: 0}]->(a), (a)-[:R {w: 0}]->(s)")
    assert walks(engine, " *ALLSHORTEST (e, n | 0) total", end=":N {i: 'A'}") == [["SA", 0]]


def test_the_first_walks_come_in_order_and_as_many_as_asked_for(engine: Engine) -> None:
    assert walks(engine, " *KSHORTEST | 1", "size(r)") == [["ST", 1]]
    assert [length for _, length in walks(engine, " *KSHORTEST", "size(r)")] == [1, 2, 2, 3]
    assert [length for _, length in walks(engine, " *KSHORTEST 2..2 | 5", "size(r)")] == [2, 2]
    lightest = walks(engine, " *KSHORTEST | 3 (e, n | e.w) total")
    assert lightest == [["SABT", 4], ["SBT", 5], ["SAT", 6]]
    assert walks(engine, " *KSHORTEST | 5 (e, n | n.i <> 'B')", "1") == [["ST", 1], ["SAT", 1]]
    query = "MATCH (s:N {i: 'S'}), (t:N {i: 'T'}) MATCH (s)-[r *KSHORTEST | $k]->(t) RETURN size(r)"
    assert run(engine, query, k=2) == [[1], [2]]


def test_the_start_is_no_end(engine: Engine) -> None:
    run(engine, "MATCH (s:N {i: 'S'}), (t:N {i: 'T'}) CREATE (t)-[:R {w: 1}]->(s)")
    for kind in ("WSHORTEST", "ALLSHORTEST", "KSHORTEST | 3"):
        assert walks(engine, f" *{kind} (e, n | e.w) total", end=":N {i: 'S'}") == []


def test_what_a_search_finds_counts_only_where_the_rest_of_the_match_uses_none_of_it(engine: Engine) -> None:
    query = "MATCH (s:N {{i: 'S'}})-[q]->(x), (s)-[r *WSHORTEST (e, n | e.w)]->(:N {{i: 'T'}}){} RETURN x.i AS x ORDER BY x"
    assert run(engine, query.format("")) == [["B"], ["T"]]
    assert run(engine, query.format(" WHERE x.i = 'A'")) == []


def test_optional_searches_leave_nulls(engine: Engine) -> None:
    query = "MATCH (t:N {i: 'T'}) OPTIONAL MATCH p = (t)-[r *WSHORTEST (e, n | e.w) total]->(x) RETURN x, r, total, p"
    assert run(engine, query) == [[None, None, None, None]]


@pytest.mark.parametrize(
    ("weight", "kind", "message"),
    [
        ("e.missing", CypherTypeError, "a number or a duration, not Null"),
        ("n.i", CypherTypeError, "a number or a duration, not String"),
        ("n.c = 1", CypherTypeError, "a number or a duration, not Boolean"),
        ("e.w - 2", ArgumentError, "must not be negative; -1 is"),
        ("e.w - 1.5", ArgumentError, "must not be negative; -0.5 is"),
        ("0.0 / 0.0", ArgumentError, "NaN is none"),
        ("CASE WHEN e.w = 1 THEN e.d ELSE e.w END", CypherTypeError, "all numbers or all durations"),
        ("9223372036854775807", CypherArithmeticError, "total weight does not fit into 64 bits"),
    ],
)
@pytest.mark.parametrize("search", ["WSHORTEST", "ALLSHORTEST", "KSHORTEST | 9"])
def test_weights_that_are_none_are_refused(
    engine: Engine, weight: str, kind: type[Exception], message: str, search: str
) -> None:
    with pytest.raises(kind, match=message):
        walks(engine, f" *{search} (e, n | {weight}) total")


@pytest.mark.parametrize(
    ("inner", "kind", "message"),
    [
        ("*WSHORTEST", UnexpectedConstructError, "weights is mandatory"),
        ("*WSHORTEST 1..2 (e, n | 1)", UnexpectedConstructError, "Lower bound is not allowed"),
        ("*WSHORTEST 0 (e, n | 1)", UnexpectedConstructError, "at least 1"),
        ("*BFS (e, n | true) total", UnexpectedConstructError, "only allowed in a weighted expansion"),
        ("*BFS (e, n | true) (e, n | true)", UnexpectedConstructError, "Only one filter lambda"),
        ("*WSHORTEST | 2 (e, n | 1)", UnexpectedConstructError, "only allowed in a KSHORTEST"),
        ("*WSHORTEST (e, n, p | length(p))", UnsupportedError, "A weight that depends on the path"),
        ("*KSHORTEST | 2 (e, n, p | length(p) > 1)", UnsupportedError, "A filter over the path"),
        ("*BFS (e, n, p, w | w > 1)", UnsupportedError, "A filter over the weight"),
    ],
)
def test_what_an_expansion_cannot_have_is_refused(
    engine: Engine, inner: str, kind: type[Exception], message: str
) -> None:
    with pytest.raises(kind, match=message):
        run(engine, f"MATCH (a:N)-[{inner}]->(b) RETURN b")


@pytest.mark.parametrize(("number", "kind"), [(0, NegativeIntegerArgumentError), ("2", CypherTypeError)])
def test_the_number_of_walks_is_a_positive_integer(
    engine: Engine, number: object, kind: type[Exception]
) -> None:
    with pytest.raises(kind, match="number of paths"):
        run(engine, "MATCH (a:N), (b:N) MATCH (a)-[*KSHORTEST | $k]->(b) RETURN b", k=number)
