"""Executions: caches, schema changes under way, cancellation, deadlines, memory, and statements that fail."""

from __future__ import annotations

from traceback import walk_tb

import pytest

from lithograph.cypher.engine import LONGEST_KEPT, Engine
from lithograph.cypher.errors import (
    CypherError,
    CypherTypeError,
    DivisionByZeroError,
    InvalidArgumentTypeError,
    MemoryLimitError,
    NegativeIntegerArgumentError,
    ParameterMissingError,
    Place,
    TerminatedError,
    TimedOutError,
)
from lithograph.cypher.execution import Execution
from lithograph.cypher.plan_cache import PlanCache
from lithograph.storage.errors import ConflictError, StorageError
from lithograph.storage.store import Store
from support.engines import commit, frames_of, run, run_in


@pytest.fixture
def engine() -> Engine:
    engine = Engine(Store())
    run(engine, "UNWIND range(1, 1000) AS i CREATE (:A {i: i, j: i % 10})")
    return engine


def drain(execution: Execution) -> int:
    """Run to the end; the number of steps."""
    steps = 0
    while execution.step() is not None:
        steps += 1
    return steps


# -- plans and their cache


def test_a_plan_is_made_once_and_again_when_an_index_comes_or_goes(engine: Engine) -> None:
    query = "MATCH (n:A {i: 5}) RETURN n.j"
    first = engine.prepare(query).operator
    assert engine.prepare(query).operator is first
    run(engine, "CREATE INDEX ON :A(i)")
    second = engine.prepare(query).operator
    assert second is not first
    assert engine.prepare(query).operator is second
    run(engine, "DROP INDEX ON :A(i)")
    assert engine.prepare(query).operator is not second
    assert run(engine, query) == [[5]]


def test_the_cache_forgets_the_statement_used_longest_ago() -> None:
    engine = Engine(Store(), capacity=2)
    one, two = engine.prepare("RETURN 1"), engine.prepare("RETURN 2")
    assert engine.prepare("RETURN 1") is one
    engine.prepare("RETURN 3")
    assert engine.prepare("RETURN 1") is one
    assert engine.prepare("RETURN 2") is not two


def test_the_cache_holds_so_many_characters_and_no_text_that_is_too_long() -> None:
    cache: PlanCache[str] = PlanCache(100, characters=10)
    version = (0, 0, 0)
    for key, size in (("a", 4), ("b", 4), ("a", 5), ("c", 1), ("d", 5)):
        cache.put(key, version, key.upper(), size)
    assert [cache.get(key, version) for key in "abcd"] == [None, None, "C", "D"]
    cache.put("e", version, "E", 11)
    assert [cache.get(key, version) for key in "cde"] == [None, None, "E"], "one may be larger"
    engine = Engine(Store())
    text = f"RETURN '{'x' * LONGEST_KEPT}'"
    assert engine.prepare(text) is not engine.prepare(text)
    assert engine.known(text) is None


@pytest.mark.parametrize(
    ("predicate", "rows"),
    [
        ("n.i = 5", [[5]]),
        ("n.i IN [5, 6, 6]", [[5], [6]]),
        ("n.i >= 999", [[999], [1000]]),
        ("n.i = 5 AND n.j = 5", [[5]]),
    ],
)
def test_an_index_dropped_after_planning_is_done_without(
    engine: Engine, predicate: str, rows: list[list[int]]
) -> None:
    indexes = ["A(i, j)"] if "AND" in predicate else ["A(i)"]
    for index in indexes:
        run(engine, f"CREATE INDEX ON :{index}")
    prepared = engine.prepare(
        f"UNWIND [1, 2] AS u MATCH (n:A) WHERE {predicate} RETURN DISTINCT n.i ORDER BY n.i"
    )
    transaction = engine.store.begin()
    for index in indexes:
        run(engine, f"DROP INDEX ON :{index}")
    execution = engine.run(prepared, transaction, {})
    found: list[list[int]] = []
    while (batch := execution.step()) is not None:
        found.extend([value] for column in batch.columns for value in column)
    assert found == rows


def test_an_index_dropped_between_two_steps_is_done_without(engine: Engine) -> None:
    run(engine, "CREATE INDEX ON :A(i)")
    with frames_of(2):
        dropped: list[object] = []

        def drop() -> None:
            if not dropped:
                dropped.append(run(engine, "DROP INDEX ON :A(i)"))

        query = "UNWIND range(1, 9) AS x MATCH (n:A {i: x}) RETURN n.i"
        rows = run_in(engine, engine.store.begin(), query, between=drop)
    assert sorted(rows) == [[i] for i in range(1, 10)]
    assert dropped


def test_explain_runs_nothing_and_needs_no_parameters(engine: Engine) -> None:
    before = run(engine, "MATCH (n) RETURN count(n)")
    rows = run(engine, "EXPLAIN MATCH (n:A {i: $i}) CREATE (:B) DETACH DELETE n")
    assert rows[0] == [" * EmptyResult"]
    assert run(engine, "MATCH (n) RETURN count(n)") == before
    assert not engine.prepare("EXPLAIN CREATE (:B)").writes


def test_a_missing_parameter_is_named(engine: Engine) -> None:
    with pytest.raises(ParameterMissingError, match="limit"):
        run(engine, "MATCH (n) RETURN n LIMIT $limit", i=1)


# -- stopping


def test_a_query_stops_between_two_frames_when_it_is_cancelled(engine: Engine) -> None:
    transaction = engine.store.begin()
    with frames_of(10):
        execution = engine.run(engine.prepare("MATCH (n:A) SET n.x = 1 RETURN n"), transaction, {})
        assert execution.step() is not None
        execution.context.cancelled = "Transaction was asked to abort by another user."
        with pytest.raises(TerminatedError, match="another user"):
            drain(execution)
    assert execution.step() is None
    assert run_in(engine, transaction, "MATCH (n:A) RETURN count(n.x)") == [[0]]


def test_a_query_stops_when_its_deadline_has_passed(engine: Engine) -> None:
    transaction = engine.store.begin()
    prepared = engine.prepare("MATCH (n:A) CREATE (:B)")
    with pytest.raises(TimedOutError):
        drain(engine.run(prepared, transaction, {}, deadline=0.0))
    drain(engine.run(prepared, transaction, {}, deadline=float("inf")))
    assert run_in(engine, transaction, "MATCH (n:B) RETURN count(n)") == [[1000]]


def test_long_work_inside_one_operator_comes_up_for_breath(engine: Engine) -> None:
    with frames_of(10):
        transaction = engine.store.begin()
        for query in (
            "MATCH (n:A), (m:A) WHERE n.i + m.i = 0 RETURN n",
            "MATCH (n:A) WITH n.j AS j, count(*) AS c RETURN j, c",
            "MATCH (n:A) RETURN n.i ORDER BY n.i",
            "MATCH (n:A) CREATE (:B)",
        ):
            execution = engine.run(engine.prepare(query), transaction, {})
            for _ in range(50):
                assert execution.step() is not None, query


@pytest.mark.parametrize(
    "query",
    [
        "UNWIND range(1, 100000) AS i WITH collect(i) AS l RETURN size(l)",
        "UNWIND range(1, 100000) AS i RETURN i ORDER BY i",
        "UNWIND range(1, 100000) AS i RETURN i, count(*)",
        "UNWIND range(1, 100000) AS i RETURN DISTINCT i",
        "UNWIND range(1, 100000) AS i CREATE (:B {i: i})",
    ],
)
def test_a_query_that_holds_too_much_fails_and_leaves_nothing(engine: Engine, query: str) -> None:
    transaction = engine.store.begin()
    execution = engine.run(engine.prepare(query), transaction, {}, memory_limit=100_000)
    with pytest.raises(MemoryLimitError, match="memory-limit"):
        drain(execution)
    assert run_in(engine, transaction, "MATCH (n) RETURN count(n)") == [[1000]]


def test_what_a_query_held_is_given_back(engine: Engine) -> None:
    transaction = engine.store.begin()
    query = "MATCH (n:A) WITH n ORDER BY n.i SET n.x = 1 WITH n.j AS j, count(*) AS c RETURN j, c"
    execution = engine.run(engine.prepare(query), transaction, {})
    drain(execution)
    assert execution.context.memory == 0


# -- failing


def test_a_statement_that_fails_in_the_middle_undoes_itself_and_nothing_before_it(engine: Engine) -> None:
    transaction = engine.store.begin()
    run_in(engine, transaction, "CREATE (:Before)")
    with frames_of(10), pytest.raises(CypherTypeError, match=r"line 1, column"):
        run_in(
            engine,
            transaction,
            "MATCH (n:A) WITH n ORDER BY n.i CREATE (:B) SET n.x = CASE WHEN n.i = 500 THEN 1 + $map ELSE 1 END",
            {"map": {}},
        )
    rows = run_in(engine, transaction, "MATCH (n) RETURN labels(n)[0] AS l, count(n.x), count(*) ORDER BY l")
    assert rows == [["A", 0, 1000], ["Before", 0, 1]]
    commit(transaction)
    assert run(engine, "MATCH (n:Before) RETURN count(n)") == [[1]]


@pytest.mark.parametrize("word", ["LIMIT", "SKIP"])
@pytest.mark.parametrize("bound", [1.5, "a", None, True])
def test_bounds_must_be_whole_numbers(engine: Engine, word: str, bound: object) -> None:
    with pytest.raises(InvalidArgumentTypeError, match=word):
        run(engine, f"MATCH (n:A) RETURN n {word} $bound", bound=bound)


@pytest.mark.parametrize("word", ["LIMIT", "SKIP"])
def test_bounds_must_not_be_negative(engine: Engine, word: str) -> None:
    with pytest.raises(NegativeIntegerArgumentError, match=word):
        run(engine, f"MATCH (n:A) RETURN n {word} $bound", bound=-1)


def test_a_failed_execution_cannot_undo_what_came_after_it(engine: Engine) -> None:
    transaction = engine.store.begin()
    execution = engine.run(
        engine.prepare("CREATE (:B) WITH 1 AS x RETURN 1 / (x - $x)"), transaction, {"x": 1}
    )
    with pytest.raises(DivisionByZeroError):
        drain(execution)
    run_in(engine, transaction, "CREATE (:C)")
    assert execution.step() is None
    assert run_in(engine, transaction, "MATCH (n) WHERE NOT n:A RETURN labels(n)") == [[["C"]]]


def test_limit_zero_reads_nothing_and_a_whole_float_is_a_number(engine: Engine) -> None:
    assert run(engine, "MATCH (n:A) RETURN n LIMIT 0") == []
    assert len(run(engine, "MATCH (n:A) RETURN n LIMIT $n", n=2.0)) == 2


def test_a_closed_execution_gives_nothing_more_and_keeps_what_it_wrote(engine: Engine) -> None:
    transaction = engine.store.begin()
    with frames_of(10):
        execution = engine.run(engine.prepare("MATCH (n:A) RETURN n"), transaction, {})
        execution.step()
        execution.close()
        assert execution.step() is None


@pytest.mark.parametrize(
    ("query", "column"),
    [
        ("MATCH (a:A) WHERE a.i RETURN a", 19),
        ("MATCH (a:A {i: 1}) WHERE a.i RETURN a", 26),
        ("MATCH (a:A) RETURN a.i SKIP $x", 29),
        ("MATCH (a:A) RETURN a.i LIMIT 2 - 5", 30),
        ("MATCH (a:A) DELETE a.i", 20),
        ("MATCH (a:A) FOREACH (y IN a.i | CREATE ())", 27),
        ("MERGE (a:A {i: $nothing})", 16),
        ("OPTIONAL MATCH (z:Z) MERGE (z)-[:T]->(b)", 28),
        ("CREATE (n:B $x)", 13),
        ("MATCH (a:A) SET a = a.i", 21),
        ("WITH $x AS m SET m.a = 2", 18),
        ("MATCH (a:A) RETURN 1 + sum([1, labels(a)][1])", 24),
        ("UNWIND [9223372036854775807, 1] AS x RETURN sum(x)", 45),
    ],
)
def test_errors_while_a_statement_runs_say_where(engine: Engine, query: str, column: int) -> None:
    with pytest.raises(CypherError) as caught:
        run(engine, query, x=-0.5, nothing=None)
    assert caught.value.position is not None
    assert (caught.value.position.line, caught.value.position.column) == (1, column)


def test_they_say_where_in_the_text_that_was_sent_not_in_the_one_that_was_planned(engine: Engine) -> None:
    assert run(engine, "MATCH (a:A {i: 1}) WHERE a.b RETURN a") == []
    with pytest.raises(CypherTypeError) as caught:
        run(engine, "MATCH (a:A {i: 100}) WHERE a.i RETURN a")
    assert caught.value.position is not None
    assert caught.value.position.column == 28
    with pytest.raises(CypherTypeError) as caught:
        run(engine, "MATCH (a:A {i: 10}) WHERE a.i RETURN a")
    assert caught.value.position is not None
    assert caught.value.position.column == 27


@pytest.mark.parametrize(
    ("query", "column"),
    [
        ("MATCH (a:A) SET a.x = 1, a.y = [a]", 32),
        ("MATCH (a:A) SET a += {y: a}", 22),
        ("MATCH (a:A) SET a[$key] = a", 27),
        ("MATCH (a:A) CREATE (:C {x: 1, y: a})", 34),
        ("MATCH (a:A) CREATE (:$($key) {y: a})", 34),
        ("MATCH (a:A) CREATE (:C)-[:T {y: a}]->()", 33),
        ("MATCH (a:A) CREATE (:C)-[:$($key) {y: a}]->()", 39),
        ("MATCH (a:A) MERGE (:C {y: a})", 27),
        ("CREATE (:C $large)", 12),
        ("MATCH (a:A) DETACH DELETE a RETURN a.i + 1", 36),
        ("MATCH (a:A) DETACH DELETE a RETURN [x IN [a] | x.i]", 48),
        ("MATCH (a:A) DETACH DELETE a RETURN size(labels(a))", 41),
        ("MATCH (a:A) DETACH DELETE a SET a.i = 1", 33),
        ("MATCH (a:A) DETACH DELETE a SET a = {}", 37),
        ("MATCH (a:A) DETACH DELETE a REMOVE a:A", 38),
        ("MATCH (a:A) DETACH DELETE a CREATE (a)-[:T]->()", 42),
        ("RETURN 1 + point({x: 1, y: 2, srid: 4}).x", 12),
    ],
)
def test_what_the_store_refuses_says_where(engine: Engine, query: str, column: int) -> None:
    with pytest.raises(StorageError) as caught:
        run(engine, query, key="x", large={"y": 2**63})
    place = caught.value.place
    assert isinstance(place, Place)
    assert (place.position.line, place.position.column, place.query) == (1, column, query)
    assert f"(line 1, column {column})\n  {query[:20]}" in str(caught.value)


def test_the_store_s_refusals_too_are_placed_in_the_text_that_was_sent(engine: Engine) -> None:
    for number, column in ((1, 31), (100, 33), (10, 32)):
        with pytest.raises(StorageError, match=rf"\(line 1, column {column}\)"):
            run(engine, f"CREATE (a:A {{i: {number}}}) SET a.x = a")


def test_a_conflict_is_about_no_place(engine: Engine) -> None:
    store = engine.store
    first, second = store.begin(), store.begin()
    run_in(engine, first, "MATCH (a:A) SET a.i = 3")
    with pytest.raises(ConflictError) as caught:
        run_in(engine, second, "MATCH (a:A) SET a.i = 4")
    assert caught.value.place is None
    first.rollback()
    second.rollback()


def test_an_error_does_not_keep_what_the_operators_held() -> None:
    text = "UNWIND range(1, 100000) AS i WITH collect(i) AS list UNWIND list AS i RETURN 1 / (i - 50000) AS x"
    with pytest.raises(CypherError, match="zero") as caught:
        run(Engine(Store()), text)
    operators = [
        frame for frame, _ in walk_tb(caught.value.__traceback__) if "operators" in frame.f_code.co_filename
    ]
    assert operators
    assert not any(frame.f_locals for frame in operators)
