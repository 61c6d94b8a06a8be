"""The health check of the image against listeners that answer well, badly or not at all."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from lithograph.server import healthcheck


@contextmanager
def listener(answer: bytes) -> Iterator[tuple[int, list[bytes]]]:
    """A listener for one connection that reads a handshake and sends ``answer``; its port, what it got."""
    received: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                received.append(connection.recv(20))
                connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        yield server.getsockname()[1], received
        thread.join()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def test_a_server_that_chooses_a_version_is_healthy(capsys: pytest.CaptureFixture[str]) -> None:
    with listener(bytes([0, 0, 8, 5])) as (port, received):
        assert healthcheck.main(["127.0.0.1", str(port)]) == 0
    assert received[0][:4] == b"\x60\x60\xb0\x17"
    assert len(received[0]) == 20
    assert capsys.readouterr().out == "healthy: Bolt 5.8\n"


@pytest.mark.parametrize("answer", [b"", b"\0\0", b"\0\0\0\0", b"HTTP/1.1 400 Bad Request"])
def test_any_other_answer_is_unhealthy(answer: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    with listener(answer) as (port, _):
        assert healthcheck.main(["127.0.0.1", str(port)]) == 1
    assert "no Bolt version" in capsys.readouterr().err


def test_nobody_listening_is_unhealthy(capsys: pytest.CaptureFixture[str]) -> None:
    assert healthcheck.main(["127.0.0.1", str(free_port())]) == 1
    assert "no Bolt server answers" in capsys.readouterr().err


def test_silence_is_unhealthy_after_the_timeout() -> None:
    server = socket.create_server(("127.0.0.1", 0))
    with server, pytest.raises(healthcheck.UnhealthyError, match="timed out"):
        healthcheck.check("127.0.0.1", server.getsockname()[1], timeout=0.01)


@pytest.mark.parametrize("variable", ["LITHOGRAPH_BOLT_PORT", "MEMGRAPH_BOLT_PORT"])
def test_the_port_comes_from_the_variable_that_the_server_reads(
    variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LITHOGRAPH_BOLT_PORT", raising=False)
    with listener(bytes([0, 0, 4, 4])) as (port, _):
        monkeypatch.setenv(variable, str(port))
        assert healthcheck.main([]) == 0


def test_a_port_that_is_no_number_is_unhealthy(capsys: pytest.CaptureFixture[str]) -> None:
    assert healthcheck.main(["127.0.0.1", "bolt"]) == 1
    assert "unhealthy" in capsys.readouterr().err
