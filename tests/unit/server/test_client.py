"""The Bolt client of the tools, against a real server process."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.server import HOST, ServerProcess
from lithograph.cypher.results import Node, Relationship
from lithograph.cypher.results import Path as GraphPath
from lithograph.server.client.connection import FETCH, BoltClient
from lithograph.server.client.errors import ConnectionFailedError, RefusedError
from lithograph.storage.values.spatial import CARTESIAN_2D, Point
from lithograph.storage.values.temporal import Date, DateTime, Duration
from support.servers import serving

pytestmark = pytest.mark.driver


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    with serving(tmp_path_factory.mktemp("client") / "data") as process:
        yield process


@pytest.fixture
def client(server: ServerProcess) -> Iterator[BoltClient]:
    with BoltClient(HOST, server.port) as connected:
        connected.execute("MATCH (n) DETACH DELETE n")
        yield connected


VALUES = [
    *(None, True, 1, -(2**63), 1.5, "ünï", [1, [2.0]], {"a": {"b": []}}, b"\x00"),
    *(
        Date(1),
        DateTime.in_zone(0, 1, "Europe/Stockholm"),
        Duration(1, 2, 3, 4),
        Point(CARTESIAN_2D, 1.0, 2.0),
    ),
]


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_a_value_comes_back(value: object, client: BoltClient) -> None:
    assert client.rows("RETURN $value AS value", {"value": value}) == [[value]]


def test_a_result_larger_than_a_fetch_comes_whole_and_in_order(client: BoltClient) -> None:
    rows = client.rows(f"UNWIND range(1, {3 * FETCH + 1}) AS i RETURN i, toString(i)")
    assert rows == [[i, str(i)] for i in range(1, 3 * FETCH + 2)]


def test_graph_elements_are_read(client: BoltClient) -> None:
    client.execute("CREATE (:A {i: 1})-[:R {j: 2}]->(:B)")
    ((path, node, relationship),) = client.rows("MATCH p = (b:B)<-[r]-(a) RETURN p, a, r")
    assert isinstance(node, Node)
    assert isinstance(relationship, Relationship)
    assert (node.labels, node.properties, relationship.type, relationship.properties) == (
        ["A"],
        {"i": 1},
        "R",
        {"j": 2},
    )
    assert isinstance(path, GraphPath)
    assert path.nodes[1] == node
    assert path.relationships == [relationship]


def test_a_failure_has_code_and_message_and_the_connection_goes_on(client: BoltClient) -> None:
    with pytest.raises(RefusedError, match="line 1, column 1") as caught:
        client.rows("RETRUN 1")
    assert caught.value.status == "Neo.ClientError.Statement.SyntaxError"
    assert not caught.value.transient
    assert client.rows("RETURN 1") == [[1]]


def test_a_failure_in_the_middle_of_a_result_is_raised_there(client: BoltClient) -> None:
    records = client.run("UNWIND range(1, 200000) AS i RETURN 10 / (190000 - i)")
    assert len([next(records) for _ in range(FETCH)]) == FETCH
    with pytest.raises(RefusedError, match="zero"):
        list(records)
    assert client.rows("RETURN 1") == [[1]]


def test_of_requests_sent_together_the_failed_one_is_named(client: BoltClient) -> None:
    client.begin()
    client.send(b"".join(map(client.statement, ["CREATE (:A)", "RETURN 1 / 0", "CREATE (:B)"])), 6)
    with pytest.raises(RefusedError) as caught:
        client.receive(count=6)
    assert caught.value.request in (2, 3)
    assert client.rows("MATCH (n) RETURN count(n)") == [[0]]


def test_a_transaction_is_committed_or_rolled_back(client: BoltClient) -> None:
    client.begin()
    client.execute("CREATE (:A)")
    client.rollback()
    client.begin()
    client.execute("CREATE (:B)")
    client.commit()
    assert client.rows("MATCH (n) RETURN labels(n)") == [[["B"]]]


def test_nobody_at_the_port_is_said(server: ServerProcess) -> None:
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(ConnectionFailedError, match=f"{HOST}:{port}"):
        BoltClient(HOST, port)


@pytest.mark.parametrize(
    ("answer", "says"),
    [(b"HTTP", "does not speak Bolt 5"), (b"", "does not speak Bolt 5"), (b"\0\0\4\5", "lost")],
)
def test_something_else_at_the_port_is_said(answer: bytes, says: str) -> None:
    with socket.create_server((HOST, 0)) as listener:

        def respond() -> None:
            peer, _ = listener.accept()
            with peer:
                peer.recv(20)
                peer.sendall(answer)
                peer.shutdown(socket.SHUT_WR)
                while peer.recv(4096):
                    continue

        thread = threading.Thread(target=respond)
        thread.start()
        with pytest.raises(ConnectionFailedError, match=says):
            BoltClient(HOST, listener.getsockname()[1])
        thread.join()


def test_a_server_that_goes_away_is_said(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as server, BoltClient(HOST, server.port) as client:
        server.kill()
        with pytest.raises(ConnectionFailedError, match="is lost"):
            client.rows("RETURN 1")


def test_a_result_that_was_given_up_is_reset(client: BoltClient) -> None:
    records = client.run("UNWIND range(1, 100000) AS i RETURN i")
    assert next(records) == [1]
    client.reset()
    assert client.rows("RETURN 1") == [[1]]
