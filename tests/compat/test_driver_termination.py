"""SHOW TRANSACTIONS and TERMINATE TRANSACTIONS with the official driver: one client ends what another one does."""

from __future__ import annotations

import re
import threading
from typing import Any

import pytest
from neo4j import Driver, GraphDatabase, Query
from neo4j.exceptions import ClientError, Neo4jError
from neo4j.time import Duration

from benchmarks.server import ServerProcess
from support.servers import connected

pytestmark = pytest.mark.driver

ENDLESS = (
    "UNWIND range(1, 100000) AS a UNWIND range(1, 100000) AS b WITH a, b WHERE a + b < 0 RETURN count(*) AS c"
)
ENDLESS_WRITER = "UNWIND range(1, 100000) AS a UNWIND range(1, 100000) AS b MERGE (n:Endless) SET n.x = a + b"
TERMINATED = "Neo.ClientError.Transaction.Terminated"


def shown(driver: Driver, query: str) -> list[dict[str, Any]]:
    """The transactions whose latest statement is ``query``."""
    with driver.session() as session:
        rows = [record.data() for record in session.run("SHOW TRANSACTIONS")]
    return [row for row in rows if row["query"][-1:] == [query]]


def terminate(driver: Driver, *ids: str) -> list[list[Any]]:
    with driver.session() as session:
        result = session.run(f"TERMINATE TRANSACTIONS {', '.join(map(repr, ids))}")
        return [record.values() for record in result]


class Running:
    """A statement that another client runs in a thread, and what it gets."""

    def __init__(self, server: ServerProcess, text: str) -> None:
        self.error: Neo4jError | None = None
        self._thread = threading.Thread(target=self._run, args=(server, text), daemon=True)
        self._thread.start()

    def _run(self, server: ServerProcess, text: str) -> None:
        with connected(server) as driver, driver.session() as session:
            try:
                session.run(Query(text, metadata={"job": 7})).consume()  # type: ignore[arg-type]
            except Neo4jError as error:
                self.error = error

    def code(self) -> str | None:
        """Of the error that it ended with."""
        self._thread.join(30)
        assert not self._thread.is_alive()
        return None if self.error is None else self.error.code


@pytest.mark.parametrize("text", [ENDLESS, ENDLESS_WRITER], ids=["reads", "writes"])
def test_a_query_of_another_client_can_be_found_and_ended(
    text: str, driver: Driver, server: ServerProcess
) -> None:
    running = Running(server, text)
    rows: list[dict[str, Any]] = []
    while not rows:
        rows = shown(driver, text)
    (row,) = rows
    assert list(row) == [
        "username",
        "transaction_id",
        "query",
        "status",
        "metadata",
        "start_time",
        "elapsed_ms",
    ]
    assert (row["username"], row["status"], row["metadata"]) == ("", "running", {"job": 7})
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", row["start_time"])
    assert terminate(driver, row["transaction_id"], "1") == [[row["transaction_id"], True], ["1", False]]
    assert running.code() == TERMINATED
    assert running.error is not None
    assert "asked to abort by another user" in (running.error.message or "")
    assert shown(driver, text) == []
    assert driver.execute_query("MATCH (n:Endless) RETURN count(n) AS c").records[0]["c"] == 0


def test_an_idle_transaction_lets_go_of_what_it_wrote_and_its_client_hears_of_it(
    driver: Driver, server: ServerProcess
) -> None:
    driver.execute_query("CREATE (:Account {balance: 1})")
    change = "MATCH (a:Account) SET a.balance = 2"
    with connected(server) as other, other.session() as session:
        transaction = session.begin_transaction()
        transaction.run(change).consume()
        (row,) = shown(driver, change)
        terminate(driver, row["transaction_id"])
        driver.execute_query("MATCH (a:Account) SET a.balance = 3")
        with pytest.raises(ClientError) as caught:
            transaction.run("RETURN 1").consume()
        assert caught.value.code == TERMINATED
        transaction.close()
        transaction = session.begin_transaction()
        transaction.run(change).consume()
        (row,) = shown(driver, change)
        terminate(driver, row["transaction_id"])
        with pytest.raises(ClientError) as caught:
            transaction.commit()
        assert caught.value.code == TERMINATED
        assert session.run("MATCH (a:Account) RETURN a.balance AS b").single(strict=True)["b"] == 3


def test_a_result_that_is_half_read_ends(driver: Driver, server: ServerProcess) -> None:
    text = "UNWIND range(1, 5000) AS i RETURN i"
    with GraphDatabase.driver(server.uri) as other, other.session(fetch_size=10) as session:
        rows = iter(session.run(text))
        assert next(rows)["i"] == 1
        (row,) = shown(driver, text)
        terminate(driver, row["transaction_id"])
        with pytest.raises(ClientError) as caught:
            list(rows)
        assert caught.value.code == TERMINATED
        assert session.run("RETURN 2 AS two").single(strict=True)["two"] == 2


def test_with_yield_there_are_the_columns_of_neo4j(driver: Driver, server: ServerProcess) -> None:
    with (
        GraphDatabase.driver(server.uri, auth=("anna", "x")) as other,
        other.session() as session,
        session.begin_transaction(metadata={"job": 8}) as transaction,
    ):
        transaction.run("RETURN 8").consume()
        (found,) = driver.execute_query(
            "SHOW TRANSACTIONS YIELD * WHERE username = 'anna' RETURN currentQuery, status, metaData, elapsedTime, connectionId"
        ).records
    query, status, metadata, elapsed, connection = found.values()
    assert (query, status, metadata) == ("RETURN 8", "Running", {"job": 8})
    assert isinstance(elapsed, Duration)
    assert connection


def test_in_an_explicit_transaction_they_stand_alone(driver: Driver) -> None:
    result = driver.execute_query("TERMINATE TRANSACTIONS '1'")
    assert (result.keys, [record.values() for record in result.records]) == (
        ["transaction_id", "killed"],
        [["1", False]],
    )
    with driver.session() as session:
        transaction = session.begin_transaction()
        transaction.run("RETURN 1").consume()
        with pytest.raises(Neo4jError, match="Querying transaction status is not allowed in multicommand"):
            transaction.run("SHOW TRANSACTIONS").consume()
        transaction.close()
