"""Quantified paths and path selectors against trying everything, without bounds, from either end."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lithograph.cypher.engine import Engine
from lithograph.storage.store import Store
from support.engines import bag, fill, names_of, run
from support.path_patterns import GRAPHS, QUANTIFIERS, SELECTORS, SIZES, answers, check_selected, lengths
from support.queries import GraphData

ENDS = st.sampled_from(["()", "(s)", "(s:A)", "(s {x: 1})", ""])
ARROWS = st.sampled_from(
    ["-[r]->", "<-[r:R]-", "-[r]-", "-[r:R|S]->", "-[r WHERE r.x > 0]->", "-[r:!S {x: 1}]-"]
)
MORE = st.sampled_from(["", "", "-->(c)", "<--(c:A)", "--(a)", "-[q:S]-(c WHERE c.x = a.x)"])
WHERE = st.sampled_from(
    ["", "", "WHERE a.x <= b.x", "WHERE a <> b", "WHERE r.x = 1 OR b:B", "WHERE (b)-->()"]
)
QUANTIFIED = st.builds(
    "(({}){}(b){} {}){}".format, st.sampled_from(["a", "a:A"]), ARROWS, MORE, WHERE, QUANTIFIERS
)
SHORT = st.builds("{}{}".format, ARROWS, QUANTIFIERS)


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


ANY_SHORT = st.builds("-[r]-{}".format, QUANTIFIERS)
INSIDE = st.sampled_from(["s.x = 1 OR t:B", "size([e IN [1] WHERE s <> t]) = 1"])
OF_WALK = st.sampled_from(["size(r) <> 1", "all(e IN r WHERE e.x = 1)"])
SELECTED = st.one_of(
    st.builds(
        "{}{}{}".format, st.sampled_from(["(s)", "(s:A)"]), SHORT, st.sampled_from(["(t)", "(t:B)", "(s)"])
    ),
    st.builds("((s){}(t) WHERE {})".format, SHORT, INSIDE),
    st.builds("((s){}(t) WHERE {})".format, ANY_SHORT, OF_WALK),
    st.builds("(s) {} (t)".format, QUANTIFIED),
    st.builds("(s)-->(){}(t)".format, SHORT),
)


@given(
    GRAPHS, SELECTORS, SELECTED, st.sampled_from(["", "WHERE s <> t", "WHERE t.x = 1"]), st.booleans(), SIZES
)
def test_selected_paths_are_as_many_and_as_long(
    data: GraphData, selector: str, path: str, where: str, bound: bool, size: int
) -> None:
    """Which of several as long are taken is not said, nor for ANY how long they are; all of a group are."""
    before = "MATCH (t) WITH t " if bound else ""
    where = where if "(t" in path or bound else ""
    found, expected, names = answers(data, f"{before}MATCH p = {selector} {path} {where} RETURN p", size)
    check_selected(selector, found, expected, names)
    assert bound or set(bag(found, names).values()) <= {1}


WALKS = st.builds(
    "{}{}".format, st.sampled_from(["-[w]->", "<-[w:R]-", "-[w]-", "-[w WHERE w.x > 0]->"]), QUANTIFIERS
)
BEGINNINGS = st.sampled_from(
    ["(s)--(u)", "(s:A)-[v]->(u WHERE u.x = 1)", "(s)<-[v WHERE v.x = s.x]-(u)", "(s)-->(u)<--(z)", "(s)"]
)
MIDDLES = st.sampled_from(["()", "(m:A)", "(m WHERE m.x IS NULL)"])
MORE_PARTS = st.one_of(
    WALKS,
    st.builds("((d){}(f) WHERE d.x <= f.x){}".format, st.sampled_from(["--", "-->", "--(e)--"]), QUANTIFIERS),
)
ENDINGS = st.sampled_from(["(t)", "(t:B)", "(s)", "(t)--(y)"])


@given(
    GRAPHS,
    SELECTORS,
    st.builds("{}{}{}{}{}".format, BEGINNINGS, QUANTIFIED, MIDDLES, MORE_PARTS, ENDINGS),
    st.booleans(),
    SIZES,
)
def test_a_search_over_several_parts_finds_what_choosing_from_all_does(
    data: GraphData, selector: str, path: str, bound: bool, size: int
) -> None:
    before = "MATCH (t) WITH t " if bound else ""
    found, expected, names = answers(data, f"{before}MATCH p = {selector} {path} RETURN p", size)
    check_selected(selector, found, expected, names)


@given(
    GRAPHS, st.sampled_from(["SHORTEST 1", "ANY SHORTEST", "ALL SHORTEST"]), QUANTIFIED, WALKS, st.booleans()
)
def test_variables_of_a_selected_path_are_those_of_its_parts(
    data: GraphData, selector: str, quantified: str, walk: str, last_is_bound: bool
) -> None:
    """Whatever was selected, it is among all the matches with all its variables."""
    before = "MATCH (t) WITH t " if last_is_bound else ""
    path, names = f"(s) {quantified} (m){walk}(t)", "s, t, a, r, b, m, w"
    engine = Engine(Store())
    graph = fill(engine.store, data)
    found = bag(run(engine, f"{before}MATCH p = {selector} {path} RETURN p, {names}"), names_of(graph))
    every = bag(run(engine, f"{before}MATCH p = {path} RETURN p, {names}"), names_of(graph))
    assert found <= every


@given(GRAPHS, st.sampled_from(["SHORTEST 1", "SHORTEST 2", "ALL SHORTEST"]), SHORT, SIZES)
def test_what_is_asked_of_the_walk_is_asked_of_what_was_selected(
    data: GraphData, selector: str, walk: str, size: int
) -> None:
    query = f"MATCH p = {selector} (s){walk}(t) WHERE length(p) > 1 RETURN p"
    found, expected, _ = answers(data, query, size)
    assert lengths(found) == lengths(expected)
