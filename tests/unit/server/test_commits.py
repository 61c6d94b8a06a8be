"""Commits: in which order they become visible, and what is left of them when the disk fails or the client goes."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from typing import Any

import pytest

from lithograph.durability.errors import DiskFullError
from lithograph.server import commits
from lithograph.server.client_transaction import ClientTransaction
from lithograph.server.database import Database
from lithograph.server.errors import UncertainCommitError
from lithograph.storage.errors import ConflictError, WritesRefusedError
from lithograph.storage.store import Store
from lithograph.storage.transaction import Transaction
from support.databases import (
    Parked,
    begin,
    commit,
    execute,
    numbers,
    open_database,
    opened,
    rows_of,
    run_in,
)
from support.files import Fault, FaultKind, MemoryFiles, Survives
from support.sync_gate import SyncGate

CREATE = "CREATE (:N {i: $i})"


async def created(database: Database, number: int) -> ClientTransaction:
    """A transaction with one node, not committed."""
    transaction = begin(database)
    await run_in(transaction, CREATE, i=number)
    return transaction


async def committing(database: Database, number: int) -> asyncio.Task[str]:
    """A commit under way: as far as it gets without a thread."""
    task = asyncio.create_task((await created(database, number)).commit())
    await turns(5)
    return task


async def turns(count: int) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def value_of(database: Database, name: str) -> Any:
    """A row of SHOW STORAGE INFO."""
    return dict(await execute(database, "SHOW STORAGE INFO"))[name]


def recovered(files: MemoryFiles) -> Database:
    return open_database(files)


# ---------------------------------------------------------------------------------------- order


async def test_nothing_is_visible_before_its_sync_and_then_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened() as database:
        await execute(database, CREATE, i=0)
        gate = SyncGate(monkeypatch)
        first = await committing(database, 1)
        await gate.has_begun()
        others = [await committing(database, number) for number in (2, 3, 4)]
        assert await numbers(database) == [0]
        gate.go.release()
        await first
        assert await numbers(database) == [0, 1], "the others came after the sync had begun"
        await gate.has_begun()
        gate.open()
        assert await others[0]
        assert await numbers(database) == [0, 1, 2, 3, 4], "one sync, one publication"
        await asyncio.gather(*others)
        assert not database.store.active


async def test_no_reader_sees_a_commit_without_the_ones_before_it() -> None:
    async with opened() as database:
        stamped: list[Transaction] = []
        seen: list[list[int]] = []

        async def writer(number: int) -> None:
            for step in range(10):
                transaction = await created(database, number * 100 + step)
                stamped.append(transaction._transaction)
                await transaction.commit()

        async def reader() -> None:
            while not all(task.done() for task in writers):
                before = database.store.visible
                seen.append(await numbers(database))
                assert len(seen[-1]) >= before, "one node for each commit"
                await asyncio.sleep(0)

        writers = [asyncio.create_task(writer(number)) for number in range(8)]
        await asyncio.gather(reader(), *writers)
        order = [transaction.timestamp for transaction in stamped]
        assert sorted(order) == list(range(1, 81))
        assert all(set(earlier) <= set(later) for earlier, later in pairwise(seen))
        assert len(await numbers(database)) == 80


async def test_a_commit_that_waits_for_the_latch_is_not_overtaken(monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened() as database:
        await execute(database, CREATE, i=0)
        gate = SyncGate(monkeypatch)
        first, second = await committing(database, 1), await committing(database, 2)
        await gate.has_begun()
        reading = begin(database).run("MATCH (n:N) RETURN n.i", {})
        parked = Parked(reading)
        rows = asyncio.create_task(reading.fetch(-1))
        await asyncio.to_thread(parked.begun.wait, 30)
        gate.open()
        await turns(20)
        assert database.store.visible == 1, "publishing needs the latch, which the reader holds"
        parked.go.set()
        await asyncio.gather(first, second)
        assert database.store.visible == 3
        assert [row for batch in (await rows).batches for row in batch.columns[0]] == [0]


async def test_who_begins_while_another_thread_publishes_sees_all_of_it_or_nothing() -> None:
    for when in ("before", "after"):
        store = Store()
        writer = store.begin()
        writer.create_vertices(("N",), 1, {})
        writer.prepare()

        class Racing(set[Transaction]):
            """A commit is published at the moment when a transaction is entered."""

            def add(self, item: Transaction) -> None:
                if when == "before":  # noqa: B023
                    writer.publish()  # noqa: B023
                super().add(item)
                if when == "after":  # noqa: B023
                    writer.publish()  # noqa: B023

        store.active = Racing(store.active)
        reader = store.begin()
        found, _ = reader.scan(store.vertices, 0, 1)
        assert len(found) == reader.view.snapshot == 1


async def test_large_commits_and_rollbacks_in_a_thread_keep_the_order(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(commits, "LARGE", 3)
    async with opened() as database:

        async def client(number: int) -> None:
            for step in range(12):
                transaction = begin(database)
                size = (number + step) % 5 + 1
                await run_in(
                    transaction, "UNWIND range(1, $size) AS i CREATE (:G {g: $g})", size=size, g=step
                )
                if step % 3:
                    await transaction.commit()
                else:
                    transaction.rollback()

        await asyncio.gather(*map(client, range(6)))
        expected = sum((number + step) % 5 + 1 for number in range(6) for step in range(12) if step % 3)
        assert await execute(database, "MATCH (n:G) RETURN count(n.g)") == [(expected,)]
        assert await value_of(database, "vertex_count") == expected
        assert not database.store.active


# ------------------------------------------------------------------------------- failing disks


async def refused(database: Database, number: int) -> WritesRefusedError:
    with pytest.raises(WritesRefusedError) as refusal:
        await execute(database, CREATE, i=number)
    return refusal.value


@pytest.mark.parametrize("operation", ["write", "sync"])
async def test_after_a_failure_of_the_log_reads_go_on_and_writes_are_refused(operation: str) -> None:
    files = MemoryFiles()
    database = open_database(files)
    await execute(database, CREATE, i=1)
    begun = files.calls
    await execute(database, CREATE, i=2)
    kinds = [name for name, _ in files.journal[begun:]]
    files.fault = Fault(files.calls + 1 + kinds.index(operation), FaultKind.BROKEN)
    error = await refused(database, 3)
    if operation == "sync":
        assert error.code == "Neo.DatabaseError.Transaction.TransactionCommitFailed"
        assert isinstance(error, UncertainCommitError)
    else:
        assert error.code == "Neo.DatabaseError.Transaction.TransactionLogError"
    assert "reads go on" in error.message
    for number in (4, 5):
        assert "Writes are refused" in (await refused(database, number)).message
        assert await numbers(database) == [1, 2]
    assert not database.store.active
    assert (await value_of(database, "health")).startswith("read-only: The write-ahead log has failed")
    assert await value_of(database, "vertex_count") == 2
    await database.close()
    for survives, maybe in ((Survives.NOTHING, ()), (Survives.EVERYTHING, (3,))):
        again = recovered(files.reboot(survives))
        assert await numbers(again) in ([1, 2], [1, 2, *maybe])
        await execute(again, CREATE, i=9)
        assert (await numbers(again))[-1] == 9
        await again.close()


async def test_a_failed_sync_undoes_all_that_waited_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    files = MemoryFiles()
    async with opened(files) as database:
        await execute(database, CREATE, i=0)
        gate = SyncGate(monkeypatch)
        first = await committing(database, 1)
        await gate.has_begun()
        rest = [await committing(database, number) for number in (2, 3)]
        files.fault = Fault(files.calls + 1, FaultKind.FAIL)
        gate.open()
        results = await asyncio.gather(first, *rest, return_exceptions=True)
        assert [type(result) for result in results] == [UncertainCommitError] * 3
        assert await numbers(database) == [0]
        assert not database.store.active
        assert database.store.visible == 1


async def test_a_full_disk_refuses_a_commit_and_takes_the_next_when_there_is_room() -> None:
    files = MemoryFiles()
    async with opened(files) as database:
        await execute(database, CREATE, i=1)
        files.fault = Fault(files.calls + 2, FaultKind.NO_ROOM)
        error = await refused(database, 2)
        assert isinstance(error, DiskFullError)
        assert error.code == "Neo.DatabaseError.Transaction.TransactionLogError"
        assert "as soon as there is room" in error.message
        assert await numbers(database) == [1]
        assert (await value_of(database, "health")).startswith("writes refused: The disk is full")
        files.make_room()
        await execute(database, CREATE, i=3)
        assert await value_of(database, "health") == "ready"
        assert await numbers(database) == [1, 3]
    again = recovered(files.reboot(Survives.NOTHING))
    assert await numbers(again) == [1, 3]
    await again.close()


async def test_with_a_larger_n_commits_do_not_wait_and_at_most_n_less_one_are_lost() -> None:
    files = MemoryFiles()
    database = open_database(files, storage_wal_file_flush_every_n_tx=3)
    assert await value_of(database, "power_failure_can_cost") == "up to 2 acknowledged transactions"
    for number in range(1, 6):
        await execute(database, CREATE, i=number)
        assert await numbers(database) == list(range(1, number + 1))
        lost = recovered(files.reboot(Survives.NOTHING))
        assert len(await numbers(lost)) >= number - 2
        assert await numbers(lost) == list(range(1, 1 + len(await numbers(lost))))
        await lost.close()
    await database.close()
    again = recovered(files.reboot(Survives.NOTHING))
    assert await numbers(again) == [1, 2, 3, 4, 5], "a clean stop loses none"
    await again.close()


async def test_without_a_log_commits_are_visible_at_once() -> None:
    async with opened(storage_wal_enabled=False) as database:
        await asyncio.gather(*(execute(database, CREATE, i=number) for number in range(5)))
        assert await numbers(database) == [0, 1, 2, 3, 4]
        assert await value_of(database, "power_failure_can_cost") == "everything since the last snapshot"


# ----------------------------------------------------------------------------- clients that go


@pytest.mark.parametrize("fails", [False, True])
async def test_a_commit_whose_client_goes_while_it_is_synced_comes_to_its_end(
    fails: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = MemoryFiles()
    async with opened(files) as database:
        await execute(database, CREATE, i=0)
        gate = SyncGate(monkeypatch)
        transaction = await created(database, 1)
        task = asyncio.create_task(transaction.commit())
        await gate.has_begun()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        transaction.rollback()  # what the session does
        follower = await committing(database, 2)
        if fails:
            files.fault = Fault(files.calls + 1, FaultKind.FAIL)
        gate.open()
        if fails:
            with pytest.raises(WritesRefusedError):
                await follower
        else:
            await follower
        await database.commits.finished()
        assert await numbers(database) == ([0] if fails else [0, 1, 2])
        assert not database.store.active


async def test_a_commit_whose_client_goes_while_it_waits_for_the_latch_comes_to_its_end() -> None:
    async with opened() as database:
        transaction = await created(database, 1)
        database.store.latch.acquire(exclusive=False)
        task = asyncio.create_task(transaction.commit())
        await turns(5)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        transaction.rollback()
        database.store.latch.release(exclusive=False)
        await database.commits.finished()
        assert await numbers(database) == [1]
        await execute(database, CREATE, i=2)
        assert await numbers(database) == [1, 2]


async def test_closing_waits_for_commits_under_way(monkeypatch: pytest.MonkeyPatch) -> None:
    files = MemoryFiles()
    database = open_database(files)
    await execute(database, CREATE, i=0)
    gate = SyncGate(monkeypatch)
    commit_task = await committing(database, 1)
    await gate.has_begun()
    closing = asyncio.create_task(database.close())
    await turns(10)
    assert not closing.done()
    gate.open()
    await closing
    assert (await commit_task).startswith("lithograph:")
    again = recovered(files.reboot(Survives.NOTHING))
    assert await numbers(again) == [0, 1]
    await again.close()


async def test_closing_leaves_open_transactions_out() -> None:
    files = MemoryFiles()
    database = open_database(files, storage_snapshot_on_exit=True)
    await execute(database, CREATE, i=1)
    await created(database, 2)
    reading = begin(database).run("MATCH (n) RETURN n", {})
    await database.close()
    reading.close()
    again = recovered(files.reboot(Survives.NOTHING))
    assert len(again.durability.snapshots()) == 1
    assert await numbers(again) == [1]
    await again.close()


# -------------------------------------------------------------------------- failing, undoing


async def test_the_first_writer_wins_and_the_loser_may_repeat() -> None:
    async with opened() as database:
        await execute(database, CREATE, i=1)
        winner, loser = begin(database), begin(database)
        await run_in(winner, "MATCH (n:N) SET n.i = 2")
        with pytest.raises(ConflictError) as conflict:
            await run_in(loser, "MATCH (n:N) SET n.i = 3")
        assert conflict.value.code == "Neo.TransientError.Transaction.Outdated"
        await commit(winner)
        await execute(database, "MATCH (n:N) SET n.i = n.i + 10")
        assert await numbers(database) == [12]


async def test_a_commit_in_doubt_is_still_in_the_way_of_others(monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened() as database:
        await execute(database, CREATE, i=1)
        gate = SyncGate(monkeypatch)
        transaction = begin(database)
        await run_in(transaction, "MATCH (n:N) SET n.i = 2")
        task = asyncio.create_task(transaction.commit())
        await gate.has_begun()
        with pytest.raises(ConflictError):
            await execute(database, "MATCH (n:N) SET n.i = 3")
        gate.open()
        await task
        await execute(database, "MATCH (n:N) SET n.i = 4")
        assert await numbers(database) == [4]


async def test_a_failing_statement_takes_its_transaction_with_it() -> None:
    async with opened() as database:
        transaction = await created(database, 1)
        with pytest.raises(Exception, match="zero"):
            await run_in(transaction, "CREATE (n:N {i: 0}) WITH n RETURN 1 / n.i")
        assert not database.store.active
        assert await numbers(database) == []


async def test_a_transaction_that_has_undone_all_it_wrote_commits_nothing() -> None:
    async with opened() as database:
        transaction = begin(database)
        run = transaction.run("CREATE (n:N {i: 0}) WITH n RETURN 1 / n.i", {})
        with pytest.raises(Exception, match="zero"):
            await rows_of(run)
        before = database.durability.position
        assert transaction.commit_now() is None, "the end of a writer needs the latch"
        await transaction.commit()
        assert database.durability.position == before
        assert await numbers(database) == []
        assert not database.store.active


async def test_a_rollback_never_waits_and_the_next_writer_waits_for_it() -> None:
    async with opened() as database:
        await execute(database, CREATE, i=1)
        reading = begin(database).run("MATCH (n:N) RETURN n.i", {})
        parked = Parked(reading)
        transaction = begin(database)
        await run_in(transaction, "MATCH (n:N) SET n.i = 2")
        rows = asyncio.create_task(reading.fetch(-1))
        await asyncio.to_thread(parked.begun.wait, 30)
        transaction.rollback()
        assert database.lanes.waiting
        writing = asyncio.create_task(execute(database, "MATCH (n:N) SET n.i = 3"))
        await turns(10)
        assert not writing.done()
        parked.go.set()
        await writing
        assert await numbers(database) == [3]
        assert [list(batch.columns[0]) for batch in (await rows).batches] == [[1]]


async def test_an_index_that_cannot_be_made_holds_up_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened() as database:
        await execute(database, CREATE, i=1)

        def no_room(*_: object) -> None:
            raise MemoryError

        with monkeypatch.context() as patched:
            patched.setattr(database.store.vertex_indexes, "create", no_room)
            with pytest.raises(MemoryError):
                await execute(database, "CREATE INDEX ON :N(i)")
        await execute(database, CREATE, i=2)
        assert await numbers(database) == [1, 2]
        assert not database.store.active
