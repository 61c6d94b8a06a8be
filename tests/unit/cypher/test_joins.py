"""Parts of a pattern that nothing but values connects: hash joins, and the remark about products."""

from __future__ import annotations

from unittest import mock

import pytest

from lithograph.cypher.engine import Engine
from lithograph.cypher.errors import MemoryLimitError
from lithograph.cypher.plan import match
from lithograph.cypher.results import Notification
from lithograph.storage.store import Store
from support.engines import frames_of, run

PRODUCT = "Neo.ClientNotification.Statement.CartesianProduct"


@pytest.fixture
def engine() -> Engine:
    engine = Engine(Store())
    run(engine, "UNWIND range(0, 99) AS i CREATE (:A {x: i % 10, y: i})-[:T]->(:C {z: i})")
    run(engine, "UNWIND range(0, 49) AS i CREATE (:B {x: toFloat(i), s: toString(i)})")
    run(engine, "UNWIND [null, 0.0 / 0, 'a', true, [1, 2]] AS v CREATE (:A {odd: v}), (:B {odd: v})")
    return engine


def plan(engine: Engine, query: str) -> str:
    return "\n".join(line for (line,) in run(engine, f"EXPLAIN {query}"))


def remarks(engine: Engine, text: str) -> list[Notification]:
    execution = engine.run(engine.prepare(text), engine.store.begin(), {})
    return [remark for remark in execution.context.notifications if remark.code == PRODUCT]


@pytest.mark.parametrize("size", [1, 3, 1 << 15])
@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("MATCH (a:A), (b:B) WHERE a.x = b.x RETURN count(*)", [[100]]),
        ("MATCH (a:A), (b:B) WHERE a.odd = b.odd RETURN count(*)", [[3]]),
        ("MATCH (a:A), (b:B) WHERE b.x = a.y AND a.x = b.x RETURN count(*)", [[10]]),
        ("MATCH (a:A)-->(c), (b:B) WHERE c.z = b.x AND b.x > 40 RETURN count(*)", [[9]]),
        ("UNWIND [1, 2, 2, 77, null, 'a'] AS v MATCH (b:B {x: v}) RETURN b.s ORDER BY b.s", [["1"], ["2"], ["2"]]),
        ("UNWIND [1, 77] AS v OPTIONAL MATCH (b:B {x: v}) RETURN v, b.s ORDER BY v", [[1, "1"], [77, None]]),
        ("UNWIND [3] AS v MATCH (b:B {x: v}) RETURN b.s", [["3"]]),
        ("UNWIND [] AS v MATCH (b:B {x: v}) RETURN b.s", []),
        ("UNWIND [1, 2] AS v MATCH (b:B {x: v}), (a:A) WHERE a.y = b.x RETURN v, a.y ORDER BY v", [[1, 1], [2, 2]]),
        ("UNWIND [5, 5, 60] AS v MERGE (b:B {x: v}) RETURN count(DISTINCT b), count(b)", [[2, 3]]),
        ("MATCH (a:A) WHERE EXISTS { MATCH (b:B) WHERE b.x = a.y } RETURN count(*)", [[50]]),
    ],
)  # fmt: skip
def test_a_join_finds_what_the_filtered_product_would(
    engine: Engine, query: str, rows: list[list[object]], size: int
) -> None:
    with frames_of(size):
        assert run(engine, query) == rows


def test_the_inner_side_is_not_touched_without_rows(engine: Engine) -> None:
    with mock.patch.object(match, "FEW", -1):
        query = "MATCH (a:Nobody), (b:B) WHERE a.x = b.x AND 1 / b.zero > 0 RETURN b"
        assert "HashJoin" in plan(engine, query)
        assert run(engine, query) == []


def test_a_join_holds_memory(engine: Engine) -> None:
    query = "MATCH (a:A), (b:B) WHERE a.x = b.x RETURN count(*)"
    assert "HashJoin" in plan(engine, query)
    execution = engine.run(engine.prepare(query), engine.store.begin(), {}, memory_limit=1000)
    with pytest.raises(MemoryLimitError):
        list(iter(execution.step, None))


@pytest.mark.parametrize(
    "query",
    [
        "MATCH (a:A), (b:B) RETURN a",
        "MATCH (a:A), (b:B) WHERE a.x < b.x RETURN a",
        "MATCH (a:A)-->(c), (b) RETURN a",
        "OPTIONAL MATCH (a:A), (b:B) RETURN a",
        "RETURN 1 AS x UNION MATCH (a), (b) RETURN 1 AS x",
    ],
)
def test_a_product_that_cannot_be_avoided_brings_a_remark(engine: Engine, query: str) -> None:
    (remark,) = remarks(engine, query)
    assert (remark.severity, remark.category) == ("INFORMATION", "PERFORMANCE")
    offset = query.index("OPTIONAL" if "OPTIONAL" in query else "MATCH")
    assert remark.position == (offset, 1, offset + 1)


@pytest.mark.parametrize(
    "query",
    [
        "MATCH (a:A), (b:B) WHERE a.x = b.x RETURN a",
        "MATCH (a:A)-->(c), (c)<--(b) RETURN a",
        "MATCH (a:A {y: 3}), (b:B) RETURN a",
        "MATCH (a:A), (b:B) WHERE id(b) = 7 RETURN a",
        "MATCH (a:A) MATCH (b:B) RETURN a",
        "UNWIND [1, 2] AS x MATCH (a:A) RETURN a",
    ],
)
def test_other_queries_bring_none(engine: Engine, query: str) -> None:
    run(engine, "CREATE INDEX ON :A(y)")
    assert remarks(engine, query) == []


def test_the_remark_names_the_part_and_moves_with_the_text(engine: Engine) -> None:
    for number in (1, 12345):
        query = f"WITH {number} AS one MATCH (a:A), (b:B) RETURN a"
        (remark,) = remarks(engine, query)
        assert "identifiers: " in remark.description
        assert remark.position is not None
        assert remark.position[0] == query.index("MATCH")
