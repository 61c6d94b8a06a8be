"""CALL { … } IN TRANSACTIONS and USING PERIODIC COMMIT: batches that are durable one by one, of a statement that is a transaction by itself."""

from __future__ import annotations

import pytest

from lithograph.cypher.errors import DivisionByZeroError, NotInExplicitTransactionError
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
