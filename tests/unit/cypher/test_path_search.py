"""SHORTEST over paths of several parts: what is a search, what a repetition may demand, and trails that are no shortest walks."""

from __future__ import annotations

from typing import Any

import pytest

from lithograph.cypher.engine import Engine
from lithograph.cypher.errors import MemoryLimitError
from lithograph.storage.store import Store
from support.engines import run


def engine_of(*statements: str) -> Engine:
    made = Engine(Store())
    for statement in statements:
        run(made, statement)
    return made


def plan(engine: Engine, text: str) -> str:
    return "\n".join(line for (line,) in run(engine, f"EXPLAIN {text}"))


@pytest.fixture(scope="module")
def grid() -> Engine:
    """Nodes (x, y) of a grid of 8 by 8, with steps to the right and downwards, that weigh x + y."""
    return engine_of(
        "UNWIND range(0, 7) AS x UNWIND range(0, 7) AS y CREATE (:N {x: x, y: y})",
        "MATCH (a:N), (b:N {x: a.x + 1, y: a.y}) CREATE (a)-[:RIGHT {w: a.x + a.y}]->(b)",
        "MATCH (a:N), (b:N {x: a.x, y: a.y + 1}) CREATE (a)-[:DOWN {w: a.x + a.y}]->(b)",
    )


FROM, TO = "(s:N {x: 0, y: 0})", "(t:N {x: 6, y: 6})"


@pytest.mark.parametrize(
    ("path", "length", "number"),
    [
        (f"{FROM} ((a)-[:RIGHT]->(b)-[:DOWN]->(c))+ {TO}", 12, 1),
        (f"{FROM} ((a)-[:RIGHT]->(b)-[:RIGHT]->(c)){{3}} (m) ((d)-[:DOWN]->(e))* {TO}", 12, 1),
        (f"{FROM}-[:RIGHT]->(m)-->+{TO}", 12, 462),
        (f"{FROM} ((a)-[q]->(b)-[r]->(c) WHERE a.x < c.x AND a.y < c.y)+ {TO}", 12, 64),
        (f"{FROM} ((a)-[q]->(b)-[r]->(c) WHERE type(q) = type(r))+ {TO}", 12, 20),
        (f"{FROM}-->*(m WHERE m.x = 6 AND m.y = 0)-->*{TO}", 12, 1),
        (f"{FROM}-->*(m WHERE m.x = 7)--*{TO}", 14, None),
    ],
)
def test_shortest_paths_of_several_parts(grid: Engine, path: str, length: int, number: int | None) -> None:
    assert "SelectPaths" not in plan(grid, f"MATCH p = ALL SHORTEST {path} RETURN p")
    if number is not None:
        every = run(grid, f"MATCH p = ALL SHORTEST {path} RETURN DISTINCT length(p), count(p)")
        assert every == [[length, number]]
    assert run(grid, f"MATCH p = SHORTEST 1 {path} RETURN length(p)") == [[length]]


@pytest.mark.parametrize("ends", ["", "MATCH (t:N {x: 4, y: 4}) ", "MATCH (s:N {x: 0, y: 0}) "])
def test_variables_of_every_part(grid: Engine, ends: str) -> None:
    """From whichever end the search goes."""
    first = "(s)" if "(s" in ends else "(s:N {x: 0, y: 0})"
    last = "(t)" if "(t" in ends else "(t:N {x: 4, y: 4})"
    query = (
        f"{ends}MATCH p = SHORTEST 1 {first}-[e:DOWN]->(m) ((a)-[q:RIGHT]->(b)-[r:RIGHT]->(c)){{2}} (n)-[w:DOWN]->{{3}}{last} "
        "RETURN e.w AS e, [m.x, m.y] AS m, [k IN a | k.x] AS a, [k IN b | k.x] AS b, [k IN c | k.x] AS c, "
        "[k IN q | k.w] AS q, [k IN r | k.w] AS r, [n.x, n.y] AS n, [k IN w | k.w] AS w, size(nodes(p)) AS size"
    )
    expected: list[Any] = [0, [0, 1], [0, 2], [1, 3], [2, 4], [1, 3], [2, 4], [4, 1], [5, 6, 7], 9]
    assert run(grid, query) == [expected]


@pytest.mark.parametrize(("most", "everything"), [(3, True), (4, False)])
def test_a_condition_on_a_whole_list_is_judged_after_finding_everything_if_that_is_little(
    grid: Engine, most: int, everything: bool
) -> None:
    query = f"MATCH p = SHORTEST 1 ({FROM} ((a)-->(b)){{1,{most}}} (t) WHERE size(b) > 2) RETURN count(p)"
    assert ("SelectPaths" in plan(grid, query)) == everything
    assert run(grid, query) == [[4 if everything else 4 + 5]]


@pytest.mark.parametrize(
    ("selector", "condition", "lengths"),
    [
        ("SHORTEST 1", "length(p) > 12", [14]),
        ("SHORTEST 2", "reduce(s = 0, e IN relationships(p) | s + e.w) > 70", [14, 14]),
        ("SHORTEST 2 GROUPS", "size(w) % 4 = 0 AND nodes(p)[1].x = 1 AND nodes(p)[11].y = 6", [12] * 210),
        ("ANY", "any(n IN nodes(p) WHERE n.x = 7) AND none(e IN w WHERE e.w = 13)", [14]),
    ],
)
def test_whole_paths_are_judged_in_the_order_of_their_length(
    grid: Engine, selector: str, condition: str, lengths: list[int]
) -> None:
    """All the paths there are, of any length, nobody could go through."""
    arrow = "-[w]->+" if "GROUPS" in selector else "-[w]-+"
    path = f"({FROM}{arrow}{TO} WHERE {condition})"
    assert run(grid, f"MATCH p = {selector} {path} RETURN length(p)") == [[length] for length in lengths]


@pytest.mark.parametrize(
    ("condition", "length"),
    [
        ("length(p) > 12", 14),
        ("all(n IN nodes(p) WHERE n.x <> 3 OR n.y = 7)", 14),
        ("none(n IN nodes(p) WHERE n.x + n.y = 6 AND n.x < 6) AND size(r) > 12", 14),
        ("NOT any(e IN relationships(p) WHERE e.w = 5 AND type(e) = 'DOWN')", 12),
        ("all(n IN nodes(p) WHERE (n)-[:RIGHT]->())", 12),
        ("any(n IN nodes(p) WHERE n.x = 7)", 14),
    ],
)
def test_the_shortest_path_is_that_of_those_which_fulfil_the_condition(
    grid: Engine, condition: str, length: int
) -> None:
    match = f"MATCH {FROM}, {TO} MATCH p = shortestPath((s)-[r*]-(t)) WHERE {condition}"
    assert run(grid, f"{match} RETURN length(p)") == [[length]]
    every = match.replace("shortestPath", "allShortestPaths")
    assert run(grid, f"{every} RETURN DISTINCT length(p)") == [[length]]


def test_shortest_paths_beside_others_use_no_relationship_of_theirs(grid: Engine) -> None:
    query = (
        f"MATCH {FROM}, (s)-[e:DOWN]->(m), p = shortestPath((s)-[r*]->(t {{x: 0, y: 2}})) WHERE length(p) > 1 "
        "RETURN length(p)"
    )
    assert run(grid, query) == []
    assert run(grid, query.replace("r*", "r:RIGHT*").replace("{x: 0, y: 2}", "{x: 2, y: 0}")) == [[2]]


def test_conditions_may_compare_the_shortest_path_with_what_is_beside_it(grid: Engine) -> None:
    """Whether that is there before, or would be found from an end of the path."""
    beside = f"MATCH {FROM}, {TO}, (c:N {{x: 7, y: 0}}), p = shortestPath((s)-[*]-(t)) WHERE c IN nodes(p)"
    assert run(grid, f"{beside} RETURN length(p)") == [[14]]
    behind = f"MATCH {FROM}, p = shortestPath((s)-[*]->(t {{x: 2, y: 2}})), (t)<-[:DOWN]-(c) WHERE NOT c IN nodes(p)"
    assert run(grid, f"{behind} RETURN length(p), [c.x, c.y]") == [[4, [2, 1]]]


def test_walks_are_left_where_a_node_or_relationship_is_not_as_all_must_be(grid: Engine) -> None:
    for condition in (
        "all(n IN nodes(p) WHERE n.x = 0)",
        "none(n IN nodes(p) WHERE n.x > 0)",
        "all(e IN relationships(p) WHERE type(e) = 'DOWN')",
        "all(e IN r WHERE e:DOWN)",
        "NOT any(e IN r WHERE e:RIGHT)",
    ):
        query = f"MATCH p = {FROM}-[r*]->(t) WHERE {condition} RETURN count(p), max(length(p))"
        assert "Filter Generic" not in plan(grid, query), condition
        assert run(grid, query) == [[7, 7]]


def test_a_walk_that_uses_a_relationship_twice_is_no_answer() -> None:
    """On a line without direction, two steps lead back by the same relationship; a triangle at its end does not."""
    line = engine_of("UNWIND range(0, 8) AS i MERGE (a:N {i: i}) MERGE (b:N {i: i + 1}) CREATE (a)-[:R]->(b)")
    twice = "MATCH p = SHORTEST 1 (s:N {i: 0}) ((a)--(b)--(c))+ (t) RETURN t.i, length(p) ORDER BY t.i"
    assert run(line, twice) == [[2, 2], [4, 4], [6, 6], [8, 8]]
    run(line, "MATCH (a:N {i: 8}), (b:N {i: 9}) CREATE (a)-[:R]->(:N {i: 10})-[:R]->(b)")
    assert run(line, twice) == [[2, 2], [4, 4], [6, 6], [8, 8], [9, 10], [10, 10]]


def test_longer_trails_come_once_the_shorter_ones_are_used_up(grid: Engine) -> None:
    ring = engine_of(
        "UNWIND range(0, 5) AS i CREATE (:N {i: i})",
        "MATCH (a:N), (b:N {i: (a.i + 1) % 6}) CREATE (a)-[:R]->(b)",
        "MATCH (a:N {i: 2}), (b:N {i: 4}) CREATE (a)-[:R]->(b)",
    )
    query = "MATCH p = {} (s:N {{i: 0}})-->(m) ((a)-->(b))+ (t:N {{i: 5}}) RETURN length(p) AS l ORDER BY l"
    assert run(ring, query.format("SHORTEST 1")) == [[4]]
    assert run(ring, query.format("SHORTEST 9")) == [[4], [5]]
    assert run(ring, query.format("SHORTEST 2 GROUPS")) == [[4], [5]]


def test_a_long_chain_is_searched_without_nesting() -> None:
    chain = engine_of(
        "UNWIND range(0, 3000) AS i CREATE (:N {i: i})",
        "CREATE INDEX ON :N(i)",
        "MATCH (a:N) MATCH (b:N {i: a.i + 1}) CREATE (a)-[:R]->(b)",
    )
    query = "MATCH p = SHORTEST 2 (s:N {i: 0}) ((a)-->(b)-->(c))+ (t:N {i: 3000}) RETURN length(p), size(b)"
    assert run(chain, query) == [[3000, 1500]]


def test_the_outer_row_is_seen_by_conditions_inside(grid: Engine) -> None:
    query = (
        f"UNWIND [0, 1] AS d MATCH SHORTEST 1 {FROM} ((a)-[q]->(b)-[r]->(c) WHERE q.w + d < 8)+ (t) "
        "RETURN d, count(t), max(t.x + t.y)"
    )
    assert run(grid, query) == [[0, 22, 8], [1, 22, 8]]
    query = query.replace("q.w + d", "q.w + 4 * d")
    assert run(grid, query) == [[0, 22, 8], [1, 8, 4]]


def test_memory_is_accounted_for(grid: Engine) -> None:
    text = f"MATCH p = ALL SHORTEST {FROM} ((a)-->(b)-->(c))+ (t) RETURN count(p)"
    execution = grid.run(grid.prepare(text), grid.store.begin(), {}, memory_limit=1 << 30)
    while execution.step() is not None:
        assert execution.context.memory >= 0
    assert execution.context.memory == 0
    execution = grid.run(grid.prepare(text), grid.store.begin(), {}, memory_limit=1000)
    with pytest.raises(MemoryLimitError):
        list(iter(execution.step, None))
