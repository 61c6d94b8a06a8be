"""Analytical mode: alone on the graph it gives the results of transactional mode, and what it cannot undo stays whole."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from lithograph.cypher.engine import Engine
from lithograph.storage.check import check
from lithograph.storage.errors import LithographError
from lithograph.storage.store import Store
from support.engines import bag, fill, graph_of, names_of, run
from support.queries import GraphData, graphs, updates_in_order

DELETING = [
    "MATCH (n:A) DELETE n",
    "MATCH (n) DELETE n",
    "MATCH (n:A) DETACH DELETE n",
    "MATCH ()-[r]->() DELETE r",
    "MATCH (n)-[r]->(m) DELETE n, r, m",
    "MATCH (n) REMOVE n:A SET n:B, n.x = 7",
    "CREATE INDEX ON :A(x)",
    "DROP INDEX ON :A(x)",
]
statements = st.lists(st.one_of(st.sampled_from(DELETING), updates_in_order()), max_size=6)


def engine_with(data: GraphData, *, analytical: bool) -> Engine:
    store = Store()
    fill(store, data)
    store.analytical = analytical
    return Engine(store)


def outcome(engine: Engine, text: str) -> list[list[Any]] | type[Exception]:
    try:
        return run(engine, text)
    except LithographError as error:
        return type(error)


@given(graphs(), statements)
def test_analytical_mode_gives_what_transactional_mode_gives(data: GraphData, texts: list[str]) -> None:
    """As long as nothing fails; when something does, that statement is the last one compared."""
    direct, versioned = engine_with(data, analytical=True), engine_with(data, analytical=False)
    for text in texts:
        found, expected = outcome(direct, text), outcome(versioned, text)
        assert (direct.store.vertices.versions.count, direct.store.edges.versions.count) == (0, 0)
        assert list(check(direct.store)) == []
        if isinstance(expected, type):
            assert found is expected
            return
        assert not isinstance(found, type)
        reader = direct.store.begin()
        graph = graph_of(reader)
        reader.rollback()
        other = versioned.store.begin()
        expected_graph = graph_of(other)
        assert graph.nodes == expected_graph.nodes, text
        assert graph.relationships == expected_graph.relationships, text
        other.rollback()
        known = names_of(graph)
        assert bag(found, known) == bag(expected, known)
    counts = [(s.vertex_counts.total, s.edge_counts.total) for s in (direct.store, versioned.store)]
    assert counts[0] == counts[1]


@given(graphs())
def test_a_node_that_keeps_relationships_is_not_deleted(data: GraphData) -> None:
    engine = engine_with(data, analytical=True)
    before = run(engine, "MATCH (n) RETURN count(n)"), run(engine, "MATCH ()-[r]->() RETURN count(r)")
    if run(engine, "MATCH (n)-[]-() RETURN count(n)") == [[0]]:
        return
    assert isinstance(outcome(engine, "MATCH (n) DELETE n"), type)
    after = run(engine, "MATCH (n) RETURN count(n)"), run(engine, "MATCH ()-[r]->() RETURN count(r)")
    assert after == before
    assert list(check(engine.store)) == []


def test_what_was_written_before_a_failure_stays() -> None:
    engine = engine_with(GraphData([], []), analytical=True)
    transaction = engine.store.begin()
    transaction.create_vertices(["A"], 2, {})
    transaction.rollback()
    assert run(engine, "MATCH (n:A) RETURN count(n)") == [[2]]
    assert isinstance(outcome(engine, "UNWIND [1, 0] AS i CREATE (:B {v: 1 / i})"), type)
    assert list(check(engine.store)) == []


def test_every_transaction_that_writes_moves_the_clock() -> None:
    """Else a snapshot would be taken for the one before it."""
    engine = engine_with(GraphData([], []), analytical=True)
    before = engine.store.visible
    run(engine, "RETURN 1")
    assert engine.store.visible == before
    run(engine, "CREATE ()")
    assert engine.store.visible == before + 1
