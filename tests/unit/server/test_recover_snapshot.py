"""RECOVER SNAPSHOT on a database that serves: texts, what is exchanged, what it waits for; and the broken state."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from lithograph.cypher.procedures import procedure
from lithograph.durability.errors import BrokenDatabaseError, DamagedFileError, SnapshotRecoveryError
from lithograph.server.database import Database
from lithograph.server.errors import AccessTimeoutError, NotAloneError
from lithograph.server.housekeeping import Housekeeping
from lithograph.storage.check import check
from lithograph.storage.errors import WritesRefusedError
from support.databases import begin, commit, execute, numbers, open_database, opened, run_in
from support.durable_model import ROOT
from support.files import Fault, FaultKind, MemoryFiles, Survives

BACKUP = Path("/backup/snapshot")
RECOVER = f'RECOVER SNAPSHOT "{BACKUP}"'
FORCE = f"{RECOVER} FORCE"
BROKEN = {"storage_allow_recovery_failure": True}


def in_folder(files: MemoryFiles, folder: str) -> list[Path]:
    return sorted(path for path in files.contents() if path.parent == ROOT / folder)


async def info(database: Database, name: str) -> object:
    rows: dict[str, object] = dict(await execute(database, "SHOW STORAGE INFO"))
    return rows[name]


async def backup(*statements: str) -> bytes:
    """A snapshot of another database: nodes 1 to 3 with an index, and whatever ``statements`` do."""
    files = MemoryFiles()
    async with opened(files) as database:
        await execute(database, "CREATE INDEX ON :N(i)")
        await execute(database, "UNWIND [1, 2, 3] AS i CREATE (:N {i: i})-[:TO {w: i}]->(:M)")
        for statement in statements:
            await execute(database, statement)
        ((path,),) = await execute(database, "CREATE SNAPSHOT")
        return files.contents()[Path(path)]


async def with_backup(*statements: str) -> MemoryFiles:
    files = MemoryFiles()
    files.place(BACKUP, await backup(*statements))
    return files


async def recovered(files: MemoryFiles) -> list[int]:
    """What a start after a power failure now would find."""
    async with opened(files.reboot(Survives.NOTHING)) as database:
        return await numbers(database)


async def test_a_fresh_database_takes_a_snapshot_and_goes_on_from_it() -> None:
    files = await with_backup()
    async with opened(files) as database:
        assert begin(database, explicit=False).run(RECOVER, {}).columns == ()
        assert await execute(database, RECOVER) == []
        assert await numbers(database) == [1, 2, 3]
        assert list(check(database.store)) == []
        assert ("label+property", "N", ["i"], 3) in await execute(database, "SHOW INDEX INFO")
        assert [await info(database, name) for name in ("vertex_count", "edge_count")] == [6, 3]
        await execute(database, "MATCH (n:N {i: 2}) SET n.i = 20")
        await execute(database, "CREATE (:N {i: 4})")
        assert await numbers(database) == [1, 3, 4, 20]
        assert list(check(database.store)) == []
        assert await recovered(files) == [1, 3, 4, 20]
        await execute(database, "CREATE SNAPSHOT")
    async with opened(files) as again:
        assert await numbers(again) == [1, 3, 4, 20]


async def test_what_was_written_is_given_up_by_force_only() -> None:
    files = await with_backup()
    async with opened(files) as database:
        await execute(database, "CREATE (:N {i: 9})")
        await execute(database, "MATCH (n) DELETE n")
        before = files.contents()
        with pytest.raises(SnapshotRecoveryError) as told:
            await execute(database, RECOVER)
        assert str(told.value) == "Failed to recover a snapshot. Storage is not clean. Try using FORCE."
        assert files.contents() == before
        await execute(database, FORCE)
        assert await numbers(database) == [1, 2, 3]
    async with opened(files) as again:
        with pytest.raises(SnapshotRecoveryError, match="Storage is not clean"):
            await execute(again, RECOVER)


async def test_plans_and_indexes_of_before_are_forgotten() -> None:
    files = await with_backup()
    async with opened(files) as database:
        await execute(database, "CREATE INDEX ON :M")
        await execute(database, "CREATE INDEX ON :N(j)")
        await execute(
            database, "UNWIND range(1, 200) AS i CREATE (:A {i: i}), (:B {j: i}), (:N {i: -i, j: i})"
        )
        texts = [
            "MATCH (n:N) WHERE n.j = 5 RETURN n.i",
            "MATCH (n:N) WHERE n.i = 2 RETURN n.i",
            "MATCH (n:A) RETURN count(n)",
            "MATCH (:N)-[r:TO]->(:M) RETURN r.w ORDER BY r.w",
        ]
        before = [await execute(database, text) for text in texts]
        assert before == [[(-5,)], [], [(200,)], []]
        await execute(database, FORCE)
        after = [await execute(database, text) for text in texts]
        assert after == [[], [(2,)], [(0,)], [(1,), (2,), (3,)]]
        shown = [row[:3] for row in await execute(database, "SHOW INDEX INFO")]
        assert shown == [("label+property", "N", ["i"])]


async def test_procedures_outlive_the_graph_that_they_were_registered_with() -> None:
    async with opened(await with_backup()) as database:
        database.engine.procedures.register(procedure("my.one() :: (one :: INTEGER)")(lambda _: [(1,)]))
        await execute(database, RECOVER)
        assert await execute(database, "CALL my.one()") == [(1,)]
        assert await execute(database, "CALL db.labels()") == [("N",), ("M",)]
        ((_, name, _),) = await execute(database, "CALL db.info()")
        assert name == database.database_name


async def test_a_setting_that_is_kept_is_the_snapshots() -> None:
    files = await with_backup('SET DATABASE SETTING "server.name" TO "Neo4j/theirs"')
    async with opened(files, bolt_server_name_for_init="Neo4j/flag") as database:
        await execute(database, 'SET DATABASE SETTING "server.name" TO "Neo4j/ours"')
        await execute(database, FORCE)
        assert database.agent == "Neo4j/theirs"


@pytest.mark.parametrize("url", ["http://host/snapshot", "https://host/s", "s3://bucket/s", "file:///tmp/s"])
async def test_only_local_paths_are_taken(url: str) -> None:
    async with opened() as database:
        with pytest.raises(SnapshotRecoveryError, match="not the path of a local file: download it first"):
            await execute(database, f'RECOVER SNAPSHOT "{url}"')


async def test_a_snapshot_that_cannot_be_recovered_changes_nothing() -> None:
    files = await with_backup()
    content = bytearray(files.contents()[BACKUP])
    content[700] ^= 1
    files.place(BACKUP, bytes(content))
    async with opened(files) as database:
        await execute(database, "CREATE (:N {i: 9})")
        before = files.contents()
        for path, complaint in (
            (BACKUP, "Couldn't recover from the snapshot because of: "),
            ("/backup/none", "Failed to find the defined snapshot file."),
        ):
            with pytest.raises(SnapshotRecoveryError, match=complaint):
                await execute(database, f'RECOVER SNAPSHOT "{path}" FORCE')
        assert files.contents() == before
        assert await numbers(database) == [9]
        await execute(database, "CREATE (:N {i: 10})")
        assert await recovered(files) == [9, 10]


async def test_transactions_are_waited_for_and_then_it_gives_up() -> None:
    files = await with_backup()
    async with opened(files) as database:
        reader = begin(database)
        await run_in(reader, "MATCH (n) RETURN n")
        with pytest.raises(AccessTimeoutError, match="Cannot get unique access to the storage"):
            await execute(database, RECOVER)
        assert [path for path in files.contents() if path.name.endswith(".partial")] == []
        recovering = asyncio.create_task(execute(database, RECOVER))
        while database.open_to_all:
            await asyncio.sleep(0)
        assert not recovering.done()
        await commit(reader)
        await recovering
        assert await numbers(database) == [1, 2, 3]


async def test_a_write_that_comes_before_the_exchange_is_not_lost_without_force() -> None:
    files = await with_backup()
    async with opened(files, storage_access_timeout_sec=30) as database:
        writer = begin(database)
        await run_in(writer, "CREATE (:N {i: 9})")
        recovering = asyncio.create_task(execute(database, RECOVER))
        while database.open_to_all:
            await asyncio.sleep(0)
        await commit(writer)
        with pytest.raises(SnapshotRecoveryError, match="Storage is not clean"):
            await recovering
        assert await numbers(database) == [9]


async def test_who_gives_up_waiting_leaves_one_state_or_the_other() -> None:
    files = await with_backup()
    async with opened(files) as database:
        await execute(database, "CREATE (:N {i: 9})")
        for turns in range(0, 40, 3):
            recovering = asyncio.create_task(execute(database, FORCE))
            for _ in range(turns):
                await asyncio.sleep(0.001)
            recovering.cancel()
            await asyncio.gather(recovering, return_exceptions=True)
            assert list(check(database.store)) == []
            await execute(database, "CREATE (:N {i: 50})")
            assert await recovered(files) == await numbers(database)


async def test_a_snapshot_that_is_asked_for_meanwhile_waits() -> None:
    files = await with_backup()
    async with opened(files, storage_access_timeout_sec=30) as database:
        await execute(database, "CREATE (:N {i: 9})")
        async with database.access.unique():
            taking = asyncio.create_task(database.create_snapshot("manual"))
            for _ in range(20):
                await asyncio.sleep(0)
            assert not database.store.active
            assert in_folder(files, "snapshots") == []
        await taking
        assert len(in_folder(files, "snapshots")) == 1


async def test_under_writers_every_acknowledged_commit_is_of_one_side_of_the_exchange() -> None:
    files = await with_backup()
    async with opened(files, storage_access_timeout_sec=30) as database:
        acknowledged: list[int] = []

        async def write(first: int) -> None:
            for i in range(first, first + 40):
                await database.admitted()
                await execute(database, f"CREATE (:N {{i: {i}}})")
                acknowledged.append(i)

        writers = [asyncio.create_task(write(first)) for first in (100, 200, 300)]
        while len(acknowledged) < 20:
            await asyncio.sleep(0.001)
        for _ in range(2):
            await execute(database, FORCE)
            assert set(await numbers(database)) >= {1, 2, 3}
        await asyncio.gather(*writers)
        found = await numbers(database)
        assert len(acknowledged) == 120
        after = [i for i in acknowledged if i in found]
        assert sorted([1, 2, 3, *after]) == found
        for first in (100, 200, 300):
            mine = [i for i in after if first <= i < first + 100]
            assert mine == list(range(first + 40 - len(mine), first + 40)), (
                "what came after is there without a gap"
            )
        assert list(check(database.store)) == []
        assert await recovered(files) == found


async def test_analytical_mode_stays_and_is_left_with_a_snapshot() -> None:
    files = await with_backup()
    async with opened(files) as database:
        await execute(database, "STORAGE MODE IN_MEMORY_ANALYTICAL")
        await execute(database, "CREATE (:N {i: 9})")
        await execute(database, FORCE)
        assert await numbers(database) == [1, 2, 3]
        await execute(database, "CREATE (:N {i: 4})")
        assert await recovered(files) == [1, 2, 3]
        await execute(database, "STORAGE MODE IN_MEMORY_TRANSACTIONAL")
        await execute(database, "CREATE (:N {i: 5})")
        assert await recovered(files) == [1, 2, 3, 4, 5]


async def test_when_it_is_not_certain_what_the_disk_has_nothing_is_written_any_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    files = await with_backup()
    async with opened(files, storage_snapshot_on_exit=True) as database:
        await execute(database, "CREATE (:N {i: 9})")
        rename = files.rename

        def refusing(source: Path, target: Path) -> None:
            if target.parent.name == ".old":
                raise OSError("no moves")
            rename(source, target)

        with monkeypatch.context() as patched:
            patched.setattr(files, "rename", refusing)
            with pytest.raises(SnapshotRecoveryError, match="restart the server"):
                await execute(database, FORCE)
        assert await numbers(database) == [9]
        for statement in ("CREATE ()", "CREATE SNAPSHOT", FORCE):
            with pytest.raises(WritesRefusedError, match="restart the server"):
                await execute(database, statement)
        assert str(await info(database, "health")).startswith("read-only")
    async with opened(files) as again:
        assert await numbers(again) == [1, 2, 3]


async def test_it_is_no_part_of_a_transaction() -> None:
    async with opened() as database:
        transaction = begin(database)
        await run_in(transaction, "CREATE ()")
        with pytest.raises(NotAloneError, match="Recovering snapshots is not allowed in multicommand"):
            await run_in(transaction, RECOVER)


# ------------------------------------------------------------------------------------- broken


async def damaged() -> MemoryFiles:
    """A directory whose recovery is refused, and a backup beside it."""
    files = await with_backup()
    async with opened(files, storage_wal_file_size_kib=1) as database:
        for i in range(20):
            await execute(database, f"CREATE (:N {{i: {i}, text: '{'x' * 200}'}})")
    path = in_folder(files, "wal")[1]
    content = bytearray(files.contents()[path])
    content[-100] ^= 1
    files.place(path, bytes(content))
    return files


async def refused(database: Database, statement: str) -> None:
    with pytest.raises(BrokenDatabaseError) as told:
        await execute(database, statement)
    assert str(told.value) == (
        "Database is in the broken state because the recovery process failed. Please recover your database using the "
        "RECOVER SNAPSHOT query. If you have a backup of the whole data directory, please replace the current data "
        "directory with the backup one and restart the process."
    )


async def test_a_broken_database_answers_about_itself_and_leaves_the_files_alone() -> None:
    files = await damaged()
    with pytest.raises(DamagedFileError):
        open_database(files)
    before = files.contents()
    async with opened(files, **BROKEN, storage_snapshot_on_exit=True) as database:
        assert await info(database, "health") == "broken"
        for statement in (
            "RETURN 1",
            "CREATE ()",
            "DUMP DATABASE",
            "EXPLAIN MATCH (n) RETURN n",
            "CREATE INDEX ON :N(i)",
            "CREATE SNAPSHOT",
            "SHOW SNAPSHOTS",
            "SHOW INDEX INFO",
            "STORAGE MODE IN_MEMORY_ANALYTICAL",
            'SET DATABASE SETTING "server.name" TO "Neo4j/kept"',
        ):
            await refused(database, statement)
        for statement in (
            "SHOW CONFIG",
            "SHOW VERSION",
            "SHOW DATABASES",
            "SHOW DATABASE SETTINGS",
            'SHOW DATABASE SETTING "log.level"',
            'SET DATABASE SETTING "query.timeout" TO "5"',
            "LOCK DATA DIRECTORY",
            "DATA DIRECTORY LOCK STATUS",
            "UNLOCK DATA DIRECTORY",
            "FREE MEMORY",
        ):
            await execute(database, statement)
        transaction = begin(database)
        await commit(transaction)
    assert files.contents() == before


async def test_housekeeping_leaves_a_broken_database_alone() -> None:
    files = await damaged()
    before = files.contents()
    async with (
        opened(files, **BROKEN, storage_snapshot_interval="* * * * * *") as database,
        Housekeeping(database),
    ):
        moments: set[object] = set()
        async with asyncio.timeout(30):
            while len(moments) < 3:
                moments.add(database.next_snapshot)
                await asyncio.sleep(0.02)
    assert files.contents() == before


async def test_recover_snapshot_brings_a_broken_database_back() -> None:
    files = await damaged()
    async with opened(files, **BROKEN) as database:
        await execute(database, RECOVER)
        assert await info(database, "health") == "ready"
        assert await numbers(database) == [1, 2, 3]
        await execute(database, "CREATE (:N {i: 4})")
        assert await recovered(files) == [1, 2, 3, 4]
        assert len(in_folder(files, "wal/.old")) > 2
    async with opened(files) as again:
        assert await numbers(again) == [1, 2, 3, 4]


async def test_a_broken_database_stays_broken_when_the_snapshot_is_no_good() -> None:
    files = await damaged()
    before = files.contents()
    async with opened(files, **BROKEN) as database:
        with pytest.raises(SnapshotRecoveryError):
            await execute(database, 'RECOVER SNAPSHOT "/backup/none"')
        files.fault = Fault(files.calls + 8, FaultKind.FAIL)
        with pytest.raises(SnapshotRecoveryError):
            await execute(database, RECOVER)
        await refused(database, "RETURN 1")
        assert files.contents() == before
        await execute(database, RECOVER)
        assert await numbers(database) == [1, 2, 3]
