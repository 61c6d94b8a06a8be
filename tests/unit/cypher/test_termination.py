"""Queries over a dense graph that could go on for ever: each ends by its time, its memory, or because it is told to.

What a step may take is not measured (tests assert nothing about time), but how much work it does is bounded: after a
deadline that has passed already, or an order to stop, there must be no second step.
"""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from lithograph.cypher.context import Context
from lithograph.cypher.engine import Engine
from lithograph.cypher.errors import MemoryLimitError, TerminatedError, TimedOutError
from lithograph.cypher.execution import Execution
from lithograph.storage.columns.chunk import Chunk
from lithograph.storage.store import Store
from support.engines import commit, run

NODES = 300

ENDLESS = [
    "MATCH (a {i: 0})-[*1..]->(b) RETURN count(*)",
    "MATCH (a)-[*1..]-(b) RETURN count(*)",
    "MATCH p = (a {i: 0})-[*]->(b {i: 1}) RETURN count(p)",
    "MATCH (a {i: 0})-[*1.. (e, n, p | length(p) < 1000)]->(b) RETURN count(*)",
    "MATCH (a {i: 0})-[r WHERE r.w > 1]->+(b) RETURN count(r)",
    "MATCH (a {i: 0}) ((x)-->(y)<--(z))+ (b) RETURN count(*)",
    "MATCH (a {i: 0}) ((x)-->(y) WHERE x.i <> y.i)+ (b) RETURN count(x)",
    "MATCH p = SHORTEST 1 (a) ((x)-->(y)<--(z))+ (b) RETURN count(p)",
    "MATCH p = SHORTEST 1000000 (a {i: 0})-->+(b {i: 1}) RETURN count(p)",
    "MATCH p = SHORTEST 9 GROUPS (a {i: 0})-->+(b) RETURN count(p)",
    "MATCH p = SHORTEST 1 ((a {i: 0})-->+(b {i: 1}) WHERE length(p) > 1000000) RETURN count(p)",
    "MATCH p = shortestPath((a {i: 0})-[*]-(b {i: 1})) WHERE any(n IN nodes(p) WHERE n.i < 0) RETURN count(p)",
    "MATCH (a {i: 0}), (b {i: 1}) MATCH (a)-[r *KSHORTEST]->(b) RETURN count(r)",
    "MATCH (a {i: 0}), (b {i: 1}) MATCH (a)-[r *KSHORTEST (e, n | e.w) t]->(b) RETURN count(r)",
    "MATCH (a {i: 0})-[r *ALLSHORTEST (e, n | 0) t]->(b) RETURN count(r)",
    "MATCH (a {i: 0})-[r *ALLSHORTEST (e, n | 0) t (e, n, p, w | length(p) > 0)]->(b) RETURN count(r)",
    "MATCH (a)--(b)--(c)--(d)--(e)--(f) RETURN count(*)",
]
LARGE = [
    "MATCH (a)-[r *WSHORTEST (e, n | e.w) t (e, n, p, w | length(p) < 5)]->(b) RETURN count(r)",
    "MATCH p = allShortestPaths((a)-[*]-(b)) RETURN count(p)",
    "MATCH (a)-[*BFS (e, n, p | length(p) < 4)]->(b) RETURN count(*)",
]


@pytest.fixture(scope="module")
def engine() -> Engine:
    """Every node leads to every other one."""
    engine = Engine(Store())
    transaction = engine.store.begin()
    nodes = transaction.create_vertices(["N"], NODES, {"i": Chunk.of(list(range(NODES)))})
    starts, ends = (grid.ravel() for grid in np.meshgrid(nodes, nodes))
    apart = starts != ends
    weights = Chunk.of([number * 7919 % 101 for number in range(int(apart.sum()))])
    transaction.create_edges("T", starts[apart], ends[apart], {"w": weights})
    commit(transaction)
    return engine


def work(execution: Execution, steps: int) -> None:
    for _ in range(steps):
        assert execution.step() is not None, "it has come to its end"


def exhaust(execution: Execution) -> None:
    while True:
        work(execution, 1)


@pytest.mark.parametrize("query", ENDLESS + LARGE)
def test_it_stops_at_its_deadline(engine: Engine, query: str) -> None:
    transaction = engine.store.begin()
    execution = engine.run(engine.prepare(query), transaction, {})
    work(execution, 3)
    execution.context.deadline = 0.0
    with pytest.raises(TimedOutError):
        execution.step()
    execution.close()
    transaction.rollback()
    assert abs(execution.context.memory) < 1 << 20, "what was held is given back"


@pytest.mark.parametrize("query", ENDLESS + LARGE)
def test_it_stops_when_it_is_told_to(engine: Engine, query: str) -> None:
    transaction = engine.store.begin()
    execution = engine.run(engine.prepare(query), transaction, {})
    work(execution, 2)
    execution.context.cancelled = "enough"
    with pytest.raises(TerminatedError):
        execution.step()
    transaction.rollback()


@pytest.mark.parametrize(
    "query",
    [
        "MATCH (a {i: 0})-[*1..]->(b) RETURN count(*)",
        "MATCH (a)-[*1..]-(b) RETURN count(*)",
        "MATCH (a {i: 0}) ((x)-->(y)<--(z))+ (b) RETURN count(*)",
        "MATCH (a {i: 0})-[r *ALLSHORTEST (e, n | 0) t (e, n, p, w | length(p) > 0)]->(b) RETURN count(r)",
    ],
)
def test_it_stops_at_its_memory_limit(engine: Engine, query: str) -> None:
    transaction = engine.store.begin()
    execution = engine.run(engine.prepare(query), transaction, {})
    execution.context.memory_limit = 32 << 20
    tracemalloc.start()
    try:
        with pytest.raises(MemoryLimitError):
            exhaust(execution)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
        transaction.rollback()
    assert most < 10 * execution.context.memory_limit, "what is held is about what it says it is"


def test_what_has_an_end_comes_to_it(engine: Engine) -> None:
    assert run(engine, "MATCH (a {i: 0})-[r *WSHORTEST (e, n | 1) t]->(b) RETURN count(r), max(t)") == [
        [299, 1]
    ]
    assert run(engine, "MATCH ANY (a {i: 0})-->+(b) RETURN count(b)") == [[300]]
    assert run(engine, "MATCH (a {i: 0})-[*1..]->(b) RETURN count(DISTINCT b)") == [[300]]


# -- a step that is given up


def to_the_end(execution: Execution) -> list[list[object]]:
    found = []
    while not execution.done:
        batch = execution.step()
        if batch is not None and batch.count:
            found += [list(row) for row in zip(*batch.columns, strict=True)]
    return found


@pytest.mark.parametrize(
    "query",
    [
        "UNWIND range(1, 3) AS i WITH i WHERE EXISTS { UNWIND [1, 2] AS j RETURN j } RETURN i",
        "UNWIND range(1, 3) AS i RETURN [j IN range(1, 20000) | j][i - 1] AS i",
        "UNWIND range(1, 3) AS i WITH i WHERE COUNT { UNWIND [1, 2] AS j RETURN j } = 2 CREATE (n:New {i: i}) RETURN n.i",
    ],
)
def test_a_step_that_takes_long_where_it_is_begins_again(engine: Engine, query: str) -> None:
    transaction = engine.store.begin()
    execution = engine.run(engine.prepare(query), transaction, {})
    execution.context.here_until = 0.0
    batch = execution.step()
    assert batch is not None
    assert batch.count == 0
    assert not execution.done
    assert execution.context.here_until is None
    assert execution.context.memory == 0
    assert to_the_end(execution) == [[1], [2], [3]]
    assert execution.context.statistics.nodes_created == (3 if "CREATE" in query else 0)
    transaction.rollback()


def test_a_step_that_has_written_is_not_given_up(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    query = "CREATE (n:New) WITH n WHERE NOT EXISTS { UNWIND [1, 2] AS j WITH j WHERE j > 2 RETURN j } RETURN labels(n)"
    asked = []

    def pause(context: Context) -> None:
        context.here_until = 0.0
        asked.append(context.statistics.written)
        context.check()

    monkeypatch.setattr(Context, "pause", pause)
    transaction = engine.store.begin()
    execution = engine.run(engine.prepare(query), transaction, {})
    assert to_the_end(execution) == [[["New"]]]
    assert asked
    assert all(asked)
    assert execution.context.statistics.nodes_created == 1
    transaction.rollback()
