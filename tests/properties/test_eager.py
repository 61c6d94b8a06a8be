"""Without the Accumulates that the rule takes away, what is written and what is answered is the same."""

from __future__ import annotations

from unittest.mock import patch

import pytest

from lithograph.cypher.engine import Engine
from lithograph.cypher.plan import build
from lithograph.storage.store import Store
from support.engines import frames_of, run

QUERIES = (
    "UNWIND range(1, 9) AS x CREATE (n:N {x: x}) RETURN n.x LIMIT 2",
    "UNWIND [1, 2, 1, 3, 2] AS x MERGE (n:N {x: x}) ON CREATE SET n.c = 1 ON MATCH SET n.c = n.c + 1 RETURN n.x, n.c",
    "UNWIND [1, 2, 3] AS x CREATE (:N {x: x}) MERGE (n:N {x: 4 - x}) RETURN n.x",
    "UNWIND [1, 2, 3] AS x CREATE (n:N {x: x}) SET n.seen = COUNT { MATCH (m:N) RETURN m } RETURN n.x, n.seen",
    "UNWIND [1, 2, 3] AS x WITH x, COUNT { MATCH (m:N) RETURN m } AS c CREATE (:N {x: x, c: c})",
    "UNWIND [1, 2, 3] AS x WITH x ORDER BY x DESC LIMIT 2 FOREACH (y IN range(1, x) | MERGE (:N {x: y}))",
    "UNWIND [1, 2, 3] AS x CALL (x) { MATCH (m:N) WITH count(m) AS c CREATE (:N {x: c}) }",
    "UNWIND [1, 2, 3] AS x MERGE (a:N {x: x}) MERGE (b:N {x: x + 1}) RETURN a.x, b.x",
    "MATCH (n:Old) CREATE (:Old {x: n.x + 10})",
    "MATCH (n:Old) WITH count(n) AS c UNWIND range(1, c) AS x CREATE (:Old {x: x})",
    "CREATE (:N {x: 1}) UNION CREATE (:N {x: 2})",
)


def outcome(query: str, size: int) -> tuple[list[str], list[str]]:
    engine = Engine(Store())
    run(engine, "UNWIND [1, 2] AS x CREATE (:Old {x: x})")
    with frames_of(size):
        rows = run(engine, query)
    graph = run(engine, "MATCH (n) RETURN labels(n), properties(n)")
    return sorted(map(repr, rows)), sorted(map(repr, graph))


@pytest.mark.parametrize("size", [1, 2, 1 << 15])
@pytest.mark.parametrize("query", QUERIES)
def test_streaming_changes_nothing(query: str, size: int) -> None:
    with patch.object(build, "stream_where_nothing_is_read", lambda plan: plan):
        expected = outcome(query, size)
    assert outcome(query, size) == expected
