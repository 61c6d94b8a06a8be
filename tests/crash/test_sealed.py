"""Sealed directories under faults, and a real server with a key file that is killed and started again."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import writers
from benchmarks.server import ServerProcess
from lithograph.durability.errors import SnapshotFailedError
from lithograph.storage.errors import WritesRefusedError
from support.durable_model import Database, Settings, recovered
from support.files import Crash, Fault, FaultKind, MemoryFiles, Survives
from support.key_files import hex_key, key_file
from support.servers import connected, serving

CLIENTS = 2
SMALL_FILES = "--storage-wal-file-size-kib=16"
MARK = b"Writer"
"""A label that is in every readable log and snapshot of the writers."""


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    return Path(key_file(tmp_path / "keys", hex_key(1)))


def life(files: MemoryFiles, settings: Settings, acknowledged: list[int]) -> None:
    """Commits and snapshots; goes on where a server would, and notes what it was told."""
    database = Database(files, settings)
    acknowledged[:] = database.committed
    for step in range(14):
        database.next = database.durability.position + 1
        with suppress(WritesRefusedError):
            acknowledged.append(database.commit())
        if step % 6 == 4:
            with suppress(SnapshotFailedError, WritesRefusedError):
                database.snapshot()
    files.locks.clear()


@pytest.mark.usefixtures("quiet")
@pytest.mark.parametrize("kind", FaultKind)
def test_no_fault_loses_an_acknowledged_transaction_of_a_sealed_directory(
    kind: FaultKind, keys: Path
) -> None:
    sealed = Settings(storage_encryption_key_file=str(keys), storage_snapshot_compression="zstd")
    for at in range(20, 190, 11):
        files, acknowledged = MemoryFiles(Fault(at, kind)), list[int]()
        with suppress(Crash, OSError, WritesRefusedError):
            life(files, sealed, acknowledged)
            # Another key from now on: the log of the first one is finished, and a new file begun.
            both = replace(
                sealed, storage_encryption_key_file=key_file(keys.with_name("both"), hex_key(2), hex_key(1))
            )
            life(files, both, acknowledged)
        key_file(keys.with_name("both"), hex_key(2), hex_key(1))
        both = replace(sealed, storage_encryption_key_file=str(keys.with_name("both")))
        for how in Survives:
            found = recovered(files.reboot(how, at), both)
            assert set(acknowledged) <= set(found)
            assert found == list(range(1, len(found) + 1))


def everything(data: Path) -> bytes:
    return b"".join(path.read_bytes() for path in data.rglob("*") if path.is_file())


def write_and_kill(server: ServerProcess, reached: list[int]) -> list[int]:
    """Let clients write, with a snapshot in between, and kill; the numbers that were acknowledged."""
    clients = writers.Writers(server.uri, CLIENTS)
    clients.go_on_from(reached)
    with clients:
        clients.wait_for(10)
        with connected(server) as driver:
            driver.execute_query("CREATE SNAPSHOT")
        clients.wait_for(15)
        server.kill()
    return clients.acknowledged


@pytest.mark.driver
def test_a_server_with_a_key_file_is_killed_restarted_and_gets_new_keys(tmp_path: Path, keys: Path) -> None:
    data = tmp_path / "data"
    flags = (SMALL_FILES, f"--storage-encryption-key-file={keys}", "--storage-snapshot-compression=zstd")
    with serving(data, *flags) as server:
        with connected(server) as driver:
            writers.set_up(driver, CLIENTS)
        reached = [0] * CLIENTS
        for round_ in range(2):
            acknowledged = write_and_kill(server, reached)
            assert MARK not in everything(data)
            if round_:
                key_file(keys, hex_key(2), hex_key(1))
            server.start()
            with connected(server) as driver:
                reached = writers.check(driver, acknowledged)
        assert server.stop() == 0
        assert MARK not in everything(data)


@pytest.mark.driver
def test_a_server_without_the_key_refuses_to_start_and_touches_nothing(tmp_path: Path, keys: Path) -> None:
    data = tmp_path / "data"
    with serving(data, f"--storage-encryption-key-file={keys}") as server:
        with connected(server) as driver:
            writers.set_up(driver, CLIENTS)
        assert server.stop() == 0
    before = everything(data / "snapshots") + everything(data / "wal")
    key_file(tmp_path / "other", hex_key(7))
    open_to_all = key_file(tmp_path / "open", hex_key(1), mode=0o644)
    refusals = {
        (): "no key was given",
        (f"--storage-encryption-key-file={tmp_path / 'other'}",): "the key file has",
        (f"--storage-encryption-key-file={open_to_all}",): "chmod 600",
    }
    for flags, reason in refusals.items():
        server = ServerProcess(data, *flags)
        server.launch()
        assert server.wait(30) == 1
        assert reason in server.log_text()
        assert "Traceback" not in server.log_text()
        assert everything(data / "snapshots") + everything(data / "wal") == before
