"""Indexes on relationships against the naive evaluator: what they find, with its ends, in every direction."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lithograph.cypher.engine import Engine
from lithograph.storage.store import Store
from support.engines import bag, commit, fill, frames_of, graph_of, names_of, run, run_in
from support.naive import evaluate
from support.queries import GraphData, graphs

arrows = st.sampled_from(["-[r:R]->", "<-[r:R]-", "-[r:R]-", "-[r:S]->"])
conditions = st.sampled_from(
    [
        "true", "r.x = 1", "r.x IN [0, 1, 1.0]", "r.x = 1 OR r.x = 2", "r.x > 0", "0 <= r.x < 2", "r.m >= 1", "r.m = 1",
        "r.s STARTS WITH 'a'", "r.x IS NOT NULL", "r.x = 1 AND a:A", "r.x = 1 AND b.y > 0", "r.x = a.x", "r.x = 1 AND r.y = 1",
        "r.m IS NOT NULL AND r.x <> 1",
    ]
)  # fmt: skip
patterns = st.sampled_from(
    [
        "(a){}(b)",
        "(a){}()-->(b)",
        "(a:A){}(b)<-[q:R]-(c)",
        "(c), (a){}(b)",
        "p = (a){}(b)",
        "(a)-[q:R]->(), (c){}(b)",
    ]
)
beginnings = st.sampled_from(
    ["MATCH", "UNWIND [0, 1, 2] AS i MATCH", "OPTIONAL MATCH", "MATCH (z:A) OPTIONAL MATCH"]
)
index_sets = st.lists(st.sampled_from(["R", "S", "R(x)", "R(m)", "R(s)", "R(x, y)"]), min_size=1, unique=True)
frame_sizes = st.sampled_from([1, 2, 3, 1 << 15])

CHANGES = [
    "MATCH ()-[r:R]->() SET r.x = 1",
    "MATCH ()-[r:R]->() WHERE r.x = 1 DELETE r",
    "MATCH (a)-[r:R]->(b) CREATE (b)-[:R {x: 1, m: 1.5}]->(a), (a)-[:R {x: 1}]->(a)",
    "MATCH ()-[r:R]->() REMOVE r.x",
]


@given(
    graphs(), beginnings, patterns, arrows, conditions, index_sets, frame_sizes,
    st.lists(st.sampled_from(CHANGES), max_size=2),
)  # fmt: skip
def test_an_index_on_relationships_changes_no_answer(
    data: GraphData,
    beginning: str,
    pattern: str,
    arrow: str,
    condition: str,
    indexes: list[str],
    size: int,
    changes: list[str],
) -> None:
    query = f"{beginning} {pattern.format(arrow)} WHERE {condition} RETURN *"
    engine = Engine(Store())
    fill(engine.store, data)
    for index in indexes:
        run(engine, f"CREATE EDGE INDEX ON :{index}")
    older = engine.store.begin()
    graphs_seen = [(older, graph_of(older))]
    for change in changes:
        run(engine, change)
    own = engine.store.begin()
    run_in(engine, own, "MATCH (a:A) CREATE (a)-[:R {x: 1}]->(:B)")
    graphs_seen.append((own, graph_of(own)))
    with frames_of(size):
        for transaction, graph in graphs_seen:
            known = names_of(graph)
            found = bag(run_in(engine, transaction, query), known)
            assert found == bag(evaluate(query, graph.copy()), known), query
    commit(own)


counted = st.sampled_from(
    ["()-[r:R]->()", "()<-[r:R|S|R]-()", "()-[r]->()", "()-[r:Nothing]->()", "(a)-[r:R]->(a)"]
)


@given(
    graphs(),
    counted,
    st.sampled_from(["r", "*"]),
    frame_sizes,
    st.lists(st.sampled_from(CHANGES), max_size=2),
)
def test_relationships_are_counted_as_each_transaction_sees_them(
    data: GraphData, pattern: str, what: str, size: int, changes: list[str]
) -> None:
    query = f"MATCH {pattern} RETURN count({what}) AS c"
    engine = Engine(Store())
    fill(engine.store, data)
    assert run(engine, query) == evaluate(query, graph_of(engine.store.begin()))
    older = engine.store.begin()
    before = graph_of(older)
    for change in changes:
        run(engine, change)
    own = engine.store.begin()
    run_in(engine, own, "MATCH (a:A) CREATE (a)-[:R {x: 1}]->(:B)")
    with frames_of(size):
        assert run_in(engine, older, query) == evaluate(query, before)
        assert run_in(engine, own, query) == evaluate(query, graph_of(own))
