"""Plans: EXPLAIN of the queries in ``tests/scripts/plan`` on one graph.

1,000 ``:User`` with ``id`` (unique), ``age`` (50 values), ``city`` (20) and ``name``, 10 ``:Group`` with ``name``; every
user has three ``:FRIEND`` and every tenth one ``:MEMBER`` of a group. Indexes: ``:User(id)``, ``:User(age)``,
``:User(name)``, ``:User(city, age)``, ``:User(nick)`` (which one in a hundred has), ``:Group``, ``:PAID`` and
``:PAID(amount)`` (a relationship of each group).
"""

from __future__ import annotations

import pytest

from lithograph.cypher.engine import Engine
from lithograph.storage.store import Store
from support.engines import run, run_in
from support.golden import Golden, goldens

SETUP = [
    "UNWIND range(0, 999) AS i CREATE (:User {id: i, age: i % 50, city: i % 20, name: 'u' + toString(i)})",
    "UNWIND range(0, 9) AS i CREATE (:Group {name: 'g' + toString(i)})",
    "CREATE INDEX ON :User(id)",
    "CREATE INDEX ON :User(age)",
    "CREATE INDEX ON :User(name)",
    "CREATE INDEX ON :User(city, age)",
    "MATCH (u:User) WHERE u.id % 100 = 0 SET u.nick = 'x'",
    "CREATE INDEX ON :User(nick)",
    "CREATE INDEX ON :Group",
    "MATCH (g:Group) CREATE (g)-[:PAID {amount: g.name, year: 2024}]->(:Bill)",
    "CREATE EDGE INDEX ON :PAID",
    "CREATE EDGE INDEX ON :PAID(amount)",
    "UNWIND range(0, 999) AS i UNWIND [1, 7, 50] AS d "
    "MATCH (a:User {id: i}), (b:User {id: (i + d) % 1000}) CREATE (a)-[:FRIEND]->(b)",
    "UNWIND range(0, 999, 10) AS i MATCH (a:User {id: i}), (g:Group {name: 'g' + toString(i % 10)}) "
    "CREATE (a)-[:MEMBER]->(g)",
]


@pytest.fixture(scope="module")
def engine() -> Engine:
    engine = Engine(Store())
    for statement in SETUP:
        run(engine, statement)
    return engine


@pytest.mark.parametrize("golden", goldens("plan", "plan"))
def test_the_plan_is_the_one_that_was_looked_at(engine: Engine, golden: Golden) -> None:
    rows = run(engine, f"EXPLAIN {golden.question}")
    golden.check("".join(f"{line}\n" for (line,) in rows))


def test_what_is_not_committed_yet_is_looked_up_too() -> None:
    """A graph that is loaded in one transaction has no committed nodes; its edges must find their ends all the same."""
    engine = Engine(Store())
    run(engine, "CREATE INDEX ON :User(id)")
    query = "EXPLAIN UNWIND $rows AS row MATCH (a:User {id: row}) RETURN a"
    for nodes in (0, 1, 100):
        loading = engine.store.begin()
        run_in(engine, loading, f"UNWIND range(1, {nodes}) AS i CREATE (:User {{id: i}})")
        assert any("ScanAllByLabelProperties" in line for (line,) in run_in(engine, loading, query)), nodes
        loading.rollback()
