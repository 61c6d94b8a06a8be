"""Backup, restore, dump, the lock of the data directory and the clean stop, on real server processes."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from neo4j import Driver, GraphDatabase
from neo4j.exceptions import Neo4jError, ServiceUnavailable, SessionExpired
from neo4j.spatial import CartesianPoint, WGS84Point
from neo4j.time import Date, DateTime, Duration, Time

from benchmarks.bolt_client import BoltClient
from benchmarks.content import content
from benchmarks.dump import dump, replay
from benchmarks.load import load
from benchmarks.pokec import generate
from benchmarks.server import HOST, ServerProcess
from support.servers import IMPATIENT, connected, serving

pytestmark = pytest.mark.driver

PROMISED_SECONDS = 5.0
"""Within which a server stops, whatever it is doing."""

ODD_VALUES = {
    "quoted": "a 'b' \"c\" \\ \n \t `",
    "unicode": "čaj 茶 🍵",
    "whole float": 1.0,
    "large float": 1e300,
    "small float": 5e-324,
    "least": -(2**63),
    "list": [1, 1.0, "one", [True]],
    "map": {"k v": {"x": 1}},
    "date": Date(2026, 11, 22),
    "local time": Time(1, 2, 3, 4),
    "local datetime": DateTime(2026, 11, 22, 1, 2, 3, 4),
    "duration": Duration(months=1, days=-2, seconds=3, nanoseconds=4),
    "point": CartesianPoint((1.0, 2.5)),
    "place": WGS84Point((24.94, 60.17, 26.0)),
}


@pytest.fixture
def first(tmp_path: Path) -> Iterator[ServerProcess]:
    """A server with the tiny graph, odd values, odd names and indexes."""
    with serving(tmp_path / "first") as server:
        with connected(server) as driver:
            load(driver, generate("tiny"))
            driver.execute_query("CREATE INDEX ON :Odd")
            driver.execute_query(
                "UNWIND $rows AS row CREATE (n:Odd:`odd label` {id: row.id}) SET n.`odd key` = row.value",
                rows=[{"id": f"odd {name}", "value": value} for name, value in ODD_VALUES.items()],
            )
            driver.execute_query(
                "MATCH (a:Odd), (b:User {id: 1}) CREATE (a)-[:`odd type` {value: a.`odd key`}]->(b)"
            )
            driver.execute_query("MATCH (n:User {id: 2}) DETACH DELETE n")
        yield server


def back_up(driver: Driver, source: Path, target: Path) -> None:
    """The way that users of Memgraph know."""
    driver.execute_query("CREATE SNAPSHOT")
    driver.execute_query("LOCK DATA DIRECTORY")
    shutil.copytree(source, target)
    driver.execute_query("UNLOCK DATA DIRECTORY")


def test_a_copy_of_the_locked_directory_is_the_same_graph(first: ServerProcess, tmp_path: Path) -> None:
    with connected(first) as driver:
        original = content(driver)
        back_up(driver, first.data_directory, tmp_path / "copy")
        driver.execute_query("CREATE (:After)")
    with serving(tmp_path / "copy") as second, connected(second) as driver:
        assert content(driver) == original
        driver.execute_query("CREATE (:Later)")


def test_a_copy_taken_while_clients_write_starts_with_whole_transactions(
    first: ServerProcess, tmp_path: Path
) -> None:
    stop = threading.Event()

    def write() -> None:
        with GraphDatabase.driver(first.uri) as driver:
            while not stop.is_set():
                driver.execute_query("UNWIND range(1, 10) AS i CREATE (:Pair)-[:OF]->(:Pair)")

    thread = threading.Thread(target=write)
    thread.start()
    try:
        with connected(first) as driver:
            back_up(driver, first.data_directory, tmp_path / "copy")
    finally:
        stop.set()
        thread.join()
    with serving(tmp_path / "copy") as second, connected(second) as driver:
        pairs = driver.execute_query("MATCH (p:Pair) RETURN count(p) AS pairs").records[0]["pairs"]
        edges = driver.execute_query("MATCH (:Pair)-[r:OF]->(:Pair) RETURN count(r) AS edges").records[0][
            "edges"
        ]
        users = driver.execute_query("MATCH (u:User) RETURN count(u) AS users").records[0]["users"]
    assert (pairs, users) == (2 * edges, 499)
    assert edges % 10 == 0


def test_a_dump_replayed_into_an_empty_server_is_the_same_graph(first: ServerProcess, tmp_path: Path) -> None:
    with connected(first) as driver:
        original, statements = content(driver), dump(driver)
    with serving(tmp_path / "third") as third:
        with BoltClient(HOST, third.port) as client:
            replay(client, statements)
        with connected(third) as driver:
            assert content(driver) == original


def test_everything_is_there_after_a_clean_stop(first: ServerProcess) -> None:
    with connected(first) as driver:
        original = content(driver)
    assert first.stop() == 0
    first.start()
    with connected(first) as driver:
        assert content(driver) == original


def test_a_second_server_on_the_directory_refuses_and_says_why(first: ServerProcess) -> None:
    second = ServerProcess(first.data_directory, IMPATIENT, log=first.data_directory.with_name("second.log"))
    second.launch()
    assert second.wait(timeout=60) not in (0, None)
    message = second.log_text()
    assert str(first.data_directory) in message
    assert "Traceback" not in message
    with connected(first) as driver:
        assert driver.execute_query("MATCH (u:User) RETURN count(u) AS users").records[0]["users"] == 499


def test_the_lock_of_a_killed_server_does_not_keep_the_next_one_out(first: ServerProcess) -> None:
    first.kill()
    with serving(first.data_directory, IMPATIENT) as second, connected(second) as driver:
        assert driver.execute_query("MATCH (u:User) RETURN count(u) AS users").records[0]["users"] == 499


@pytest.mark.parametrize("signal_name", ["SIGTERM", "SIGINT"])
def test_a_signal_during_a_query_ends_the_server_in_good_order(
    signal_name: str, first: ServerProcess
) -> None:
    """The client of the running query is told, and the process ends with status 0 within five seconds."""
    endless = "UNWIND range(1, 100000) AS a UNWIND range(1, 100000) AS b WITH a, b WHERE a + b < 0 RETURN count(*) AS c"
    outcome: list[Exception] = []
    begun = threading.Event()

    def ask() -> None:
        with GraphDatabase.driver(first.uri) as driver, driver.session() as session:
            transaction = session.begin_transaction()
            transaction.run("CREATE (:Unfinished)").consume()
            begun.set()
            try:
                transaction.run(endless).consume()
            except (Neo4jError, ServiceUnavailable, SessionExpired) as error:
                outcome.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    assert begun.wait(30)
    first.send_signal(signal_name)
    assert first.wait(PROMISED_SECONDS) == 0
    thread.join()
    assert len(outcome) == 1
    first.start()
    with connected(first) as driver:
        assert driver.execute_query("MATCH (n:Unfinished) RETURN n").records == []
        assert driver.execute_query("MATCH (u:User) RETURN count(u) AS users").records[0]["users"] == 499
