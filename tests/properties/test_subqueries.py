"""A subquery gives for every row what it gives for that row alone, in whatever batches the rows come."""

from __future__ import annotations

import re
from collections import Counter

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from lithograph.cypher.engine import Engine
from lithograph.storage.store import Store
from support.engines import frames_of, run

BEGIN = (
    "MATCH (p:P) WHERE p.i <= x WITH p.i AS a",
    "MATCH (p:P {i: x})-[:R*0..2]-(q) WITH q.i AS a",
    "OPTIONAL MATCH (p:P {i: x})-->(q) WITH q.i AS a",
    "UNWIND range(1, x) AS a",
    "UNWIND [3, 1, 1, null, x] AS a",
    "WITH 7 AS a",
    "MATCH (p:P) WHERE EXISTS { MATCH (p)-->(q) WHERE q.i > x } WITH p.i AS a",
)
MIDDLE = (
    "WITH a WHERE a > x",
    "WITH a + x AS a",
    "WITH DISTINCT a % 2 AS a",
    "WITH a, count(*) AS c WITH a * c AS a",
    "WITH sum(a) + x AS a",
    "WITH a ORDER BY a DESC",
    "WITH a ORDER BY a LIMIT 2",
    "WITH a ORDER BY a DESC SKIP 1",
    "WITH a ORDER BY a SKIP 1 LIMIT 1",
    "UNWIND [a, x] AS b WITH b AS a",
    "CALL (a, x) { UNWIND [a, x] AS b RETURN max(b) AS m } WITH m AS a",
    "CALL { MATCH (p:P) RETURN count(p) AS n } WITH a + n AS a",
    "WITH a, COLLECT { MATCH (p:P) WHERE p.i < a RETURN p.i ORDER BY p.i LIMIT 2 } AS l WITH size(l) AS a",
)
END = (
    "RETURN a AS r",
    "RETURN DISTINCT a AS r",
    "RETURN collect(a) AS r",
    "RETURN count(a) + x AS r",
    "RETURN a AS r ORDER BY r LIMIT 3",
)

single = st.builds(
    lambda begin, middle, end: " ".join((begin, *middle, end)),
    st.sampled_from(BEGIN),
    st.lists(st.sampled_from(MIDDLE), max_size=3),
    st.sampled_from(END),
)
queries = st.one_of(
    single.map(lambda text: (text,)),
    st.tuples(single, st.sampled_from(("UNION", "UNION ALL")), single),
)


@pytest.fixture(scope="module")
def engine() -> Engine:
    engine = Engine(Store())
    run(engine, "UNWIND range(1, 5) AS i CREATE (:P {i: i})")
    run(engine, "MATCH (a:P), (b:P) WHERE b.i IN [a.i + 1, a.i + 3] CREATE (a)-[:R]->(b)")
    return engine


def bag(rows: list[list[object]]) -> Counter[str]:
    return Counter(repr(_plain(row)) for row in rows)


def _plain(value: object) -> object:
    """The same for lists of the same items: nothing orders what ``collect`` is given."""
    return sorted(map(_plain, value), key=repr) if isinstance(value, list) else value


@settings(deadline=None, max_examples=150)
@given(query=queries, rows=st.lists(st.integers(0, 6), max_size=6), size=st.sampled_from([1, 2, 3, 1 << 15]))
def test_a_row_gets_what_it_would_get_alone(
    engine: Engine, query: tuple[str, ...], rows: list[int], size: int
) -> None:
    alone = re.sub(r"\bx\b", "$x", " ".join(query).replace("CALL (a, x)", "CALL (a)"))
    expected = [[x, *row] for x in rows for row in run(engine, alone, x=x)]
    with frames_of(size):
        found = run(engine, f"UNWIND $rows AS x CALL (x) {{ {' '.join(query)} }} RETURN x, r", rows=rows)
    assert [row[0] for row in sorted(found, key=repr)] == [row[0] for row in sorted(expected, key=repr)]
    assert bag(found) == bag(expected)
