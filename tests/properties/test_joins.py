"""Hash joins against the naive evaluator: nodes of random graphs joined by values of all kinds."""

from __future__ import annotations

from unittest import mock

from hypothesis import given
from hypothesis import strategies as st

from lithograph.cypher.engine import Engine
from lithograph.cypher.plan import match
from lithograph.storage.store import Store
from support.engines import bag, fill, frames_of, names_of, run
from support.naive import evaluate
from support.queries import GraphData, graphs

keys = st.sampled_from(["x", "y", "s", "m"])
joins = st.builds("a.{} = b.{}".format, keys, keys)
others = st.sampled_from(
    ["true", "a.x < b.y", "b.x = 1", "b:A", "a.y = b.y + 1", "a.x = 1 OR a.x = 2", "a.s IS NOT NULL"]
)
index_sets = st.lists(st.sampled_from(["A", "A(x)", "B(m)", "A(x, y)"]), unique=True)
frame_sizes = st.sampled_from([1, 2, 3, 1 << 15])
beginnings = st.sampled_from(
    ["MATCH (a), (b) WHERE", "MATCH (a)-->(c), (b) WHERE", "MATCH (a:A) OPTIONAL MATCH (b:A) WHERE",
     "MATCH (a:A) MATCH (b)-->(c) WHERE", "UNWIND [{x: 1, m: 1.0}, {m: [1], s: 'a'}, {}] AS a MATCH (b) WHERE"]
)  # fmt: skip


@given(
    graphs(), beginnings, st.lists(joins, min_size=1, max_size=2), others, index_sets, frame_sizes, st.sampled_from([-1.0, 4.0])
)  # fmt: skip
def test_a_join_gives_the_rows_of_the_naive_evaluator(
    data: GraphData, beginning: str, joined: list[str], other: str, indexes: list[str], size: int, few: float
) -> None:
    if beginning.startswith("UNWIND"):
        other = other.replace("a.y = b.y + 1", "b.y = 1")
    query = f"{beginning} {' AND '.join([*joined, f'({other})'])} RETURN a, b"
    engine = Engine(Store())
    graph = fill(engine.store, data)
    for index in indexes:
        run(engine, f"CREATE INDEX ON :{index}")
    known = names_of(graph)
    with frames_of(size), mock.patch.object(match, "FEW", few):
        assert bag(run(engine, query), known) == bag(evaluate(query, graph.copy()), known), query
