"""STORAGE MODE: what each mode keeps, what changing it waits for, and what a crash leaves."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from lithograph.server.database import Database
from lithograph.server.errors import AccessTimeoutError, NotAloneError, StorageModeError
from lithograph.server.housekeeping import Housekeeping
from lithograph.storage.check import check
from lithograph.storage.errors import LithographError
from support.databases import HeldSnapshot, begin, commit, execute, numbers, open_database, opened, run_in
from support.files import MemoryFiles, Survives

ANALYTICAL, TRANSACTIONAL = "STORAGE MODE IN_MEMORY_ANALYTICAL", "STORAGE MODE IN_MEMORY_TRANSACTIONAL"


async def info(database: Database, name: str) -> object:
    return dict(await execute(database, "SHOW STORAGE INFO"))[name]


def in_folder(files: MemoryFiles, folder: str) -> list[Path]:
    return sorted(path for path in files.contents() if path.parent.name == folder)


async def test_the_mode_is_shown_and_the_same_mode_is_no_change() -> None:
    files = MemoryFiles()
    async with opened(files) as database:
        assert await info(database, "storage_mode") == "IN_MEMORY_TRANSACTIONAL"
        assert await execute(database, TRANSACTIONAL) == []
        assert in_folder(files, "snapshots") == []
        for _ in range(2):
            assert await execute(database, ANALYTICAL) == []
            assert await info(database, "storage_mode") == "IN_MEMORY_ANALYTICAL"
            assert await info(database, "power_failure_can_cost") == "everything since the last snapshot"


async def test_leaving_analytical_mode_makes_everything_durable() -> None:
    files = MemoryFiles()
    async with opened(files) as database:
        await execute(database, "CREATE (:N {i: 1})")
        await execute(database, ANALYTICAL)
        await execute(database, "UNWIND [2, 3] AS i CREATE (:N {i: i})")
        await execute(database, "CREATE INDEX ON :N(i)")
        await execute(database, TRANSACTIONAL)
        await execute(database, "CREATE (:N {i: 4})")
        assert list(check(database.store)) == []
        disk = files.reboot(Survives.NOTHING)
    async with opened(disk) as again:
        assert await numbers(again) == [1, 2, 3, 4]
        assert ("label+property", "N", ["i"], 4) in await execute(again, "SHOW INDEX INFO")
        await execute(again, "CREATE (:N {i: 5})")
        disk = disk.reboot(Survives.NOTHING)
    async with opened(disk) as again:
        assert await numbers(again) == [1, 2, 3, 4, 5]


async def test_a_crash_in_analytical_mode_leaves_the_last_snapshot_or_logged_commit() -> None:
    files = MemoryFiles()
    async with opened(files) as database:
        await execute(database, "CREATE (:N {i: 1})")
        await execute(database, ANALYTICAL)
        await execute(database, "CREATE (:N {i: 2})")
        without = files.reboot(Survives.NOTHING)
        await execute(database, "CREATE SNAPSHOT")
        await execute(database, "CREATE (:N {i: 3})")
        behind = files.reboot(Survives.NOTHING)
    for disk, expected in ((without, [1]), (behind, [1, 2])):
        async with opened(disk) as again:
            assert await info(again, "storage_mode") == "IN_MEMORY_TRANSACTIONAL"
            assert await numbers(again) == expected
            await execute(again, "CREATE (:N {i: 9})")
            restarted = disk.reboot(Survives.NOTHING)
        async with opened(restarted) as again:
            assert await numbers(again) == [*expected, 9]


async def test_nothing_is_logged_and_the_open_file_is_finished() -> None:
    files = MemoryFiles()
    async with opened(files) as database:
        await execute(database, "CREATE (:N {i: 1})")
        assert [path.name.endswith("_current") for path in in_folder(files, "wal")] == [True]
        await execute(database, ANALYTICAL)
        before = files.contents()
        assert [path.name.endswith("_from_1_to_1") for path in in_folder(files, "wal")] == [True]
        await execute(database, "UNWIND range(1, 100) AS i CREATE (:N {i: i})")
        assert files.contents() == before


async def test_the_mode_at_start_is_a_setting_and_an_exit_snapshot_keeps_the_import() -> None:
    files = MemoryFiles()
    database = open_database(files, storage_mode="IN_MEMORY_ANALYTICAL", storage_snapshot_on_exit=True)
    await execute(database, "UNWIND range(1, 3) AS i CREATE (:N {i: i})")
    assert in_folder(files, "wal") == []
    await database.close()
    async with opened(files) as again:
        assert await numbers(again) == [1, 2, 3]


async def test_without_a_snapshot_the_mode_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    files = MemoryFiles()
    async with opened(files) as database:
        await execute(database, ANALYTICAL)
        await execute(database, "CREATE (:N {i: 1})")

        def create(path: Path) -> object:
            raise OSError("no room")

        with monkeypatch.context() as patched:
            patched.setattr(files, "create", create)
            with pytest.raises(StorageModeError, match="Failed to create the snapshot required to leave"):
                await execute(database, TRANSACTIONAL)
        assert await info(database, "storage_mode") == "IN_MEMORY_ANALYTICAL"
        assert await numbers(database) == [1]
        await execute(database, TRANSACTIONAL)
        assert await info(database, "storage_mode") == "IN_MEMORY_TRANSACTIONAL"


async def test_there_is_no_mode_on_disk() -> None:
    async with opened() as database:
        with pytest.raises(StorageModeError, match="not supported"):
            await execute(database, "STORAGE MODE ON_DISK_TRANSACTIONAL")


async def test_a_change_waits_for_transactions_and_gives_up_after_the_timeout() -> None:
    async with opened() as database:
        reader = begin(database)
        await run_in(reader, "MATCH (n) RETURN n")
        with pytest.raises(AccessTimeoutError, match="Cannot get unique access to the storage"):
            await execute(database, ANALYTICAL)
        assert database.open_to_all
        assert await info(database, "storage_mode") == "IN_MEMORY_TRANSACTIONAL"
        changing = asyncio.create_task(execute(database, ANALYTICAL))
        while database.open_to_all:
            await asyncio.sleep(0)
        admitted = asyncio.create_task(database.admitted())
        await asyncio.sleep(0)
        assert not admitted.done(), "who comes later waits behind the change"
        await commit(reader)
        await changing
        await admitted
        assert await info(database, "storage_mode") == "IN_MEMORY_ANALYTICAL"


async def test_the_change_is_no_part_of_a_transaction() -> None:
    async with opened() as database:
        transaction = begin(database)
        await run_in(transaction, "CREATE ()")
        with pytest.raises(NotAloneError, match="Modifying storage modes is not allowed in multicommand"):
            await run_in(transaction, ANALYTICAL)


async def test_a_failed_statement_keeps_what_it_wrote_before() -> None:
    async with opened() as database:
        await execute(database, ANALYTICAL)
        with pytest.raises(LithographError):
            await execute(
                database, "CREATE (:N {i: 1}) WITH 1 AS one UNWIND [1, 0] AS i CREATE (:N {i: 1 / i})"
            )
        assert await numbers(database) == [1]
        transaction = begin(database)
        await run_in(transaction, "CREATE (:N {i: 2})")
        transaction.rollback()
        assert await numbers(database) == [1, 2]
        assert list(check(database.store)) == []


async def test_during_a_snapshot_in_analytical_mode_readers_go_on_and_writers_wait(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    files = MemoryFiles()
    async with opened(files, storage_access_timeout_sec=30) as database:
        await execute(database, ANALYTICAL)
        await execute(database, "UNWIND range(1, 50) AS i CREATE (:N {i: i})")
        writer = begin(database)
        await run_in(writer, "CREATE (:N {i: 51})")
        held = HeldSnapshot(monkeypatch)
        taking = asyncio.create_task(execute(database, "CREATE SNAPSHOT"))
        await asyncio.sleep(0.02)
        assert not held.begun.is_set(), "a transaction writes"
        await run_in(writer, "CREATE (:N {i: 52})")
        await commit(writer)
        await held.has_begun()
        assert await numbers(database) == list(range(1, 53))
        waiting = asyncio.create_task(execute(database, "CREATE (:N {i: 53})"))
        await asyncio.sleep(0.02)
        assert not waiting.done()
        held.go.set()
        await taking
        await waiting
        assert await numbers(database) == list(range(1, 54))
        for path in in_folder(files, "wal"):
            files.delete(path)
        disk = files.reboot(Survives.NOTHING)
    async with opened(disk) as again:
        assert await numbers(again) == list(range(1, 53))


async def test_periodic_snapshots_pause_in_analytical_mode() -> None:
    files = MemoryFiles()
    async with opened(files, storage_snapshot_interval="* * * * * *") as database, Housekeeping(database):
        await execute(database, ANALYTICAL)
        assert await execute(database, "SHOW NEXT SNAPSHOT") == []
        await execute(database, "CREATE (:N {i: 1})")
        await asyncio.sleep(1.1)
        assert in_folder(files, "snapshots") == []
        await execute(database, TRANSACTIONAL)
        assert len(await execute(database, "SHOW NEXT SNAPSHOT")) == 1
