"""Variable-length and breadth-first expansion where they are special: very long walks, bounds, filters, bound ends."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from lithograph.cypher.engine import Engine
from lithograph.cypher.errors import UnsupportedError
from lithograph.storage.store import Store
from support.engines import frames_of, run

CHAIN = 10_000


@pytest.fixture(scope="module")
def chain() -> Engine:
    """Ten thousand nodes in a row."""
    engine = Engine(Store())
    run(engine, "CREATE INDEX ON :N(i)")
    run(engine, f"UNWIND range(0, {CHAIN}) AS i CREATE (:N {{i: i}})")
    run(
        engine,
        f"UNWIND range(0, {CHAIN - 1}) AS i MATCH (a:N {{i: i}}), (b:N {{i: i + 1}}) CREATE (a)-[:T]->(b)",
    )
    return engine


def test_a_very_long_chain_is_walked_to_its_end(chain: Engine) -> None:
    assert run(chain, "MATCH (:N {i: 0})-[*]->(b) RETURN count(b), max(b.i)") == [[CHAIN, CHAIN]]


def test_a_very_long_walk_is_a_list_and_a_path(chain: Engine) -> None:
    rows = run(
        chain, f"MATCH p = (:N {{i: 0}})-[l*]->(:N {{i: {CHAIN}}}) RETURN size(l), length(p), size(nodes(p))"
    )
    assert rows == [[CHAIN, CHAIN, CHAIN + 1]]


def test_breadth_first_search_goes_all_the_way_either_way(chain: Engine) -> None:
    rows = run(chain, f"MATCH (:N {{i: 0}})-[l *BFS]->(:N {{i: {CHAIN}}}) RETURN size(l)")
    assert rows == [[CHAIN]]
    rows = run(chain, f"MATCH p = (:N {{i: {CHAIN}}})<-[*BFS]-(:N {{i: 0}}) RETURN [n IN nodes(p) | n.i][1]")
    assert rows == [[CHAIN - 1]]


@pytest.fixture(params=[1, 2, 1 << 15])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """1 → 2 → 3 → 4, a shortcut 1 → 3 with ``far``, a loop at 2 and an edge back from 4 to 1."""
    with frames_of(request.param):
        engine = Engine(Store())
        run(
            engine,
            "CREATE (a:N {i: 1})-[:T]->(b:N {i: 2})-[:T]->(c:N {i: 3})-[:T]->(d:N {i: 4})-[:T]->(a), "
            "(a)-[:T {far: true}]->(c), (b)-[:T]->(b)",
        )
        yield engine


def ends(engine: Engine, pattern: str) -> list[list[int]]:
    """End and length of each walk from 1, sorted."""
    return run(engine, f"MATCH (a:N {{i: 1}})-[l{pattern}]->(b) RETURN b.i AS i, size(l) AS s ORDER BY s, i")


def test_bfs_finds_each_node_once_at_its_least_distance(engine: Engine) -> None:
    assert ends(engine, " *BFS") == [[2, 1], [3, 1], [4, 2]]


def test_bfs_bounds_cut_at_both_ends(engine: Engine) -> None:
    assert ends(engine, " *BFS ..1") == [[2, 1], [3, 1]]
    assert ends(engine, " *BFS 2..3") == [[4, 2]]
    assert ends(engine, " *BFS 0..1") == [[1, 0], [2, 1], [3, 1]]


def test_bfs_goes_round_what_its_filter_forbids(engine: Engine) -> None:
    assert ends(engine, " *BFS (e, n | e.far IS NULL)") == [[2, 1], [3, 2], [4, 3]]
    assert ends(engine, " *BFS (e, n | n.i <> 3)") == [[2, 1]]
    assert ends(engine, " *BFS {far: true}") == [[3, 1]]


def test_a_bfs_filter_sees_the_variables_around_it(engine: Engine) -> None:
    rows = run(
        engine,
        "UNWIND [2, 3] AS no MATCH (a:N {i: 1})-[l *BFS (e, n | n.i <> no)]->(b) RETURN no, b.i ORDER BY no, b.i",
    )
    assert rows == [[2, 3], [2, 4], [3, 2]]


def test_bfs_between_bound_nodes_gives_one_walk_or_none(engine: Engine) -> None:
    query = "MATCH (a:N {{i: {}}}), (b:N {{i: {}}}) MATCH (a)-[l *BFS{}]->(b) RETURN size(l)"
    assert run(engine, query.format(1, 4, "")) == [[2]]
    assert run(engine, query.format(1, 4, " ..1")) == []
    assert run(engine, query.format(1, 1, "")) == []
    assert run(engine, query.format(1, 1, " 0..")) == [[0]]


def test_all_shortest_paths_are_all_of_the_least_length(engine: Engine) -> None:
    run(engine, "MATCH (a:N {i: 1}), (c:N {i: 3}) CREATE (a)-[:T {far: true}]->(c)")
    rows = run(
        engine,
        "MATCH (a:N {i: 1}), (d:N {i: 4}), p = allShortestPaths((a)-[:T*]->(d)) RETURN [n IN nodes(p) | n.i]",
    )
    assert rows == [[[1, 3, 4]], [[1, 3, 4]]]


def test_no_relationship_is_walked_twice_and_a_loop_once(engine: Engine) -> None:
    rows = run(engine, "MATCH (b:N {i: 2})-[l*1..2]->(c) RETURN c.i, size(l) ORDER BY size(l), c.i")
    assert rows == [[2, 1], [3, 1], [3, 2], [4, 2]]
    rows = run(engine, "MATCH (b:N {i: 2})-[l*1]-(c) RETURN c.i ORDER BY c.i")
    assert rows == [[1], [2], [3]]


def test_a_walk_of_no_length_ends_where_it_begins(engine: Engine) -> None:
    assert run(engine, "MATCH (a:N {i: 1})-[l*0]->(b) RETURN b.i, l") == [[1, []]]
    assert run(engine, "MATCH p = (a:N {i: 1})-[*0..0]-(b) RETURN length(p), a = b") == [[0, True]]


def test_the_list_of_a_walk_is_in_the_order_written(engine: Engine) -> None:
    rows = run(engine, "MATCH (a)-[l*3]->(d:N {i: 4}) WHERE a.i = 1 RETURN [r IN l | startNode(r).i]")
    assert rows == [[[1, 2, 3]]]
    rows = run(engine, "MATCH (d:N {i: 4})<-[l*3]-(a:N {i: 1}) RETURN [r IN l | startNode(r).i]")
    assert rows == [[[3, 2, 1]]]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        # a condition on the walk's relationships that needs the node at its far end, or one further on
        ("MATCH (a:N {i: 1})-[r* {far: b.i = 3}]->(b) RETURN b.i", [[3]]),
        ("MATCH (a)-[r* {far: a.i + 2 = b.i}]->(b:N) RETURN a.i, b.i", [[1, 3]]),
        ("MATCH (a:N {i: 1})-[*BFS (e, n | n.i <= c.i)]->(b)-[:T]->(c:N {i: 4}) RETURN b.i", [[3]]),
        # one that needs what the walk itself, or another one, finds
        ("MATCH (a:N {i: 1})-[r*1..2 {far: size(r) = 1}]->(b) RETURN b.i", [[3]]),
        (
            "MATCH (a:N {i: 1})-[r* {far: size(s) = 1}]->(b)-[s*1..1]->(c) WHERE size(r) = 1 RETURN b.i, c.i",
            [[3, 4]],
        ),
    ],
)
def test_conditions_of_a_walk_may_use_what_the_same_match_binds(
    engine: Engine, query: str, expected: list[list[int]]
) -> None:
    assert run(engine, query) == expected


def test_a_search_whose_filter_needs_what_it_finds_is_refused(engine: Engine) -> None:
    with pytest.raises(UnsupportedError, match=r"the search itself finds \(r\)"):
        run(engine, "MATCH (:N {i: 1})-[r *BFS (e, n | size(r) = 1)]->(b) RETURN b.i")


def test_a_walk_that_is_only_handed_on_is_not_missed_where_ends_alone_matter(engine: Engine) -> None:
    rows = run(engine, "MATCH (a:N {i: 1})-[l*0..1]->(b) WITH a, l, b RETURN DISTINCT b.i AS i ORDER BY i")
    assert rows == [[1], [2], [3]]
    rows = run(
        engine, "MATCH (:N {i: 1})-[l*1..2]->(b) WITH size(l) AS s, b RETURN DISTINCT b.i AS i ORDER BY i"
    )
    assert rows == [[2], [3], [4]]


# ---------------------------------------------------------------- trails selected by length


@pytest.fixture
def pairs() -> Engine:
    """1 - 2 - 3 with two relationships between 2 and 3, and a loop at 1."""
    engine = Engine(Store())
    run(
        engine,
        "CREATE (a:P {i: 1})-[:T {w: 1}]->(b:P {i: 2})-[:T {w: 2}]->(c:P {i: 3}), (b)-[:T {w: 3}]->(c), (a)-[:T {w: 0}]->(a)",
    )
    return engine


def trails(engine: Engine, selector: str, pattern: str) -> list[list[int]]:
    rows = run(engine, f"MATCH p = {selector} {pattern} RETURN [e IN relationships(p) | e.w] AS w")
    return sorted(w for (w,) in rows)


def test_an_undirected_trail_does_not_turn_round_on_its_relationship(pairs: Engine) -> None:
    assert trails(pairs, "SHORTEST 1", "(a:P {i: 3})--+(a)") == [[2, 3]]
    assert trails(pairs, "ALL SHORTEST", "(a:P {i: 3})--+(a)") == [[2, 3], [3, 2]]
    assert trails(pairs, "SHORTEST 9", "(a:P {i: 1})--+(a)") == [[0]]


def test_a_trail_may_come_back_and_go_on_as_another_did(pairs: Engine) -> None:
    assert trails(pairs, "SHORTEST 2", "(:P {i: 1})-->+(:P {i: 2})") == [[0, 1], [1]]
    assert trails(pairs, "SHORTEST 9", "(:P {i: 1})--+(:P {i: 2})") == [
        [0, 1],
        [0, 1, 2, 3],
        [0, 1, 3, 2],
        [1],
        [1, 2, 3],
        [1, 3, 2],
    ]
    assert trails(pairs, "SHORTEST 2 GROUPS", "(:P {i: 1})--+(:P {i: 2})") == [[0, 1], [1]]


def test_a_trail_of_no_length_is_the_shortest_where_that_is_allowed(pairs: Engine) -> None:
    assert trails(pairs, "SHORTEST 1", "(a:P {i: 3})--*(a)") == [[]]
    assert trails(pairs, "SHORTEST 2", "(a:P {i: 3})--*(a)")[0] == []
    assert trails(pairs, "SHORTEST 1", "(:P {i: 2})-->{2,}(:P)") == []
