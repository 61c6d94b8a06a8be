"""CALL { … } IN TRANSACTIONS … ON ERROR … with the official driver: rows, counters and errors."""

from __future__ import annotations

import pytest
from neo4j import Driver, Query
from neo4j.exceptions import ClientError

pytestmark = pytest.mark.driver

TEXT = (
    "UNWIND range(1, 10) AS i CALL (i) { CREATE (n:N {x: 100 / (7 - i)}) RETURN n.x AS x } "
    "IN 4 CONCURRENT TRANSACTIONS OF 2 ROWS "
)


def count(driver: Driver) -> int:
    found: int = driver.execute_query("MATCH (n:N) RETURN count(n) AS c").records[0]["c"]
    return found


@pytest.mark.parametrize(("on_error", "made"), [("CONTINUE", 8), ("BREAK", 6), ("RETRY FOR 1 SECOND", 8)])
def test_rows_and_counters_are_of_what_was_committed(on_error: str, made: int, driver: Driver) -> None:
    with driver.session() as session:
        result = session.run(f"{TEXT} ON ERROR {on_error} REPORT STATUS AS s RETURN i, x, s")  # type: ignore[arg-type]
        rows = [record.values() for record in result]
        summary = result.consume()
    assert [i for i, _, _ in rows] == list(range(1, 11))
    assert [x is not None for _, x, _ in rows] == [s["committed"] for _, _, s in rows]
    assert sum(s["committed"] for _, _, s in rows) == made
    assert [(s["errorMessage"], s["started"]) for _, _, s in rows[6:8]] == [("Division by zero.", True)] * 2
    assert (summary.counters.nodes_created, summary.counters.properties_set) == (made, made)
    assert count(driver) == made


def test_without_on_error_the_first_batch_that_fails_ends_the_query(driver: Driver) -> None:
    with driver.session() as session, pytest.raises(ClientError) as caught:
        session.run(f"{TEXT} RETURN i").consume()  # type: ignore[arg-type]
    assert caught.value.code == "Neo.ClientError.Statement.ArithmeticError"
    assert count(driver) == 6


def test_a_time_limit_ends_the_query_whatever_on_error_says(driver: Driver) -> None:
    text = (
        "UNWIND [1, 2] AS i CALL (i) { UNWIND range(1, 100000) AS a UNWIND range(1, 100000) AS b WITH a + b AS c "
        "WHERE c < 0 RETURN c } IN TRANSACTIONS OF 1 ROW ON ERROR CONTINUE RETURN c"
    )
    with driver.session() as session, pytest.raises(ClientError) as caught:
        session.run(Query(text, timeout=0.05)).consume()
    assert caught.value.code == "Neo.ClientError.Transaction.TransactionTimedOutClientConfiguration"
