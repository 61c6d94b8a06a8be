"""The official Python driver against the real port, with the fake backend behind it; on uvloop where there is one."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import neo4j
import pytest
import pytz
from neo4j.exceptions import ClientError, CypherSyntaxError, DatabaseError
from neo4j.graph import Node as DriverNode
from neo4j.graph import Relationship as DriverRelationship
from neo4j.spatial import CartesianPoint, WGS84Point
from neo4j.time import Date, DateTime, Duration, Time

from lithograph.cypher.results import Node, Path, Relationship
from support.fake_backend import FakeBackend
from support.server_thread import ServerThread

FakeServer = ServerThread[FakeBackend]


@pytest.fixture(scope="module")
def server() -> Iterator[FakeServer]:
    with ServerThread(FakeBackend) as server:
        yield server


@pytest.fixture(params=["bolt", "neo4j"])
def driver(server: FakeServer, request: pytest.FixtureRequest) -> Iterator[neo4j.Driver]:
    with neo4j.GraphDatabase.driver(server.uri(request.param), auth=("someone", "secret")) as driver:
        yield driver


def test_parameters_of_all_types_come_back(driver: neo4j.Driver) -> None:
    values = {
        "scalars": [None, True, -17, 2**63 - 1, 1.5, "ä" * 300, b"\x00\xff"],
        "nested": {"a": [{"b": [[]]}]},
        "date": Date(2024, 2, 29),
        "time": Time(12, 30, 5, 7).replace(tzinfo=pytz.FixedOffset(90)),
        "datetime": DateTime(2024, 6, 1, 12, 0, 0, 999, tzinfo=pytz.timezone("Europe/Berlin")),
        "duration": Duration(months=14, days=-3, seconds=5, nanoseconds=6),
        "point": CartesianPoint((1.0, 2.0)),
        "place": WGS84Point((1.0, 2.0, 3.0)),
    }
    record = driver.execute_query("RETURN", values).records[0]
    assert {key: record[key] for key in values} == values


def test_graph_elements_are_rebuilt(driver: neo4j.Driver, server: FakeServer) -> None:
    a, b = Node(1, ["A"], {"k": 1}), Node(2, [], {})
    ab = Relationship(7, "R", 1, 2, {"w": 0.5})
    server.backend.values = [a, ab, Path([b, a], [ab])]
    values = [record["value"] for record in driver.execute_query("NODES").records]
    node, relationship, path = values
    assert isinstance(node, DriverNode)
    assert (node.element_id, set(node.labels), dict(node)) == ("1", {"A"}, {"k": 1})
    assert isinstance(relationship, DriverRelationship)
    assert (relationship.element_id, relationship.type, dict(relationship)) == ("7", "R", {"w": 0.5})
    assert [step.element_id for step in path.nodes] == ["2", "1"]
    assert path.relationships[0].start_node.element_id == "1"


def test_summaries_and_counters(driver: neo4j.Driver, server: FakeServer) -> None:
    summary = driver.execute_query("CREATE").summary
    assert (summary.counters.nodes_created, summary.counters.labels_added) == (1, 2)
    assert (summary.query_type, summary.database) == ("w", "memgraph")
    assert driver.execute_query("PLAN").summary.plan is not None
    assert summary.server is not None
    assert summary.server.agent == server.backend.agent


def test_results_longer_than_the_fetch_size_and_interleaved(driver: neo4j.Driver) -> None:
    with driver.session() as session, session.begin_transaction() as transaction:
        one, other = transaction.run("RANGE 2500"), transaction.run("LATER 1500")
        assert next(one)["n"] == 0
        assert [record["n"] for record in other] == list(range(1500))
        assert [record["n"] for record in one] == list(range(1, 2500))
        transaction.commit()


def test_errors_are_of_the_drivers_classes_and_the_session_lives(driver: neo4j.Driver) -> None:
    with driver.session() as session:
        with pytest.raises(CypherSyntaxError, match="Invalid input 'FAIL'"):
            session.run("FAIL").consume()
        with pytest.raises(ClientError, match="by zero"):
            list(session.run("FAIL LATE"))
        with pytest.raises(DatabaseError, match="under the id"):
            list(session.run("CRASH"))
        assert session.run("RETURN", x=1).single(strict=True)["x"] == 1


def test_abandoned_results_do_not_harm(driver: neo4j.Driver) -> None:
    with driver.session(fetch_size=10) as session:
        session.run("RANGE 100")
        session.run("RANGE 100").peek()
        assert session.run("RETURN", x=1).single(strict=True)["x"] == 1
    with driver.session(fetch_size=10) as session:
        transaction = session.begin_transaction()
        transaction.run("RANGE 100")
        transaction.close()


def test_credentials_can_be_verified(driver: neo4j.Driver) -> None:
    driver.verify_connectivity()
    assert driver.verify_authentication(("other", "password"))


async def test_the_async_driver_cancels_by_leaving(server: FakeServer) -> None:
    server.backend.running.clear()
    async with neo4j.AsyncGraphDatabase.driver(server.uri("bolt")) as driver:
        query = asyncio.ensure_future(driver.execute_query("SLOW"))
        await asyncio.wrap_future(
            asyncio.run_coroutine_threadsafe(server.backend.running.wait(), server.loop)
        )
        transaction = server.backend.transactions[-1]
        query.cancel()
        with pytest.raises(asyncio.CancelledError):
            await query
        while not transaction.rolled_back:
            await asyncio.sleep(0.001)
        assert (await driver.execute_query("RETURN", x=1)).records[0]["x"] == 1
