"""Quantified paths and path selectors against trying everything, without bounds, from either end."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from lithograph.cypher.engine import Engine
from lithograph.storage.store import Store
from support.engines import bag, fill, frames_of, names_of, run
from support.naive import evaluate
from support.queries import GraphData, graphs

GRAPHS = graphs(most_nodes=4, most_relationships=5)
SIZES = st.sampled_from([1, 2, 1 << 15])
ENDS = st.sampled_from(["()", "(s)", "(s:A)", "(s {x: 1})", ""])
ARROWS = st.sampled_from(
    ["-[r]->", "<-[r:R]-", "-[r]-", "-[r:R|S]->", "-[r WHERE r.x > 0]->", "-[r:!S {x: 1}]-"]
)
MORE = st.sampled_from(["", "", "-->(c)", "<--(c:A)", "--(a)", "-[q:S]-(c WHERE c.x = a.x)"])
WHERE = st.sampled_from(
    ["", "", "WHERE a.x <= b.x", "WHERE a <> b", "WHERE r.x = 1 OR b:B", "WHERE (b)-->()"]
)
QUANTIFIERS = st.sampled_from(["+", "*", "{2}", "{1,2}", "{,2}", "{2,}", "{0,1}"])
QUANTIFIED = st.builds(
    "(({}){}(b){} {}){}".format, st.sampled_from(["a", "a:A"]), ARROWS, MORE, WHERE, QUANTIFIERS
)
SHORT = st.builds("{}{}".format, ARROWS, QUANTIFIERS)


def answers(data: GraphData, query: str, size: int) -> tuple[list[list[Any]], list[list[Any]], Any]:
    """(found, expected, names)"""
    engine = Engine(Store())
    graph = fill(engine.store, data)
    with frames_of(size):
        return run(engine, query), evaluate(query, graph), names_of(graph)


@given(GRAPHS, ENDS, QUANTIFIED, st.sampled_from(["(t)", "(t:B)", "(s)", "", "(t)-->()"]), SIZES)
def test_a_quantified_path_is_repeated_as_often_as_it_says(
    data: GraphData, start: str, quantified: str, end: str, size: int
) -> None:
    query = f"MATCH p = {start} {quantified} {end} RETURN p, a, r, b"
    found, expected, names = answers(data, query, size)
    assert bag(found, names) == bag(expected, names)


@given(GRAPHS, ENDS, SHORT, st.sampled_from(["(t)", "(t:B)", "(s)", "(t)-[q]-(u)"]), SIZES)
def test_a_quantified_relationship_is_a_walk(
    data: GraphData, start: str, quantified: str, end: str, size: int
) -> None:
    query = f"MATCH p = {start or '()'}{quantified}{end} RETURN p, r"
    found, expected, names = answers(data, query, size)
    assert bag(found, names) == bag(expected, names)


@given(GRAPHS, st.sampled_from(["(s)", "(s:A)"]), QUANTIFIED, st.sampled_from(["(t)", "(s)"]), SIZES)
def test_between_nodes_that_are_bound_it_is_the_same(
    data: GraphData, start: str, quantified: str, end: str, size: int
) -> None:
    query = f"MATCH {start}, (t) WITH s, t MATCH {start} {quantified} {end} WHERE t.x IS NULL OR t:B RETURN s, t, a, r, b"
    found, expected, names = answers(data, query, size)
    assert bag(found, names) == bag(expected, names)


def lengths(rows: list[list[Any]]) -> Counter[str]:
    return Counter(repr((path.nodes[0].id, path.nodes[-1].id, len(path.relationships))) for (path,) in rows)
