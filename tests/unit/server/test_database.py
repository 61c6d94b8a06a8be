"""A whole database: snapshots while others write, vacuum, restart, closing, and what it says about itself."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from lithograph.durability.errors import DirectoryInUseError, SnapshotInProgressError
from lithograph.server.database import Database
from lithograph.server.housekeeping import Housekeeping
from lithograph.storage import tables
from lithograph.storage.check import check
from support.databases import HeldSnapshot, begin, commit, execute, numbers, open_database, opened, run_in
from support.files import Fault, FaultKind, MemoryFiles, Survives

GRAPH = "MATCH (n) OPTIONAL MATCH (n)-[r]->(m) RETURN labels(n), n.i, type(r), r.w, m.i ORDER BY n.i, m.i"


async def graph(database: Database) -> list[tuple[Any, ...]]:
    return await execute(database, GRAPH)


async def snapshot_only(files: MemoryFiles) -> Database:
    """A database on the snapshots of a directory, without its log."""
    copy = files.copy()
    for path in list(copy.contents()):
        if path.parent.name == "wal":
            copy.delete(path)
    return open_database(copy)


# ------------------------------------------------------------------------------------ snapshots


async def test_a_snapshot_holds_the_graph_as_it_was_when_it_began(monkeypatch: pytest.MonkeyPatch) -> None:
    files = MemoryFiles()
    async with opened(files) as database:
        await execute(database, "UNWIND range(1, 50) AS i CREATE (:N {i: i})-[:TO {w: i}]->(:M {i: -i})")
        await execute(database, "CREATE INDEX ON :N(i)")
        before = await graph(database)
        held = HeldSnapshot(monkeypatch)
        taking = asyncio.create_task(execute(database, "CREATE SNAPSHOT"))
        await held.has_begun()
        with pytest.raises(SnapshotInProgressError):
            await execute(database, "CREATE SNAPSHOT")
        await execute(database, "MATCH (n:N) WHERE n.i > 25 SET n.i = 1000 + n.i")
        await execute(database, "MATCH (n:M) WHERE n.i < -25 DETACH DELETE n")
        await execute(database, "UNWIND range(1, 50) AS i CREATE (:New {i: i, other: 'x'})-[:BACK]->(:N)")
        open_writer = begin(database)
        await run_in(open_writer, "MATCH (n:M) SET n:Uncommitted, n.i = 0")
        after = await graph(database)
        assert await database.vacuum() is False, "the snapshot is a transaction that runs"
        held.go.set()
        await taking
        open_writer.rollback()
        assert not database.store.active
    old = await snapshot_only(files)
    assert await graph(old) == before
    await old.close()
    async with opened(files.reboot(Survives.NOTHING)) as again:
        assert await graph(again) == after
        assert list(check(again.store)) == []


async def test_a_snapshot_whose_client_goes_is_called_off_and_leaves_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    files = MemoryFiles()
    async with opened(files) as database:
        await execute(database, "UNWIND range(1, 50) AS i CREATE (:N {i: i})")
        with monkeypatch.context() as patched:
            held = HeldSnapshot(patched)
            taking = asyncio.create_task(database.create_snapshot("manual"))
            await held.has_begun()
            taking.cancel()
            await asyncio.sleep(0)
            assert database.store.active, "the worker is still reading"
            held.go.set()
            with pytest.raises(asyncio.CancelledError):
                await taking
        assert not database.store.active
        assert database.durability.snapshots() == []
        assert await execute(database, "CREATE SNAPSHOT")
        assert len(database.durability.snapshots()) == 1


async def test_the_snapshot_at_exit_is_taken_when_something_has_changed() -> None:
    files = MemoryFiles()
    for round_ in (1, 2):
        database = open_database(files, storage_snapshot_on_exit=True)
        if round_ == 1:
            await execute(database, "CREATE (:N {i: 1})")
        await database.close()
        assert sum("snapshots" in path.parts for path in files.contents()) == 1
    old = await snapshot_only(files)
    assert await numbers(old) == [1]
    await old.close()


async def test_a_failing_snapshot_at_exit_leaves_the_log_and_the_close_succeeds() -> None:
    files = MemoryFiles()
    database = open_database(files, storage_snapshot_on_exit=True)
    await execute(database, "CREATE (:N {i: 1})")
    original = files.create

    def create(path: Any) -> Any:
        if "snapshots" in path.parts:
            raise OSError("no room for snapshots")
        return original(path)

    files.create = create  # type: ignore[method-assign]
    await database.close()
    async with opened(files.reboot(Survives.NOTHING)) as again:
        assert await numbers(again) == [1]


async def test_a_snapshot_after_a_failure_of_the_log_keeps_what_was_acknowledged() -> None:
    files = MemoryFiles()
    database = open_database(files)
    await execute(database, "CREATE (:N {i: 1})")
    files.fault = Fault(files.calls + 3, FaultKind.FAIL)
    with pytest.raises(Exception, match="log has failed"):
        await execute(database, "CREATE (:N {i: 2})")
    assert await execute(database, "CREATE SNAPSHOT")
    await database.close()
    old = await snapshot_only(files)
    assert await numbers(old) == [1]
    await old.close()
    for survives in Survives:
        async with opened(files.reboot(survives, seed=3)) as again:
            assert await numbers(again) in ([1], [1, 2])


# --------------------------------------------------------------------------------- vacuum, slots


async def test_vacuum_waits_for_transactions_and_then_gives_slots_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tables, "REUSE_SHARE", 1000)
    files = MemoryFiles()
    async with opened(files) as database:
        await execute(database, "UNWIND range(1, 100) AS i CREATE (:N {i: i, s: 'old'})-[:TO {w: i}]->(:M)")
        await execute(database, "CREATE INDEX ON :N(i)")
        high = database.store.vertices.high, database.store.edges.high
        assert not await database.vacuum(), "there is nothing to do"
        reader = begin(database)
        await execute(database, "MATCH (n:N) WHERE n.i > 10 DETACH DELETE n")
        assert not await database.vacuum()
        assert await run_in(reader, "MATCH (n:N)-[r:TO]->() RETURN sum(n.i), sum(r.w)") == [(5050, 5050)]
        await commit(reader)
        assert await database.vacuum()
        assert not await database.vacuum(), "all is done"
        assert list(check(database.store)) == []
        await execute(database, "UNWIND range(101, 150) AS i CREATE (:N {i: i})-[:TO]->(:New {t: i})")
        await execute(database, "UNWIND range(151, 170) AS i CREATE (:Other {i: i})")
        assert (database.store.vertices.high, database.store.edges.high) <= (high[0] + 60, high[1])
        assert list(check(database.store)) == []
        expected = await graph(database)
        assert await execute(database, "MATCH (n) WHERE n.i > 100 AND n.s IS NOT NULL RETURN n") == []
    async with opened(files.reboot(Survives.NOTHING)) as again:
        assert await graph(again) == expected
        assert list(check(again.store)) == []
        assert await execute(again, "MATCH (n:N {i: 120})-[:TO]->(m) RETURN m.t") == [(120,)]
        assert await execute(again, "MATCH (n:N {i: 50}) RETURN n") == []
        assert await execute(again, "MATCH (n) WHERE n.i > 100 AND n.s IS NOT NULL RETURN n") == []


async def test_free_memory_is_no_transaction_in_its_own_way() -> None:
    async with opened() as database:
        await execute(database, "UNWIND range(1, 10) AS i CREATE (:N {i: i})")
        await execute(database, "MATCH (n) DETACH DELETE n")
        assert database.vacuum_is_due
        await execute(database, "FREE MEMORY")
        assert not database.vacuum_is_due


async def test_housekeeping_outlives_what_goes_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened() as database:
        called = asyncio.Event()
        calls: list[int] = []

        async def fails() -> bool:
            calls.append(1)
            if len(calls) == 3:
                called.set()
            raise RuntimeError("unforeseen")

        async def at_once(seconds: float) -> None:
            await turn(0)

        turn = asyncio.sleep
        await execute(database, "CREATE (:N)")
        await execute(database, "MATCH (n) DELETE n")
        monkeypatch.setattr(database, "vacuum", fails)
        monkeypatch.setattr("lithograph.server.housekeeping.asyncio.sleep", at_once)
        async with Housekeeping(database):
            await called.wait()
        assert len(calls) >= 3


async def test_housekeeping_takes_periodic_snapshots_and_says_when() -> None:
    files = MemoryFiles()
    async with opened(files, storage_snapshot_interval="* * * * * *") as database:
        await execute(database, "CREATE (:N {i: 1})")
        async with Housekeeping(database), asyncio.timeout(30):
            while not database.durability.snapshots():
                await asyncio.sleep(0.02)
            ((path, moment),) = await execute(database, "SHOW NEXT SNAPSHOT")
            assert path == str(database.durability.directory / "snapshots")
            while await execute(database, "SHOW NEXT SNAPSHOT") == [(path, moment)]:
                await asyncio.sleep(0.02)
            assert len(database.durability.snapshots()) == 1, "nothing has changed since"


# ----------------------------------------------------------------------- opening and closing


async def test_two_databases_do_not_share_a_directory() -> None:
    files = MemoryFiles()
    async with opened(files):
        with pytest.raises(DirectoryInUseError, match="somebody"):
            open_database(files)
    async with opened(files) as again:
        assert await graph(again) == []


async def test_a_recovery_that_is_called_off_changes_nothing_and_lets_the_directory_go() -> None:
    class CalledOffError(Exception):
        """By the test."""

    files = MemoryFiles()
    async with opened(files, storage_snapshot_on_exit=True) as database:
        await execute(database, "UNWIND range(1, 10) AS i CREATE (:N {i: i})")
    contents = files.contents()

    def progress(what: str, done: int, total: int) -> None:
        raise CalledOffError

    with pytest.raises(CalledOffError):
        Database.open(database.settings, files=files, progress=progress)
    assert files.contents() == contents
    async with opened(files) as again:
        assert await numbers(again) == list(range(1, 11))


async def test_what_it_says_about_itself() -> None:
    async with opened() as database:
        await execute(database, "CREATE (:N {i: 1})-[:TO]->(:N {i: 2})")
        info = dict(await execute(database, "SHOW STORAGE INFO"))
        assert (info["vertex_count"], info["edge_count"], info["average_degree"]) == (2, 1, 1.0)
        assert (info["health"], info["power_failure_can_cost"]) == ("ready", "none")
        assert await execute(database, "SHOW DATABASES") == [("memgraph", "HOT", "ready")]
        assert await execute(database, "SHOW VERSION") == [(database.version,)]
        config = {row[0]: row[2] for row in await execute(database, "SHOW CONFIG")}
        assert config["data_directory"] == database.settings.data_directory


async def test_the_directory_is_locked_and_unlocked_by_statements() -> None:
    async with opened() as database:
        for text, status in (
            ("LOCK DATA DIRECTORY", "Data directory is now locked."),
            ("DATA DIRECTORY LOCK STATUS", "Data directory is locked."),
            ("UNLOCK DATA DIRECTORY", "Data directory is now unlocked."),
        ):
            ((said, *_),) = await execute(database, text)
            assert said == status
