"""Searches for cheapest and shortest walks against trying everything: ends, lengths, weights, and that walks are walks.

Of several walks that are as good a search may give any; so of those only what all have in common is compared.
"""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from lithograph.cypher.engine import Engine
from lithograph.storage.store import Store
from support.engines import fill, frames_of, run
from support.naive import evaluate
from support.queries import GraphData

SIZES = st.sampled_from([1, 2, 1 << 15])


@st.composite
def weighted_graphs(draw: st.DrawFn) -> GraphData:
    """Up to six nodes with a weight of their own, parallel relationships and self loops; weights often alike, or 0."""
    number = draw(st.integers(1, 6))
    nodes = [(frozenset("A"), {"x": n, "h": draw(st.integers(0, 2))}) for n in range(number)]
    end = st.integers(0, number - 1)
    weight = draw(
        st.sampled_from([st.integers(0, 3), st.integers(0, 9), st.sampled_from([0.0, 0.25, 0.5, 2.0]),
                         st.sampled_from([0, 1, 1.0, 0.5, 2])])
    )  # fmt: skip
    relationship = st.builds(
        lambda kind, start, stop, w: (kind, start, stop, {"w": w}), st.sampled_from("RS"), end, end, weight
    )
    return GraphData(nodes, draw(st.lists(relationship, max_size=10)))


ARROWS = st.sampled_from(["-[{}]->", "<-[{}]-", "-[{}]-"])
TYPES = st.sampled_from(["", "", ":R", ":R|S"])
WEIGHTS = st.sampled_from(["e.w", "e.w", "n.h", "e.w + n.h", "1"])
FILTERS = st.sampled_from(
    ["", "", " (e, n | n.h < 2)", " (e, n | e.w > 0)", " (e, n | n.x <> 1 AND e.w < n.x)"]
)
BOUNDS = st.sampled_from(["", "", " 1", " 2", " ..3"])


def walk_is_whole(row: dict[str, Any]) -> bool:
    """Whether the relationships of a path lead from each of its nodes to the next one."""
    nodes, relationships = row["nodes"], row["relationships"]
    return len(nodes) == len(relationships) + 1 and all(
        {relationship.start, relationship.end} == {before.id, after.id}
        for relationship, (before, after) in zip(relationships, pairwise(nodes), strict=True)
    )


def both(data: GraphData, query: str, size: int) -> tuple[list[list[Any]], list[list[Any]]]:
    """(found, expected)"""
    engine = Engine(Store())
    graph = fill(engine.store, data)
    with frames_of(size):
        return run(engine, query), evaluate(query, graph)


@given(weighted_graphs(), ARROWS, TYPES, WEIGHTS, FILTERS, BOUNDS, st.sampled_from(["", "{x: 2}"]), SIZES)
def test_the_lightest_walk_to_each_node_is_found(
    data: GraphData, arrow: str, types: str, weight: str, condition: str, bounds: str, end: str, size: int
) -> None:
    inner = f"r{types} *WSHORTEST{bounds} (e, n | {weight}) total{condition}"
    query = f"MATCH p = (a){arrow.format(inner)}(b {end}) RETURN a.x, b.x, total, p"
    found, expected = both(data, query, size)
    assert Counter(tuple(row[:3]) for row in found) == Counter(tuple(row[:3]) for row in expected)
    for row in found:
        assert walk_is_whole({"nodes": row[3].nodes, "relationships": row[3].relationships})
        assert (row[3].nodes[0].properties["x"], row[3].nodes[-1].properties["x"]) == tuple(row[:2])
        if weight == "e.w":
            total = sum(step.properties["w"] for step in row[3].relationships)
            assert (total, type(total)) == (row[2], type(row[2]))


@given(weighted_graphs(), ARROWS, TYPES, WEIGHTS, FILTERS, BOUNDS, st.sampled_from(["", "{x: 2}"]), SIZES)
def test_all_the_lightest_walks_are_found(
    data: GraphData, arrow: str, types: str, weight: str, condition: str, bounds: str, end: str, size: int
) -> None:
    inner = f"r{types} *ALLSHORTEST{bounds} (e, n | {weight}) total{condition}"
    query = f"MATCH (a){arrow.format(inner)}(b {end}) RETURN a.x, b.x, total, [e IN r | id(e)]"
    found, expected = both(data, query, size)
    assert Counter(map(repr, found)) == Counter(map(repr, expected))


@given(
    weighted_graphs(), ARROWS, TYPES, st.one_of(st.none(), WEIGHTS), FILTERS,
    st.sampled_from(["", " 2..3", " ..2"]), st.sampled_from(["", "| 1", "| 2", "| 4"]), SIZES,
)  # fmt: skip
def test_the_first_walks_in_order_are_found(
    data: GraphData,
    arrow: str,
    types: str,
    weight: str | None,
    condition: str,
    bounds: str,
    limit: str,
    size: int,
) -> None:
    lambdas = condition if weight is None else f" (e, n | {weight}) total{condition}"
    total = "size(r)" if weight is None else "total"
    inner = f"r{types} *KSHORTEST{bounds} {limit}{lambdas}"
    query = f"MATCH (a), (b) MATCH p = (a){arrow.format(inner)}(b) RETURN a.x, b.x, {total} AS t, [e IN r | id(e)], p"
    found, expected = both(data, query, size)
    assert Counter(tuple(row[:3]) for row in found) == Counter(tuple(row[:3]) for row in expected)
    assert len({repr(row[:4]) for row in found}) == len(found)
    assert all(walk_is_whole({"nodes": row[4].nodes, "relationships": row[4].relationships}) for row in found)
    if not limit:
        assert Counter(repr(row[:4]) for row in found) == Counter(repr(row[:4]) for row in expected)
    by_ends: dict[tuple[int, int], list[float]] = {}
    for row in found:
        by_ends.setdefault((row[0], row[1]), []).append(row[2])
    assert all(totals == sorted(totals) for totals in by_ends.values())


@given(
    weighted_graphs(), ARROWS, TYPES, st.sampled_from(["e.w", "e.w + n.h", "1", "e.w / 3.0"]), BOUNDS,
    st.sampled_from([("n.h < 2", "n.h < 2 AND w >= 0"), ("e.w > 0", "e.w > 0 AND length(p) > 0"), ("true", "w = w")]),
    st.sampled_from(["WSHORTEST", "ALLSHORTEST"]), SIZES,
)  # fmt: skip
def test_a_filter_over_what_is_gathered_that_says_no_more_changes_nothing(
    data: GraphData,
    arrow: str,
    types: str,
    weight: str,
    bounds: str,
    conditions: tuple[str, str],
    kind: str,
    size: int,
) -> None:
    engine = Engine(Store())
    fill(engine.store, data)
    answers = []
    for names, condition in zip(("e, n", "e, n, p, w"), conditions, strict=True):
        inner = f"r{types} *{kind}{bounds} (e, n | {weight}) total ({names} | {condition})"
        walk = "[e IN r | id(e)]" if kind == "ALLSHORTEST" else "null"
        with frames_of(size):
            answers.append(
                run(engine, f"MATCH (a){arrow.format(inner)}(b) RETURN a.x, b.x, total, {walk} AS walk")
            )
    plain, gathered = ([[*row[:2], round(row[2], 9), row[3]] for row in rows] for rows in answers)
    assert Counter(map(repr, plain)) == Counter(map(repr, gathered))
