"""CALL { … } IN TRANSACTIONS and USING PERIODIC COMMIT: batches that are durable one by one, of a statement that is a transaction by itself."""

from __future__ import annotations

import asyncio

import pytest

from lithograph.cypher.errors import DivisionByZeroError, NotInExplicitTransactionError, TerminatedError
from lithograph.cypher.operators import batches
from lithograph.server.lanes import LanedRun
from support.databases import begin, commit, execute, opened, run_in

CREATE = "UNWIND range(1, 10) AS i CALL (i) { CREATE (:N {i: 10 / (8 - i)}) } IN TRANSACTIONS OF 3 ROWS"
PERIODIC = "USING PERIODIC COMMIT 3 UNWIND range(1, 10) AS i CREATE (:N {i: 10 / (8 - i)})"
COUNT = "MATCH (n:N) RETURN count(n)"


async def test_every_batch_is_a_commit_of_its_own() -> None:
    async with opened() as database:
        before = database.store.visible
        rows = await execute(
            database,
            "UNWIND range(1, 10) AS i CALL (i) { CREATE (n:N {i: i}) RETURN n } IN TRANSACTIONS OF 3 ROWS RETURN n.i",
        )
        assert sorted(row[0] for row in rows) == list(range(1, 11))
        assert database.store.visible == before + 4
        assert not database.store.active


@pytest.mark.parametrize("text", [CREATE, PERIODIC])
async def test_batches_before_an_error_stay_and_the_failed_one_is_undone(text: str) -> None:
    async with opened() as database:
        with pytest.raises(DivisionByZeroError):
            await execute(database, text)
        assert await execute(database, COUNT) == [(6,)]
        assert not database.store.active


@pytest.mark.parametrize("text", [CREATE, PERIODIC])
async def test_it_is_refused_in_an_explicit_transaction(text: str) -> None:
    async with opened() as database:
        transaction = begin(database)
        with pytest.raises(
            NotInExplicitTransactionError, match="only be executed in an implicit transaction"
        ):
            await run_in(transaction, text)
        transaction.rollback()
        assert await execute(database, COUNT) == [(0,)]


async def test_who_is_cancelled_keeps_what_was_committed() -> None:
    async with opened() as database:
        transaction = begin(database, explicit=False)
        run = transaction.run(
            "UNWIND range(1, 4) AS i CALL (i) { CREATE (:N {i: i}) } IN TRANSACTIONS OF 1 ROW", {}
        )
        assert isinstance(run, LanedRun)
        visible = database.store.visible
        while database.store.visible < visible + 2:
            await run._go_on(-1)
        run.close()
        transaction.rollback()
        assert await execute(database, COUNT) == [(2,)]
        assert not database.store.active


async def test_other_statements_see_batches_as_they_are_committed() -> None:
    async with opened() as database:
        transaction = begin(database, explicit=False)
        run = transaction.run(
            "UNWIND range(1, 3) AS i CALL (i) { CREATE (:N {i: i}) } IN TRANSACTIONS OF 1 ROW RETURN i", {}
        )
        assert isinstance(run, LanedRun)
        seen = set()
        while not run.finished:
            await run._go_on(-1)
            seen.add((await execute(database, COUNT))[0][0])
        await commit(transaction)
        assert seen == {0, 1, 2, 3}


async def test_a_batch_that_fails_is_undone_and_the_others_are_committed() -> None:
    async with opened() as database:
        before = database.store.visible
        rows = await execute(
            database,
            "UNWIND range(1, 10) AS i CALL (i) { CREATE (n:N {i: 10 / (8 - i)}) RETURN n } "
            "IN TRANSACTIONS OF 3 ROWS ON ERROR CONTINUE REPORT STATUS AS s RETURN i, n.i, s.committed",
        )
        assert [(i, value is None, committed) for i, value, committed in rows] == [
            (i, i in (7, 8, 9), i not in (7, 8, 9)) for i in range(1, 11)
        ]
        assert await execute(database, COUNT) == [(7,)]
        assert database.store.visible == before + 3
        assert not database.store.active


async def test_what_is_counted_was_committed() -> None:
    async with opened() as database:
        transaction = begin(database, explicit=False)
        run = transaction.run(CREATE + " ON ERROR BREAK", {})
        await run.drain()
        await commit(transaction)
        assert run.summary().statistics.nodes_created == 6
        assert await execute(database, COUNT) == [(6,)]


async def test_a_batch_that_only_reads_may_fail_too() -> None:
    async with opened() as database:
        rows = await execute(
            database,
            "UNWIND [1, 0, 2] AS i CALL (i) { RETURN 2 / i AS x } IN TRANSACTIONS OF 1 ROW ON ERROR CONTINUE RETURN x",
        )
        assert rows == [(2,), (None,), (1,)]


async def test_a_batch_in_conflict_waits_for_the_other() -> None:
    async with opened() as database:
        await execute(database, "CREATE (:N {i: 1})")
        other, transaction = begin(database), begin(database, explicit=False)
        await run_in(other, "MATCH (n:N) SET n.i = 10")
        text = "UNWIND [1] AS i CALL (i) { MATCH (n:N) SET n.i = n.i + i RETURN n.i AS x } IN TRANSACTIONS ON ERROR RETRY RETURN x"
        waiting = asyncio.ensure_future(run_in(transaction, text))
        while len(database.store.active) > 1:  # until the first attempt is undone
            await asyncio.sleep(0)
        await commit(other)
        assert await waiting == [(11,)]
        await commit(transaction)
        assert await execute(database, "MATCH (n:N) RETURN n.i") == [(11,)]


async def test_who_waits_for_another_attempt_can_be_cancelled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "FIRST_PAUSE", 60.0)
    monkeypatch.setattr(batches, "LONGEST_PAUSE", 60.0)
    async with opened() as database:
        await execute(database, "CREATE (:N {i: 1})")
        other = begin(database)
        await run_in(other, "MATCH (n:N) SET n.i = 10")
        transaction = begin(database, explicit=False)
        text = "UNWIND [1] AS i CALL (i) { MATCH (n:N) SET n.i = i } IN TRANSACTIONS ON ERROR RETRY FOR 100 SECONDS"
        waiting = asyncio.ensure_future(run_in(transaction, text))
        while len(database.store.active) > 1:  # until what has failed is undone
            await asyncio.sleep(0)
        transaction.cancel()
        with pytest.raises(TerminatedError):
            await waiting
        other.rollback()
        assert not database.store.active
