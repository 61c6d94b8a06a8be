"""SHOW TRANSACTIONS and TERMINATE TRANSACTIONS: what is told, and that whatever a transaction is at it can be ended."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from lithograph.cypher.errors import TerminatedError
from lithograph.cypher.shown import TRANSACTIONS
from lithograph.server import lanes
from lithograph.server.backend import Client
from lithograph.server.client_transaction import LONGEST_SHOWN, MOST_SHOWN, ClientTransaction
from lithograph.server.database import Database
from lithograph.server.errors import NotAloneError
from lithograph.server.running import ANSWERS, COLUMNS
from lithograph.storage.check import check
from lithograph.storage.errors import ConflictError
from lithograph.storage.values.duration import Duration
from support.databases import Parked, begin, commit, execute, numbers, opened, rows_of, run_in
from support.files import MemoryFiles
from support.sync_gate import SyncGate

SLOW = (
    "UNWIND range(1, 1000) AS a UNWIND range(1, 1000) AS b UNWIND range(1, 1000) AS c UNWIND range(1, 1000) AS d "
    "WITH a WHERE a < 0 RETURN a"
)
MESSAGE = "asked to abort by another user"


def id_of(transaction: ClientTransaction) -> str:
    return str(transaction.number)


async def terminate(database: Database, *ids: str) -> list[tuple[object, ...]]:
    listed = ", ".join(f"'{each}'" for each in ids)
    return await execute(database, f"TERMINATE TRANSACTIONS {listed}")


async def statuses(database: Database) -> dict[str, str]:
    """By id; those that only ask are not told of."""
    rows = await execute(database, "SHOW TRANSACTIONS")
    return {str(row[1]): str(row[3]) for row in rows if row[2] != ["SHOW TRANSACTIONS"]}


# -- what is told


async def test_every_open_transaction_is_shown_with_its_client_and_statements() -> None:
    async with opened() as database:
        before = datetime.now(UTC)
        client = Client("anna", "127.0.0.1:9", "test/1.0", "bolt-7")
        one = begin(database, client=client, metadata={"job": 7})
        await run_in(one, "CREATE (:N {i: 1})")
        await run_in(one, "MATCH (n:N) RETURN n.i")
        own = begin(database, explicit=False)
        run = own.run("SHOW TRANSACTIONS", {})
        assert run.columns == COLUMNS
        first, second = await rows_of(run)
        assert first[:5] == (
            "anna", id_of(one), ["CREATE (:N {i: 1})", "MATCH (n:N) RETURN n.i"], "running", {"job": 7},
        )  # fmt: skip
        assert before - timedelta(seconds=1) < datetime.fromisoformat(first[5]) <= datetime.now(UTC)
        assert first[6] >= 0
        assert second[:5] == ("", id_of(own), ["SHOW TRANSACTIONS"], "running", {})
        assert int(id_of(one)) >= 1 << 63
        await commit(own)
        one.rollback()
        assert await statuses(database) == {}


async def test_whatever_ends_a_transaction_takes_it_off_the_list() -> None:
    async with opened() as database:
        read, wrote, undone, failed, conflicting, alone = (begin(database) for _ in range(6))
        await run_in(read, "RETURN 1")
        await commit(read)
        await run_in(wrote, "CREATE (:N {i: 1})")
        await run_in(conflicting, "CREATE (:M)")
        await commit(wrote)
        undone.rollback()
        failed.cancel()
        with pytest.raises(TerminatedError):
            await run_in(failed, "MATCH (n) RETURN n")
        await rows_of(alone.run("SHOW VERSION", {}))
        await commit(alone)
        assert await statuses(database) == {id_of(conflicting): "running"}
        await commit(conflicting)
        loser, winner = begin(database), begin(database)
        await run_in(winner, "MATCH (n:N) SET n.i = 2")
        with pytest.raises(ConflictError):
            await run_in(loser, "MATCH (n:N) SET n.i = 3")
        await commit(winner)
        assert await statuses(database) == {}


async def test_only_the_end_of_what_is_long_is_left_out() -> None:
    async with opened() as database:
        transaction = begin(database)
        text = f"RETURN '{'x' * LONGEST_SHOWN}'"
        for number in range(MOST_SHOWN):
            await run_in(transaction, f"RETURN {number}")
        await transaction.prepare(text)
        await run_in(transaction, text)
        *_, last = transaction.statements
        assert transaction.statements[0] == "RETURN 1"
        assert len(transaction.statements) == MOST_SHOWN
        assert last == text[:LONGEST_SHOWN] + "…"
        transaction.rollback()


async def test_they_can_be_chosen_by_status() -> None:
    async with opened() as database:
        idle, stopped = begin(database), begin(database)
        stopped.cancel()
        shown = {}
        for status in ("RUNNING", "ABORTING", "COMMITTING", "COMMITTING, ABORTING"):
            rows = await execute(database, f"SHOW {status} TRANSACTIONS")
            shown[status] = {row[1] for row in rows if not row[2] or "SHOW" not in row[2][0]}
        assert shown == {
            "RUNNING": {id_of(idle)},
            "ABORTING": {id_of(stopped)},
            "COMMITTING": set(),
            "COMMITTING, ABORTING": {id_of(stopped)},
        }
        idle.rollback()
        stopped.rollback()


async def test_with_yield_there_are_the_columns_of_neo4j() -> None:
    async with opened() as database:
        assert database.engine.procedures.get(TRANSACTIONS.procedure).signature.fields == TRANSACTIONS.names
        transaction = begin(
            database, client=Client("anna", "127.0.0.1:9", "test/1.0", "bolt-7"), metadata={"a": 1}
        )
        await run_in(transaction, "RETURN 1")
        text = (
            "SHOW TRANSACTIONS YIELD username AS user, clientAddress, connectionId, transactionId, status, currentQuery, "
            "metaData, elapsedTime, database WHERE user = 'anna' RETURN *"
        )
        ((user, *_),) = rows = await execute(database, f"{text}")
        assert user is not None
        found = await execute(
            database,
            "SHOW TRANSACTIONS YIELD * WHERE username = 'anna' RETURN database, transactionId, connectionId, clientAddress, "
            "currentQuery, status, metaData, innerTransactionId",
        )
        assert found == [
            (
                "memgraph",
                id_of(transaction),
                "bolt-7",
                "127.0.0.1:9",
                "RETURN 1",
                "Running",
                {"a": 1},
                id_of(transaction),
            )
        ]
        assert any(isinstance(value, Duration) for value in rows[0])
        transaction.rollback()


# -- ending them


async def test_an_idle_transaction_is_undone_at_once_and_its_next_statement_hears_of_it() -> None:
    async with opened() as database:
        await execute(database, "CREATE (:N {i: 1})")
        idle = begin(database)
        await run_in(idle, "MATCH (n:N) SET n.i = 2")
        with pytest.raises(ConflictError):
            await execute(database, "MATCH (n:N) SET n.i = 3")
        assert await terminate(database, id_of(idle)) == [(id_of(idle), True)]
        await execute(database, "MATCH (n:N) SET n.i = 3")
        assert not database.store.active
        assert await statuses(database) == {}
        with pytest.raises(TerminatedError, match=MESSAGE) as error:
            idle.run("RETURN 1", {})
        assert error.value.code == "Neo.ClientError.Transaction.Terminated"
        for committing in (idle.commit_now, idle.commit):
            with pytest.raises(TerminatedError):
                await committing()  # type: ignore[misc]
        with pytest.raises(TerminatedError):
            await idle.prepare("RETURN 1")
        idle.rollback()
        assert await numbers(database) == [3]


async def test_a_statement_in_a_worker_ends_within_its_step() -> None:
    async with opened() as database:
        transaction = begin(database, explicit=False)
        running = asyncio.ensure_future(run_in(transaction, SLOW))
        while not any(run.busy for run in transaction._runs):
            await asyncio.sleep(0)
        assert await statuses(database) == {id_of(transaction): "running"}
        assert await terminate(database, id_of(transaction)) == [(id_of(transaction), True)]
        with pytest.raises(TerminatedError, match=MESSAGE):
            await running
        assert not database.store.active


async def test_a_statement_that_writes_in_a_worker_is_not_undone_under_its_own_feet() -> None:
    async with opened() as database:
        transaction = begin(database, explicit=False)
        run = transaction.run("UNWIND range(1, 100000) AS i CREATE (:N {i: i})", {})
        parked = Parked(run)
        running = asyncio.ensure_future(rows_of(run))
        assert await asyncio.to_thread(parked.begun.wait, 30)
        # the latch is held alone meanwhile, and others wait for it
        reader = asyncio.ensure_future(execute(database, "MATCH (n:N) RETURN count(n)"))
        assert await terminate(database, id_of(transaction)) == [(id_of(transaction), True)]
        assert await statuses(database) == {id_of(transaction): "aborting"} | {
            key: "running" for key in await statuses(database) if key != id_of(transaction)
        }
        parked.go.set()
        with pytest.raises(TerminatedError, match=MESSAGE):
            await running
        transaction.rollback()
        assert await reader == [(0,)]


async def test_a_statement_on_the_loop_ends_when_it_is_asked_for_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lanes, "BUDGET", 30.0)
    async with opened() as database:
        transaction = begin(database, explicit=False)
        run = transaction.run("UNWIND range(1, 9000) AS i UNWIND range(1, 9000) AS j RETURN i", {})
        assert run.fetch_now(1) is not None
        assert not transaction._runs[0].finished
        assert await terminate(database, id_of(transaction)) == [(id_of(transaction), True)]
        with pytest.raises(TerminatedError, match=MESSAGE):
            run.fetch_now(1)
        with pytest.raises(TerminatedError):
            await run.fetch(1)
        with pytest.raises(TerminatedError):
            await run.drain()
        assert not database.store.active


async def test_rows_that_are_there_already_are_not_handed_out_any_more() -> None:
    async with opened() as database:
        transaction = begin(database, explicit=False)
        run = transaction.run("UNWIND range(1, 10) AS i CREATE (n:N {i: i}) RETURN n", {})
        assert run.fetch_now(3) or await run.fetch(3)
        assert transaction._runs[0]._has(6)
        await terminate(database, id_of(transaction))
        with pytest.raises(TerminatedError):
            run.fetch_now(3)
        assert await numbers(database) == []


async def test_a_long_text_that_is_being_prepared_ends() -> None:
    async with opened() as database:
        transaction = begin(database)
        text = "RETURN " + ", ".join(f"{i} + x{i} AS y{i}" for i in range(20_000))
        preparing = asyncio.ensure_future(transaction.prepare(text))
        await asyncio.sleep(0)
        assert await statuses(database) == {id_of(transaction): "running"}
        assert await terminate(database, id_of(transaction)) == [(id_of(transaction), True)]
        with pytest.raises(TerminatedError, match=MESSAGE):
            await preparing


async def test_a_commit_that_has_begun_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened() as database:
        await execute(database, "CREATE (:N {i: 0})")
        transaction = begin(database)
        await run_in(transaction, "CREATE (:N {i: 1})")
        gate = SyncGate(monkeypatch)
        committing = asyncio.ensure_future(commit(transaction))
        await gate.has_begun()
        assert await statuses(database) == {id_of(transaction): "committing"}
        assert await terminate(database, id_of(transaction), "*") == [(id_of(transaction), False)]
        gate.open()
        await committing
        assert await numbers(database) == [0, 1]
        assert await statuses(database) == {}


async def test_batches_end_between_two_of_them_and_those_before_stay() -> None:
    async with opened() as database:
        transaction = begin(database, explicit=False)
        run = transaction.run(
            "UNWIND range(1, 4) AS i CALL (i) { CREATE (:N {i: i}) } IN TRANSACTIONS OF 1 ROW ON ERROR CONTINUE",
            {},
        )
        visible = database.store.visible
        while database.store.visible < visible + 2:
            await transaction._runs[0]._go_on(-1)
        assert transaction.batch_id != id_of(transaction)
        assert await terminate(database, transaction.batch_id) == [(transaction.batch_id, True)]
        with pytest.raises(TerminatedError):
            await run.drain()
        transaction.rollback()
        assert await numbers(database) == [1, 2]


async def test_all_can_be_ended_but_for_those_who_ask() -> None:
    async with opened() as database:
        one, other = begin(database), begin(database)
        await run_in(one, "CREATE (:N {i: 1})")
        answers = await terminate(database, "*")
        assert answers == [(id_of(one), True), (id_of(other), True)]
        for transaction in (one, other):
            with pytest.raises(TerminatedError):
                transaction.run("RETURN 1", {})
        assert await terminate(database, "*") == []


async def test_ids_that_nobody_has_are_not_killed() -> None:
    async with opened() as database:
        transaction = begin(database)
        run = transaction.run(f"TERMINATE TRANSACTIONS '1', 'x', '{id_of(transaction)}'", {})
        assert run.columns == ANSWERS
        assert await rows_of(run) == [("1", False), ("x", False), (id_of(transaction), False)]
        await commit(transaction)


async def test_what_is_asked_for_happens_though_nobody_takes_the_answer() -> None:
    async with opened() as database:
        idle, other = begin(database), begin(database, explicit=False)
        run = other.run(f"TERMINATE TRANSACTION '{id_of(idle)}'", {})
        assert run.kind == "s"
        await run.drain()
        await commit(other)
        with pytest.raises(TerminatedError):
            idle.run("RETURN 1", {})


@pytest.mark.parametrize(
    "text", ["SHOW TRANSACTIONS", "SHOW RUNNING TRANSACTIONS", "TERMINATE TRANSACTIONS '1'"]
)
async def test_beside_other_statements_they_are_refused(text: str) -> None:
    async with opened() as database:
        for texts in ((text, "RETURN 1"), ("RETURN 1", text)):
            transaction = begin(database)
            await rows_of(transaction.run(texts[0], {}))
            with pytest.raises(
                NotAloneError, match="Querying transaction status is not allowed in multicommand"
            ):
                transaction.run(texts[1], {})
            transaction.rollback()


async def test_they_work_on_a_database_that_could_not_be_recovered() -> None:
    files = MemoryFiles()
    async with opened(files) as database:
        database.durability.broken = "damaged"  # type: ignore[assignment]
        transaction = begin(database)
        assert await statuses(database) == {id_of(transaction): "running"}
        assert await terminate(database, id_of(transaction)) == [(id_of(transaction), True)]
        database.durability.broken = None


# -- while others wait


async def test_who_others_wait_for_can_be_found_and_ended() -> None:
    """Nobody else may begin meanwhile; the two statements take no part in the store."""
    async with opened(storage_access_timeout_sec=60) as database:
        idle = begin(database)
        await run_in(idle, "CREATE (:N {i: 1})")
        waiting = asyncio.ensure_future(execute(database, "STORAGE MODE IN_MEMORY_ANALYTICAL"))
        while database.open_to_all:
            await asyncio.sleep(0)
        assert not database.waits_for_nobody("SHOW STORAGE INFO")
        assert not database.waits_for_nobody("SHOW TRANSACTIONS YIELD *")
        assert not database.waits_for_nobody("SHOW TRANSACTIONS (")
        assert not database.waits_for_nobody("MATCH (n) RETURN n")
        active = set(database.store.active)
        for text, rows in (
            (" show transactions ;", 3),
            (f"TERMINATE TRANSACTIONS '{id_of(idle)}'", 1),
        ):
            assert database.waits_for_nobody(text)
            transaction = begin(database, explicit=False, aside=True)
            assert database.store.active == active
            assert len(await run_in(transaction, text)) == rows
            await commit(transaction)
        await waiting
        assert database.store.analytical
        assert await numbers(database) == []


@pytest.mark.parametrize("steps", [0, 1, 2, 5, 9])
async def test_wherever_a_writer_is_ended_nothing_of_it_is_left(
    steps: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lanes, "SLICE", 0.0)
    async with opened() as database:
        await execute(database, "UNWIND range(1, 2000) AS i CREATE (:N {i: i})-[:R]->(:M)")
        transaction = begin(database)
        await run_in(transaction, "MATCH (n:N {i: 1}) SET n.i = 0")
        text = "MATCH (n:N) DETACH DELETE n CREATE (m:N {i: 9}) WITH m MATCH (x:M) SET x.y = 1 RETURN x"
        run = transaction.run(text, {})
        for _ in range(steps):
            await transaction._runs[-1]._go_on(-1)
        assert await terminate(database, id_of(transaction)) == [(id_of(transaction), True)]
        assert not database.store.active
        assert list(check(database.store)) == []
        with pytest.raises(TerminatedError):
            await run.fetch(-1)
        transaction.rollback()
        counted = "MATCH (n:N)-->(m:M) WHERE n.i > 0 RETURN count(n), count(m.y)"
        assert await execute(database, counted) == [(2000, 0)]
