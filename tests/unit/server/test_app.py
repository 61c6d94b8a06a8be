"""The command: what it says, what it refuses, and how the real process begins and ends."""

from __future__ import annotations

import re
import signal
from pathlib import Path

import pytest
from neo4j import GraphDatabase
from neo4j.exceptions import Neo4jError

from benchmarks.server import ServerProcess
from lithograph import __version__
from lithograph.server.app import main
from support.servers import IMPATIENT, connected, serving

SLOW = (
    "UNWIND range(1, 1000) AS a UNWIND range(1, 1000) AS b UNWIND range(1, 1000) AS c UNWIND range(1, 1000) AS d "
    "WITH a WHERE a < 0 RETURN a"
)
STOPS_WITHIN = 5.0
"""Seconds: what the server promises."""


# ------------------------------------------------------------------------------------ the command


@pytest.mark.parametrize("arguments", [[], ["--help"], ["-h"], ["help"]])
def test_help_names_the_commands(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 0
    assert "lithograph serve" in capsys.readouterr().out


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"lithograph {__version__}\n"


def test_help_of_serve_names_every_flag(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", "--help"]) == 0
    told = capsys.readouterr().out
    for flag in ("--data-directory", "--bolt-port", "--storage-wal-file-flush-every-n-tx"):
        assert flag in told


def test_an_unknown_command_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serv"]) == 1
    captured = capsys.readouterr()
    assert "invalid choice: 'serv' (choose from 'serve'" in captured.err
    assert captured.out == ""


@pytest.mark.parametrize(
    ("flags", "named"),
    [
        (["--no-such-flag=1"], "no-such-flag"),
        (["--bolt-port=many"], "bolt-port"),
        (["--bolt-port=70000"], "bolt-port"),
        (["--storage-wal-file-flush-every-n-tx=0"], "storage-wal-file-flush-every-n-tx"),
    ],
)
def test_a_bad_flag_is_refused_by_name(
    flags: list[str], named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["serve", *flags]) == 1
    captured = capsys.readouterr()
    assert named in captured.err
    assert "Traceback" not in captured.err


# ------------------------------------------------------------------------------------ the process


def ended(server: ServerProcess) -> str:
    """Wait for an orderly end; the log."""
    assert server.wait(STOPS_WITHIN) == 0, server.log_text()
    log = server.log_text()
    assert "Traceback" not in log
    assert '"stopped"' in log
    return log


@pytest.mark.driver
@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT"])
def test_a_signal_ends_an_idle_server_and_nothing_is_lost(name: str, tmp_path: Path) -> None:
    with serving(tmp_path / "data") as server:
        assert re.search(rf"Listening on 127\.0\.0\.1:{server.port}\b", server.log_text())
        with connected(server) as driver:
            driver.execute_query("CREATE (:N {i: 1})")
        server.send_signal(name)
        ended(server)
        server.start()
        with connected(server) as driver:
            assert driver.execute_query("MATCH (n:N) RETURN n.i AS i").records[0]["i"] == 1


@pytest.mark.driver
def test_a_signal_interrupts_what_runs_and_its_clients_are_told(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as server, GraphDatabase.driver(server.uri) as driver:
        with driver.session() as reading, driver.session() as writing, driver.session() as idle:
            written = writing.begin_transaction()
            written.run("CREATE (:N {i: 1})").consume()
            waiting = idle.begin_transaction()
            result = reading.run(SLOW)  # returns when the statement runs, and its rows are asked for
            server.send_signal("SIGTERM")
            with pytest.raises(Neo4jError) as told:
                result.consume()
            assert told.value.code == "Neo.TransientError.General.DatabaseUnavailable"
            assert "stopping" in str(told.value.message)
            ended(server)
            assert not waiting.closed()
        server.start()
        with connected(server) as again:
            assert again.execute_query("MATCH (n:N) RETURN n").records == []


@pytest.mark.driver
def test_a_second_server_on_the_directory_refuses_and_names_the_first(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as server:
        second = ServerProcess(server.data_directory, IMPATIENT, log=tmp_path / "second.log")
        second.launch()
        assert second.wait(30) == 1
        log = second.log_text()
        assert "Couldn't acquire lock on the storage directory" in log
        assert f"process {server.process.pid}" in log
        assert "Traceback" not in log
        with connected(server) as driver:
            assert driver.execute_query("RETURN 1 AS one").records[0]["one"] == 1


@pytest.mark.driver
def test_a_port_in_use_is_refused_and_the_directory_is_let_go(tmp_path: Path) -> None:
    with serving(tmp_path / "first") as server:
        second = ServerProcess(tmp_path / "second", f"--bolt-port={server.port}")
        second.launch()
        assert second.wait(30) == 1
        assert "cannot listen on" in second.log_text()
        assert "Traceback" not in second.log_text()
        with serving(tmp_path / "second"):
            pass


@pytest.mark.driver
def test_a_server_says_what_a_power_failure_could_cost(tmp_path: Path) -> None:
    with serving(tmp_path / "data", "--storage-wal-file-flush-every-n-tx=10") as server:
        assert "up to 9 acknowledged transactions" in server.log_text()
    with serving(tmp_path / "data", "--storage-wal-enabled=false") as server:
        assert "the write-ahead log is off" in server.log_text()
        server.process.send_signal(signal.SIGTERM)
        ended(server)
