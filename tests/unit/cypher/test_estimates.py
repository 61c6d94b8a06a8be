"""The rows that EXPLAIN tells drivers to expect."""

from __future__ import annotations

from typing import Any

import pytest

from lithograph.cypher.engine import Engine
from lithograph.cypher.execution import Execution
from lithograph.storage.store import Store
from support.engines import commit, run


@pytest.fixture(scope="module")
def engine() -> Engine:
    """100 nodes :A and 100 :B, each :A with a :T and an :S to one; indexes on :A and :A(i), where 50 values are twice."""
    engine = Engine(Store())
    run(engine, "CREATE INDEX ON :A")
    run(engine, "CREATE INDEX ON :A(i)")
    run(engine, "UNWIND range(0, 99) AS i CREATE (a:A {i: i % 50, j: i})-[:T]->(b:B), (a)-[:S]->(b)")
    return engine


def finished(engine: Engine, text: str, **parameters: Any) -> Execution:
    transaction = engine.store.begin()
    execution = engine.run(engine.prepare(text), transaction, parameters)
    while execution.step() is not None:
        continue
    commit(transaction)
    return execution


def estimated(engine: Engine, query: str, **parameters: Any) -> list[tuple[str, float]]:
    """The operators with their rows, root first, as EXPLAIN says."""
    tree: Any = finished(engine, f"EXPLAIN {query}", **parameters).plan
    waiting, found = [tree], []
    while waiting:
        node = waiting.pop()
        found.append((node["operatorType"], node["args"]["EstimatedRows"]))
        waiting.extend(reversed(node["children"]))
    return found


def rows(engine: Engine, query: str, **parameters: Any) -> float:
    """What the root is expected to give."""
    return estimated(engine, query, **parameters)[0][1]


def test_what_is_counted_is_exact(engine: Engine) -> None:
    assert rows(engine, "MATCH (n) RETURN n") == 200
    assert rows(engine, "MATCH (a:A) RETURN a") == 100
    assert rows(engine, "MATCH (a:A)-[:T]->(b) RETURN a") == 100 * 0.5
    assert rows(engine, "MATCH (a:A)--(b) RETURN a") == 100 * 2
    assert rows(engine, "MATCH (a:A {i: 3}) RETURN a") == 2
    assert rows(engine, "MATCH (a:A {i: 3}) WHERE a.j = 3 RETURN a") == pytest.approx(2 * 0.1)
    assert rows(engine, "MATCH (a:A) WHERE a.i IN [3, 4, 5] RETURN a") == 6
    assert rows(engine, "MATCH (a:A) WHERE a.i > 3 RETURN a") == 30
    assert rows(engine, "MATCH (a) WHERE id(a) = 3 RETURN a") == 1
    assert rows(engine, "MATCH (n) RETURN count(n)") == 1


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("UNWIND [1, 2, 3] AS x RETURN x", 3),
        ("UNWIND $list AS x RETURN x", 4),
        ("UNWIND range(1, 1000) AS x RETURN x", 1000),
        ("UNWIND range(10, 1, -3) AS x RETURN x", 4),
        ("UNWIND range(5, 1) AS x RETURN x", 0),
        ("UNWIND range(1, 1000) AS x RETURN x LIMIT 7", 7),
        ("UNWIND range(1, 1000) AS x RETURN x ORDER BY x SKIP 3 LIMIT 7", 7),
        ("UNWIND range(1, 1000) AS x RETURN x SKIP 990", 10),
        ("UNWIND range(1, 1000) AS x RETURN x LIMIT $n", 5),
        ("UNWIND range(1, 100) AS x RETURN x % 7 AS k, count(*) AS c", 10),
        ("UNWIND range(1, 100) AS x RETURN DISTINCT x", 95),
        ("UNWIND range(1, 100) AS x WITH x WHERE x = 1 RETURN x", 10),
        ("UNWIND range(1, 100) AS x WITH x WHERE NOT x > 1 RETURN x", 70),
        ("UNWIND range(1, 100) AS x CALL (x) { RETURN x AS y LIMIT 1 } RETURN y", 100),
        ("UNWIND range(1, 100) AS x CALL (x) { UNWIND [x, x] AS y RETURN count(y) AS c } RETURN c", 100),
        ("RETURN 1 AS x UNION ALL UNWIND [1, 2] AS x RETURN x", 3),
        ("CREATE (n:C)", 0),
    ],
)
def test_what_becomes_of_rows(engine: Engine, query: str, wanted: float) -> None:
    assert rows(engine, query, list=[1, 2, 3, 4], n=5) == pytest.approx(wanted)


@pytest.mark.parametrize(
    "query",
    [
        "MATCH (a:A)-[:T]->(b) RETURN a, b",
        "MATCH (a:A)-[:T*]->(b) RETURN a, b",
        "MATCH (a:A)-[:T*2..3]-(b:B) RETURN a, b",
        "MATCH (a:A)((x)-[:T]->(y)){1,3}(b) RETURN a, b",
        "MATCH p = SHORTEST 2 (a:A)-[:T]->+(b:B) RETURN p",
        "MATCH p = ANY SHORTEST (a:A)-[:T]->(x)((z)<-[:T]-(y))+(b:B) RETURN p",
        "MATCH (a:A)-[*BFS]->(b) RETURN b",
        "MATCH (a:A)-[*WSHORTEST (r, n | 1) w]->(b) RETURN b",
        "MATCH (a:A), (b:B) WHERE a.j = b.j RETURN a, b",
        "MATCH (a:A) OPTIONAL MATCH (a)-[:T]->(b) RETURN b",
        "MATCH (a:A {i: 1}) MERGE (a)-[:T]->(c:C) ON CREATE SET c.x = 1 RETURN c",
        "MATCH (a:A {i: 1}) DETACH DELETE a",
        "MATCH (a:A) WHERE a.i > 3 AND a.j IN [1, 2] OR a:B RETURN a",
        "MATCH (a:A) WHERE a.i STARTS WITH 'a' AND NOT (a)-->() RETURN a",
        "CALL db.labels() YIELD label RETURN label",
        "MATCH (a:A) FOREACH (x IN [1] | SET a.y = x)",
        "MATCH (a:A) CALL (a) { MATCH (a)-->(b) RETURN b ORDER BY b.j LIMIT 2 } RETURN b",
        "RETURN 1 AS x UNION RETURN 2 AS x UNION RETURN 3 AS x",
        "MATCH (n) WHERE id(n) = 3 RETURN n",
        "MATCH (n:$($label)) RETURN n",
        "MATCH ()-[r:T]->() RETURN count(r)",
    ],
)
def test_every_step_of_a_plan_has_an_estimate(engine: Engine, query: str) -> None:
    for name, expected in estimated(engine, query, label="A"):
        assert type(expected) in (int, float), name
        assert 0 <= expected < float("inf"), name


def test_a_profile_has_them_too_and_the_rows_of_explain_have_not(engine: Engine) -> None:
    profile: Any = finished(engine, "PROFILE MATCH (a:A) RETURN a").profile
    assert profile["args"]["EstimatedRows"] == profile["args"]["Rows"] == 100
    assert not any("Estimated" in line for (line,) in run(engine, "EXPLAIN MATCH (a:A) RETURN a"))
