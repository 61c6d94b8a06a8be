"""CREATE, SET, REMOVE, DELETE and FOREACH: what a later row, item or clause sees of an earlier one.

Every test runs with frames of one row, of three, and of the usual size: batches must not show.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from lithograph.cypher.engine import Engine
from lithograph.cypher.errors import CypherTypeError, EntityNotFoundError
from lithograph.storage.errors import DeletedElementError, PropertyTypeError, StillConnectedError
from lithograph.storage.store import Store
from support.engines import commit, frames_of, run, run_in


@pytest.fixture(params=[1, 3, 1 << 15])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    with frames_of(request.param):
        yield Engine(Store())


def after(engine: Engine, *statements: str) -> list[list[Any]]:
    """The rows of the last statement."""
    for statement in statements:
        rows = run(engine, statement)
    return rows


# -- SET


def test_a_row_sees_what_earlier_rows_have_set_on_the_same_node(engine: Engine) -> None:
    rows = after(
        engine,
        "CREATE (:A {x: 0})",
        "MATCH (n:A) UNWIND range(1, 5) AS i SET n.x = n.x + i RETURN DISTINCT n.x",
    )
    assert rows == [[15]]


def test_a_row_sees_what_earlier_rows_have_set_on_other_nodes(engine: Engine) -> None:
    rows = after(
        engine,
        "CREATE (:A {i: 0, x: 1}), (:A {i: 1, x: 2})",
        "MATCH (a:A {i: 0}), (b:A {i: 1}) UNWIND [[a, b], [b, a]] AS p WITH p[0] AS n, p[1] AS m "
        "SET n.x = m.x RETURN n.i, n.x ORDER BY n.i",
    )
    assert rows == [[0, 2], [1, 2]]


def test_all_items_of_a_row_come_before_the_next_row(engine: Engine) -> None:
    rows = after(
        engine,
        "CREATE (:A {x: 0, y: 0})",
        "MATCH (n:A) UNWIND range(1, 3) AS i SET n.x = n.y, n.y = n.x + 1 RETURN DISTINCT n.x, n.y",
    )
    assert rows == [[2, 3]]


def test_two_names_for_one_node_are_written_in_the_order_of_rows_then_items(engine: Engine) -> None:
    rows = after(
        engine,
        "CREATE (:A {i: 0}), (:A {i: 1})",
        "MATCH (a:A {i: 0}), (b:A {i: 1}) UNWIND [[a, b], [b, a]] AS p WITH p[0] AS n, p[1] AS m "
        "SET n.x = 'first', m.x = 'second' RETURN DISTINCT n.i, n.x ORDER BY n.i",
    )
    assert rows == [[0, "second"], [1, "first"]]


def test_the_last_of_several_values_stays(engine: Engine) -> None:
    rows = after(
        engine,
        "CREATE (:A)",
        "MATCH (n:A) UNWIND range(1, 5) AS i SET n.x = i, n.y = -i RETURN DISTINCT n.x, n.y",
    )
    assert rows == [[5, -5]]


def test_a_map_replaces_what_an_earlier_row_has_set(engine: Engine) -> None:
    rows = after(
        engine,
        "CREATE (:A {z: 1})",
        "MATCH (n:A) UNWIND [{a: 1}, {b: 2}] AS m SET n = m RETURN DISTINCT n{.*} AS p",
    )
    assert rows == [[{"b": 2}]]


def test_a_map_is_added_to_what_an_earlier_row_has_set(engine: Engine) -> None:
    rows = after(
        engine,
        "CREATE (:A {a: 0})",
        "MATCH (n:A) UNWIND [{a: 1}, {b: 2}] AS m SET n += m RETURN DISTINCT n{.*} AS p",
    )
    assert rows == [[{"a": 1, "b": 2}]]


def test_a_value_that_counts_a_pattern_sees_labels_set_by_earlier_rows(engine: Engine) -> None:
    rows = after(
        engine,
        "UNWIND range(1, 3) AS i CREATE (:A {i: i})",
        "MATCH (n:A) WITH n ORDER BY n.i SET n.done = COUNT { MATCH (m:A) WHERE m.done IS NOT NULL } "
        "RETURN n.i, n.done ORDER BY n.i",
    )
    assert rows == [[1, 0], [2, 1], [3, 2]]


def test_properties_of_one_element_can_be_given_to_another(engine: Engine) -> None:
    run(engine, "CREATE (:A {x: 1})-[:R {y: 3}]->()")
    rows = run(engine, "MATCH (n:A)-[r]->() SET n += r, r = n RETURN n{.*} AS n, r{.*} AS r")
    assert rows == [[{"x": 1, "y": 3}, {"x": 1, "y": 3}]]


def test_a_computed_key_is_another_for_each_row(engine: Engine) -> None:
    run(engine, "CREATE (:A)")
    rows = run(engine, "MATCH (n:A) UNWIND ['x', 'y'] AS k SET n[k] = k RETURN DISTINCT n{.*} AS p")
    assert rows == [[{"x": "x", "y": "y"}]]


def test_what_is_null_is_not_changed(engine: Engine) -> None:
    rows = run(engine, "OPTIONAL MATCH (n:Z) SET n.x = 1, n:B, n += {y: 1} REMOVE n.x, n:B DELETE n RETURN n")
    assert rows == [[None]]


@pytest.mark.parametrize("value", ["n", "[n]", "{a: n}", "[1, [n]]"])
def test_a_graph_element_is_no_property_value(engine: Engine, value: str) -> None:
    run(engine, "CREATE (:A {x: 1})")
    with pytest.raises(PropertyTypeError, match="Node"):
        run(engine, f"MATCH (n:A) SET n.x = {value}")
    assert run(engine, "MATCH (n:A) RETURN n.x") == [[1]]


def test_null_takes_a_property_away_and_labels_are_counted_once(engine: Engine) -> None:
    run(engine, "CREATE (:A {x: 1})")
    transaction = engine.store.begin()
    execution = engine.run(
        engine.prepare("MATCH (n:A) UNWIND [1, 2] AS i SET n.x = null, n:B:A REMOVE n:A"), transaction, {}
    )
    while execution.step() is not None:
        continue
    assert execution.context.statistics.labels_added == 1
    assert execution.context.statistics.labels_removed == 1
    assert run_in(engine, transaction, "MATCH (n) RETURN labels(n), keys(n)") == [[["B"], []]]


# -- what a clause sees


def test_a_clause_does_not_see_what_it_creates_itself(engine: Engine) -> None:
    run(engine, "UNWIND range(1, 5) AS i CREATE (:L {i: i})")
    assert after(engine, "MATCH (:L) CREATE (:L)", "MATCH (n:L) RETURN count(*) AS c") == [[10]]


def test_a_match_does_not_meet_what_a_later_clause_changes(engine: Engine) -> None:
    run(engine, "CREATE INDEX ON :L(i)")
    run(engine, "UNWIND range(1, 5) AS i CREATE (:L {i: i})")
    rows = run(engine, "MATCH (n:L) WHERE n.i > 0 SET n.i = n.i + 10 RETURN n.i ORDER BY n.i")
    assert rows == [[11], [12], [13], [14], [15]]


def test_a_clause_sees_what_the_ones_before_have_written(engine: Engine) -> None:
    rows = run(engine, "CREATE (:L) CREATE (:L) WITH 1 AS one MATCH (n:L) RETURN count(n)")
    assert rows == [[2]]


def test_a_limit_does_not_keep_effects_from_happening(engine: Engine) -> None:
    assert run(engine, "UNWIND range(1, 5) AS i CREATE (n:L) RETURN n LIMIT 0") == []
    assert len(run(engine, "UNWIND range(1, 5) AS i CREATE (n:L) RETURN n LIMIT 2")) == 2
    assert run(engine, "UNWIND range(1, 5) AS i CREATE (n:L) WITH n LIMIT 0 SET n.x = 1") == []
    assert run(engine, "MATCH (n:L) RETURN count(n), count(n.x)") == [[15, 0]]


# -- DELETE


def test_a_deleted_node_can_be_returned_but_not_read(engine: Engine) -> None:
    run(engine, "CREATE (:A {x: 1}), (:B {x: 1})")
    ((node,),) = run(engine, "MATCH (n:A) DELETE n RETURN n")
    assert (node.labels, node.properties) == ([], {})
    with pytest.raises(DeletedElementError):
        run(engine, "MATCH (n:B) DELETE n RETURN n.x")
    assert run(engine, "MATCH (n) RETURN labels(n)") == [[["B"]]]


def test_a_deleted_relationship_still_tells_its_type_and_ends(engine: Engine) -> None:
    run(engine, "CREATE (:A)-[:R]->(:B)")
    rows = run(engine, "MATCH (a:A)-[r]->(b) DELETE r RETURN type(r), startNode(r) = a, endNode(r) = b")
    assert rows == [["R", True, True]]


def test_deleting_what_is_deleted_already_changes_nothing(engine: Engine) -> None:
    run(engine, "CREATE (a:A)-[:R]->(b:B), (a)-[:R]->(b)")
    assert run(engine, "MATCH (a:A)-[r]->(b) DETACH DELETE a, r DELETE a RETURN count(*) AS c") == [[2]]
    assert run(engine, "MATCH (n) RETURN labels(n)") == [[["B"]]]


def test_what_is_deleted_cannot_be_changed_or_connected(engine: Engine) -> None:
    run(engine, "CREATE (:A)")
    for change in ("SET n.x = 1", "SET n:B", "SET n += {x: 1}", "CREATE (n)-[:R]->()", "CREATE ()-[:R]->(n)"):
        with pytest.raises(DeletedElementError):
            run(engine, f"MATCH (n:A) DELETE n {change}")
    assert run(engine, "MATCH (n) RETURN labels(n), keys(n)") == [[["A"], []]]


def test_a_node_may_go_before_its_relationships_in_one_statement(engine: Engine) -> None:
    run(engine, "CREATE (:A)-[:R]->(:B), (:A)-[:R]->(:B)")
    run(engine, "MATCH (a:A)-[r]->(b) DELETE a WITH r, b DELETE b DELETE r")
    assert run(engine, "MATCH (n) RETURN count(*) AS c") == [[0]]


def test_deleting_a_path_deletes_all_that_is_on_it(engine: Engine) -> None:
    run(engine, "CREATE (:A)-[:R]->()-[:R]->(:B)")
    run(engine, "MATCH p = (:A)-[*2]->(:B) DELETE p")
    assert run(engine, "MATCH (n) RETURN count(*) AS c") == [[0]]


def test_a_statement_that_leaves_a_relationship_without_its_node_undoes_itself_alone(engine: Engine) -> None:
    run(engine, "CREATE (:A {x: 1})-[:R]->(:B)")
    transaction = engine.store.begin()
    run_in(engine, transaction, "MATCH (a:A) SET a.x = 2 CREATE (:C)")
    with pytest.raises(StillConnectedError):
        run_in(engine, transaction, "MATCH (a:A) CREATE (:D) SET a.x = 3 DELETE a")
    assert run_in(engine, transaction, "MATCH (n) RETURN labels(n)[0] AS l, n.x ORDER BY l") == [
        ["A", 2],
        ["B", None],
        ["C", None],
    ]
    commit(transaction)
    assert run(engine, "MATCH (a:A)-[:R]->(:B), (:C) RETURN a.x") == [[2]]


def test_only_elements_can_be_deleted_and_connected(engine: Engine) -> None:
    with pytest.raises(CypherTypeError):
        run(engine, "WITH $list AS l DELETE l[0]", list=[1])
    with pytest.raises(EntityNotFoundError):
        run(engine, "OPTIONAL MATCH (n:Z) CREATE (n)-[:R]->()")
    assert run(engine, "MATCH (n) RETURN count(*) AS c") == [[0]]


# -- FOREACH


def test_foreach_does_all_updates_for_one_item_before_the_next(engine: Engine) -> None:
    run(engine, "CREATE (:A {x: 1, y: 1})")
    run(engine, "MATCH (n:A) FOREACH (i IN range(1, 3) | SET n.x = n.x + n.y SET n.y = n.x)")
    assert run(engine, "MATCH (n:A) RETURN n.x, n.y") == [[8, 8]]


def test_foreach_can_be_nested_and_binds_what_it_creates(engine: Engine) -> None:
    run(
        engine,
        "FOREACH (i IN [1, 2] | CREATE (a:A {i: i}) FOREACH (k IN [1, 2] | CREATE (a)-[:R]->(:K {k: k * i})))",
    )
    rows = run(engine, "MATCH (a:A)-[:R]->(b:K) RETURN a.i, b.k ORDER BY a.i, b.k")
    assert rows == [[1, 1], [1, 2], [2, 2], [2, 4]]


def test_foreach_over_null_does_nothing_and_over_a_number_fails(engine: Engine) -> None:
    run(engine, "FOREACH (i IN null | CREATE (:A))")
    with pytest.raises(CypherTypeError, match="list"):
        run(engine, "FOREACH (i IN $number | CREATE (:A))", number=1)
    assert run(engine, "MATCH (n) RETURN count(*) AS c") == [[0]]


# -- rows one after the other


def test_a_name_bound_inside_a_value_is_no_column_of_the_rows() -> None:
    engine = Engine(Store())
    run(engine, "CREATE (n:N {x: 1, y: 2})-[:R]->(n)")
    query = "MATCH (n:N)-[r]->() UNWIND [1, 2] AS i SET n.x = reduce(t = 0, e IN [n['y'], n.x, i] | t + e), n.y = i RETURN n.x"
    assert run(engine, query) == [[7], [7]], "2 + 1 + 1, and then 1 + 4 + 2"


def test_the_list_of_foreach_sees_what_was_done_for_the_rows_before() -> None:
    engine = Engine(Store())
    run(engine, "CREATE (:N {x: 1})")
    run(engine, "MATCH (n:N) UNWIND [1, 2] AS i FOREACH (j IN COLLECT { MATCH (m) RETURN 0 } | CREATE (:M))")
    assert run(engine, "MATCH (m:M) RETURN count(*)") == [[3]], "one for one node, then two for two"
    run(engine, "MATCH (n:N) UNWIND [1, 2] AS i FOREACH (j IN range(1, n.x) | SET n.x = n.x + 1)")
    assert run(engine, "MATCH (n:N) RETURN n.x") == [[4]], "one for 1, then two for 2"


def test_creates_in_a_row_see_each_other() -> None:
    engine = Engine(Store())
    query = (
        "CREATE (a:N {x: 1}) CREATE (b:N {x: a.x + 1}) CREATE (a)-[:R {x: b.x}]->(b) "
        "CREATE (:C {n: COUNT { (:N) }}) CREATE (c:N) RETURN a.x, b.x"
    )
    assert run(engine, query) == [[1, 2]]
    assert run(engine, "MATCH (c:C) RETURN c.n") == [[2]]
    assert run(engine, "MATCH (n:N) RETURN count(*)") == [[3]]
