"""How the real server starts on directories in every state: exit statuses, file modes, what is put aside, broken."""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path

import pytest
from neo4j import Driver
from neo4j.exceptions import Neo4jError

from benchmarks.server import ServerProcess
from support.servers import connected, serving

pytestmark = pytest.mark.driver

ALLOWED = "--storage-allow-recovery-failure=true"


def numbers(driver: Driver) -> list[int]:
    return [record["i"] for record in driver.execute_query("MATCH (n:N) RETURN n.i AS i ORDER BY i").records]


def launched(data_directory: Path, *flags: str) -> ServerProcess:
    server = ServerProcess(data_directory, *flags)
    server.launch()
    return server


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a directory away")
def test_a_directory_of_another_user_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    os.chown(tmp_path / "data", 65534, 65534)
    server = launched(tmp_path / "data")
    assert server.wait(30) == 12
    assert "is owned by another user" in server.log_text()
    assert "Traceback" not in server.log_text()
    assert list((tmp_path / "data").iterdir()) == []


def test_a_log_file_that_cannot_be_written_ends_the_start(tmp_path: Path) -> None:
    server = launched(tmp_path / "data", f"--log-file={tmp_path / 'none' / 'log'}")
    assert server.wait(30) == 13
    assert "cannot be opened for appending" in server.log_text()
    assert not (tmp_path / "data").exists()


def test_what_the_server_writes_is_private_whatever_the_mask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with (
            serving(tmp_path / "data", "--storage-wal-file-size-kib=1") as server,
            connected(server) as driver,
        ):
            for i in range(20):
                driver.execute_query("CREATE (:N {i: $i, text: $text})", i=i, text="x" * 300)
            ((path,),) = driver.execute_query("CREATE SNAPSHOT").records
            saved = shutil.copy(path, tmp_path / "saved")
            driver.execute_query(f'RECOVER SNAPSHOT "{saved}" FORCE')
            driver.execute_query("CREATE (:N)")
            paths = [tmp_path / "data", *(tmp_path / "data").rglob("*")]
            modes = {path: stat.S_IMODE(path.stat().st_mode) for path in paths}
    finally:
        os.umask(before)
    assert {path.name for path in modes if path.is_dir()} == {"data", "snapshots", "wal", ".old"}
    assert {mode for path, mode in modes.items() if path.is_dir()} == {0o700}
    assert {mode for path, mode in modes.items() if path.is_file()} == {0o600}


def test_a_start_without_recovery_puts_the_files_into_backup(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as server:
        with connected(server) as driver:
            driver.execute_query("CREATE (:N {i: 1})")
            driver.execute_query("CREATE SNAPSHOT")
            driver.execute_query("CREATE (:N {i: 2})")
        server.kill()
    files = {
        path.name: path.read_bytes()
        for folder in ("snapshots", "wal")
        for path in (tmp_path / "data" / folder).iterdir()
    }
    assert len(files) == 2
    with (
        serving(tmp_path / "data", "--data-recovery-on-startup=false") as server,
        connected(server) as driver,
    ):
        assert numbers(driver) == []
        assert "started without recovery" in server.log_text()
        driver.execute_query("CREATE (:N {i: 7})")
        assert server.stop() == 0
    kept = tmp_path / "data" / ".backup"
    assert {path.name: path.read_bytes() for path in kept.rglob("*") if path.is_file()} == files
    with serving(tmp_path / "data") as server, connected(server) as driver:
        assert numbers(driver) == [7]
    with serving(kept) as server, connected(server) as driver:
        assert numbers(driver) == [1, 2]


def test_a_broken_start_leaves_the_files_alone_and_is_brought_back(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with serving(data) as server:
        with connected(server) as driver:
            driver.execute_query("CREATE (:N {i: 1})")
            ((path,),) = driver.execute_query("CREATE SNAPSHOT").records
            saved = shutil.copy(path, tmp_path / "saved")
            driver.execute_query("CREATE (:N {i: 2})")
        assert server.stop() == 0
    for path in (data / "snapshots").iterdir():
        content = bytearray(path.read_bytes())
        content[-1] ^= 1
        path.write_bytes(content)
    for path in (data / "wal").iterdir():
        path.unlink()
    assert launched(data).wait(30) == 1
    before = {path: path.read_bytes() for path in data.rglob("*") if path.is_file() and path.name != ".lock"}
    with serving(data, ALLOWED) as server:
        assert "Couldn't recover using any of the specified snapshots!" in server.log_text()
        with connected(server) as driver:
            with pytest.raises(Neo4jError, match="Database is in the broken state"):
                driver.execute_query("MATCH (n) RETURN n")
            info = {record[0]: record[1] for record in driver.execute_query("SHOW STORAGE INFO").records}
            assert info["health"] == "broken"
        assert server.stop() == 0
        after = {
            path: path.read_bytes() for path in data.rglob("*") if path.is_file() and path.name != ".lock"
        }
        assert after == before
        server.start()
        with connected(server) as driver:
            driver.execute_query(f'RECOVER SNAPSHOT "{saved}"')
            assert numbers(driver) == [1]
            driver.execute_query("CREATE (:N {i: 3})")
        server.kill()
        server.start()
        with connected(server) as driver:
            assert numbers(driver) == [1, 3]
            assert driver.execute_query("SHOW DATABASES").records[0]["Health"] == "ready"


def test_a_kept_setting_outlives_kill_and_flag(tmp_path: Path) -> None:
    with serving(tmp_path / "data", "--bolt-server-name-for-init=Neo4j/flag") as server:
        with connected(server) as driver:
            assert driver.get_server_info().agent == "Neo4j/flag"
            driver.execute_query('SET DATABASE SETTING "server.name" TO "Neo4j/kept"')
            driver.execute_query('SET DATABASE SETTING "query.timeout" TO "5"')
        server.kill()
        server.start()
        with connected(server) as driver:
            assert driver.get_server_info().agent == "Neo4j/kept"
            assert driver.execute_query('SHOW DATABASE SETTING "query.timeout"').records[0][0] == "600"


def test_a_running_server_is_given_the_content_of_a_snapshot(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as server:
        with connected(server) as driver:
            driver.execute_query("UNWIND range(1, 3) AS i CREATE (:N {i: i})")
            ((path,),) = driver.execute_query("CREATE SNAPSHOT").records
            saved = shutil.copy(path, tmp_path / "saved")
            driver.execute_query("MATCH (n:N) SET n.i = -n.i")
            with pytest.raises(Neo4jError, match=r"Storage is not clean\. Try using FORCE\.") as told:
                driver.execute_query(f'RECOVER SNAPSHOT "{saved}"')
            assert told.value.code == "Neo.ClientError.Statement.ExecutionFailed"
            assert numbers(driver) == [-3, -2, -1]
            driver.execute_query(f'RECOVER SNAPSHOT "{saved}" FORCE')
            assert numbers(driver) == [1, 2, 3]
            assert Path(saved).is_file()
        server.kill()
        server.start()
        with connected(server) as driver:
            assert numbers(driver) == [1, 2, 3]
