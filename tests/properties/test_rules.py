"""Plan rules change the speed of a query and never its answer: with them and without, the same rows."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lithograph.cypher.engine import Engine
from lithograph.cypher.plan import logical, rules
from lithograph.storage.columns.chunk import Chunk
from lithograph.storage.store import Store

EDGES = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), st.sampled_from("ST")), max_size=14)

QUERIES = [
    "MATCH (s {k: 0})-[*1..3]->(n) RETURN DISTINCT n.k",
    "MATCH (s {k: 0})-[*0..2]->(n) RETURN DISTINCT n.k",
    "MATCH (s {k: 0})-[*]->(n) RETURN DISTINCT n.k",
    "MATCH (s)-[:S*1..3]->(n)-[:T]->(m) RETURN DISTINCT s.k, m.k",
    "MATCH (s)-[*..2]->(n) WHERE n.k > 1 RETURN count(DISTINCT n), max(n.k)",
    "MATCH (s)<-[*1..4]-(n) WITH DISTINCT s, n WHERE s.k < n.k RETURN s.k, count(n)",
    "MATCH (s {k: 0})-[*1..3]->(s) RETURN DISTINCT s.k",
    "MATCH (s {k: 0})-[*1..3 {w: 1}]->(n) RETURN DISTINCT n.k",
    # those where duplicates, walks or both matter
    "MATCH (s {k: 0})-[*1..3]->(n) RETURN n.k, count(*)",
    "MATCH (s {k: 0})-[*2..3]->(n) RETURN DISTINCT n.k",
    "MATCH (s {k: 0})-[*1..2]-(n) RETURN DISTINCT n.k",
    "MATCH (s {k: 0})-[r*1..2]->(n) RETURN DISTINCT n.k, size(r)",
    "MATCH (s {k: 0})-[*1..2]->(n)-->(m) RETURN DISTINCT m.k",
    "MATCH (s {k: 0})-[*1..3]->(n) WITH n LIMIT 2 RETURN count(DISTINCT n) <= 2",
]


def _store(edges: list[tuple[int, int, str]]) -> Store:
    store = Store()
    transaction = store.begin()
    nodes = transaction.create_vertices(["N"], 6, {"k": Chunk.of(list(range(6)))})
    for number, (source, target, type_) in enumerate(edges):
        ends = nodes[[source]], nodes[[target]]
        transaction.create_edges(type_, *ends, {"w": Chunk.of([number % 2])})
    transaction.prepare()
    transaction.publish()
    return store


def _rows(store: Store, text: str) -> list[tuple[Any, ...]]:
    engine, transaction = Engine(store), store.begin()
    execution = engine.run(engine.prepare(text), transaction, {})
    rows: list[tuple[Any, ...]] = []
    while (batch := execution.step()) is not None:
        rows.extend(zip(*batch.columns, strict=True) if batch.count else ())
    transaction.rollback()
    return sorted(rows, key=repr)


@pytest.mark.parametrize("text", QUERIES)
@given(edges=EDGES)
def test_rules_change_no_answer(text: str, edges: list[tuple[int, int, str]]) -> None:
    store = _store(edges)
    with_rules = _rows(store, text)
    with patch.object(rules, "RULES", ()):
        assert _rows(store, text) == with_rules


def _kinds(plan: logical.Plan) -> set[str]:
    return {type(plan).__name__}.union(*map(_kinds, plan.inputs()))


@pytest.mark.parametrize(("text", "applies"), [(text, number < 8) for number, text in enumerate(QUERIES)])
def test_reaching_replaces_walking_only_where_it_may(text: str, applies: bool) -> None:
    plan = Engine(_store([(0, 1, "S")])).prepare(text).plan
    assert plan is not None
    assert ("PruningBFSExpand" in _kinds(plan)) == applies


def test_a_long_chain_and_a_dense_graph_are_reached_at_once() -> None:
    store = Store()
    transaction = store.begin()
    nodes = transaction.create_vertices(["N"], 60, {"k": Chunk.of(list(range(60)))})
    pairs = np.array([(a, b) for a in range(60) for b in range(60) if a != b])
    transaction.create_edges("S", nodes[pairs[:, 0]], nodes[pairs[:, 1]], {})
    transaction.prepare()
    transaction.publish()
    assert _rows(store, "MATCH ({k: 0})-[*]->(n) RETURN count(DISTINCT n)") == [(60,)]
