"""Nodes by id and by index: whatever is looked for, with and without the index, in frames of any size."""

from __future__ import annotations

import pytest

from lithograph.cypher.engine import Engine
from lithograph.storage.store import Store
from lithograph.storage.values.temporal import Date, DateTime, Duration, LocalDateTime, LocalTime, Time
from support.engines import frames_of, run

TEMPORAL = [
    *[Date(day) for day in range(3)],
    *[LocalTime(0), LocalTime(1), Time(0, 0), Time(0, 3600), Time(3600 * 10**9, 3600)],
    *[LocalDateTime(0, 0), LocalDateTime(86_400, 1), Duration(0, 1), Duration(0, 0, 86_400)],
    *[DateTime(0, 0, 0), DateTime(0, 0, 3600), DateTime(0, 0, 0, "UTC"), DateTime(86_400, 0, 0)],
]
VALUES = [1, 2.5, 1.0, "a", "ab", True, [1, 2], {"z": 1}, 2**62, float("inf"), float("nan"), None, *TEMPORAL]


@pytest.fixture(scope="module")
def engines() -> list[Engine]:
    """The same graph without and with indexes."""
    found = []
    for indexed in (False, True):
        engine = Engine(Store())
        if indexed:
            run(engine, "CREATE INDEX ON :A(x)")
            run(engine, "CREATE INDEX ON :A(x, y)")
        run(engine, "UNWIND $values AS x CREATE (:A {x: x, y: 1})", values=VALUES)
        run(engine, "UNWIND $values AS x CREATE (:B {x: x})", values=VALUES)
        found.append(engine)
    return found


@pytest.mark.parametrize("size", [1, 2, 1 << 15])
@pytest.mark.parametrize(
    "predicate",
    [
        "n.x = b.x",
        "n.x = b.x AND n.y = 1",
        "n.x = b",
        "n.x = [b]",
        "n.x IN [b.x, b, [b], 1]",
        "n.x IN $values",
        "n.x IN range(-20, 20)",
        "n.x IN [i IN range(-20, 20) | i * 0.5]",
        "n.x IN [i IN range(-20, 20) | CASE WHEN i < 9 THEN i END]",
        "n.x IN $values + range(-20, 20) + [b.x]",
        "n.x IN null",
        "n.x = 1",
        "n.x > null",
        "n.x > 1 AND n.x < 'b'",
        "n.x >= false",
        "n.x >= [1]",
        "n.x > 0.0 / 0.0",
        "n.x < 1.0 / 0.0",
        "n.x <= 1.0 / 0.0",
        "n.x > 4611686018427387903",
        "n.x STARTS WITH 'a'",
        "n.x STARTS WITH 1",
        "n.x STARTS WITH null",
        "1 < n.x <= 4611686018427387904",
        "n.x = date('1970-01-02')",
        "n.x = datetime('1970-01-01T00:00Z')",
        "n.x = duration('P1D')",
        "n.x > date('1970-01-01')",
        "date('1970-01-01') < n.x <= date('1970-01-02')",
        "n.x >= date('1970-01-01') AND n.x < localdatetime('1970-01-03')",
        "n.x <= localtime('00:00')",
        "n.x < time('00:00Z')",
        "n.x >= localdatetime('1970-01-01')",
        "n.x > datetime('1970-01-01T01:00+01:00')",
        "n.x > duration('P1D')",
    ],
)
def test_an_index_changes_no_answer(engines: list[Engine], predicate: str, size: int) -> None:
    query = f"MATCH (b:B) MATCH (n:A) WHERE {predicate} RETURN id(n) AS n, id(b) AS b ORDER BY n, b"
    with frames_of(size):
        plain, indexed = (run(engine, query, values=VALUES) for engine in engines)
    assert indexed == plain


@pytest.mark.parametrize("size", [1, 2, 1 << 15])
def test_an_id_is_a_whole_number_of_a_node_that_there_is(size: int) -> None:
    engine = Engine(Store())
    run(engine, "CREATE (:A)")
    wanted = [0, -1, 99, 0.0, 0.5, "0", None, float("nan"), float("inf"), 1e300, 2**63 - 1, [0]]
    with frames_of(size):
        rows = run(engine, "UNWIND $wanted AS i MATCH (n) WHERE id(n) = i RETURN i", wanted=wanted)
        assert rows == [[0], [0.0]]
        for value in wanted:
            assert len(run(engine, "MATCH (n) WHERE id(n) = $i RETURN n", i=value)) == (value in (0, 0.0))
        texts = ["0", "00", "-1", "", "0.0", "²", "9" * 30, None, 0]
        rows = run(engine, "UNWIND $wanted AS i MATCH (n) WHERE elementId(n) = i RETURN i", wanted=texts)
        assert rows == [["0"]]


def test_many_entries_under_one_value_come_in_bounded_frames() -> None:
    engine = Engine(Store())
    run(engine, "CREATE INDEX ON :A(x)")
    run(engine, "UNWIND range(1, 300) AS i CREATE (:A {x: 1})")
    query = "UNWIND [1, 2, 1, 1, 1.0, 3] AS x MATCH (n:A {x: x}) RETURN n"
    with frames_of(50):
        execution = engine.run(engine.prepare(query), engine.store.begin(), {})
        counts = []
        while (batch := execution.step()) is not None:
            counts.append(batch.count)
    assert sum(counts) == 4 * 300
    assert max(counts) == 50


@pytest.fixture(scope="module")
def sparse() -> list[Engine]:
    """Without and with indexes: few ``:A`` have an ``x``, half of these no ``y``, and one of each has changed."""
    found = []
    for indexed in (False, True):
        engine = Engine(Store())
        run(engine, "UNWIND $values AS x CREATE (:A {x: x, y: 1}), (:A {x: x}), (:B {x: x})", values=VALUES)
        if indexed:
            run(engine, "CREATE INDEX ON :A(x)")
            run(engine, "CREATE INDEX ON :A(z, y, x)")
        run(engine, "UNWIND range(1, 100) AS i CREATE (:A)")
        run(engine, "UNWIND $values AS x CREATE (:A {z: x, y: 2, x: 3}), (:A {z: x, y: 2})", values=VALUES)
        run(engine, "MATCH (n:A {x: 2.5}) SET n.x = 0.0 / 0")
        run(engine, "MATCH (n:A {z: 'a'}) SET n.y = 5")
        found.append(engine)
    return found


@pytest.mark.parametrize("size", [1, 2, 1 << 15])
@pytest.mark.parametrize(
    ("predicate", "used"),
    [
        ("n.x IS NOT NULL", "{x}"),
        ("n.x <> 1", "{x}"),
        ("n.x ENDS WITH 'a'", "{x}"),
        ("n.x IS NOT NULL AND n.y IS NULL", "{x}"),
        ("n.x IS NULL", None),
        ("n.x IS NOT NULL OR n.y = 1", None),
        ("n.x = 1 OR n.x = 'a' OR n.x = b.x", "{x}"),
        ("n.x = 1 OR n.y = 1", None),
        ("n.z = 1 AND n.y > 1 AND n.x IS NOT NULL", "{z, y, x}"),
        ("n.z = b.x AND n.y = 2 AND n.x > 0", "{z, y, x}"),
        ("n.z = b.x AND n.x > 2 AND n.y IN [2, 5]", "{z, y, x}"),
        ("n.z = b.x AND n.y = 2", None),
    ],
)
def test_an_index_serves_where_its_keys_must_have_values(
    sparse: list[Engine], predicate: str, used: str | None, size: int
) -> None:
    query = f"MATCH (b:B) MATCH (n:A) WHERE {predicate} RETURN id(n) AS n, id(b) AS b ORDER BY n, b"
    with frames_of(size):
        plain, indexed = (run(engine, query) for engine in sparse)
    assert indexed == plain
    assert plain
    plan = "\n".join(line for (line,) in run(sparse[1], f"EXPLAIN {query}"))
    assert (f"(n :A {used})" in plan) if used else ("(n :A)" in plan)
