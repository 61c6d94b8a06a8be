"""MERGE on batches: a row finds what the rows before it have made, and nothing is made twice."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from lithograph.cypher.engine import Engine
from lithograph.cypher.errors import MergeReadOwnWritesError
from lithograph.storage.store import Store
from support.engines import frames_of, run


@pytest.fixture(params=[(1, False), (3, True), (1 << 15, False), (1 << 15, True)])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    size, indexed = request.param
    with frames_of(size):
        engine = Engine(Store())
        if indexed:
            run(engine, "CREATE INDEX ON :A(x)")
        yield engine


def test_equal_rows_create_once_and_then_match(engine: Engine) -> None:
    rows = run(
        engine,
        "UNWIND [1, 1, 2, 1] AS x MERGE (n:A {x: x}) ON CREATE SET n.c = 1 ON MATCH SET n.c = n.c + 1 RETURN n.x AS x",
    )
    assert rows == [[1], [1], [2], [1]]
    assert run(engine, "MATCH (n:A) RETURN n.x, n.c ORDER BY n.x") == [[1, 3], [2, 1]]


def test_rows_keep_their_order_and_what_there_was_is_found(engine: Engine) -> None:
    run(engine, "CREATE (:A {x: 2, old: true}), (:A {x: 2, old: true})")
    rows = run(engine, "UNWIND [1, 2, 3] AS x MERGE (n:A {x: x}) RETURN x, n.old")
    assert rows == [[1, None], [2, True], [2, True], [3, None]]


def test_what_a_merge_sets_matters_to_the_next_row(engine: Engine) -> None:
    run(engine, "UNWIND [1, 1] AS x MERGE (n:A {x: x}) ON CREATE SET n.x = 2")
    assert run(engine, "MATCH (n:A) RETURN n.x") == [[2], [2]]
    run(engine, "UNWIND [2, 2] AS x MERGE (n:A {x: x}) ON MATCH SET n.x = 3 ON CREATE SET n.new = true")
    assert run(engine, "MATCH (n:A) RETURN n.x, n.new ORDER BY n.x") == [[2, True], [3, None], [3, None]]


def test_numbers_that_are_equal_are_one_key_and_nan_is_never_found(engine: Engine) -> None:
    run(engine, "UNWIND [1, 1.0, 0.0 / 0.0, 0.0 / 0.0] AS x MERGE (:A {x: x})")
    assert run(engine, "MATCH (n:A) RETURN count(*) AS c") == [[3]]


@pytest.mark.parametrize(
    "merge",
    ["MERGE (:A {x: x})", "MERGE (a)-[:R {x: x}]->(:B)", "MERGE (n)-[:R]->(:B)", "MERGE (:A {x: a.nothing})"],
)
def test_null_is_refused_and_nothing_stays(engine: Engine, merge: str) -> None:
    run(engine, "CREATE (:Start)")
    with pytest.raises(MergeReadOwnWritesError, match="null"):
        run(engine, f"MATCH (a:Start) OPTIONAL MATCH (n:None) UNWIND [1, null] AS x {merge}")
    assert run(engine, "MATCH (n) RETURN count(*) AS c") == [[1]]


def test_an_undirected_relationship_is_found_either_way_and_made_from_left_to_right(engine: Engine) -> None:
    run(engine, "CREATE (:P {i: 0}), (:P {i: 1})")
    rows = run(
        engine,
        "MATCH (a:P {i: 0}), (b:P {i: 1}) UNWIND [[b, a], [a, b], [b, a]] AS p WITH p[0] AS n, p[1] AS m "
        "MERGE (n)-[r:R]-(m) RETURN startNode(r).i",
    )
    assert rows == [[1], [1], [1]]
    assert run(engine, "MATCH ()-[r]->() RETURN count(*) AS c") == [[1]]


def test_a_directed_relationship_has_one_direction(engine: Engine) -> None:
    run(engine, "CREATE (:P {i: 0}), (:P {i: 1})")
    run(
        engine,
        "MATCH (a:P {i: 0}), (b:P {i: 1}) UNWIND [[b, a], [a, b], [b, a]] AS p WITH p[0] AS n, p[1] AS m "
        "MERGE (n)-[:R]->(m) MERGE (n)<-[:S]-(m)",
    )
    rows = run(engine, "MATCH (a)-[r]->(b) RETURN a.i, type(r), b.i ORDER BY type(r), a.i")
    assert rows == [[0, "R", 1], [1, "R", 0], [0, "S", 1], [1, "S", 0]]


def test_a_whole_pattern_is_matched_or_made_whole(engine: Engine) -> None:
    run(engine, "CREATE (:P {n: 'X'}), (:Q {n: 1})")
    run(engine, "UNWIND ['X', 'Y', 'X'] AS n MERGE (:P {n: n})-[:K]->(:Q {n: 1})")
    rows = run(engine, "MATCH (p:P)-[:K]->(q:Q) RETURN p.n, q.n ORDER BY p.n")
    assert rows == [["X", 1], ["Y", 1]]
    assert run(engine, "MATCH (n) RETURN count(*) AS c") == [[6]]


def test_a_long_pattern_can_be_found_in_what_two_rows_have_made(engine: Engine) -> None:
    run(engine, "CREATE (:P {i: 1}), (:P {i: 2}), (:P {i: 3})")
    rows = run(
        engine,
        "MATCH (a:P {i: 1}), (b:P {i: 2}), (c:P {i: 3}) UNWIND [[a, b, a], [b, c, b], [a, b, c]] AS p "
        "WITH p[0] AS x, p[1] AS y, p[2] AS z MERGE (x)-[:K]->(y)-[:L]->(z) RETURN x.i, y.i, z.i",
    )
    assert rows == [[1, 2, 1], [2, 3, 2], [1, 2, 3]]
    rows = run(engine, "MATCH (a)-[r]->(b) RETURN type(r), a.i, b.i ORDER BY type(r), a.i, b.i")
    assert rows == [["K", 1, 2], ["K", 1, 2], ["K", 2, 3], ["L", 2, 1], ["L", 2, 3], ["L", 3, 2]]


def test_a_merge_sees_what_the_clause_before_it_made_and_the_one_after_sees_it(engine: Engine) -> None:
    rows = run(
        engine,
        "UNWIND [1, 2] AS x CREATE (:A {x: x}) MERGE (n:A {x: 1}) MERGE (m:A {x: x}) "
        "WITH count(*) AS rows MATCH (n:A) RETURN rows, count(n)",
    )
    assert rows == [[2, 2]]


def test_a_parameter_map_gives_the_properties_to_a_created_node(engine: Engine) -> None:
    rows = run(
        engine,
        "UNWIND $rows AS row MERGE (n:A {x: row.x}) ON CREATE SET n += row.more RETURN n.x, n.y",
        rows=[{"x": 1, "more": {"y": 1}}, {"x": 1, "more": {"y": 2}}, {"x": 2, "more": {"y": 3}}],
    )
    assert rows == [[1, 1], [1, 1], [2, 3]]
