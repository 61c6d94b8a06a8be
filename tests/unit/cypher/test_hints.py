"""USING: hints that plans follow, and what stands before a query: HOPS LIMIT and PERIODIC COMMIT."""

from __future__ import annotations

import pytest

from lithograph.cypher.context import HOPS_LIMIT_REACHED
from lithograph.cypher.engine import Engine
from lithograph.cypher.errors import (
    CypherError,
    CypherSyntaxError,
    IndexNotFoundError,
    InvalidArgumentTypeError,
    InvalidClauseCompositionError,
    NegativeIntegerArgumentError,
    UndefinedVariableError,
    UnexpectedConstructError,
    UnsupportedError,
)
from lithograph.cypher.parse import parse
from lithograph.cypher.render import render
from lithograph.storage.store import Store
from support.engines import commit, run, take_turn


@pytest.fixture(scope="module")
def engine() -> Engine:
    made = Engine(Store())
    for statement in (
        "CREATE INDEX ON :A(x)",
        "CREATE INDEX ON :A(x, y)",
        "CREATE EDGE INDEX ON :R(w)",
        "UNWIND range(1, 20) AS i CREATE (:A {x: i, y: i})-[:R {w: i}]->(:B {x: i})",
    ):
        run(made, statement)
    return made


def plan(engine: Engine, text: str) -> list[str]:
    return [line.lstrip(" *|\\") for (line,) in run(engine, f"EXPLAIN {text}")]


MATCH = "MATCH (a:A)-[r:R]->(b:B)"
BY_X = "ScanAllByLabelProperties (a :A {x})"


@pytest.mark.parametrize(
    ("text", "first"),
    [
        (f"{MATCH} USING INDEX a:A(x) WHERE a.x > 3 AND b.x = 5", BY_X),
        (f"{MATCH} USING RANGE INDEX a:A(x) WHERE a.x IS NOT NULL", BY_X),
        (f"{MATCH} USING INDEX SEEK a:A(x) WHERE a.x > 1", BY_X),
        (
            f"{MATCH} USING INDEX a:A(x, y) WHERE a.x = 1 AND a.y = 1",
            "ScanAllByLabelProperties (a :A {x, y})",
        ),
        (f"{MATCH} USING SCAN b:B WHERE a.x = 1", "ScanAllByLabel (b :B)"),
        (f"{MATCH} USING SCAN a:A WHERE a.x = 1", "ScanAllByLabel (a :A)"),
        (
            f"{MATCH} USING INDEX r:R(w) WHERE r.w > 0 AND a.x = 1",
            "ScanAllByEdgeTypePropertyRange (a)-[r:R {w}]->(b)",
        ),
        (f"{MATCH} USING JOIN ON b WHERE a.x = 1", BY_X),
    ],
)
def test_a_plan_begins_where_a_hint_says(engine: Engine, text: str, first: str) -> None:
    lines = plan(engine, f"{text} RETURN a")
    assert lines[-2:] == [first, "Once"]
    plain = text[: text.index(" USING")] + text[text.index(" WHERE") :]
    query = "RETURN a.x, b.x ORDER BY a.x"
    assert run(engine, f"{text} {query}") == run(engine, f"{plain} {query}")


def test_an_index_is_asked_once_what_it_is_asked_for_is_known(engine: Engine) -> None:
    lines = plan(engine, f"{MATCH} USING INDEX a:A(x) WHERE a.x = b.x RETURN a")
    assert lines.index(BY_X) == len(lines) - 3


def test_indexes_before_a_query_go_before_others(engine: Engine) -> None:
    query = f"{MATCH} WHERE a.x > 1 AND b.x = 1 RETURN a"
    assert plan(engine, f"USING INDEX :A(x) {query}")[-2] == BY_X
    assert plan(engine, f"USING INDEX :B {query}")[-2] == "ScanAllByLabel (b :B)"
    assert plan(engine, f"USING INDEX :A(none), PARALLEL EXECUTION {query}") == plan(engine, query)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (f"{MATCH} USING INDEX a:A(y) WHERE a.y = 1", IndexNotFoundError),
        (f"{MATCH} USING INDEX r:R(y) WHERE r.y = 1", IndexNotFoundError),
        (f"{MATCH} USING INDEX a:A(x)", UnexpectedConstructError),
        (f"{MATCH} USING INDEX SEEK a:A(x) WHERE a.x IS NOT NULL", UnexpectedConstructError),
        (f"{MATCH} USING INDEX r:R(w)", UnexpectedConstructError),
        (f"{MATCH} USING SCAN b:A", UnexpectedConstructError),
        (f"MATCH (a:A) {MATCH} USING SCAN a:A", UnexpectedConstructError),
        ("MATCH (a:A) USING JOIN ON a", UnexpectedConstructError),
        (f"{MATCH} USING SCAN c:B", UndefinedVariableError),
        (f"{MATCH} USING JOIN ON c", UndefinedVariableError),
    ],
)
def test_a_hint_that_cannot_be_obeyed_is_an_error(
    engine: Engine, text: str, error: type[CypherError]
) -> None:
    with pytest.raises(error) as caught:
        run(engine, f"{text} RETURN 1")
    assert type(caught.value) is error
    assert caught.value.position is not None


def test_a_missing_index_has_the_code_that_drivers_know() -> None:
    assert IndexNotFoundError("").code == "Neo.ClientError.Schema.IndexNotFound"


@pytest.mark.parametrize(
    "text",
    [
        "MATCH (a:A)-->(b) USING TEXT INDEX SEEK a:A(x, y) USING SCAN b:B USING JOIN ON a, b WHERE a.x = 1 RETURN a",
        "USING INDEX :A(x), INDEX :`b c`, HOPS LIMIT 3, PERIODIC COMMIT $n, PARALLEL EXECUTION 4 MATCH (n) RETURN n",
        "USING HOPS LIMIT $n, PARALLEL EXECUTION MATCH (n) RETURN n UNION MATCH (n) RETURN n",
    ],
)
def test_what_is_printed_is_what_was_read(text: str) -> None:
    assert render(parse(text)) == text


# ---------------------------------------------------------------- HOPS LIMIT


@pytest.mark.parametrize("walk", ["", "*", "*BFS", "*WSHORTEST (e, n | 1) t"])
@pytest.mark.parametrize("limit", [0, 1, 7, 20, 21])
def test_no_more_relationships_are_walked_along_than_allowed(engine: Engine, walk: str, limit: int) -> None:
    text = f"USING HOPS LIMIT $limit MATCH (:A)-[{walk}]->(b) RETURN count(*) AS c"
    execution = engine.run(engine.prepare(text), engine.store.begin(), {"limit": limit})
    rows = []
    while (batch := execution.step()) is not None:
        rows += batch.columns[0] if batch.columns else []
    assert rows == [min(limit, 20)]
    assert (HOPS_LIMIT_REACHED in execution.context.notifications) == (limit < 20)


def test_a_limit_of_hops_is_a_number(engine: Engine) -> None:
    text = "USING HOPS LIMIT $limit MATCH ()-->(b) RETURN b"
    with pytest.raises(InvalidArgumentTypeError):
        run(engine, text, limit="3")
    with pytest.raises(NegativeIntegerArgumentError):
        run(engine, text, limit=-1)
    with pytest.raises(CypherSyntaxError):
        run(engine, "USING HOPS LIMIT 3, HOPS LIMIT 4 MATCH (n) RETURN n")


# ---------------------------------------------------------------- PERIODIC COMMIT


def commits(engine: Engine, text: str) -> int:
    """How often a statement commits before its end."""
    execution = engine.run(engine.prepare(text), engine.store.begin(), {})
    number = 0
    while execution.step() is not None:
        if execution.turn is not None:
            take_turn(execution)
            number += 1
    commit(execution.context.transaction)
    return number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("UNWIND range(1, 5) AS i CREATE (:N {i: i})", 3),
        ("MATCH (n:N) SET n.j = n.i + 1", 3),
        ("MATCH (n:N) FOREACH (x IN [1, 2] | CREATE (:M {i: n.i}))", 3),
        ("MATCH (n:N) CREATE (o:O {i: n.j}) WITH n.i AS n, o UNWIND [n, n] AS x MERGE (p:P {i: x})", 3),
        ("MATCH (n:N) CALL (n) { CREATE (:Q) }", 3),
        ("CREATE (:Q)", 1),
        ("MATCH (n:N) RETURN count(n)", 0),
        ("MATCH (n:N) DETACH DELETE n", 3),
    ],
)
def test_every_so_many_rows_there_is_a_commit(several: Engine, text: str, number: int) -> None:
    assert commits(several, f"USING PERIODIC COMMIT 2 {text}") == number
    assert several.prepare(f"USING PERIODIC COMMIT 2 {text}").commits == bool(number)


@pytest.fixture(scope="module")
def several() -> Engine:
    return Engine(Store())


def test_what_comes_of_it_is_what_comes_without_it() -> None:
    query = (
        "UNWIND range(1, 7) AS i CREATE (a:A {i: i}) WITH i + 1 AS a, a AS i MERGE (b:B {i: a % 3}) "
        "CREATE (i)-[r:R]->(b) RETURN a, i.i AS i, b.i AS b, type(r) AS t ORDER BY i"
    )
    graph = "MATCH (a:A)-[r:R]->(b:B) RETURN a.i, b.i ORDER BY a.i"
    one, other = Engine(Store()), Engine(Store())
    assert run(one, query) == run(other, f"USING PERIODIC COMMIT 3 {query}")
    assert run(one, graph) == run(other, graph)
    assert run(other, "USING PERIODIC COMMIT 3 MATCH (a:A) SET a.x = 1 RETURN sum(a.i), collect(a.x)") == [
        [28, [1] * 7]
    ]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("CREATE (:A) UNION CREATE (:B)", InvalidClauseCompositionError),
        ("MATCH (n) CALL (n) { SET n.x = 1 } IN TRANSACTIONS", InvalidClauseCompositionError),
        ("MATCH (n) SET n.x = 1 WITH count(n) AS c CREATE (:C {c: c})", UnsupportedError),
    ],
)
def test_what_cannot_be_committed_along_the_way(several: Engine, text: str, error: type[CypherError]) -> None:
    with pytest.raises(error):
        run(several, f"USING PERIODIC COMMIT 2 {text}")
    with pytest.raises(NegativeIntegerArgumentError):
        run(several, "USING PERIODIC COMMIT 0 CREATE ()")


def test_the_hops_of_a_query_are_counted() -> None:
    engine = Engine(Store())
    run(engine, "CREATE (a:A)-[:T]->(:B)-[:T]->(:C), (a)-[:T]->(:B)")
    assert run(engine, "RETURN getHopsCounter() AS n") == [[0]]
    assert run(engine, "MATCH (:A)-[r]->() WITH count(*) AS c RETURN c, getHopsCounter()") == [[2, 2]]
    assert run(engine, "MATCH (:A)-[*]->() WITH count(*) AS c RETURN c, getHopsCounter()") == [[3, 3]]
    limited = "USING HOPS LIMIT 1 MATCH (:A)-[*]->() WITH count(*) AS c RETURN c, getHopsCounter()"
    assert run(engine, limited) == [[1, 1]]
