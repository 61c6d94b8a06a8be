"""Conditions on whole paths, wherever they are judged, against trying everything."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lithograph.cypher.engine import Engine
from lithograph.storage.store import Store
from support.engines import bag, fill, frames_of, names_of, run
from support.naive import evaluate
from support.path_patterns import GRAPHS, QUANTIFIERS, SELECTORS, SIZES, answers, check_selected, lengths
from support.queries import GraphData, graphs

OF_EACH = st.sampled_from(
    [
        "{v}.x = 1",
        "{v}.x > 0 OR {v}.x IS NULL",
        "{v}.x <> k",
        "{v}.x IN [1, 2]",
        "[i IN [1] WHERE i = {v}.x] <> []",
    ]
)
OF_NODE = st.one_of(
    OF_EACH, st.sampled_from(["{v}:A", "({v})-->()", "EXISTS {{ ({v})--(w:A) }}", "{v} <> s"])
)
FORMS = st.sampled_from(["all({v} IN {list} WHERE {what})", "none({v} IN {list} WHERE {what})",
                         "NOT any({v} IN {list} WHERE {what})"])  # fmt: skip
NODES = st.builds(
    lambda form, what, name: form.format(v=name, list="nodes(p)", what=what.format(v=name)),
    FORMS, OF_NODE, st.sampled_from(["n", "w", "s2"]),
)  # fmt: skip
RELATIONSHIPS = st.builds(
    lambda form, what, source: form.format(v="e", list=source, what=what.format(v="e")),
    FORMS, OF_EACH, st.sampled_from(["relationships(p)", "r"]),
)  # fmt: skip
WHOLE = st.sampled_from(
    [
        "length(p) > 1",
        "length(p) <> 2",
        "size(r) < 3",
        "length(p) = 2",
        "2.5 > length(p)",
        "length(p) <= null",
        "any(n IN nodes(p) WHERE n.x = k)",
        "reduce(x = 0, e IN r | x + e.x) > 1",
        "s.x = nodes(p)[1].x",
        "single(n IN nodes(p) WHERE n = t)",
    ]
)
CONDITIONS = st.lists(st.one_of(NODES, RELATIONSHIPS, WHOLE), min_size=1, max_size=2).map(" AND ".join)
ARROWS = st.sampled_from(["-[r]->", "<-[r:R]-", "-[r]-", "-[r WHERE r.x > 0]-"])
STARTS = st.sampled_from(["(s)", "(s:A)", "(s {x: 1})"])
ENDS = st.sampled_from(["(t)", "(t:B)", "(t)<-[q]-(u)"])
PATHS = st.one_of(
    st.builds("{}{}{}{}".format, STARTS, ARROWS, QUANTIFIERS, ENDS),
    st.builds("{} ((a){}(b)){} {}".format, STARTS, st.sampled_from(["-[r]->", "-[r]-"]), QUANTIFIERS, ENDS),
)
GIVEN = st.sampled_from(["WITH 1 AS k ", "MATCH (t) WITH t, 1 AS k ", "MATCH (s) WITH s, 2 AS k "])


@given(GRAPHS, GIVEN, PATHS, CONDITIONS, SIZES)
def test_of_all_paths(data: GraphData, before: str, path: str, condition: str, size: int) -> None:
    query = f"{before}MATCH p = {path} WHERE {condition} RETURN p, r"
    found, expected, names = answers(data, query, size)
    assert bag(found, names) == bag(expected, names)


@given(GRAPHS, GIVEN, SELECTORS, PATHS, CONDITIONS, SIZES)
def test_of_those_selected_from(
    data: GraphData, before: str, selector: str, path: str, condition: str, size: int
) -> None:
    query = f"{before}MATCH p = {selector} ({path} WHERE {condition}) RETURN p"
    found, expected, names = answers(data, query, size)
    check_selected(selector, found, expected, names)


@given(
    graphs(most_nodes=4, most_relationships=6),
    GIVEN,
    st.sampled_from(["shortestPath", "allShortestPaths"]),
    STARTS,
    st.sampled_from(["-[r*]->", "<-[r:R*]-", "-[r*]-", "-[r*..3]-", "-[r* {x: 1}]->"]),
    CONDITIONS,
    SIZES,
)
def test_of_shortest_paths(
    data: GraphData, before: str, function: str, start: str, arrow: str, condition: str, size: int
) -> None:
    """It is the shortest of the paths that fulfil the condition, between two nodes that are not the same."""
    engine = Engine(Store())
    graph = fill(engine.store, data)
    selector = "SHORTEST 1" if function == "shortestPath" else "ALL SHORTEST"
    with frames_of(size):
        found = run(engine, f"{before}MATCH p = {function}({start}{arrow}(t)) WHERE {condition} RETURN p")
    expected = evaluate(
        f"{before}MATCH p = {selector} ({start}{arrow}(t) WHERE s <> t AND {condition}) RETURN p", graph
    )
    if function == "shortestPath":
        assert lengths(found) == lengths(expected)
    else:
        assert bag(found, names_of(graph)) == bag(expected, names_of(graph))
