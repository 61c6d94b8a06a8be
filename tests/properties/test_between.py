"""Relationships between two bound nodes are those that lead from the one to the other, from whichever they are looked for."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lithograph.cypher.engine import Engine
from lithograph.storage.store import Store
from support.engines import bag, fill, frames_of, names_of, run
from support.naive import evaluate
from support.queries import GraphData, graphs

ARROWS = st.sampled_from(["-[r]->", "<-[r]-", "-[r]-", "-[r:R]->", "-[r:R|S]-", "-[r {x: 1}]-"])
QUERIES = st.sampled_from(
    [
        "MATCH (a), (b) WITH a, b MATCH (a){}(b) RETURN a, r, b",
        "MATCH (a) OPTIONAL MATCH (b:B) WITH a, b MATCH (a){}(b) RETURN a, r, b",
        "MATCH (a), (b) WHERE b.x = 1 OPTIONAL MATCH (a){}(b) RETURN a, r, b",
        "MATCH (a)-[q]->(b), (a){}(b) RETURN q, r",
        "MATCH (a)-->(b){}(a) RETURN a, r, b",
        "MATCH (a:A)-->(b)--(c), (a){}(c) RETURN r, count(*)",
    ]
)


@given(graphs(most_nodes=4, most_relationships=9), QUERIES, ARROWS, st.sampled_from([1, 2, 3, 1 << 15]))
def test_both_ends_are_bound(data: GraphData, query: str, arrow: str, size: int) -> None:
    text = query.format(arrow)
    engine = Engine(Store())
    graph = fill(engine.store, data)
    with frames_of(size):
        found = run(engine, text)
    assert bag(found, names_of(graph)) == bag(evaluate(text, graph), names_of(graph))


@given(st.booleans(), st.sampled_from([1, 3, 1 << 15]))
def test_what_another_transaction_has_deleted_is_still_seen_by_one_that_began_before(
    many: bool, size: int
) -> None:
    engine = Engine(Store())
    run(
        engine,
        "CREATE (a:N {i: 0}), (b:N {i: 1}) WITH a, b UNWIND range(1, 5) AS k CREATE (a)-[:R {k: k}]->(b)",
    )
    before = engine.store.begin()
    run(engine, "MATCH (:N)-[r:R]->() WHERE r.k > 2 DELETE r")
    pairs = "UNWIND [1, 2] AS time " if many else ""
    query = engine.prepare(f"{pairs}MATCH (a:N {{i: 0}}), (b:N {{i: 1}}) MATCH (a)-[r]->(b) RETURN count(r)")
    counts = []
    for transaction in (before, engine.store.begin()):
        with frames_of(size):
            execution = engine.run(query, transaction, {})
            while (batch := execution.step()) is not None:
                counts += [value for column in batch.columns for value in column]
        transaction.rollback()
    assert counts == ([10, 4] if many else [5, 2])
